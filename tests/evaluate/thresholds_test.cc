// Thresholds against brute force: every threshold tried on random rows with ties and weights, by
// plain loops over rows; and how often what they promise holds.
#include "evaluate/thresholds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/math.h"
#include "base/random.h"
#include "judge/distributions.h"

namespace lode {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Rows {
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  std::vector<double> weight;
  Blocks blocks;

  ScoredRows view() const { return {.score = score, .label = label, .weight = weight}; }
  double weight_of(std::size_t i) const { return weight.empty() ? 1 : weight[i]; }
};

Rows random_rows(Random& random, int count, std::uint32_t blocks, bool weighted) {
  Rows rows;
  rows.blocks.count = blocks;
  for (int i = 0; i < count; ++i) {
    double score = random.chance(0.7) ? static_cast<double>(random.below(9)) - 4 : random.unit();
    rows.score.push_back(score);
    rows.label.push_back(random.chance(sigmoid(score)) ? 1 : 0);
    rows.blocks.of_row.push_back(static_cast<std::uint32_t>(random.below(blocks)));
    if (weighted) rows.weight.push_back(static_cast<double>(random.below(4)));
  }
  if (weighted) rows.weight.front() = 1;
  return rows;
}

Thresholds made(const Rows& rows) {
  auto out = Thresholds::make(rows.view(), rows.blocks);
  EXPECT_TRUE(out) << out.error().text();
  return *std::move(out);
}

// Counts when row i is flagged with probability flagged(i).
template <typename Flagged>
Confusion count(const Rows& rows, Flagged flagged) {
  Confusion out;
  for (std::size_t i = 0; i < rows.score.size(); ++i) {
    double yes = rows.weight_of(i) * flagged(i);
    double no = rows.weight_of(i) - yes;
    (rows.label[i] == 1 ? out.true_positive : out.false_positive) += yes;
    (rows.label[i] == 1 ? out.false_negative : out.true_negative) += no;
  }
  return out;
}

Confusion count_from(const Rows& rows, double threshold) {
  return count(rows, [&](std::size_t i) { return rows.score[i] >= threshold ? 1.0 : 0.0; });
}

void expect_counts(const Confusion& got, const Confusion& expected, double rounding = 0) {
  EXPECT_NEAR(got.true_positive, expected.true_positive, rounding);
  EXPECT_NEAR(got.false_positive, expected.false_positive, rounding);
  EXPECT_NEAR(got.false_negative, expected.false_negative, rounding);
  EXPECT_NEAR(got.true_negative, expected.true_negative, rounding);
}

// Infinity, then the scores of rows with weight, falling.
std::vector<double> candidates(const Rows& rows) {
  std::set<double, std::greater<>> scores{kInfinity};
  for (std::size_t i = 0; i < rows.score.size(); ++i)
    if (rows.weight_of(i) > 0) scores.insert(rows.score[i]);
  return {scores.begin(), scores.end()};
}

template <typename Check>
void on_random_rows(std::uint64_t seed, Check check) {
  Random random(seed);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    auto blocks = static_cast<std::uint32_t>(1 + random.below(6));
    Rows rows = random_rows(random, 1 + static_cast<int>(random.below(60)), blocks, round % 3 != 0);
    check(rows, made(rows), random);
  }
}

// ---- brute force -------------------------------------------------------------------------------

TEST(Thresholds, CountsAtAnyThreshold) {
  on_random_rows(1, [](const Rows& rows, const Thresholds& thresholds, Random&) {
    std::vector<double> tried = candidates(rows);
    EXPECT_TRUE(std::ranges::equal(thresholds.all(), std::span(tried).subspan(1)));
    for (double t : candidates(rows))
      for (double near : {std::nextafter(t, -kInfinity), std::nextafter(t, kInfinity)})
        tried.push_back(near);
    tried.push_back(-kInfinity);
    for (double t : tried) expect_counts(thresholds.at(t), count_from(rows, t));
    EXPECT_EQ(thresholds.at(std::nan("")).flagged(), 0);
  });
}

