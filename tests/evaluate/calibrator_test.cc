// Calibrators against scikit-learn, formulas by brute force, and what they promise of any rows.
#include "evaluate/calibrator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/math.h"
#include "base/random.h"

namespace lode {
namespace {

struct Rows {
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  std::vector<double> weight;

  ScoredRows view() const { return {.score = score, .label = label, .weight = weight}; }
};

Calibrator fitted(CalibratorKind kind, const Rows& rows) {
  auto made = fit_calibrator(kind, rows.view());
  EXPECT_TRUE(made) << made.error().text();
  return made ? *std::move(made) : Calibrator();
}

// Scores in [0, 1] with ties, weights with zeros among them, labels as likely as the score says or
// as `how` bends it.
Rows random_rows(Random& random, int count, double bend = 1) {
  Rows rows;
  for (int i = 0; i < count; ++i) {
    double score = random.chance(0.5) ? static_cast<double>(random.below(11)) / 10 : random.unit();
    rows.score.push_back(score);
    rows.label.push_back(random.chance(portable_pow(score, bend)) ? 1 : 0);
    rows.weight.push_back(static_cast<double>(random.below(4)));
  }
  rows.weight.front() = 1;
  return rows;
}

// What tests/evaluate's constants of scikit-learn 1.9.1 were computed from.
Rows reference_rows() {
  return {{0.05, 0.1,  0.1, 0.2, 0.25, 0.3, 0.3,  0.3, 0.4,  0.45,
           0.5,  0.55, 0.6, 0.6, 0.7,  0.8, 0.85, 0.9, 0.95, 0.97},
          {1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1},
          {1, 2, 1, 1, 1, .5, 1, 3, 1, 1, 1, 2, 1, 1, 1.5, 1, 1, 1, 1, 2}};
}

// scikit-learn 1.9.1: LogisticRegression(C=1e12, tol=1e-14, solver="newton-cholesky") on each row
// twice, with label 1 and weight w t and label 0 and weight w (1 - t), t being Platt's target;
// sklearn.calibration._SigmoidCalibration, which is less exact, agrees to 1e-8.
TEST(Calibrator, PlattAgreesWithScikitLearn) {
  Calibrator platt = fitted(CalibratorKind::kPlatt, reference_rows());
  const auto& form = std::get<Calibrator::Platt>(platt.form());
  EXPECT_NEAR(form.slope, 1.6840736054505845, 1e-9);
  EXPECT_NEAR(form.intercept - form.slope * form.centre, -0.7425788727403537, 1e-9);
  EXPECT_NEAR(platt.probability(0.05), 0.3411046964142484, 1e-10);
  EXPECT_NEAR(platt.probability(0.5), 0.5248440063779714, 1e-10);
  EXPECT_NEAR(platt.probability(2), 0.9324890963513872, 1e-10);
}

// The same with columns ln s and -ln(1 - s).
TEST(Calibrator, BetaAgreesWithScikitLearn) {
  Calibrator beta = fitted(CalibratorKind::kBeta, reference_rows());
  const auto& form = std::get<Calibrator::Beta>(beta.form());
  EXPECT_NEAR(form.a, 0.04402978479514249, 1e-9);
  EXPECT_NEAR(form.b, 0.486348864235797, 1e-9);
  EXPECT_NEAR(form.intercept, -0.3532496637488707, 1e-9);
}

// Without bounds scikit-learn gives a = -2.43 and b = 3.17; with -ln(1 - s) alone, what is below;
// with ln s alone, a higher loss.
TEST(Calibrator, BetaStopsAtItsBounds) {
  Rows rows = reference_rows();
  rows.label = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1};
  const auto beta = std::get<Calibrator::Beta>(fitted(CalibratorKind::kBeta, rows).form());
  EXPECT_EQ(beta.a, 0);
  EXPECT_NEAR(beta.b, 0.9708744984915116, 1e-9);
  EXPECT_NEAR(beta.intercept, -1.1844781015064856, 1e-9);
}

// sklearn.isotonic.IsotonicRegression(out_of_bounds="clip"), but for the last pool of two rows of
// label 1: Laplace's (2 + 1) / (2 + 2) is not past its neighbour's 0.75, scikit-learn says 1.
TEST(Calibrator, IsotonicAgreesWithScikitLearn) {
  Calibrator isotonic = fitted(CalibratorKind::kIsotonic, reference_rows());
  const auto& form = std::get<Calibrator::Isotonic>(isotonic.form());
  EXPECT_EQ(form.score, (std::vector{0.05, 0.2, 0.25, 0.55, 0.6, 0.7, 0.8, 0.95, 0.97}));
  const std::vector<std::pair<double, double>> expected = {{0, 0.2},
                                                           {0.07, 0.2},
                                                           {0.2, 0.2},
                                                           {0.27, 0.47619047619047616},
                                                           {0.42, 0.47619047619047616},
                                                           {0.58, 0.5333333333333332},
                                                           {0.65, 0.5714285714285714},
                                                           {0.75, 0.6607142857142857},
                                                           {0.9, 0.75},
                                                           {0.96, 0.75},
                                                           {1, 0.75}};
  for (auto [score, probability] : expected)
    EXPECT_NEAR(isotonic.probability(score), probability, 1e-15) << score;
}

TEST(Calibrator, PoolsOfOneLabelAtTheEndsAreNeverSure) {
  Rows rows{{1, 2, 3, 4, 5, 6, 7}, {0, 0, 0, 1, 0, 1, 1}, {}};
  const auto form = std::get<Calibrator::Isotonic>(fitted(CalibratorKind::kIsotonic, rows).form());
  EXPECT_EQ(form.score, (std::vector<double>{1, 3, 4, 5, 6, 7}));
  EXPECT_EQ(form.probability, (std::vector{0.2, 0.2, 0.5, 0.5, 0.75, 0.75}));
  // 1 / 3 of one row, but not past the neighbour's 1 / 5.
  rows = {{1, 2, 2, 2, 2, 2}, {0, 0, 0, 0, 1, 0}, {}};
  EXPECT_EQ(fitted(CalibratorKind::kIsotonic, rows).probability(1), 0.2);
}

// max over a <= i of min over b >= i of the mean of groups a .. b (Robertson, Wright and Dykstra,
// 1988, 1.4): another way to the same values.
TEST(Calibrator, PoolsAreTheMaxMinFormula) {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    Rows rows = random_rows(random, 2 + static_cast<int>(random.below(40)));
    Calibrator isotonic = fitted(CalibratorKind::kIsotonic, rows);
    std::vector<double> scores;
    for (std::size_t i = 0; i < rows.score.size(); ++i)
      if (rows.weight[i] > 0) scores.push_back(rows.score[i]);
    std::ranges::sort(scores);
    scores.erase(std::ranges::unique(scores).begin(), scores.end());
    auto mean = [&](double low, double high) {
      double weight = 0;
      double positives = 0;
      for (std::size_t i = 0; i < rows.score.size(); ++i)
        if (rows.score[i] >= low && rows.score[i] <= high) {
          weight += rows.weight[i];
          positives += rows.weight[i] * rows.label[i];
        }
      return positives / weight;
    };
    for (std::size_t i = 0; i < scores.size(); ++i) {
      double expected = 0;
      for (std::size_t a = 0; a <= i; ++a) {
        double least = 1;
        for (std::size_t b = i; b < scores.size(); ++b)
          least = std::min(least, mean(scores[a], scores[b]));
        expected = std::max(expected, least);
      }
      double got = isotonic.probability(scores[i]);
      if (expected == 0 || expected == 1) {
        EXPECT_NE(got, expected);
      } else {
        EXPECT_NEAR(got, expected, 1e-12) << "round " << round << " score " << scores[i];
      }
    }
  }
}

