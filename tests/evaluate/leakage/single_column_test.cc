// Columns made from the target, and honest columns that are strong.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

constexpr const char* kTree = "balanced accuracy of a depth-2 tree, held out";

TEST(SingleColumn, TheTargetItselfIsNamed) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed);
    rows.add("outcome", Type::int64(), [&](ColumnBuilder& cells, std::int64_t row) {
      cells.append_int64(rows.positive(row) ? 1 : 0);
    });
    LeakFinding finding = leak_finding("single_column", rows.input());
    ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"outcome"}) << seed;
    EXPECT_EQ(leak_figure(finding, "AUC"), 1);
    EXPECT_TRUE(finding.suspects[0].leave_out);
  }
}

// A falling function of the outcome with noise over it: the delay that the label was made from.
TEST(SingleColumn, AMonotoneFunctionOfTheTargetIsNamedWithTheAucOfItsPairs) {
  LeakRows rows = clean_rows(1, 1500);
  Random random(5, 0);
  std::vector<double> values;
  for (std::int64_t row = 0; row < 1500; ++row)
    values.push_back(std::exp(-3.4 * (rows.positive(row) ? 1 : 0) + leak_bell(random)));
  rows.add_numbers("delay",
                   [&](std::int64_t row) { return values[static_cast<std::size_t>(row)]; });
  LeakFinding finding = leak_finding("single_column", rows.input());
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"delay"});
  double auc = auc_of_pairs(values, rows.target);
  EXPECT_NEAR(leak_figure(finding, "AUC"), 1 - auc, 1e-12);
  EXPECT_LT(auc, 0.02);
}

TEST(SingleColumn, ADepthTwoRuleOfAColumnIsNamed) {
  LeakRows rows = clean_rows(1);
  Random random(6, 0);
  rows.add_numbers("code", [&](std::int64_t row) {
    double within = random.unit();
    if (rows.positive(row)) return 10 + within;
    return random.chance(0.5) ? within : 20 + within;
  });
  LeakFinding finding = leak_finding("single_column", rows.input());
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"code"});
  EXPECT_TRUE(std::isnan(leak_figure(finding, "AUC")));  // its order says nothing
  EXPECT_GT(leak_figure(finding, kTree), 0.999);
}

TEST(SingleColumn, TextsWithOneTargetEachAreNamed) {
  LeakRows rows = clean_rows(1);
  Random random(7, 0);
  rows.add("status", Type::string(), [&](ColumnBuilder& cells, std::int64_t row) {
    std::uint64_t code = random.below(40) * 2 + (rows.positive(row) ? 1 : 0);
    cells.append_string("s" + std::to_string(code));
  });
  LeakFinding finding = leak_finding("single_column", rows.input());
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"status"});
  EXPECT_EQ(leak_figure(finding, "AUC of its values' rates, held out"), 1);
}

// Two bells 2.33 apart have an AUC of .95.
TEST(SingleColumn, NearMissAnHonestColumnOfAuc95) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed, 2000);
    Random random(seed, 8);
    std::vector<double> values;
    for (std::int64_t row = 0; row < 2000; ++row)
      values.push_back((rows.positive(row) ? 2.33 : 0) + leak_bell(random));
    rows.add_numbers("honest",
                     [&](std::int64_t row) { return values[static_cast<std::size_t>(row)]; });
    EXPECT_NEAR(auc_of_pairs(values, rows.target), 0.95, 0.02);
    EXPECT_TRUE(leak_finding("single_column", rows.input()).suspects.empty()) << seed;
  }
}

// As many texts as rows tell every target of the rows they were counted on, and none of others.
TEST(SingleColumn, NearMissTextsThatDifferInEveryRow) {
  LeakRows rows = clean_rows(1);
  rows.add("key", Type::string(), [](ColumnBuilder& cells, std::int64_t row) {
    cells.append_string("key " + std::to_string(row));
  });
  EXPECT_TRUE(leak_finding("single_column", rows.input()).suspects.empty());
}

}  // namespace
}  // namespace lode