TEST(Thresholds, LeastCostOfAll) {
  on_random_rows(2, [](const Rows& rows, const Thresholds& thresholds, Random& random) {
    DecisionCosts costs{static_cast<double>(random.below(5)),
                        static_cast<double>(1 + random.below(5))};
    CostThreshold got = thresholds.least_cost(costs).value();
    double least = kInfinity;
    double expected = 0;
    for (double t : candidates(rows)) {
      Confusion c = count_from(rows, t);
      double cost =
          costs.false_positive * c.false_positive + costs.false_negative * c.false_negative;
      if (cost >= least) continue;
      least = cost;
      expected = t;
    }
    EXPECT_EQ(got.threshold, expected);
    expect_counts(got.counts, count_from(rows, expected));
    EXPECT_NEAR(got.cost, least / got.counts.rows(), 1e-12);
    Confusion all = count_from(rows, -kInfinity);
    Confusion none = count_from(rows, kInfinity);
    EXPECT_NEAR(got.cost_all, costs.false_positive * all.false_positive / all.rows(), 1e-12);
    EXPECT_NEAR(got.cost_none, costs.false_negative * none.false_negative / all.rows(), 1e-12);
  });
}

// A row is flagged with the probability that a place is left for it: of those that the block's rows
// of higher score leave, the share that falls to rows of its score.
TEST(Thresholds, CapacityOfEveryBlock) {
  on_random_rows(3, [](const Rows& rows, const Thresholds& thresholds, Random& random) {
    double capacity = 0.5 * static_cast<double>(1 + random.below(20));
    CapacityDecision got = thresholds.capacity(capacity).value();
    std::vector<double> share(rows.score.size());
    for (std::size_t i = 0; i < rows.score.size(); ++i) {
      double above = 0;
      double tied = 0;
      for (std::size_t j = 0; j < rows.score.size(); ++j)
        if (rows.blocks.of_row[j] == rows.blocks.of_row[i]) {
          above += rows.score[j] > rows.score[i] ? rows.weight_of(j) : 0;
          tied += rows.score[j] == rows.score[i] ? rows.weight_of(j) : 0;
        }
      share[i] = tied == 0 ? 0 : std::clamp((capacity - above) / tied, 0.0, 1.0);
    }
    expect_counts(got.counts, count(rows, [&](std::size_t i) { return share[i]; }), 1e-9);
    // The cuts say the same.
    std::vector<const CapacityCut*> cut_of(rows.blocks.count);
    for (const CapacityCut& cut : got.cuts) cut_of[cut.block] = &cut;
    for (std::size_t i = 0; i < rows.score.size(); ++i) {
      if (rows.weight_of(i) == 0) continue;
      const CapacityCut* cut = cut_of[rows.blocks.of_row[i]];
      ASSERT_NE(cut, nullptr);
      double by_cut = rows.score[i] > cut->threshold    ? 1
                      : rows.score[i] == cut->threshold ? cut->share
                                                        : 0;
      EXPECT_NEAR(by_cut, share[i], 1e-12);
    }
    double lowest = kInfinity;
    for (double t : candidates(rows)) {
      std::vector<double> flagged(rows.blocks.count);
      for (std::size_t i = 0; i < rows.score.size(); ++i)
        if (rows.score[i] >= t) flagged[rows.blocks.of_row[i]] += rows.weight_of(i);
      if (*std::ranges::max_element(flagged) <= capacity) lowest = std::min(lowest, t);
    }
    EXPECT_EQ(got.fixed_threshold, lowest);
    expect_counts(got.fixed_counts, count_from(rows, lowest));
  });
}