// ---- the optimum -------------------------------------------------------------------------------

// What platt and beta minimise.
double loss(const Rows& rows, const Calibrator& calibrator) {
  double positives = 0;
  double negatives = 0;
  for (std::size_t i = 0; i < rows.score.size(); ++i)
    (rows.label[i] == 1 ? positives : negatives) += rows.weight[i];
  double sum = 0;
  for (std::size_t i = 0; i < rows.score.size(); ++i) {
    double target = rows.label[i] == 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2);
    double p = calibrator.probability(rows.score[i]);
    if (rows.weight[i] > 0)
      sum -= rows.weight[i] * (target * portable_log(p) + (1 - target) * portable_log1p(-p));
  }
  return sum;
}

TEST(Calibrator, NoNeighbourOfAnOptimumIsBetter) {
  Random random(12);
  for (int round = 0; round < 100; ++round) {
    Rows rows = random_rows(random, 3 + static_cast<int>(random.below(60)), round % 2 ? 1 : 0.3);
    for (double& score : rows.score) score = 0.01 + 0.98 * score;
    Calibrator platt = fitted(CalibratorKind::kPlatt, rows);
    Calibrator beta = fitted(CalibratorKind::kBeta, rows);
    double platt_loss = loss(rows, platt);
    double beta_loss = loss(rows, beta);
    EXPECT_LE(beta_loss, loss(rows, Calibrator()) + 1e-9);  // identity is a beta: a = b = 1
    for (int move = 0; move < 27; ++move) {
      int place[] = {move % 3, move / 3 % 3, move / 9};
      double step[3];
      for (int j = 0; j < 3; ++j) step[j] = 1e-3 * (place[j] - 1);
      auto p = std::get<Calibrator::Platt>(platt.form());
      p.slope = std::max(0.0, p.slope + step[0]);
      p.intercept += step[1];
      EXPECT_GE(loss(rows, Calibrator::make(p).value()), platt_loss * (1 - 1e-12));
      auto b = std::get<Calibrator::Beta>(beta.form());
      b.a = std::max(0.0, b.a + step[0]);
      b.b = std::max(0.0, b.b + step[1]);
      b.intercept += step[2];
      EXPECT_GE(loss(rows, Calibrator::make(b).value()), beta_loss * (1 - 1e-12));
    }
  }
}

