#include "judge/metric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"
#include "judge/reliability.h"
#include "tests/judge/metric_rows.h"

namespace lode {
namespace {

TEST(Metric, AucByHand) {
  Rows rows;
  rows.add(1, 0);
  rows.add(2, 1);
  rows.add(2, 0);
  rows.add(3, 1);
  // Of 4 pairs the positives win 3 and tie 1.
  EXPECT_EQ(value_of("auc", rows.plain()), 3.5 / 4);
  // -0 and 0 are one score.
  Rows zeros;
  zeros.add(-0.0, 1);
  zeros.add(0.0, 0);
  EXPECT_EQ(value_of("auc", zeros.plain()), 0.5);
}

TEST(Metric, RowMeansByHand) {
  Rows rows;
  rows.add(0.5, 1);
  rows.add(0.25, 0, 3);
  EXPECT_DOUBLE_EQ(value_of("brier", rows.plain()), (0.25 + 0.0625) / 2);
  EXPECT_DOUBLE_EQ(value_of("brier", rows.weighted()), (0.25 + 3 * 0.0625) / 4);
  EXPECT_DOUBLE_EQ(value_of("calibration_gap", rows.plain()), (-0.5 + 0.25) / 2);
  EXPECT_DOUBLE_EQ(value_of("accuracy", rows.plain()), 1.0);  // exactly 0.5 says 1
  EXPECT_DOUBLE_EQ(value_of("log_loss", rows.plain()),
                   (0.69314718055994531 + 0.28768207245178093) / 2);  // ln 2, ln 4/3
}

TEST(Metric, LogLossClipsSureMistakes) {
  Rows rows;
  rows.add(0, 1);
  EXPECT_DOUBLE_EQ(value_of("log_loss", rows.plain()), 34.538776394910684);  // -ln 1e-15
}

TEST(Metric, EqualsScikitLearn) {
  // scikit-learn 1.9.1: roc_auc_score, average_precision_score, log_loss, brier_score_loss,
  // accuracy_score, with and without sample_weight.
  Rows ten = ten_rows();
  EXPECT_DOUBLE_EQ(value_of("auc", ten.plain()), 0.8);
  EXPECT_DOUBLE_EQ(value_of("average_precision", ten.plain()), 0.8095238095238095);
  EXPECT_DOUBLE_EQ(value_of("log_loss", ten.plain()), 0.5151352764843279);
  EXPECT_DOUBLE_EQ(value_of("brier", ten.plain()), 0.18275);
  EXPECT_DOUBLE_EQ(value_of("accuracy", ten.plain()), 0.6);
  EXPECT_DOUBLE_EQ(value_of("auc", ten.weighted()), 0.9401709401709402);
  EXPECT_DOUBLE_EQ(value_of("average_precision", ten.weighted()), 0.9244264507422402);
  EXPECT_DOUBLE_EQ(value_of("log_loss", ten.weighted()), 0.31783897393126925);
  EXPECT_DOUBLE_EQ(value_of("brier", ten.weighted()), 0.09766129032258064);
  EXPECT_DOUBLE_EQ(value_of("accuracy", ten.weighted()), 0.8387096774193549);

  Rows thousand = thousand_rows();
  EXPECT_EQ(std::accumulate(thousand.label.begin(), thousand.label.end(), 0), 522);
  EXPECT_NEAR(value_of("auc", thousand.plain()), 0.7049107071290017, 1e-14);
  EXPECT_NEAR(value_of("average_precision", thousand.plain()), 0.7088472800451397, 1e-13);
  EXPECT_NEAR(value_of("log_loss", thousand.plain()), 0.6836095230138137, 1e-13);
  EXPECT_NEAR(value_of("brier", thousand.plain()), 0.230921852, 1e-13);
  EXPECT_NEAR(value_of("auc", thousand.weighted()), 0.700717650604481, 1e-14);
  EXPECT_NEAR(value_of("average_precision", thousand.weighted()), 0.7113051298225535, 1e-13);
  EXPECT_NEAR(value_of("log_loss", thousand.weighted()), 0.688528818348914, 1e-13);
  EXPECT_NEAR(value_of("brier", thousand.weighted()), 0.23403187357954544, 1e-13);
}

TEST(Metric, CalibrationErrorsEqualTheirAuthors) {
  // uncertainty-calibration 0.1.4, the package of Kumar, Liang and Ma: plugin_ce(p=1) and
  // unbiased_l2_ce over get_equal_bins(15), on distinct scores in bins of exactly 66.
  Rows rows = thousand_rows();
  rows.label.resize(990);
  rows.score.resize(990);
  for (std::size_t i = 0; i < 990; ++i)
    rows.score[i] = (static_cast<double>(i * 7919 % 990) + 0.5) / 990;
  EXPECT_NEAR(value_of("calibration_error", rows.plain()), 0.2478787878787879, 1e-14);
  EXPECT_NEAR(value_of("calibration_error_debiased", rows.plain()), 0.28030859525335394, 1e-13);
  // With ties and weights: the formulas in numpy, bins by searchsorted(side="right").
  Rows thousand = thousand_rows();
  EXPECT_NEAR(value_of("calibration_error", thousand.plain()), 0.10455, 1e-14);
  EXPECT_NEAR(value_of("calibration_error_debiased", thousand.plain()), 0.10825168260950285, 1e-13);
  EXPECT_NEAR(value_of("calibration_error", thousand.weighted()), 0.1187002840909091, 1e-14);
  EXPECT_NEAR(value_of("calibration_error_debiased", thousand.weighted()), 0.12434120359256436,
              1e-13);
}

TEST(Metric, ReliabilityBinsHoldEqualCountsAndKeepTiesTogether) {
  Rows rows;
  for (int i = 0; i < 8; ++i) rows.add(0.1 * i, i >= 4 ? 1 : 0);
  auto curve = reliability(rows.plain(), 4).value();
  ASSERT_EQ(curve.size(), 4U);
  EXPECT_DOUBLE_EQ(curve[0].predicted, 0.05);
  EXPECT_EQ(curve[1].observed, 0);
  EXPECT_EQ(curve[2].observed, 1);
  EXPECT_EQ(curve[3].weight, 2);
  Rows tied;
  for (int i = 0; i < 8; ++i) tied.add(0.3, i % 2 == 0 ? 1 : 0);
  curve = reliability(tied.plain(), 4).value();
  ASSERT_EQ(curve.size(), 1U);
  EXPECT_EQ(curve[0].weight, 8);
  EXPECT_EQ(curve[0].observed, 0.5);
  EXPECT_EQ(reliability(tied.plain(), 0).error().code(), Code::kInvalid);
}

TEST(Metric, AucEqualsCountingAllPairs) {
  Rows rows = thousand_rows();
  double won = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < rows.score.size(); ++i) {
    for (std::size_t j = 0; j < rows.score.size(); ++j) {
      if (rows.label[i] != 1 || rows.label[j] != 0) continue;
      ++pairs;
      if (rows.score[i] > rows.score[j]) won += 1;
      if (rows.score[i] == rows.score[j]) won += 0.5;
    }
  }
  EXPECT_EQ(value_of("auc", rows.plain()), won / pairs);
  Blocks each = block_per_row(2000);  // twice the rows, so that the pass is taken
  Rows twice = rows;
  for (std::size_t i = 0; i < 1000; ++i) twice.add(rows.score[i], rows.label[i]);
  Sample sample = Sample::make_ranked(twice.plain(), each).value();
  std::vector<double> once(2000, 1.0);
  EXPECT_EQ(prepare_metric(*find_metric("auc").value(), sample).value()->value(once), won / pairs);
}

// A matrix of more blocks than one pass over the rows counts, and one of more than the small size,
// which many rows are worth; equal to the rank sum of the rows that the draws repeat.
TEST(Metric, AucByAMatrixOfManyBlocksIsThatOfTheRows) {
  for (auto [blocks, count] : {std::pair{300U, 4'000}, std::pair{1'100U, 1'300'000}}) {
    Random random(blocks, 3);
    Rows rows;
    Blocks of;
    of.count = blocks;
    for (int i = 0; i < count; ++i) {
      double score = std::floor(random.unit() * 5'000) / 5'000;
      rows.add(score, random.chance(0.2 + 0.4 * score) ? 1 : 0);
      of.of_row.push_back(static_cast<std::uint32_t>(random.below(blocks)));
    }
    std::vector<double> draws(blocks);
    for (double& draw : draws) draw = random.poisson1();
    std::vector<double> weight;
    for (std::uint32_t block : of.of_row) weight.push_back(draws[block]);
    Sample sample = Sample::make_ranked(rows.plain(), of).value();
    double drawn = prepare_metric(*find_metric("auc").value(), sample).value()->value(draws);
    Rows plain = rows;
    ScoredRows repeated{.score = plain.score, .label = plain.label, .weight = weight};
    EXPECT_DOUBLE_EQ(drawn, value_of("auc", repeated)) << blocks;
  }
}

TEST(Metric, RefusesWhatItCannotJudge) {
  Rows rows = ten_rows();
  Rows one_class = rows;
  one_class.label.assign(10, 0);
  EXPECT_EQ(evaluate("auc", one_class.plain()).error().message(),
            "auc is undefined on these 10 rows: are both labels among them?");
  EXPECT_EQ(evaluate("average_precision", one_class.plain()).error().code(), Code::kInvalid);
  Rows logits = rows;
  logits.score[3] = 1.5;
  EXPECT_TRUE(evaluate("auc", logits.plain()).has_value());
  EXPECT_EQ(evaluate("brier", logits.plain()).error().message(),
            "row 3: brier needs probabilities, and score 1.5 is outside [0, 1]");
  logits.score[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(evaluate("auc", logits.plain()).error().message(),
            "row 3: score nan is not a finite number");
  Rows label = rows;
  label.label[2] = 2;
  EXPECT_EQ(evaluate("auc", label.plain()).error().message(), "row 2: label 2 is neither 0 nor 1");
  Rows weight = rows;
  weight.weight[0] = -1;
  EXPECT_EQ(evaluate("auc", weight.weighted()).error().code(), Code::kInvalid);
  weight.weight.assign(10, 0);
  EXPECT_EQ(evaluate("brier", weight.weighted()).error().message(),
            "the weights of 10 rows sum to 0");
  weight.weight.resize(9);
  EXPECT_EQ(evaluate("brier", weight.weighted()).error().code(), Code::kInvalid);
  EXPECT_EQ(evaluate("brier", {}).error().message(), "there are no rows to judge");
}

TEST(Metric, UnknownNamesGetTheNearest) {
  EXPECT_EQ(find_metric("logloss").error().message(),
            "unknown metric 'logloss'; did you mean 'log_loss'?");
  EXPECT_EQ(find_metric("silhouette").error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace lode