// The bound as its comment says it, from sums by block made anew for each threshold.
double lower_bound_of_precision(const Rows& rows, double threshold, double level) {
  std::vector<double> flagged(rows.blocks.count);
  std::vector<double> positive(rows.blocks.count);
  for (std::size_t i = 0; i < rows.score.size(); ++i)
    if (rows.score[i] >= threshold) {
      flagged[rows.blocks.of_row[i]] += rows.weight_of(i);
      positive[rows.blocks.of_row[i]] += rows.weight_of(i) * rows.label[i];
    }
  double blocks = 0;
  double f = 0;
  double tp = 0;
  double squares = 0;
  for (std::uint32_t b = 0; b < rows.blocks.count; ++b) {
    blocks += flagged[b] > 0 ? 1 : 0;
    f += flagged[b];
    tp += positive[b];
    squares += flagged[b] * flagged[b];
  }
  if (blocks < 2) return 0;
  double p = tp / f;
  double n = f * f / squares;
  if (p > 0 && p < 1) {
    double variance = 0;
    for (std::uint32_t b = 0; b < rows.blocks.count; ++b)
      variance += (positive[b] - p * flagged[b]) * (positive[b] - p * flagged[b]) / (f * f);
    variance *= blocks / (blocks - 1);
    n = std::min(f, p * (1 - p) / variance);
  }
  double z = student_quantile(level, blocks - 1);
  return (p + z * z / (2 * n) - z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n))) /
         (1 + z * z / n);
}

TEST(Thresholds, PrecisionFloorOfAll) {
  int reached = 0;
  on_random_rows(4, [&](const Rows& rows, const Thresholds& thresholds, Random& random) {
    double floor = 0.05 + 0.5 * random.unit();
    double level = 0.6 + 0.35 * random.unit();
    PrecisionThreshold got = thresholds.precision_floor(floor, level).value();
    double lowest = kInfinity;
    double best = 0;
    for (double t : candidates(rows)) {
      if (t == kInfinity) continue;
      double lower = lower_bound_of_precision(rows, t, level);
      if (lower >= floor) lowest = t;
      best = std::max(best, lower);
    }
    EXPECT_EQ(got.reached, lowest < kInfinity);
    if (got.reached) {
      ++reached;
      EXPECT_EQ(got.threshold, lowest);
    } else {
      EXPECT_NEAR(got.lower, best, 1e-9);
    }
    EXPECT_NEAR(got.lower, std::max(0.0, lower_bound_of_precision(rows, got.threshold, level)),
                1e-9);
    expect_counts(got.counts, count_from(rows, got.threshold));
  });
  EXPECT_GT(reached, 100);
}

TEST(Thresholds, Weight2IsTheRowTwice) {
  Random random(5);
  for (int round = 0; round < 50; ++round) {
    Rows weighted = random_rows(random, 60, 5, true);
    Rows repeated;
    repeated.blocks.count = 5;
    for (std::size_t i = 0; i < weighted.score.size(); ++i)
      for (int k = 0; k < static_cast<int>(weighted.weight[i]); ++k) {
        repeated.score.push_back(weighted.score[i]);
        repeated.label.push_back(weighted.label[i]);
        repeated.blocks.of_row.push_back(weighted.blocks.of_row[i]);
      }
    Thresholds one = made(weighted);
    Thresholds other = made(repeated);
    EXPECT_EQ(one.least_cost({2, 3})->threshold, other.least_cost({2, 3})->threshold);
    CapacityDecision a = one.capacity(7).value();
    CapacityDecision b = other.capacity(7).value();
    expect_counts(a.counts, b.counts, 1e-9);
    EXPECT_EQ(a.fixed_threshold, b.fixed_threshold);
    EXPECT_NEAR(one.precision_floor(0.5)->lower, other.precision_floor(0.5)->lower, 1e-9);
    EXPECT_EQ(one.spread(7), other.spread(7));
    ThreadPool pool(1);
    auto first = one.table(one.spread(4), {.replicates = 100}, pool);
    auto second = other.table(other.spread(4), {.replicates = 100}, pool);
    ASSERT_EQ(first.has_value(), second.has_value());
    if (first) {
      EXPECT_NEAR(first->front().rates.flagged.low, second->front().rates.flagged.low, 1e-9);
    }
  }
}