TEST(Calibrator, ScoresThatSpeakAgainstTheLabelGiveItsShare) {
  Rows rows;
  for (int i = 0; i < 100; ++i) {
    rows.score.push_back(i / 100.0);
    rows.label.push_back(i < 30 ? 1 : 0);
  }
  // The mean of Platt's targets 31 / 32 and 1 / 72.
  double share = (30 * 31.0 / 32 + 70 / 72.0) / 100;
  for (CalibratorKind kind : {CalibratorKind::kPlatt, CalibratorKind::kBeta})
    for (double score : {0.0, 0.5, 1.0})
      EXPECT_NEAR(fitted(kind, rows).probability(score), share, 1e-12);
  EXPECT_DOUBLE_EQ(fitted(CalibratorKind::kIsotonic, rows).probability(0.5), 0.3);
}

// ---- what holds of any rows --------------------------------------------------------------------

TEST(Calibrator, NeverTurnsTheOrderAround) {
  Random random(13);
  for (int round = 0; round < 60; ++round) {
    Rows rows = random_rows(random, 2 + static_cast<int>(random.below(200)), 2.5);
    for (CalibratorKind kind : kAllCalibrators) {
      Calibrator calibrator = fitted(kind, rows);
      double rounding = kind == CalibratorKind::kPlatt || kind == CalibratorKind::kBeta ? 1e-13 : 0;
      double last = 0;
      for (int i = 0; i <= 2000; ++i) {
        double p = calibrator.probability(i / 2000.0);
        ASSERT_GE(p, last - rounding) << calibrator.describe() << " at " << i / 2000.0;
        ASSERT_LE(p, 1);
        last = p;
      }
    }
  }
}

