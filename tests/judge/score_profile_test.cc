// covers: judge/log_loss
#include "judge/score_profile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/random.h"
#include "judge/metric.h"

namespace lode {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

struct Rows {
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  std::vector<Timestamp> time;

  void add(double s, int l, std::int64_t day) {
    score.push_back(s);
    label.push_back(static_cast<std::uint8_t>(l));
    time.push_back({day * kDay + std::ssize(time)});
  }
  ScoredRows scored() const { return {score, label}; }
  Result<ScoreProfile> profile(int threads = 1) const {
    ThreadPool pool(threads);
    return profile_scores({scored(), time}, blocks_by_day(time), {.replicates = 200, .seed = 3},
                          pool);
  }
};

// Scores .2 (labels 0 0 1), .5 (0 1) and .9 (1 1 1), over two weeks.
Rows by_hand() {
  Rows rows;
  rows.add(0.2, 0, 100);
  rows.add(0.2, 0, 101);
  rows.add(0.2, 1, 102);
  rows.add(0.5, 0, 103);
  rows.add(0.5, 1, 108);
  rows.add(0.9, 1, 109);
  rows.add(0.9, 1, 110);
  rows.add(0.9, 1, 111);
  return rows;
}

TEST(ScoreProfile, ThresholdsByHand) {
  std::vector<ThresholdPoint> points = by_hand().profile()->thresholds;
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].threshold, 0.2);
  EXPECT_EQ(points[0].flagged, 1);
  EXPECT_EQ(points[0].recall, 1);
  EXPECT_EQ(points[0].false_positive_rate, 1);
  EXPECT_EQ(points[0].precision, 5.0 / 8);
  EXPECT_EQ(points[1].threshold, 0.5);
  EXPECT_EQ(points[1].flagged, 5.0 / 8);
  EXPECT_EQ(points[1].recall, 4.0 / 5);
  EXPECT_EQ(points[1].false_positive_rate, 1.0 / 3);
  EXPECT_EQ(points[1].precision, 4.0 / 5);
  EXPECT_EQ(points[2].threshold, 0.9);
  EXPECT_EQ(points[2].recall, 3.0 / 5);
  EXPECT_EQ(points[2].false_positive_rate, 0);
  EXPECT_EQ(points[2].precision, 1);
}

TEST(ScoreProfile, CalibrationByHand) {
  std::vector<CalibrationPoint> points = by_hand().profile()->calibration;
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].rows, 3);
  EXPECT_DOUBLE_EQ(points[0].predicted, 0.2);
  EXPECT_DOUBLE_EQ(points[0].observed.value, 1.0 / 3);
  EXPECT_EQ(points[1].rows, 2);
  EXPECT_EQ(points[1].observed.value, 0.5);
  EXPECT_EQ(points[2].rows, 3);
  EXPECT_EQ(points[2].observed.value, 1);
}

TEST(ScoreProfile, PeriodsAreWeeksFromTheFirstDay) {
  std::vector<PeriodScores> periods = by_hand().profile()->periods;
  ASSERT_EQ(periods.size(), 2U);
  EXPECT_EQ(periods[0].begin.us, 100 * kDay);
  EXPECT_EQ(periods[0].end.us, 107 * kDay);
  EXPECT_EQ(periods[0].rows, 4);
  EXPECT_DOUBLE_EQ(periods[0].predicted, 1.1 / 4);
  EXPECT_EQ(periods[0].observed, 0.25);
  EXPECT_DOUBLE_EQ(periods[0].loss, -(2 * std::log(0.8) + std::log(0.2) + std::log(0.5)) / 4);
  EXPECT_EQ(periods[1].rows, 4);
  EXPECT_EQ(periods[1].observed, 1);
}

Rows random_rows(int count, int over_days) {
  Random random(9, 1);
  Rows rows;
  for (int i = 0; i < count; ++i) {
    double score = random.unit();
    rows.add(score, random.chance(score) ? 1 : 0, i * static_cast<std::int64_t>(over_days) / count);
  }
  return rows;
}

// The area under points of true against false positives, by trapezoids.
double area(const std::vector<ThresholdPoint>& points) {
  double area = 0;
  double fpr = 1;
  double recall = 1;
  for (const ThresholdPoint& point : points) {
    area += (fpr - point.false_positive_rate) * (recall + point.recall) / 2;
    fpr = point.false_positive_rate;
    recall = point.recall;
  }
  return area + fpr * recall / 2;
}