// ---- by hand -----------------------------------------------------------------------------------

// Scores 0.9 (label 1), 0.7 (0), 0.6 (1), 0.6 (0), 0.2 (0) in blocks 0 0 1 1 1.
Rows five() { return {{0.9, 0.7, 0.6, 0.6, 0.2}, {1, 0, 1, 0, 0}, {}, {{0, 0, 1, 1, 1}, 2}}; }

TEST(Thresholds, ByHand) {
  Thresholds thresholds = made(five());
  // Costs of none, 0.9, 0.7, 0.6, 0.2: 2 m, m, m + 1, 2, 3 with m for a miss and 1 for an alarm.
  CostThreshold cheap = thresholds.least_cost({1, 1.5}).value();
  EXPECT_EQ(cheap.threshold, 0.9);
  EXPECT_DOUBLE_EQ(cheap.cost, 1.5 / 5);
  EXPECT_DOUBLE_EQ(cheap.cost_none, 3.0 / 5);
  EXPECT_DOUBLE_EQ(cheap.cost_all, 3.0 / 5);
  EXPECT_EQ(thresholds.least_cost({1, 2})->threshold, 0.9);  // 2 and 2: the one that flags fewer
  EXPECT_EQ(thresholds.least_cost({1, 2.5})->threshold, 0.6);
  EXPECT_EQ(thresholds.least_cost({1, 0})->threshold, kInfinity);
  EXPECT_EQ(thresholds.least_cost({0, 1})->threshold, 0.6);
  // One a block: 0.9, and one of the two 0.6.
  CapacityDecision one = thresholds.capacity(1).value();
  expect_counts(one.counts, {1.5, 0.5, 0.5, 2.5});
  ASSERT_EQ(one.cuts.size(), 2U);
  EXPECT_EQ(one.cuts[0].threshold, 0.9);
  EXPECT_EQ(one.cuts[0].share, 1);
  EXPECT_EQ(one.cuts[1].threshold, 0.6);
  EXPECT_EQ(one.cuts[1].share, 0.5);
  EXPECT_EQ(one.fixed_threshold, 0.9);
  EXPECT_EQ(thresholds.capacity(2)->fixed_threshold, 0.6);
  EXPECT_EQ(thresholds.capacity(0.5)->fixed_threshold, kInfinity);
  EXPECT_EQ(thresholds.spread(2), (std::vector{0.6, 0.2}));
}

// 8 of 10 rows, each its own block: n = 10 * 9/10, t of 9 degrees at 0.95 is 1.8331129 (tables), so
// (0.8 + 0.1866835 - 1.8331129 sqrt(0.16 / 9 + 0.0103713)) / 1.3733670.
TEST(Thresholds, PrecisionBoundByHand) {
  Rows rows;
  rows.score.assign(10, 1);
  rows.label = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
  rows.blocks = block_per_row(10);
  EXPECT_NEAR(made(rows).precision_floor(0.5)->lower, 0.4944997, 1e-7);
  // All right, in two blocks of five: worth two rows, 1 / (1 + t^2 / 2), t of 1 degree 6.3137515.
  rows.label.assign(10, 1);
  rows.blocks = {{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}, 2};
  EXPECT_NEAR(made(rows).precision_floor(0.5)->lower, 1 / (1 + 6.3137515 * 6.3137515 / 2), 1e-8);
  rows.blocks = one_block(10);
  EXPECT_EQ(made(rows).precision_floor(0.5)->lower, 0);
}

// ---- intervals ---------------------------------------------------------------------------------

