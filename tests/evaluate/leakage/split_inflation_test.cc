// A random split that shows more than the honest one, and one that hardly does.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

LeakFinding found_of(std::string_view metric, double random, double honest,
                     bool random_split = true) {
  LeakRows rows = clean_rows(1, 100);
  rows.scores = SplitScores{.metric = find_metric(metric).value_or(nullptr),
                            .random = random,
                            .honest = honest,
                            .standard_error = 0.006,
                            .blocks = 60};
  rows.split_in_time = !random_split;
  return leak_finding("split_inflation", rows.input());
}

// The upper tail of Student's t by the trapezoid rule on its density.
double student_tail(double t, double freedom) {
  double scale = std::exp(std::lgamma((freedom + 1) / 2) - std::lgamma(freedom / 2)) /
                 std::sqrt(freedom * 3.14159265358979323846);
  double sum = 0;
  double step = 1e-3;
  for (int i = 0; i < 200'000; ++i) {
    double x = t + (i + 0.5) * step;
    sum += scale * std::pow(1 + x * x / freedom, -(freedom + 1) / 2) * step;
  }
  return sum;
}

TEST(SplitInflation, AnInflatedRandomScoreIsReportedWithBothScores) {
  LeakFinding finding = found_of("auc", 0.8, 0.74);
  ASSERT_EQ(finding.suspects.size(), 1U);
  EXPECT_NEAR(leak_figure(finding, "inflation of auc"), 0.06, 1e-12);
  EXPECT_EQ(leak_figure(finding, "random split"), 0.8);
  EXPECT_EQ(leak_figure(finding, "honest split"), 0.74);
  const LeakFigure& inflation = finding.suspects[0].figures[0];
  EXPECT_NEAR(*inflation.p / student_tail((0.06 - 0.01) / 0.006, 59), 1, 1e-4);
  EXPECT_NEAR(student_tail((*inflation.high - 0.06) / 0.006, 59), 0.0005, 1e-7);
  EXPECT_NEAR(*inflation.high - 0.06, 0.06 - *inflation.low, 1e-12);
}

TEST(SplitInflation, OfALossItIsTheOtherWayRound) {
  EXPECT_EQ(found_of("log_loss", 0.40, 0.45).suspects.size(), 1U);
  EXPECT_TRUE(found_of("log_loss", 0.45, 0.40).suspects.empty());
}

TEST(SplitInflation, WhereTheModelIsJudgedByTimeItIsANote) {
  LeakFinding finding = found_of("auc", 0.8, 0.74, false);
  EXPECT_TRUE(finding.suspects.empty());
  ASSERT_EQ(finding.notes.size(), 1U);
  EXPECT_NEAR(finding.notes[0].figures[0].value, 0.06, 1e-12);
}

TEST(SplitInflation, NearMissWithinTheErrorOrBelowWhatIsWorthAWord) {
  EXPECT_TRUE(found_of("auc", 0.76, 0.74).suspects.empty());
  EXPECT_TRUE(found_of("auc", 0.70, 0.74).suspects.empty());
}

}  // namespace
}  // namespace lode