TEST(ScoreProfile, AgreesWithTheMetrics) {
  Rows rows = random_rows(50'000, 50);
  ScoreProfile profile = rows.profile().value();
  ASSERT_LE(profile.thresholds.size(), kMostProfileThresholds);
  ASSERT_GE(profile.thresholds.size(), 60U);
  // Trapezoids below a concave curve: less than the AUC by the few points there are.
  double auc = evaluate("auc", rows.scored()).value();
  EXPECT_LT(area(profile.thresholds), auc);
  EXPECT_GT(area(profile.thresholds), auc - 0.001);
  double loss = 0;
  std::int64_t total = 0;
  for (const PeriodScores& period : profile.periods) {
    loss += period.loss * static_cast<double>(period.rows);
    total += period.rows;
  }
  EXPECT_EQ(total, 50'000);
  EXPECT_NEAR(loss / 50'000, evaluate("log_loss", rows.scored()).value(), 1e-12);
}

TEST(ScoreProfile, BandsHoldTheTruthOfAHonestModel) {
  ScoreProfile profile = random_rows(50'000, 50).profile().value();
  ASSERT_EQ(profile.calibration.size(), 15U);
  int held = 0;
  for (const CalibrationPoint& point : profile.calibration) {
    // A fifteenth of 7,143 sampled scores is known to 4.4 %, so four and a half times that.
    EXPECT_NEAR(static_cast<double>(point.rows), 50'000.0 / 15, 0.2 * 50'000 / 15);
    EXPECT_LT(point.observed.low, point.observed.value);
    EXPECT_GT(point.observed.high, point.observed.value);
    if (point.observed.low <= point.predicted && point.predicted <= point.observed.high) ++held;
  }
  // 95 in 100 of 15: fewer than 11 would come once in 1,600 times.
  EXPECT_GE(held, 11);
}

TEST(ScoreProfile, TheSameOnAnyNumberOfThreads) {
  Rows rows = random_rows(5'000, 40);
  ScoreProfile one = rows.profile(1).value();
  ScoreProfile three = rows.profile(3).value();
  auto same = [](const auto& a, const auto& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0;
  };
  EXPECT_TRUE(same(one.thresholds, three.thresholds));
  EXPECT_TRUE(same(one.calibration, three.calibration));
  EXPECT_TRUE(same(one.periods, three.periods));
}

TEST(ScoreProfile, ManyYearsAreFewPeriods) {
  Rows rows = random_rows(4'000, 365 * 40);
  ScoreProfile profile = rows.profile().value();
  EXPECT_LE(profile.periods.size(), kMostProfilePeriods);
  EXPECT_GT(profile.periods.size(), kMostProfilePeriods / 2);
}

TEST(ScoreProfile, OneScoreOneLabelOneRow) {
  Rows rows;
  rows.add(0.3, 0, -3);
  ScoreProfile profile = rows.profile().value();
  ASSERT_EQ(profile.thresholds.size(), 1U);
  EXPECT_EQ(profile.thresholds[0].false_positive_rate, 1);
  EXPECT_TRUE(std::isnan(profile.thresholds[0].recall)) << "there is no row of label 1";
  ASSERT_EQ(profile.periods.size(), 1U);
  EXPECT_EQ(profile.periods[0].begin.us, -3 * kDay);
}

TEST(ScoreProfile, WhatCannotBeProfiledIsRefused) {
  Rows rows = by_hand();
  rows.score[3] = 1.5;
  EXPECT_NE(rows.profile().error().message().find("row 3"), std::string::npos);
  rows.score[3] = 0.5;
  rows.time.pop_back();
  ThreadPool pool(1);
  EXPECT_FALSE(profile_scores({rows.scored(), rows.time}, one_block(rows.score.size()),
                              {.replicates = 100}, pool));
}

// Guesses 10 (targets 8, 12, 20, 0) and 30 (targets 25, 35), the second two weeks later.
TEST(ScoreProfile, OfNumbersIsPredictedAgainstTrueByHand) {
  std::vector<double> guess = {10, 10, 10, 10, 30, 30};
  std::vector<double> number = {8, 12, 20, 0, 25, 35};
  std::vector<Timestamp> time;
  for (std::int64_t day : {100, 101, 102, 103, 115, 116}) time.push_back({day * kDay});
  ThreadPool pool(1);
  Blocks blocks = blocks_by_day(time);
  ScoredRows rows{.score = guess, .label = {}, .number = number};
  ScoreProfile profile =
      profile_scores({rows, time}, blocks, {.replicates = 200, .seed = 3}, pool).value();
  EXPECT_TRUE(profile.thresholds.empty());
  ASSERT_EQ(profile.calibration.size(), 2U);
  const CalibrationPoint& low = profile.calibration[0];
  EXPECT_EQ(low.rows, 4);
  EXPECT_EQ(low.predicted, 10);
  EXPECT_EQ(low.observed.value, 10);
  EXPECT_DOUBLE_EQ(low.tenth, 2.4);       // .3 of the way from 0 to 8
  EXPECT_DOUBLE_EQ(low.ninetieth, 17.6);  // .7 of the way from 12 to 20
  EXPECT_EQ(profile.calibration[1].observed.value, 30);
  ASSERT_EQ(profile.periods.size(), 2U);
  EXPECT_EQ(profile.periods[0].observed, 10);
  EXPECT_DOUBLE_EQ(profile.periods[0].loss, std::sqrt((4 + 4 + 100 + 100) / 4.0));
  EXPECT_DOUBLE_EQ(profile.periods[1].loss, 5);
}

}  // namespace
}  // namespace lode