TEST(Thresholds, TableIsThePlainBootstrap) {
  Random random(6);
  Rows rows = random_rows(random, 400, 12, true);
  Thresholds thresholds = made(rows);
  std::vector<double> asked = {0, kInfinity, -1, 2.5, -kInfinity, -1};
  BootstrapOptions options{.replicates = 200, .level = 0.9, .seed = 77};
  ThreadPool pool(2);
  auto table = thresholds.table(asked, options, pool);
  ASSERT_TRUE(table) << table.error().text();
  for (std::size_t t = 0; t < asked.size(); ++t) {
    std::vector<double> flagged;
    std::vector<double> precision;
    std::vector<double> recall;
    for (std::uint64_t r = 0; r < 200; ++r) {
      Random draw(77, r);
      Rows drawn = rows;
      std::vector<double> times(12);
      for (double& n : times) n = draw.poisson1();
      for (std::size_t i = 0; i < rows.score.size(); ++i)
        drawn.weight[i] *= times[rows.blocks.of_row[i]];
      Confusion c = count_from(drawn, asked[t]);
      flagged.push_back(1000 * c.flagged() / c.rows());
      precision.push_back(c.precision());
      recall.push_back(c.recall());
    }
    auto expect = [](const Estimate& got, std::vector<double> all, double value) {
      std::ranges::sort(all);
      EXPECT_NEAR(got.value, value, 1e-9);
      EXPECT_NEAR(got.low, quantile_of_sorted(all, 0.05), 1e-9);
      EXPECT_NEAR(got.high, quantile_of_sorted(all, 0.95), 1e-9);
    };
    const ThresholdRow& row = (*table)[t];
    Confusion c = count_from(rows, asked[t]);
    EXPECT_EQ(row.threshold, asked[t]);
    expect(row.rates.flagged, flagged, 1000 * c.flagged() / c.rows());
    expect(row.rates.recall.value(), recall, c.recall());
    EXPECT_NEAR(row.rates.false_negative.value, 1000 * c.false_negative / c.rows(), 1e-9);
    EXPECT_NEAR(row.rates.true_positive.value + row.rates.false_positive.value +
                    row.rates.false_negative.value + row.rates.true_negative.value,
                1000, 1e-9);
    if (asked[t] == kInfinity) {
      EXPECT_FALSE(row.rates.precision);
      continue;
    }
    expect(row.rates.precision.value(), precision, c.precision());
  }
}

TEST(Thresholds, CapacityRatesAreTheirCounts) {
  Random random(7);
  Rows rows = random_rows(random, 300, 10, false);
  Thresholds thresholds = made(rows);
  ThreadPool pool(1);
  DecisionRates rates = thresholds.capacity_rates(6, {.replicates = 100}, pool).value();
  Confusion counts = thresholds.capacity(6)->counts;
  EXPECT_NEAR(rates.true_positive.value, counts.true_positive / 0.3, 1e-9);
  EXPECT_NEAR(rates.precision->value, counts.precision(), 1e-12);
  EXPECT_LT(rates.precision->low, counts.precision());
  EXPECT_GT(rates.precision->high, counts.precision());
  EXPECT_NEAR(counts.flagged(), 60, 1e-9);
}

TEST(Thresholds, SameBytesOnAnyNumberOfThreads) {
  Random random(8);
  Thresholds thresholds = made(random_rows(random, 500, 15, true));
  ThreadPool one(1);
  ThreadPool four(4);
  auto a = thresholds.table(thresholds.spread(10), {.seed = 3}, one).value();
  auto b = thresholds.table(thresholds.spread(10), {.seed = 3}, four).value();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t t = 0; t < a.size(); ++t) {
    EXPECT_EQ(a[t].rates.flagged.low, b[t].rates.flagged.low);
    EXPECT_EQ(a[t].rates.true_positive.high, b[t].rates.true_positive.high);
    EXPECT_EQ(a[t].rates.precision->low, b[t].rates.precision->low);
  }
}