TEST(Calibrator, Weight2IsTheRowTwiceAndWeight0IsNone) {
  Random random(14);
  for (int round = 0; round < 30; ++round) {
    Rows weighted = random_rows(random, 100);
    Rows repeated;
    for (std::size_t i = 0; i < weighted.score.size(); ++i)
      for (int k = 0; k < static_cast<int>(weighted.weight[i]); ++k) {
        repeated.score.push_back(weighted.score[i]);
        repeated.label.push_back(weighted.label[i]);
      }
    for (CalibratorKind kind : kAllCalibrators) {
      Calibrator one = fitted(kind, weighted);
      Calibrator other = fitted(kind, repeated);
      double rounding = kind == CalibratorKind::kIsotonic ? 0 : 1e-9;
      for (double score = 0; score <= 1; score += 1.0 / 64)
        ASSERT_NEAR(one.probability(score), other.probability(score), rounding)
            << calibrator_name(kind);
    }
  }
}

TEST(Calibrator, PlattDoesNotDependOnTheUnitOfScores) {
  Random random(15);
  Rows rows = random_rows(random, 300);
  Calibrator plain = fitted(CalibratorKind::kPlatt, rows);
  for (double unit : {1e-200, 1e-9, 1e9, 1e300}) {
    Rows scaled = rows;
    for (double& score : scaled.score) score = (score - 0.5) * unit;
    Calibrator other = fitted(CalibratorKind::kPlatt, scaled);
    for (double score = 0; score <= 1; score += 1.0 / 16)
      EXPECT_NEAR(other.probability((score - 0.5) * unit), plain.probability(score), 1e-9) << unit;
  }
}

TEST(Calibrator, ScoresOfAnySizeGiveProbabilities) {
  const double large = std::numeric_limits<double>::max();
  const double small = std::numeric_limits<double>::denorm_min();
  const std::vector<std::vector<double>> scores = {
      {-large, large, -large, large}, {large, large, large, large},   {-large, 0, 0, large},
      {0, small, 2 * small, 1},       {0, small, 2 * small, small},   {0, 0, -0.0, 0},
      {1e308, 1.1e308, 1.2e308, 0},   {1, std::nextafter(1, 2), 1, 1}};
  for (const auto& s : scores)
    for (int labels = 0; labels < 16; ++labels) {
      Rows rows{s, {}, {}};
      for (int i = 0; i < 4; ++i) rows.label.push_back(static_cast<std::uint8_t>(labels >> i & 1));
      for (CalibratorKind kind : {CalibratorKind::kPlatt, CalibratorKind::kIsotonic}) {
        Calibrator calibrator = fitted(kind, rows);
        double last = 0;
        for (double score : {-large, -1.0, -small, 0.0, small, 0.5, 1.0, 1.05e308, large}) {
          double p = calibrator.probability(score);
          ASSERT_TRUE(p >= last && p < 1 + 1e-15) << calibrator.describe() << " at " << score;
          last = p;
        }
      }
    }
}

TEST(Calibrator, GapsOfAnyWidthAreCrossedStraightAndNotPassed) {
  const double large = std::numeric_limits<double>::max();
  Calibrator wide = Calibrator::make(Calibrator::Isotonic{{-large, large}, {0.25, 0.75}}).value();
  EXPECT_EQ(wide.probability(0), 0.5);
  EXPECT_EQ(wide.probability(large / 2), 0.625);
  // 0 lies so near the upper score that it is all of the way, and low + (high - low) may round up.
  Random random(16);
  int rounded_up = 0;
  for (int i = 0; i < 1000; ++i) {
    double low = random.unit() / 300;
    double high = 0.01 + random.unit() / 3;
    rounded_up += low + (high - low) > high ? 1 : 0;
    Calibrator steep = Calibrator::make(Calibrator::Isotonic{{-1, 1e-20}, {low, high}}).value();
    EXPECT_LE(steep.probability(0), high);
  }
  EXPECT_GT(rounded_up, 0);
}

