// Metrics of targets that are numbers, and those of labels that look at one threshold or at the
// rows that score highest.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "judge/bootstrap.h"
#include "judge/metric.h"
#include "tests/judge/metric_rows.h"

namespace lode {
namespace {

Rows eight_numbers() {
  return {.score = {2.5, 0, 2, 8, 4, 1.5, 2, 6},
          .label = {},
          .weight = {1, 2, .5, 3, 1, 1, 0, 2},
          .number = {3, -.5, 2, 7, 4.25, 1, 2, 10}};
}

TEST(NumberMetrics, ByHand) {
  // Errors -1, 2, 0 and 4 of targets 2, 4, 5 and 1.
  Rows rows{.score = {1, 6, 5, 5}, .label = {}, .weight = {}, .number = {2, 4, 5, 1}};
  EXPECT_DOUBLE_EQ(value_of("rmse", rows.numbers()), std::sqrt(21.0 / 4));
  EXPECT_DOUBLE_EQ(value_of("mae", rows.numbers()), 7.0 / 4);
  EXPECT_DOUBLE_EQ(value_of("mape", rows.numbers()), (0.5 + 0.5 + 0 + 4) / 4);
  EXPECT_DOUBLE_EQ(value_of("r2", rows.numbers()), 1 - 21.0 / 10);  // mean 3: 1 + 1 + 4 + 4
  EXPECT_DOUBLE_EQ(value_of("pinball_p10", rows.numbers()), (0.1 + 0.9 * 6) / 4);
  EXPECT_DOUBLE_EQ(value_of("pinball_p50", rows.numbers()), 7.0 / 8);
  EXPECT_DOUBLE_EQ(value_of("pinball_p90", rows.numbers()), (0.9 + 0.1 * 6) / 4);
}

TEST(NumberMetrics, EqualScikitLearn) {
  // scikit-learn 1.9.1: root_mean_squared_error, mean_absolute_error,
  // mean_absolute_percentage_error, r2_score, mean_pinball_loss, with and without sample_weight.
  struct Known {
    std::string_view metric;
    double eight, eight_weighted, thousand, thousand_weighted;
  };
  Rows eight = eight_numbers();
  Rows thousand = thousand_numbers();
  for (const Known& known : {
           Known{"rmse", 1.4921670482891654, 1.8532468290877524, 40.947822408523756,
                 41.40799044369609},
           Known{"mae", 0.84375, 1.2619047619047619, 33.53510000000001, 33.96271306818182},
           Known{"mape", 0.28354341736694677, 0.3765772975857009, 0.18375273979168552,
                 0.18643669970605112},
           Known{"r2", 0.7827536922343974, 0.7539345693804196, -0.633942995315099,
                 -0.6859839720733019},
           Known{"pinball_p10", 0.284375, 0.4690476190476191, 6.788270000000001, 6.862322443181819},
           Known{"pinball_p50", 0.421875, 0.6309523809523809, 16.767550000000004,
                 16.98135653409091},
           Known{"pinball_p90", 0.559375, 0.7928571428571429, 26.74683, 27.100390625},
       }) {
    EXPECT_DOUBLE_EQ(value_of(known.metric, eight.numbers()), known.eight) << known.metric;
    EXPECT_DOUBLE_EQ(value_of(known.metric, eight.weighted_numbers()), known.eight_weighted)
        << known.metric;
    EXPECT_NEAR(value_of(known.metric, thousand.numbers()), known.thousand, 1e-12) << known.metric;
    EXPECT_NEAR(value_of(known.metric, thousand.weighted_numbers()), known.thousand_weighted, 1e-12)
        << known.metric;
  }
}

TEST(NumberMetrics, R2OfTargetsFarFromZeroIsThatOfTheirSpread) {
  Rows rows{.score = {}, .label = {}, .weight = {}, .number = {}};
  for (int i = 0; i < 100; ++i) {
    rows.number.push_back(1e12 + i % 10);
    rows.score.push_back(1e12 + i % 10 + (i % 2 == 0 ? 0.5 : -0.5));
  }
  EXPECT_DOUBLE_EQ(value_of("r2", rows.numbers()), 1 - 0.25 / 8.25);
}

TEST(NumberMetrics, WhereThereIsNoValueTheReasonIsTold) {
  Rows rows = eight_numbers();
  rows.number[2] = 0;
  EXPECT_EQ(evaluate("mape", rows.numbers()).error().message(),
            "mape is undefined on these 8 rows: it divides by the target, and a target is 0; use "
            "mae, or leave such rows out");
  rows.weight[2] = 0;  // not there
  EXPECT_GT(value_of("mape", rows.weighted_numbers()), 0);
  rows.number.assign(8, 0.1);  // which no binary fraction is
  EXPECT_EQ(evaluate("r2", rows.numbers()).error().message(),
            "r2 is undefined on these 8 rows: are their targets all the same?");
  EXPECT_EQ(value_of("ndcg", rows.numbers()), 1);
  rows.number[3] = -1;
  EXPECT_EQ(evaluate("ndcg", rows.numbers()).error().code(), Code::kInvalid);
  rows.number[3] = INFINITY;
  EXPECT_EQ(evaluate("rmse", rows.numbers()).error().message(),
            "row 3: target inf is not a finite number");
  rows.number.pop_back();
  EXPECT_EQ(evaluate("rmse", rows.numbers()).error().message(),
            "8 scores, 7 targets, 0 weights and 8 block numbers differ");
  EXPECT_EQ(evaluate("rmse", ten_rows().plain()).error().message(),
            "rmse judges numbers, and the targets are labels of 0 and 1; those are judged by "
            "accuracy, auc, average_precision, brier, calibration_error, "
            "calibration_error_debiased, calibration_gap, f1, log_loss, ndcg, precision, "
            "precision_at_100, precision_at_1000, precision_at_10pct, precision_at_1pct, "
            "precision_at_5pct, recall");
  Rows both = eight_numbers();
  both.label.assign(8, 1);
  EXPECT_EQ(evaluate("ndcg", ScoredRows{both.score, both.label, {}, both.number}).error().message(),
            "rows are judged by labels or by numbers, and both were given");
}

TEST(NumberMetrics, NdcgByHandAndAsScikitLearn) {
  // In order of score the gains are 1, 3 and 2; the best order is 3, 2, 1.
  Rows rows{.score = {.9, .5, .1}, .label = {}, .weight = {2, 1, 1}, .number = {1, 3, 2}};
  double second = 1 / std::log2(3.0);
  EXPECT_DOUBLE_EQ(value_of("ndcg", rows.numbers()),
                   (1 + 3 * second + 2 * 0.5) / (3 + 2 * second + 0.5));
  // The first row twice: gains 1, 1, 3, 2.
  double fourth = 1 / std::log2(5.0);
  EXPECT_DOUBLE_EQ(value_of("ndcg", rows.weighted_numbers()),
                   (1 + second + 3 * 0.5 + 2 * fourth) / (3 + 2 * second + 0.5 + fourth));
  // Ties share their places: gains 1 and 3 in the first two.
  rows.score[1] = .9;
  EXPECT_DOUBLE_EQ(value_of("ndcg", rows.numbers()),
                   (2 * (1 + second) + 2 * 0.5) / (3 + 2 * second + 0.5));
  // scikit-learn 1.9.1: ndcg_score.
  Rows eight = eight_numbers();
  eight.number[1] = 0.5;
  EXPECT_DOUBLE_EQ(value_of("ndcg", eight.numbers()), 0.944110535510254);
  EXPECT_NEAR(value_of("ndcg", thousand_numbers().numbers()), 0.9762295217024508, 1e-13);
  EXPECT_DOUBLE_EQ(value_of("ndcg", ten_rows().plain()), 0.9315896918023774);
  EXPECT_NEAR(value_of("ndcg", thousand_rows().plain()), 0.9440282578293632, 1e-13);
}

TEST(LabelMetrics, AtOneHalfEqualScikitLearn) {
  // scikit-learn 1.9.1: precision_score, recall_score, f1_score of score >= 0.5.
  Rows ten = ten_rows();
  EXPECT_DOUBLE_EQ(value_of("precision", ten.plain()), 2.0 / 3);
  EXPECT_DOUBLE_EQ(value_of("recall", ten.plain()), 0.4);
  EXPECT_DOUBLE_EQ(value_of("f1", ten.plain()), 0.5);
  EXPECT_DOUBLE_EQ(value_of("precision", ten.weighted()), 5.0 / 6);
  EXPECT_DOUBLE_EQ(value_of("recall", ten.weighted()), 0.7692307692307693);
  EXPECT_DOUBLE_EQ(value_of("f1", ten.weighted()), 0.8);
  Rows thousand = thousand_rows();
  EXPECT_DOUBLE_EQ(value_of("precision", thousand.plain()), 0.6693548387096774);
  EXPECT_DOUBLE_EQ(value_of("recall", thousand.weighted()), 0.625169147496617);
  EXPECT_DOUBLE_EQ(value_of("f1", thousand.weighted()), 0.6443514644351465);
  Rows cautious = ten;
  for (double& score : cautious.score) score /= 10;
  EXPECT_EQ(evaluate("precision", cautious.plain()).error().message(),
            "precision is undefined on these 10 rows: has any of them a probability of at least "
            "0.5?");
  EXPECT_EQ(value_of("recall", cautious.plain()), 0);
  EXPECT_EQ(value_of("f1", cautious.plain()), 0);
}

TEST(LabelMetrics, PrecisionAtTheTopByHand) {
  // 200 rows; the 20 that score highest are 12 hits and 8 others, the ten above them 9 hits.
  Rows rows;
  for (int i = 0; i < 200; ++i) {
    double score = i < 180 ? 0.1 : (i < 190 ? 0.5 : 0.9);
    rows.add(score, (i >= 180 && i < 183) || i > 190 ? 1 : 0);
  }
  EXPECT_DOUBLE_EQ(value_of("precision_at_10pct", rows.plain()), 12.0 / 20);
  EXPECT_DOUBLE_EQ(value_of("precision_at_5pct", rows.plain()), 9.0 / 10);
  EXPECT_DOUBLE_EQ(value_of("precision_at_1pct", rows.plain()), 0.9);  // two of ten alike
  EXPECT_DOUBLE_EQ(value_of("precision_at_100", rows.plain()), 12.0 / 100);
  EXPECT_DOUBLE_EQ(value_of("precision_at_1000", rows.plain()), 12.0 / 200);  // there are no more
  for (double& weight : rows.weight) weight = 10;
  EXPECT_DOUBLE_EQ(value_of("precision_at_100", rows.weighted()), 0.9);
  EXPECT_DOUBLE_EQ(value_of("precision_at_1000", rows.weighted()), 12.0 / 100);
}

// In 400 repetitions a 95 % interval of the mean error leaves out the truth about 20 times.
TEST(NumberMetrics, IntervalsHoldTheTruth) {
  ThreadPool pool(2);
  const Metric* rmse = find_metric("rmse").value();
  const Metric* r2 = find_metric("r2").value();
  const Metric* metrics[] = {rmse, r2};
  int covered[2] = {0, 0};
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed, 99);
    auto normal = [&random] {  // twelve uniforms less six: variance 1
      double sum = -6;
      for (int i = 0; i < 12; ++i) sum += random.unit();
      return sum;
    };
    std::vector<double> score;
    std::vector<double> number;
    for (int i = 0; i < 300; ++i) {
      score.push_back(2 * normal());
      number.push_back(score.back() + normal());
    }
    ScoredRows rows{.score = score, .label = {}, .number = number};
    Blocks blocks = block_per_row(300);
    auto judged = JudgedRows::make(rows, blocks, metrics, pool).value();
    auto found = bootstrap(judged, {.replicates = 200, .seed = seed}, pool).value();
    double truth[2] = {1.0, 0.8};  // errors of variance 1, targets of 5
    for (int m : {0, 1}) {
      const Estimate& e = found[static_cast<std::size_t>(m)].estimate;
      covered[m] += e.low <= truth[m] && truth[m] <= e.high ? 1 : 0;
    }
  }
  for (int m : {0, 1}) {
    EXPECT_GE(covered[m], 362) << metrics[m]->name;  // 400 x .95 less four standard deviations
    EXPECT_LE(covered[m], 397) << metrics[m]->name;
  }
}

TEST(NumberMetrics, ModelsAreComparedOnTheSameNumbersOnly) {
  ThreadPool pool(1);
  Rows first = thousand_numbers();
  Rows second = first;
  for (double& score : second.score) score -= 10;
  const Metric* metrics[] = {find_metric("rmse").value(), find_metric("mae").value()};
  Blocks blocks = block_per_row(1000);
  auto one = JudgedRows::make(first.numbers(), blocks, metrics, pool).value();
  auto other = JudgedRows::make(second.numbers(), blocks, metrics, pool).value();
  auto found = compare(one, other, {.replicates = 100, .seed = 3}, pool).value();
  EXPECT_DOUBLE_EQ(found[0].difference.value, found[0].second.value - found[0].first.value);
  EXPECT_LE(found[0].difference.low, found[0].difference.value);
  second.number[5] += 1;
  auto others_rows = JudgedRows::make(second.numbers(), blocks, metrics, pool).value();
  EXPECT_EQ(compare(one, others_rows, {}, pool).error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace lode
