// Columns made from the target, and honest columns that are strong.
// covers: evaluate/leakage/number_tellings
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
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

// ---- numbers ---------------------------------------------------------------------------------

// Clean rows whose target is a number of their own.
struct NumberTargets {
  explicit NumberTargets(std::uint64_t seed, int count = 1000) : rows(clean_rows(seed, count)) {
    Random random(seed, 55);
    for (int i = 0; i < count; ++i) number.push_back(10 * leak_bell(random));
  }
  LeakFinding look() {
    LeakageInput input = rows.input();
    halves = above_median(number);
    input.target = halves;
    input.number = number;
    input.from_the_past = past;
    return leak_finding("single_column", input);
  }
  void add(const std::string& name, const std::function<double(double)>& of) {
    rows.add_numbers(name,
                     [&](std::int64_t row) { return of(number[static_cast<std::size_t>(row)]); });
  }

  LeakRows rows;
  std::vector<double> number;
  std::vector<std::uint8_t> halves;
  std::vector<std::string> past{};
};

TEST(SingleColumnOfNumbers, CopiesAndFunctionsOfTheTargetAreNamed) {
  NumberTargets days(1, 3000);
  days.add("copy", [](double y) { return 3 - 2 * y; });
  days.add("curved", [](double y) { return std::exp(y / 10); });
  days.add("folded", [](double y) { return y < 0 ? 1000 - y : y; });  // no order tells it
  LeakFinding finding = days.look();
  ASSERT_EQ(leak_columns(finding), (std::vector<std::string>{"copy", "curved", "folded"}));
  EXPECT_EQ(finding.suspects[0].figures[0].value, 1) << "ranks are the same, turned round";
  EXPECT_NE(finding.suspects[0].sentence.find("(the larger, the smaller)"), std::string::npos);
  EXPECT_EQ(finding.suspects[2].figures[0].name, "R2 of the means of its intervals, held out");
  EXPECT_TRUE(finding.suspects[0].leave_out);
}

TEST(SingleColumnOfNumbers, TextsWithOneTargetEachAreNamed) {
  NumberTargets days(2);
  for (double& y : days.number) y = std::round(y / 10);
  days.rows.add("status", Type::string(), [&](ColumnBuilder& cells, std::int64_t row) {
    cells.append_string("s" + std::to_string(days.number[static_cast<std::size_t>(row)]));
  });
  EXPECT_EQ(leak_columns(days.look()), std::vector<std::string>{"status"});
}

// A correlation of .97 is strong and honest: its AUC of the halves is above .98 nearly.
TEST(SingleColumnOfNumbers, StrongHonestColumnsAndThePastAreNotAccused) {
  NumberTargets days(3);
  Random random(3, 4);
  days.add("warm", [&](double y) { return y + 2.5 * leak_bell(random); });
  days.add("yesterday", [&](double y) { return y + 0.1 * leak_bell(random); });
  days.past = {"yesterday"};
  EXPECT_TRUE(days.look().suspects.empty());
  days.past = {};
  EXPECT_EQ(leak_columns(days.look()), std::vector<std::string>{"yesterday"});
}

}  // namespace
}  // namespace lode