// Labels that scores separate have an optimum all the same, and one label alone has one.
TEST(Calibrator, SeparableLabelsAreFittedAndNotCertain) {
  Rows rows{{0.2, 0.3, 0.49999999, 0.5, 0.9, 1}, {0, 0, 0, 1, 1, 1}, {}};
  for (CalibratorKind kind :
       {CalibratorKind::kPlatt, CalibratorKind::kBeta, CalibratorKind::kIsotonic}) {
    Calibrator calibrator = fitted(kind, rows);
    EXPECT_GT(calibrator.probability(0.2), 0.05) << calibrator.describe();
    EXPECT_LT(calibrator.probability(0.2), 0.35) << calibrator.describe();
    EXPECT_LT(calibrator.probability(1), 0.95) << calibrator.describe();
    Rows one = rows;
    one.label.assign(6, 1);
    EXPECT_NEAR(fitted(kind, one).probability(0.7), 7.0 / 8, 1e-12) << calibrator.describe();
  }
}

TEST(Calibrator, WhatItCannotUseIsRefused) {
  Rows rows{{0.2, 1.5}, {0, 1}, {}};
  for (CalibratorKind kind : {CalibratorKind::kIdentity, CalibratorKind::kBeta}) {
    auto refused = fit_calibrator(kind, rows.view());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kInvalid);
    EXPECT_NE(refused.error().message().find("row 1: score 1.5"), std::string::npos);
  }
  for (CalibratorKind kind : kAllCalibrators) {
    for (const Rows& bad : {Rows{{}, {}, {}}, Rows{{0.1}, {2}, {}}, Rows{{0.1}, {1}, {0}},
                            Rows{{0.1}, {1}, {-1}}, Rows{{std::nan("")}, {1}, {}}}) {
      auto refused = fit_calibrator(kind, bad.view());
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code(), Code::kInvalid);
    }
  }
  Calibrator identity;
  EXPECT_TRUE(std::isnan(identity.probability(1.5)));
  std::vector<double> out(2);
  auto refused = identity.apply(rows.score, out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_FALSE(identity.apply(rows.score, std::span(out).first(1)));
  EXPECT_TRUE(fitted(CalibratorKind::kPlatt, rows).apply(rows.score, out));
  EXPECT_FALSE(Calibrator::make(Calibrator::Platt{.slope = -1}));
  EXPECT_FALSE(Calibrator::make(Calibrator::Beta{.a = 1, .b = -1e-9}));
  EXPECT_FALSE(Calibrator::make(Calibrator::Isotonic{{1, 1}, {0.1, 0.2}}));
  EXPECT_FALSE(Calibrator::make(Calibrator::Isotonic{{1, 2}, {0.2, 0.1}}));
  EXPECT_FALSE(Calibrator::make(Calibrator::Isotonic{{}, {}}));
}

TEST(Calibrator, DescribesItself) {
  EXPECT_EQ(Calibrator().describe(), "identity: the score is the probability");
  EXPECT_EQ(Calibrator::make(Calibrator::Platt{.centre = 0.25, .slope = 1.5, .intercept = -1})
                ->describe(),
            "platt: 1 / (1 + exp(-(-1 + 1.5 (score - 0.25))))");
  EXPECT_EQ(Calibrator::make(Calibrator::Beta{.a = 0.5, .b = 2, .intercept = 1})->describe(),
            "beta: 1 / (1 + exp(-(1 + 0.5 ln(score) - 2 ln(1 - score))))");
  EXPECT_EQ(Calibrator::make(Calibrator::Isotonic{{1, 2}, {0.25, 0.5}})->describe(),
            "isotonic: 2 points from 0.25 at score 1 to 0.5 at score 2");
}

}  // namespace
}  // namespace lode
