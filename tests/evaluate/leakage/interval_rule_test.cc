#include "evaluate/leakage/interval_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/random.h"

namespace lode {
namespace {

double balanced_accuracy(const IntervalRule& rule, const std::vector<double>& value,
                         const std::vector<std::uint8_t>& label) {
  double hits[2] = {0, 0};
  double rows[2] = {0, 0};
  for (std::size_t i = 0; i < value.size(); ++i) {
    rows[label[i]] += 1;
    hits[label[i]] += rule.label(value[i]) == label[i] ? 1 : 0;
  }
  return (hits[0] / rows[0] + hits[1] / rows[1]) / 2;
}

// Every choice of at most three cuts between values, by trying them all.
double best_of_all_rules(const std::vector<double>& value, const std::vector<std::uint8_t>& label) {
  std::set<double> distinct(value.begin(), value.end());
  std::vector<double> cuts(distinct.begin(), distinct.end());
  double best = 0;
  auto try_rule = [&](std::vector<double> chosen) {
    for (std::uint8_t first : std::array<std::uint8_t, 2>{0, 1})
      best = std::max(best, balanced_accuracy({chosen, first}, value, label));
  };
  try_rule({});
  for (std::size_t a = 0; a < cuts.size(); ++a) {
    try_rule({cuts[a]});
    for (std::size_t b = a + 1; b < cuts.size(); ++b) {
      try_rule({cuts[a], cuts[b]});
      for (std::size_t c = b + 1; c < cuts.size(); ++c) try_rule({cuts[a], cuts[b], cuts[c]});
    }
  }
  return best;
}

TEST(IntervalRule, IsTheBestOfAllRules) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed, 0);
    std::vector<double> value;
    std::vector<std::uint8_t> label = {0, 1};
    std::size_t count = 2 + random.below(25);
    std::uint64_t values = 1 + random.below(12);
    for (std::size_t i = 0; i < count; ++i) {
      value.push_back(static_cast<double>(random.below(values)) / 3);
      if (i >= 2) label.push_back(random.chance(0.3) ? 1 : 0);
    }
    IntervalRule rule = fit_interval_rule(value, label);
    EXPECT_LE(rule.cuts.size(), 3U);
    EXPECT_TRUE(std::ranges::is_sorted(rule.cuts));
    EXPECT_NEAR(balanced_accuracy(rule, value, label), best_of_all_rules(value, label), 1e-12)
        << seed;
  }
}

TEST(IntervalRule, FindsAnIntervalWithoutAnyOrder) {
  std::vector<double> value;
  std::vector<std::uint8_t> label;
  for (int i = 0; i < 90; ++i) {
    value.push_back(i);
    label.push_back(i >= 30 && i < 60 ? 1 : 0);
  }
  IntervalRule rule = fit_interval_rule(value, label);
  EXPECT_EQ(rule.cuts, (std::vector<double>{30, 60}));
  EXPECT_EQ(rule.first_label, 0);
  EXPECT_EQ(rule.label(29.5), 0);
  EXPECT_EQ(rule.label(30), 1);
  EXPECT_EQ(rule.label(60), 0);
}

TEST(IntervalRule, OfOneLabelHasNoCuts) {
  std::vector<double> value = {1, 2, 3};
  EXPECT_TRUE(fit_interval_rule(value, std::vector<std::uint8_t>{1, 1, 1}).cuts.empty());
  EXPECT_TRUE(fit_interval_rule({}, {}).cuts.empty());
}

// Fitted on the rows it is judged on, noise looks good; held out it must not.
TEST(IntervalRule, HeldOutNoiseIsOneHalf) {
  int significant = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed, 5);
    std::vector<double> value;
    std::vector<std::uint8_t> label;
    std::vector<std::int64_t> fold;
    for (int i = 0; i < 200; ++i) {
      value.push_back(random.unit());
      label.push_back(random.chance(0.5) ? 1 : 0);
      fold.push_back(static_cast<std::int64_t>(random.below(2)));
    }
    significant += held_out_intervals(value, label, fold).p <= 0.05 ? 1 : 0;
  }
  // Binomial(200, .05): more than 22 has a chance of 3e-4, fewer than 1 of 4e-5.
  EXPECT_LE(significant, 22);
  EXPECT_GE(significant, 1);
}

}  // namespace
}  // namespace lode