// ---- how often promises hold -------------------------------------------------------------------

double normal(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.unit();
  return sum;
}

// Days share a shift of the log-odds, so that rows of a day are alike. The score is the log-odds
// without it.
Rows days(std::uint64_t seed, std::uint32_t count, int rows_a_day, double shift) {
  Random random(seed, 3);
  Rows rows;
  rows.blocks.count = count;
  for (std::uint32_t day = 0; day < count; ++day) {
    double today = shift * normal(random);
    for (int i = 0; i < rows_a_day; ++i) {
      double score = 1.5 * normal(random);
      rows.score.push_back(score);
      rows.label.push_back(random.chance(sigmoid(score + today)) ? 1 : 0);
      rows.blocks.of_row.push_back(day);
    }
  }
  return rows;
}

TEST(Thresholds, ThePrecisionBoundHoldsAsOftenAsItSays) {
  constexpr int kSets = 1000;
  Thresholds population = made(days(1, 2000, 100, 0.8));
  double truth = population.at(1).precision();
  int above = 0;
  int above_by_rows = 0;
  int below_floor = 0;
  double floor = 0.8;
  for (std::uint64_t seed = 10; seed < 10 + kSets; ++seed) {
    Rows rows = days(seed, 20, 100, 0.8);
    above += lower_bound_of_precision(rows, 1, 0.95) > truth ? 1 : 0;
    PrecisionThreshold got = made(rows).precision_floor(floor).value();
    below_floor += got.reached && population.at(got.threshold).precision() < floor ? 1 : 0;
    rows.blocks = block_per_row(rows.score.size());
    above_by_rows += lower_bound_of_precision(rows, 1, 0.95) > truth ? 1 : 0;
  }
  fmt::print(
      "in {} sets the bound at one threshold is too high {} times by days, {} times by rows; the "
      "threshold of the floor is too low {} times\n",
      kSets, above, above_by_rows, below_floor);
  EXPECT_LT(above, 50 + 3 * 7);  // three standard errors
  EXPECT_GT(above_by_rows, 100);
  EXPECT_LT(below_floor, 100);
}

// Scores that say nothing, all thresholds just below the floor: many looks, each with its luck.
TEST(Thresholds, ManyLooksAtAFloorMissItMoreOften) {
  constexpr int kSets = 1000;
  int missed = 0;
  int missed_at_99 = 0;
  for (std::uint64_t seed = 10; seed < 10 + kSets; ++seed) {
    Random random(seed, 4);
    Rows rows;
    rows.blocks.count = 20;
    for (std::uint32_t i = 0; i < 2000; ++i) {
      rows.score.push_back(random.unit());
      rows.label.push_back(random.chance(0.79) ? 1 : 0);
      rows.blocks.of_row.push_back(i % 20);
    }
    Thresholds thresholds = made(rows);
    missed += thresholds.precision_floor(0.8)->reached ? 1 : 0;
    missed_at_99 += thresholds.precision_floor(0.8, 0.99)->reached ? 1 : 0;
  }
  fmt::print("the floor is claimed and false in {} of {} sets, {} at level 0.99\n", missed, kSets,
             missed_at_99);
  EXPECT_LT(missed, 200);
  EXPECT_LT(missed_at_99, 50 + 3 * 7);
}

TEST(Thresholds, IntervalsCoverTheTruth) {
  constexpr int kSets = 300;
  Thresholds population = made(days(2, 2000, 100, 0.8));
  Confusion truth = population.at(1);
  int alarms = 0;
  int precision = 0;
  ThreadPool pool(1);
  for (std::uint64_t seed = 5000; seed < 5000 + kSets; ++seed) {
    auto table = made(days(seed, 40, 50, 0.8))
                     .table(std::vector{1.0}, {.replicates = 200, .seed = seed}, pool);
    const DecisionRates& rates = table->front().rates;
    double expected = 1000 * truth.false_positive / truth.rows();
    alarms += rates.false_positive.low <= expected && expected <= rates.false_positive.high ? 1 : 0;
    precision +=
        rates.precision->low <= truth.precision() && truth.precision() <= rates.precision->high ? 1
                                                                                                : 0;
  }
  fmt::print("of {} intervals of level 0.95, {} hold the false alarms and {} the precision\n",
             kSets, alarms, precision);
  EXPECT_GT(alarms, kSets * 90 / 100);
  EXPECT_GT(precision, kSets * 90 / 100);
}

