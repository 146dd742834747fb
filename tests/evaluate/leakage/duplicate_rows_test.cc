// Copies of training rows in the test, and rows that only look like them.
#include <gtest/gtest.h>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

TEST(DuplicateRows, CopiesOfTrainingRowsAreNamedRowByRow) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed);
    std::vector<std::int64_t> copies = rows.copy_into_test(100, seed);
    LeakFinding finding = leak_finding("duplicate_rows", rows.input());
    ASSERT_EQ(finding.suspects.size(), 1U) << seed;
    EXPECT_EQ(finding.suspects[0].test_rows, copies);
    EXPECT_FALSE(finding.suspects[0].leave_out);
    EXPECT_DOUBLE_EQ(leak_figure(finding, "share of test rows with a twin in training"),
                     100 / static_cast<double>(rows.test.size()));
    EXPECT_DOUBLE_EQ(leak_figure(finding, "agreement of the twins' targets (kappa)"), 1);
    EXPECT_EQ(test_rows_to_leave_out(std::vector<LeakFinding>{finding, finding}), copies);
  }
}

// A part of the copies was labelled by somebody else.
TEST(DuplicateRows, TheAgreementIsCohensKappa) {
  LeakRows rows = clean_rows(1);
  std::vector<std::int64_t> copies = rows.copy_into_test(200, 3);
  double a[2][2] = {{0, 0}, {0, 0}};
  for (std::size_t i = 0; i < copies.size(); ++i) {
    std::uint8_t& target = rows.target[static_cast<std::size_t>(copies[i])];
    std::uint8_t twin = target;
    if (i % 20 == 0) target = 1 - target;
    a[target][twin] += 1;
  }
  double chance =
      ((a[1][0] + a[1][1]) * (a[0][1] + a[1][1]) + (a[0][0] + a[0][1]) * (a[0][0] + a[1][0])) /
      (200.0 * 200);
  double both = (a[0][0] + a[1][1]) / 200;
  LeakFinding finding = leak_finding("duplicate_rows", rows.input());
  EXPECT_NEAR(leak_figure(finding, "agreement of the twins' targets (kappa)"),
              (both - chance) / (1 - chance), 1e-12);
}

// The same measurements with an outcome of their own tell a model nothing.
TEST(DuplicateRows, NearMissCopiesWithOutcomesOfTheirOwn) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed);
    Random random(seed, 4);
    for (std::int64_t row : rows.copy_into_test(100, seed))
      rows.target[static_cast<std::size_t>(row)] = random.chance(0.4) ? 1 : 0;
    EXPECT_TRUE(leak_finding("duplicate_rows", rows.input()).suspects.empty()) << seed;
  }
}

TEST(DuplicateRows, NearMissFourCopies) {
  LeakRows rows = clean_rows(1);
  rows.copy_into_test(4, 1);
  EXPECT_TRUE(leak_finding("duplicate_rows", rows.input()).suspects.empty());
}

}  // namespace
}  // namespace lode
