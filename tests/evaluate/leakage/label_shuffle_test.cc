// A pipeline that learns from the test rows, and one that does not.
#include <gtest/gtest.h>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

// A target encoder of customers that was fitted on all rows, the test among them: with 4000 rows of
// 300 customers each knows a part of its own target.
LeakRefit rates_of_customers(const LeakRows& rows, const std::vector<std::int64_t>& learnt_from) {
  return [&](std::span<const std::uint8_t> targets) -> Result<std::vector<double>> {
    std::vector<double> hits(1000);
    std::vector<double> all(1000);
    auto customer = [&](std::int64_t row) {
      return static_cast<std::size_t>(std::stoi(std::string(rows.entity.string(row)).substr(1)));
    };
    for (std::int64_t row : learnt_from) {
      hits[customer(row)] += targets[static_cast<std::size_t>(row)];
      all[customer(row)] += 1;
    }
    std::vector<double> out;
    for (std::int64_t row : rows.test)
      out.push_back((hits[customer(row)] + 0.3) / (all[customer(row)] + 1));
    return out;
  };
}

TEST(LabelShuffle, AnEncoderFittedOnAllRowsIsFoundAndOneOfTheTrainingRowsIsNot) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed);
    std::vector<std::int64_t> all = rows.train;
    all.insert(all.end(), rows.test.begin(), rows.test.end());
    LeakageInput input = rows.input();
    input.refit = rates_of_customers(rows, all);
    LeakFinding finding = leak_finding("label_shuffle", input);
    ASSERT_EQ(leak_columns(finding), std::vector<std::string>{""}) << seed;
    EXPECT_GT(leak_figure(finding, "AUC on targets dealt out at random"), 0.55);
    input.refit = rates_of_customers(rows, rows.train);  // the near miss
    EXPECT_TRUE(leak_finding("label_shuffle", input).suspects.empty()) << seed;
  }
}

// The figure is the AUC over the pairs of each round, of the targets the refit was shown.
TEST(LabelShuffle, TheFigureIsThatOfTheTargetsDealtOut) {
  LeakRows rows = clean_rows(1, 800);
  double won = 0;
  double pairs = 0;
  LeakageInput input = rows.input();
  input.refit = [&](std::span<const std::uint8_t> targets) -> Result<std::vector<double>> {
    Random random(4, 0);
    std::vector<double> out;
    std::vector<std::uint8_t> label;
    double ones = 0;
    for (std::int64_t row : rows.test) {
      label.push_back(targets[static_cast<std::size_t>(row)]);
      ones += label.back();
      out.push_back(label.back() + 2 * random.unit());
    }
    double here = ones * (static_cast<double>(label.size()) - ones);
    won += auc_of_pairs(out, label) * here;
    pairs += here;
    return out;
  };
  LeakFinding finding = leak_finding("label_shuffle", input);
  ASSERT_EQ(finding.suspects.size(), 1U);
  EXPECT_NEAR(leak_figure(finding, "AUC on targets dealt out at random"), won / pairs, 1e-12);
}

TEST(LabelShuffle, AModelThatCannotBeMadeIsNoLeakAndNoError) {
  LeakRows rows = clean_rows(1, 100);
  LeakageInput input = rows.input();
  input.refit = [](std::span<const std::uint8_t>) -> Result<std::vector<double>> {
    return fail(Code::kInvalid, "one class");
  };
  LeakFinding finding = leak_finding("label_shuffle", input);
  EXPECT_FALSE(finding.looked);
  EXPECT_NE(finding.why_not.find("one class"), std::string::npos);
}

}  // namespace
}  // namespace lode