// ---- refusals ----------------------------------------------------------------------------------

template <typename T>
void expect_invalid(const Result<T>& result, std::string_view sentence) {
  ASSERT_FALSE(result) << sentence;
  EXPECT_EQ(result.error().code(), Code::kInvalid);
  EXPECT_NE(result.error().message().find(sentence), std::string::npos) << result.error().text();
}

TEST(Thresholds, WhatMakesNoSenseIsRefused) {
  Thresholds thresholds = made(five());
  for (DecisionCosts bad : {DecisionCosts{-1, 1}, {0, 0}, {kInfinity, 1}, {1, std::nan("")}})
    expect_invalid(thresholds.least_cost(bad), "costs of");
  for (double bad : {0.0, -1.0, kInfinity, static_cast<double>(std::nan(""))})
    expect_invalid(thresholds.capacity(bad), "capacity of");
  for (double bad : {0.0, 1.0, static_cast<double>(std::nan(""))})
    expect_invalid(thresholds.precision_floor(bad), "precision floor of");
  expect_invalid(thresholds.precision_floor(0.5, 1), "level 1");
  expect_invalid(thresholds.precision_floor(0.5, 0.4), "level 0.4");
  ThreadPool pool(1);
  expect_invalid(thresholds.table(std::vector{0.5, std::nan("")}, {}, pool), "threshold 1");
  expect_invalid(thresholds.table(std::vector{0.5}, {.replicates = 3}, pool), "replicates");
  expect_invalid(thresholds.table(std::vector{0.5}, {}, pool), "too few blocks");
  expect_invalid(thresholds.capacity_rates(0, {}, pool), "capacity of");
  Rows rows = five();
  rows.blocks = one_block(5);
  expect_invalid(made(rows).table(std::vector{0.5}, {}, pool), "at least 2 blocks");
  rows.score[2] = std::nan("");
  expect_invalid(Thresholds::make(rows.view(), rows.blocks), "row 2");
  expect_invalid(Thresholds::make({}, {}), "no rows");
  CancelToken cancel;
  cancel.cancel();
  auto stopped = thresholds.table(std::vector{0.5}, {}, pool, cancel);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), Code::kCancelled);
}

TEST(Thresholds, OneLabelAndOneRowHaveAnswers) {
  Rows rows{{3}, {0}, {}, {{0}, 1}};
  Thresholds thresholds = made(rows);
  EXPECT_EQ(thresholds.least_cost({})->threshold, kInfinity);
  EXPECT_FALSE(thresholds.precision_floor(0.5)->reached);
  EXPECT_EQ(thresholds.capacity(1)->fixed_threshold, 3);
  EXPECT_EQ(thresholds.spread(3), (std::vector<double>{3}));
  rows.label = {1};
  EXPECT_EQ(made(rows).least_cost({})->threshold, 3);
  Rows many{{1, 2, 3, 4, 5, 6}, {0, 0, 0, 0, 0, 0}, {}, block_per_row(6)};
  ThreadPool pool(1);
  auto table = made(many).table(std::vector{4.0}, {.seed = 1}, pool);
  ASSERT_TRUE(table) << table.error().text();
  EXPECT_FALSE(table->front().rates.recall);
  EXPECT_EQ(table->front().rates.true_positive.high, 0);
}

}  // namespace
}  // namespace lode
