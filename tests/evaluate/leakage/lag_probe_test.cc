// A window that takes in the row's own outcome, and windows that end before it.
#include <gtest/gtest.h>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

// Rows in order of time whose customers have no habits at all, or strong ones.
LeakRows rows_of_customers(std::uint64_t seed, std::vector<std::int64_t>& who, bool habits) {
  LeakRows rows = clean_rows(2 * seed + 1);
  Random random(seed, 31);
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    who.push_back(std::stoi(std::string(rows.entity.string(row)).substr(1)));
    double chance = !habits ? 0.3 : who.back() % 2 == 0 ? 0.93 : 0.07;
    rows.target[static_cast<std::size_t>(row)] = random.chance(chance) ? 1 : 0;
  }
  return rows;
}

TEST(LagProbe, AWindowThatTakesInTheRowItselfIsNamed) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    std::vector<std::int64_t> who;
    LeakRows rows = rows_of_customers(seed, who, false);
    add_habit(rows, who, 0, "last two", 2);
    LeakageInput input = rows.input();
    input.from_the_past = {"last two"};
    LeakFinding finding = leak_finding("lag_probe", input);
    ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"last two"}) << seed;
    EXPECT_TRUE(finding.suspects[0].leave_out);
    // Row by row, by the customer's row before.
    const Column& column = *rows.features.find("last two");
    std::vector<std::int64_t> last(1000, -1);
    std::vector<double> now;
    std::vector<double> before;
    std::vector<std::uint8_t> label;
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      std::int64_t& at = last[static_cast<std::size_t>(who[static_cast<std::size_t>(row)])];
      if (at >= 0) {
        now.push_back(column.float64(row));
        before.push_back(column.float64(at));
        label.push_back(rows.positive(row) ? 1 : 0);
      }
      at = row;
    }
    EXPECT_NEAR(leak_figure(finding, "AUC"), auc_of_pairs(now, label), 1e-12);
    double lagged = auc_of_pairs(before, label);
    EXPECT_NEAR(leak_figure(finding, "AUC one row earlier"), std::max(lagged, 1 - lagged), 1e-12);
  }
}

// As strong, but because customers have habits: one row earlier it is nearly as strong.
TEST(LagProbe, NearMissAnHonestWindowOverStrongHabits) {
  std::vector<std::int64_t> who;
  LeakRows rows = rows_of_customers(1, who, true);
  add_habit(rows, who, 1, "before", 8);
  std::vector<double> value;
  for (std::int64_t row = 0; row < rows.rows(); ++row)
    value.push_back(rows.features.find("before")->float64(row));
  EXPECT_GT(auc_of_pairs(value, rows.target), 0.87);
  LeakageInput input = rows.input();
  input.from_the_past = {"before"};
  EXPECT_TRUE(leak_finding("lag_probe", input).suspects.empty());
}

// A measurement of each row falls to nothing too; it is not said to be of the past.
TEST(LagProbe, NearMissAMeasurementOfTheRow) {
  std::vector<std::int64_t> who;
  LeakRows rows = rows_of_customers(1, who, false);
  Random random(8, 0);
  rows.add_numbers(
      "now", [&](std::int64_t row) { return (rows.positive(row) ? 2.3 : 0) + leak_bell(random); });
  EXPECT_TRUE(leak_finding("lag_probe", rows.input()).suspects.empty());
}

}  // namespace
}  // namespace lode
