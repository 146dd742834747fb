#include "judge/bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace lode {
namespace {

std::vector<const Metric*> named(std::initializer_list<std::string_view> names) {
  std::vector<const Metric*> found;
  for (std::string_view name : names) found.push_back(find_metric(name).value());
  return found;
}

struct Rows {
  std::vector<double> score;
  std::vector<double> other;  // a second model
  std::vector<std::uint8_t> label;
  Blocks blocks;

  ScoredRows first() const { return {.score = score, .label = label}; }
  ScoredRows second() const { return {.score = other, .label = label}; }
};

using Metrics = std::vector<const Metric*>;

Result<std::vector<MetricEstimate>> bootstrap_of(const ScoredRows& rows, const Blocks& blocks,
                                                 const Metrics& metrics,
                                                 const BootstrapOptions& options, ThreadPool& pool,
                                                 const CancelToken& cancel = {}) {
  TRY(JudgedRows judged, JudgedRows::make(rows, blocks, metrics, pool, cancel));
  return bootstrap(judged, options, pool, cancel);
}

Result<std::vector<MetricDifference>> compare_of(const ScoredRows& first, const ScoredRows& second,
                                                 const Blocks& blocks, const Metrics& metrics,
                                                 const BootstrapOptions& options,
                                                 ThreadPool& pool) {
  TRY(JudgedRows one, JudgedRows::make(first, blocks, metrics, pool));
  TRY(JudgedRows other, JudgedRows::make(second, blocks, metrics, pool));
  return compare(one, other, options, pool);
}

// Positives score the larger of two uniforms, negatives one: the true AUC is 2/3. The second model
// draws its own and is exactly as good.
Rows independent_rows(std::uint64_t seed, std::uint32_t blocks, int rows_per_block) {
  Random random(seed, 1);
  Rows rows;
  rows.blocks.count = blocks;
  for (std::uint32_t b = 0; b < blocks; ++b) {
    for (int i = 0; i < rows_per_block; ++i) {
      bool positive = random.chance(0.4);
      double shared = random.unit();
      rows.score.push_back(positive ? std::max(shared, random.unit()) : shared);
      rows.other.push_back(positive ? std::max(shared, random.unit()) : shared);
      rows.label.push_back(positive ? 1 : 0);
      rows.blocks.of_row.push_back(b);
    }
  }
  return rows;
}

// Days of good and bad weather: every row of a day has the probability of its day, 0.2 or 0.8. A
// forecast of 0.5 is right on average, so the true calibration gap is 0.
Rows days_of_weather(std::uint64_t seed, std::uint32_t days, int rows_per_day) {
  Random random(seed, 2);
  Rows rows;
  rows.blocks.count = days;
  for (std::uint32_t day = 0; day < days; ++day) {
    double p = random.chance(0.5) ? 0.2 : 0.8;
    for (int i = 0; i < rows_per_day; ++i) {
      rows.score.push_back(0.5);
      rows.label.push_back(random.chance(p) ? 1 : 0);
      rows.blocks.of_row.push_back(day);
    }
  }
  return rows;
}

constexpr int kSimulations = 500;
// Of 500 intervals of 95 % a right method covers 475 +- 4.9 (binomial); 3 deviations either side.
constexpr int kLeastCovered = 461;
constexpr int kMostCovered = 489;

template <typename Covers>
int count_covered(Covers covers) {
  int covered = 0;
  for (int i = 0; i < kSimulations; ++i)
    if (covers(static_cast<std::uint64_t>(i))) ++covered;
  return covered;
}

std::vector<const Metric*> label_metrics() {
  std::vector<const Metric*> all = all_metrics();
  std::erase_if(all, [](const Metric* metric) { return !metric->takes(Task::kBinary); });
  return all;
}

TEST(Bootstrap, IntervalsCoverTheTruth) {
  ThreadPool pool(1);
  auto wanted = named({"auc", "calibration_gap"});
  int gap_covered = 0;
  int auc_covered = count_covered([&](std::uint64_t seed) {
    Rows rows = independent_rows(seed, 100, 4);
    for (double& score : rows.score) score = 0.3 + 0.2 * score;  // any increasing map keeps AUC
    auto found =
        bootstrap_of(rows.first(), rows.blocks, wanted, {.replicates = 200, .seed = seed}, pool)
            .value();
    // E[score] = 0.3 + 0.2 (0.6 / 2 + 0.4 * 2 / 3), E[label] = 0.4
    double gap = 0.3 + 0.2 * (0.3 + 0.8 / 3) - 0.4;
    if (found[1].estimate.low <= gap && gap <= found[1].estimate.high) ++gap_covered;
    return found[0].estimate.low <= 2.0 / 3 && 2.0 / 3 <= found[0].estimate.high;
  });
  EXPECT_GE(auc_covered, kLeastCovered);
  EXPECT_LE(auc_covered, kMostCovered);
  EXPECT_GE(gap_covered, kLeastCovered);
  EXPECT_LE(gap_covered, kMostCovered);
}

TEST(Bootstrap, PairedDifferenceOfEqualModelsCoversZero) {
  ThreadPool pool(1);
  auto wanted = named({"auc"});
  int covered = count_covered([&](std::uint64_t seed) {
    Rows rows = independent_rows(seed, 100, 4);
    auto found = compare_of(rows.first(), rows.second(), rows.blocks, wanted,
                            {.replicates = 200, .seed = seed}, pool)
                     .value();
    return !found[0].clear();
  });
  EXPECT_GE(covered, kLeastCovered);
  EXPECT_LE(covered, kMostCovered);
}

TEST(Bootstrap, RowsOfADayAreNotIndependent) {
  ThreadPool pool(1);
  auto wanted = named({"calibration_gap"});
  auto covers_zero = [&](const Rows& rows, const Blocks& blocks, std::uint64_t seed) {
    auto found =
        bootstrap_of(rows.first(), blocks, wanted, {.replicates = 200, .seed = seed}, pool);
    return found.value()[0].estimate.low <= 0 && 0 <= found.value()[0].estimate.high;
  };
  int by_day = 0;
  int by_row = count_covered([&](std::uint64_t seed) {
    Rows rows = days_of_weather(seed, 100, 10);
    if (covers_zero(rows, rows.blocks, seed)) ++by_day;
    return covers_zero(rows, block_per_row(rows.score.size()), seed);
  });
  EXPECT_GE(by_day, kLeastCovered);
  EXPECT_LE(by_day, kMostCovered);
  // Variance of a day's mean is .09 + .016 against .025 if its 10 rows were independent: the
  // interval is half as wide as it should be and covers about 66 %.
  EXPECT_LT(by_row, 370);
  EXPECT_GT(by_row, 290);
}

TEST(Bootstrap, DebiasedCalibrationErrorOfATrueModelReachesZero) {
  ThreadPool pool(1);
  auto wanted = named({"calibration_error", "calibration_error_debiased"});
  Random random(3);
  Rows rows;
  for (std::size_t i = 0; i < 3000; ++i) {
    rows.score.push_back(0.1 + 0.8 * random.unit());
    rows.label.push_back(random.chance(rows.score.back()) ? 1 : 0);
  }
  rows.blocks = block_per_row(3000);
  auto found = bootstrap_of(rows.first(), rows.blocks, wanted, {.replicates = 200}, pool).value();
  EXPECT_GT(found[0].estimate.low, 0.01);  // noise alone
  EXPECT_EQ(found[1].estimate.low, 0);
  EXPECT_LT(found[1].estimate.high, 0.04);
}

TEST(Bootstrap, AKnownDifferenceIsClearAndPointsTheRightWay) {
  ThreadPool pool(2);
  Rows rows = independent_rows(5, 100, 20);
  rows.other.assign(rows.score.size(), 0.4);  // the base rate
  auto wanted = named({"auc", "brier", "calibration_gap"});
  auto found = compare_of(rows.first(), rows.second(), rows.blocks, wanted, {}, pool).value();
  EXPECT_TRUE(found[0].clear());
  EXPECT_FALSE(found[0].second_is_better());
  EXPECT_EQ(found[0].second.value, 0.5);
  EXPECT_EQ(found[0].second.low, 0.5);
  EXPECT_DOUBLE_EQ(found[0].difference.value, 0.5 - found[0].first.value);
  EXPECT_TRUE(found[1].second_is_better());  // the scores are far from probabilities
  EXPECT_TRUE(found[2].second_is_better());
}

TEST(Bootstrap, ComparingAModelWithItselfGivesExactlyZero) {
  ThreadPool pool(2);
  Rows rows = independent_rows(5, 20, 5);
  auto found =
      compare_of(rows.first(), rows.first(), rows.blocks, label_metrics(), {}, pool).value();
  for (const MetricDifference& one : found) {
    EXPECT_EQ(one.difference.low, 0) << one.metric->name;
    EXPECT_EQ(one.difference.high, 0) << one.metric->name;
    EXPECT_FALSE(one.clear());
  }
}

TEST(Bootstrap, ThreadsDoNotShowAndSeedsDo) {
  Rows rows = independent_rows(9, 50, 10);
  auto run = [&](int threads, std::uint64_t seed) {
    ThreadPool pool(threads);
    auto found =
        bootstrap_of(rows.first(), rows.blocks, label_metrics(), {.seed = seed}, pool).value();
    std::vector<double> numbers;
    for (const MetricEstimate& one : found) {
      numbers.push_back(one.estimate.low);
      numbers.push_back(one.estimate.value);
      numbers.push_back(one.estimate.high);
      EXPECT_LE(one.estimate.low, one.estimate.high) << one.metric->name;
    }
    return numbers;
  };
  EXPECT_EQ(run(1, 0), run(4, 0));
  EXPECT_NE(run(1, 0), run(1, 1));
}

// A comparison's two sides are what each model is judged to be by itself.
TEST(Bootstrap, JudgedRowsMayBeAskedAgain) {
  ThreadPool pool(2);
  Rows rows = independent_rows(9, 50, 10);
  JudgedRows first = JudgedRows::make(rows.first(), rows.blocks, label_metrics(), pool).value();
  JudgedRows second = JudgedRows::make(rows.second(), rows.blocks, label_metrics(), pool).value();
  std::vector<MetricEstimate> alone = bootstrap(second, {.seed = 4}, pool).value();
  for (int time = 0; time < 2; ++time) {
    std::vector<MetricDifference> both = compare(first, second, {.seed = 4}, pool).value();
    ASSERT_EQ(both.size(), alone.size());
    for (std::size_t i = 0; i < both.size(); ++i) {
      EXPECT_EQ(both[i].second.value, alone[i].estimate.value);
      EXPECT_EQ(both[i].second.low, alone[i].estimate.low);
      EXPECT_EQ(both[i].second.high, alone[i].estimate.high);
    }
  }
}

TEST(Bootstrap, OneReplicateByHand) {
  // With two blocks a replicate of the mean depends on the two draws alone.
  std::vector<double> score = {0.25, 0.75};
  std::vector<std::uint8_t> label = {0, 0};
  ThreadPool pool(1);
  Blocks blocks = block_per_row(2);
  auto found = bootstrap_of({.score = score, .label = label}, blocks, named({"calibration_gap"}),
                            {.replicates = 40, .seed = 11}, pool);
  // Both drawn 0 times has probability e^-2 = .135: more than 1 in 20.
  EXPECT_EQ(found.error().code(), Code::kInvalid);
  EXPECT_TRUE(found.error().message().starts_with("calibration_gap is undefined in "))
      << found.error().message();
}

TEST(Bootstrap, QuantilesInterpolate) {
  std::vector<double> sorted = {1, 2, 4};
  EXPECT_EQ(quantile_of_sorted(sorted, 0), 1);
  EXPECT_EQ(quantile_of_sorted(sorted, 0.25), 1.5);
  EXPECT_EQ(quantile_of_sorted(sorted, 0.75), 3);
  EXPECT_EQ(quantile_of_sorted(sorted, 1), 4);
}

TEST(Bootstrap, RefusesWhatGivesNoInterval) {
  ThreadPool pool(1);
  Rows rows = independent_rows(1, 10, 4);
  auto message = [&](const Blocks& blocks, BootstrapOptions options) {
    auto found = bootstrap_of(rows.first(), blocks, named({"brier"}), options, pool);
    return found ? std::string("accepted") : found.error().message();
  };
  EXPECT_EQ(message(one_block(40), {}), "an interval needs at least 2 blocks of rows, there is 1");
  EXPECT_EQ(message(rows.blocks, {.replicates = 39}),
            "39 bootstrap replicates; an interval of level 0.95 takes 40 to 1000000");
  EXPECT_EQ(message(rows.blocks, {.replicates = 40}), "accepted");
  EXPECT_EQ(message(rows.blocks, {.level = 1}), "level 1 of the interval is not between 0 and 1");
  EXPECT_EQ(message(block_per_row(3), {}),
            "40 scores, 40 labels, 0 weights and 3 block numbers differ");

  Rows other = rows;
  other.label[0] ^= 1;
  EXPECT_EQ(compare_of(rows.first(), other.first(), rows.blocks, named({"brier"}), {}, pool)
                .error()
                .code(),
            Code::kInvalid);
  JudgedRows by_block = JudgedRows::make(rows.first(), rows.blocks, named({"brier"}), pool).value();
  JudgedRows by_row =
      JudgedRows::make(rows.first(), block_per_row(40), named({"brier"}), pool).value();
  EXPECT_EQ(compare(by_block, by_row, {}, pool).error().code(), Code::kInvalid) << "other blocks";
  JudgedRows by_auc = JudgedRows::make(rows.first(), rows.blocks, named({"auc"}), pool).value();
  EXPECT_EQ(compare(by_block, by_auc, {}, pool).error().code(), Code::kInvalid) << "other metrics";
  CancelToken cancel;
  cancel.cancel();
  EXPECT_EQ(
      bootstrap_of(rows.first(), rows.blocks, label_metrics(), {}, pool, cancel).error().code(),
      Code::kCancelled);
}

}  // namespace
}  // namespace lode
