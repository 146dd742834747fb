// Columns filled in after the outcome, and columns that are missing for honest reasons.
#include <gtest/gtest.h>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

// Filled with a number that says nothing, for such shares of positive and negative rows.
void add_filled(LeakRows& rows, double positives, double negatives) {
  Random random(11, 0);
  rows.add("reason", Type::float64(), [&](ColumnBuilder& cells, std::int64_t row) {
    if (!random.chance(rows.positive(row) ? positives : negatives)) return cells.append_null();
    cells.append_double(random.unit());
  });
}

// One half and half of what the shares of filled rows differ by: a score of two values.
double auc_of_filled(const LeakRows& rows) {
  const Column& column = *rows.features.find("reason");
  double filled[2] = {0, 0};
  double all[2] = {0, 0};
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    all[rows.positive(row) ? 1 : 0] += 1;
    filled[rows.positive(row) ? 1 : 0] += column.is_null(row) ? 0 : 1;
  }
  return 0.5 + (filled[1] / all[1] - filled[0] / all[0]) / 2;
}

TEST(MissingValues, AColumnFilledInAfterTheOutcomeIsNamed) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed);
    add_filled(rows, 0.95, 0.02);
    LeakFinding finding = leak_finding("missing_values", rows.input());
    ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"reason"}) << seed;
    EXPECT_NEAR(leak_figure(finding, "AUC of being filled or missing"), auc_of_filled(rows), 1e-12);
    EXPECT_TRUE(finding.suspects[0].leave_out);
  }
}

// A reason for a twelfth of the positives, and for nobody else: a weak score, but a pure one.
TEST(MissingValues, AColumnThatOnlySomePositivesHaveIsNamed) {
  LeakRows rows = clean_rows(1);
  add_filled(rows, 1.0 / 6, 0);
  LeakFinding finding = leak_finding("missing_values", rows.input());
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"reason"});
  EXPECT_LT(leak_figure(finding, "AUC of being filled or missing"), 0.6);
  EXPECT_EQ(leak_figure(finding, "share of positives where filled"), 1);
}

TEST(MissingValues, NearMissMissingnessThatDependsOnTheTarget) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed);
    add_filled(rows, 0.7, 0.3);
    EXPECT_GT(auc_of_filled(rows), 0.65);
    EXPECT_TRUE(leak_finding("missing_values", rows.input()).suspects.empty()) << seed;
  }
}

}  // namespace
}  // namespace lode
