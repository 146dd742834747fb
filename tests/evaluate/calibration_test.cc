// The choice of a calibrator on planted miscalibration and on none, by hand on four rows; and
// Spiegelhalter's test under its hypothesis.
#include "evaluate/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "base/math.h"
#include "base/random.h"
#include "judge/metric.h"

namespace lode {
namespace {

double normal(Random& random) {
  double sum = -6;  // of twelve uniforms: near enough
  for (int i = 0; i < 12; ++i) sum += random.unit();
  return sum;
}

struct Rows {
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  std::vector<double> weight;
  std::vector<double> truth;  // probabilities
  Blocks blocks;
  std::vector<std::uint32_t> fold;  // of each block

  ScoredRows view() const { return {.score = score, .label = label, .weight = weight}; }
};

using Bend = std::function<double(double)>;  // from the true probability to the score

Rows make_rows(std::uint64_t seed, int count, const Bend& bend) {
  Random random(seed, 7);
  Rows rows;
  constexpr std::uint32_t kBlocks = 20;
  for (int i = 0; i < count; ++i) {
    double p = sigmoid(1.3 * normal(random) - 1);
    rows.truth.push_back(p);
    rows.score.push_back(bend(p));
    rows.label.push_back(random.chance(p) ? 1 : 0);
    rows.blocks.of_row.push_back(static_cast<std::uint32_t>(i) % kBlocks);
  }
  rows.blocks.count = kBlocks;
  for (std::uint32_t b = 0; b < kBlocks; ++b) rows.fold.push_back(b / 4);
  return rows;
}

CalibrationChoice choose(const Rows& rows, int threads = 1) {
  ThreadPool pool(threads);
  auto choice = choose_calibrator(rows.view(), rows.blocks, rows.fold, pool);
  EXPECT_TRUE(choice) << choice.error().text();
  return choice ? *std::move(choice) : CalibrationChoice();
}

double metric(std::string_view name, const Rows& rows, const std::vector<double>& probability) {
  return evaluate(name, {.score = probability, .label = rows.label}).value();
}

std::vector<double> applied(const Calibrator& calibrator, const Rows& rows) {
  std::vector<double> out(rows.score.size());
  EXPECT_TRUE(calibrator.apply(rows.score, out));
  return out;
}

double as_is(double p) { return p; }
double too_sure(double p) { return sigmoid(2.2 * portable_log(p / (1 - p)) + 0.7); }
double margin(double p) { return 3 * portable_log(p / (1 - p)) - 40; }
double squared(double p) { return p * p; }
// Three plateaus, each of which nearly hides how far it goes.
double stairs(double p) {
  double step = p < 0.2 ? 0.5 : p < 0.5 ? 0.6 : 0.7;
  return step + p / 100;
}

// ---- planted miscalibration ----

struct Planted {
  std::string name;
  Bend bend;
  CalibratorKind expected;
};

class PlantedMiscalibration : public ::testing::TestWithParam<Planted> {};

// Fitted on 20,000 rows and measured on others: the calibration error falls to what calibrated
// scores have, and the log-loss nearly to that of the truth.
TEST_P(PlantedMiscalibration, IsMended) {
  const Planted& planted = GetParam();
  CalibrationChoice choice = choose(make_rows(1, 20'000, planted.bend));
  EXPECT_EQ(choice.calibrator.kind(), planted.expected) << choice.why;
  Rows fresh = make_rows(2, 50'000, planted.bend);
  std::vector<double> mended = applied(choice.calibrator, fresh);
  double truth = metric("log_loss", fresh, fresh.truth);
  double after = metric("calibration_error_debiased", fresh, mended);
  std::string before = "none";
  if (std::ranges::all_of(fresh.score, [](double s) { return s >= 0 && s <= 1; })) {
    double error = metric("calibration_error_debiased", fresh, fresh.score);
    EXPECT_GT(error, 0.05);
    before = fmt::format("{:.4f}", error);
  }
  EXPECT_LT(after, 0.01);
  double loss = metric("log_loss", fresh, mended);
  EXPECT_LT(loss, truth + 0.003);
  fmt::print("{}: calibration error {} -> {:.4f}, log-loss {:.4f} over the truth's\n", planted.name,
             before, after, loss - truth);
}

INSTANTIATE_TEST_SUITE_P(Bends, PlantedMiscalibration,
                         ::testing::Values(Planted{"too_sure", too_sure, CalibratorKind::kBeta},
                                           Planted{"margin", margin, CalibratorKind::kPlatt},
                                           Planted{"squared", squared, CalibratorKind::kBeta},
                                           Planted{"stairs", stairs, CalibratorKind::kIsotonic}),
                         [](const auto& i) { return i.param.name; });

// ---- and none ----

// With one standard error as the bar luck passes it now and then; what is then taken costs little
// in the mean, though isotonic on 1000 rows costs 0.02 where it comes.
TEST(Calibration, CalibratedScoresAreLeftAsTheyAre) {
  int left = 0;
  double mean = 0;
  constexpr int kSets = 200;
  Rows fresh = make_rows(3, 50'000, as_is);
  double truth = metric("log_loss", fresh, fresh.score);
  for (std::uint64_t seed = 100; seed < 100 + kSets; ++seed) {
    CalibrationChoice choice = choose(make_rows(seed, 1000, as_is));
    if (choice.calibrator.kind() == CalibratorKind::kIdentity) {
      ++left;
      continue;
    }
    mean += (metric("log_loss", fresh, applied(choice.calibrator, fresh)) - truth) / kSets;
  }
  fmt::print("{} of {} sets left as they are; the mean loss of all {:.6f}\n", left, kSets, mean);
  EXPECT_GE(left, kSets * 95 / 100);
  EXPECT_LT(mean, 0.0005);
}

// On calibrated and on bent scores: what is chosen is hardly worse on other rows than no
// calibration. On 40 rows luck costs 0.1 once in a hundred times, 0.004 in the mean.
TEST(Calibration, IsNeverMuchWorseThanNone) {
  for (int count : {40, 200, 1000}) {
    double worst = -1;
    for (const Bend& bend : {Bend(as_is), Bend(too_sure), Bend(squared), Bend(stairs)}) {
      Rows fresh = make_rows(4, 20'000, bend);
      double before = metric("log_loss", fresh, fresh.score);
      double mean = 0;
      constexpr int kSets = 40;
      for (std::uint64_t seed = 500; seed < 500 + kSets; ++seed) {
        CalibrationChoice choice = choose(make_rows(seed, count, bend));
        double loss = metric("log_loss", fresh, applied(choice.calibrator, fresh)) - before;
        worst = std::max(worst, loss);
        mean += loss / kSets;
      }
      EXPECT_LT(mean, count == 40 ? 0.01 : 0.001) << count;
    }
    fmt::print("from {} rows: at worst {:.4f} above no calibration\n", count, worst);
    EXPECT_LT(worst, count == 40 ? 0.15 : 0.02);
  }
}

// ---- how it is judged ----

// Two blocks, a fold each: labels 1 1 1 0 and 1 0 0 0, scores 0.5. By hand: without its own fold
// Platt gives the mean of the targets of the other's rows, (3 * 4/5 + 1/3) / 4 = 41/60 and
// (2/3 + 3 * 1/5) / 4 = 19/60, isotonic 3/4 and 1/4, beta what Platt gives.
TEST(Calibration, ByHand) {
  Rows rows;
  rows.score.assign(8, 0.5);
  rows.label = {1, 1, 1, 0, 1, 0, 0, 0};
  rows.blocks = {{0, 0, 0, 0, 1, 1, 1, 1}, 2};
  rows.fold = {0, 1};
  CalibrationChoice choice = choose(rows);
  EXPECT_EQ(choice.calibrator.kind(), CalibratorKind::kIdentity);
  ASSERT_EQ(choice.trials.size(), 4U);
  double ln2 = std::log(2.0);
  EXPECT_NEAR(choice.trials[0].log_loss, ln2, 1e-15);
  EXPECT_TRUE(choice.trials[0].taken);
  // Fold 0 is told 19/60 and fold 1 41/60: both lose 3 ln(60/19) + ln(60/41).
  double platt = (3 * std::log(60.0 / 19) + std::log(60.0 / 41)) / 4;
  double isotonic = (3 * std::log(4.0) + std::log(4.0 / 3)) / 4;
  EXPECT_NEAR(choice.trials[1].log_loss, platt, 1e-12);
  EXPECT_NEAR(choice.trials[1].gain, ln2 - platt, 1e-12);
  EXPECT_NEAR(choice.trials[1].standard_error, 0, 1e-12);  // both blocks lose the same
  EXPECT_NEAR(choice.trials[2].log_loss, platt, 1e-12);
  EXPECT_NEAR(choice.trials[3].log_loss, isotonic, 1e-12);
  EXPECT_EQ(choice.trials[3].against, CalibratorKind::kIdentity);
  EXPECT_EQ(choice.probability, rows.score);
}

// The same with another row in block 1: differences of blocks are summed by hand.
TEST(Calibration, StandardErrorByHand) {
  Rows rows;
  rows.score.assign(9, 0.5);
  rows.label = {1, 1, 1, 0, 1, 0, 0, 0, 0};
  rows.blocks = {{0, 0, 0, 0, 1, 1, 1, 1, 1}, 2};
  rows.fold = {0, 1};
  CalibrationChoice choice = choose(rows);
  double told0 = (2.0 / 3 + 4 * (1.0 / 6)) / 5;  // to block 0, by the targets of block 1
  double told1 = 41.0 / 60;
  double loss0 = -3 * std::log(told0) - std::log(1 - told0);
  double loss1 = -std::log(told1) - 4 * std::log(1 - told1);
  double ln2 = std::log(2.0);
  double gain = ln2 - (loss0 + loss1) / 9;
  double from0 = 4 * ln2 - loss0 - 4 * gain;
  double from1 = 5 * ln2 - loss1 - 5 * gain;
  EXPECT_NEAR(choice.trials[1].gain, gain, 1e-12);
  EXPECT_NEAR(choice.trials[1].standard_error, std::sqrt((from0 * from0 + from1 * from1) * 2) / 9,
              1e-12);
}

// What a row is told does not depend on the labels of its own fold, its block's or its own.
TEST(Calibration, NoRowSeesItsOwnFold) {
  Rows rows = make_rows(5, 4000, too_sure);
  Rows turned = rows;
  for (std::size_t i = 0; i < rows.score.size(); ++i)
    if (rows.fold[rows.blocks.of_row[i]] == 3 && i % 16 == 0)
      turned.label[i] = static_cast<std::uint8_t>(1 - turned.label[i]);
  CalibrationChoice before = choose(rows);
  CalibrationChoice after = choose(turned);
  ASSERT_EQ(before.calibrator.kind(), after.calibrator.kind());
  ASSERT_NE(before.calibrator.kind(), CalibratorKind::kIdentity);
  int others = 0;
  for (std::size_t i = 0; i < rows.score.size(); ++i) {
    if (rows.fold[rows.blocks.of_row[i]] == 3) {
      EXPECT_EQ(before.probability[i], after.probability[i]);
    } else {
      others += before.probability[i] != after.probability[i] ? 1 : 0;
    }
  }
  EXPECT_GT(others, 3000);
}

// Luck of whole days is not taken for miscalibration: labels of a day share a shift that scores
// know nothing of. With rows as blocks the same data look like plenty of evidence.
TEST(Calibration, BlocksWidenTheBar) {
  int as_days = 0;
  int as_rows = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed, 9);
    Rows rows;
    for (std::uint32_t day = 0; day < 12; ++day) {
      double shift = 0.8 * normal(random);
      for (int i = 0; i < 200; ++i) {
        double logit = 1.3 * normal(random);
        rows.score.push_back(sigmoid(logit));
        rows.label.push_back(random.chance(sigmoid(logit + shift)) ? 1 : 0);
        rows.blocks.of_row.push_back(day);
      }
    }
    rows.blocks.count = 12;
    for (std::uint32_t day = 0; day < 12; ++day) rows.fold.push_back(day / 3);
    as_days += choose(rows).calibrator.kind() == CalibratorKind::kIdentity ? 0 : 1;
    Rows alone = rows;
    alone.blocks = block_per_row(rows.score.size());
    alone.fold.clear();
    for (std::size_t i = 0; i < rows.score.size(); ++i)
      alone.fold.push_back(static_cast<std::uint32_t>(i % 4));
    as_rows += choose(alone).calibrator.kind() == CalibratorKind::kIdentity ? 0 : 1;
  }
  fmt::print("of 60 sets {} are calibrated by days, {} by rows\n", as_days, as_rows);
  EXPECT_GT(as_rows, 2 * as_days);
}

TEST(Calibration, Weight2IsTheRowTwice) {
  Rows weighted = make_rows(6, 600, too_sure);
  Rows repeated;
  repeated.blocks.count = weighted.blocks.count;
  repeated.fold = weighted.fold;
  for (std::size_t i = 0; i < weighted.score.size(); ++i) {
    weighted.weight.push_back(static_cast<double>(i % 3));
    for (std::size_t k = 0; k < i % 3; ++k) {
      repeated.score.push_back(weighted.score[i]);
      repeated.label.push_back(weighted.label[i]);
      repeated.blocks.of_row.push_back(weighted.blocks.of_row[i]);
    }
  }
  CalibrationChoice one = choose(weighted);
  CalibrationChoice other = choose(repeated);
  for (std::size_t k = 0; k < one.trials.size(); ++k) {
    EXPECT_NEAR(one.trials[k].log_loss, other.trials[k].log_loss, 1e-9);
    EXPECT_NEAR(one.trials[k].standard_error, other.trials[k].standard_error, 1e-9);
  }
  EXPECT_EQ(one.calibrator.kind(), other.calibrator.kind());
  SpiegelhalterTest a = spiegelhalter_test(weighted.view()).value();
  SpiegelhalterTest b = spiegelhalter_test(repeated.view()).value();
  EXPECT_NEAR(a.z, b.z, 1e-9);
}

TEST(Calibration, SameBytesOnAnyNumberOfThreads) {
  Rows rows = make_rows(8, 3000, stairs);
  CalibrationChoice one = choose(rows, 1);
  for (int threads : {2, 5}) {
    CalibrationChoice other = choose(rows, threads);
    EXPECT_EQ(other.calibrator.serialize(), one.calibrator.serialize());
    EXPECT_EQ(other.probability, one.probability);
    EXPECT_EQ(other.why, one.why);
    for (std::size_t k = 0; k < one.trials.size(); ++k) {
      EXPECT_EQ(other.trials[k].log_loss, one.trials[k].log_loss);
      EXPECT_EQ(other.trials[k].standard_error, one.trials[k].standard_error);
    }
  }
}

// ---- refusals ----

TEST(Calibration, ScoresThatAreNoProbabilitiesGoWithoutIdentityAndBeta) {
  CalibrationChoice choice = choose(make_rows(9, 2000, margin));
  EXPECT_EQ(choice.calibrator.kind(), CalibratorKind::kPlatt);
  EXPECT_NE(choice.trials[0].refused.find("is not in [0, 1]"), std::string::npos);
  EXPECT_NE(choice.trials[2].refused.find("is not in [0, 1]"), std::string::npos);
  EXPECT_TRUE(choice.trials[3].refused.empty());
  EXPECT_NE(choice.why.find("platt: nothing that bends more"), std::string::npos) << choice.why;
}

void expect_refused(const Rows& rows, Code code, std::string_view sentence) {
  ThreadPool pool(2);
  auto choice = choose_calibrator(rows.view(), rows.blocks, rows.fold, pool);
  ASSERT_FALSE(choice) << sentence;
  EXPECT_EQ(choice.error().code(), code);
  EXPECT_NE(choice.error().message().find(sentence), std::string::npos) << choice.error().text();
}

TEST(Calibration, WhatCannotBeJudgedIsRefused) {
  Rows rows = make_rows(10, 200, as_is);
  Rows bad = rows;
  bad.label.assign(200, 1);
  expect_refused(bad, Code::kInvalid, "all labels are 1");
  bad = rows;
  bad.fold.pop_back();
  expect_refused(bad, Code::kInvalid, "19 folds are given for 20 blocks");
  bad = rows;
  bad.fold.assign(20, 0);
  expect_refused(bad, Code::kInvalid, "at least 2 folds");
  bad = rows;
  for (std::uint32_t& fold : bad.fold) fold *= 2;
  expect_refused(bad, Code::kInvalid, "fold 1 of 9");
  bad = rows;
  bad.fold[0] = 1000;
  expect_refused(bad, Code::kLimit, "1000");
  bad.fold[0] = 0xffffffff;
  expect_refused(bad, Code::kLimit, "4294967295");
  bad = rows;
  bad.score[3] = std::nan("");
  expect_refused(bad, Code::kInvalid, "row 3");
  bad = Rows();
  expect_refused(bad, Code::kInvalid, "no rows");

  ThreadPool pool(1);
  CancelToken cancel;
  cancel.cancel();
  auto stopped = choose_calibrator(rows.view(), rows.blocks, rows.fold, pool, cancel);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), Code::kCancelled);
}

// ---- Spiegelhalter's test ----

// By hand: differences (1 - 0.2) 0.6 + (0 - 0.3) 0.4 + (1 - 0.9) (-0.8) = 0.28, variance
// 0.36 * 0.16 + 0.16 * 0.21 + 0.64 * 0.09 = 0.1488; z = 0.28 / sqrt(0.1488).
TEST(Spiegelhalter, ByHand) {
  std::vector<double> score = {0.2, 0.3, 0.9};
  std::vector<std::uint8_t> label = {1, 0, 1};
  SpiegelhalterTest test = spiegelhalter_test({.score = score, .label = label}).value();
  EXPECT_NEAR(test.z, 0.28 / std::sqrt(0.1488), 1e-14);
  EXPECT_NEAR(test.p_value, std::erfc(test.z / std::sqrt(2.0)), 1e-14);
}

TEST(Spiegelhalter, PValuesAreUniformWhenCalibratedAndSmallWhenNot) {
  constexpr int kSets = 500;
  std::vector<double> p;
  int noticed = 0;
  for (std::uint64_t seed = 0; seed < kSets; ++seed) {
    p.push_back(spiegelhalter_test(make_rows(seed + 1000, 400, as_is).view())->p_value);
    SpiegelhalterTest bent =
        spiegelhalter_test(make_rows(seed + 1000, 400, too_sure).view()).value();
    noticed += bent.p_value < 0.01 && bent.z > 0 ? 1 : 0;
  }
  std::ranges::sort(p);
  double farthest = 0;  // Kolmogorov's distance; 1.63 / sqrt(n) is passed by 1 in 100
  for (std::size_t i = 0; i < p.size(); ++i) {
    double below = static_cast<double>(i) / kSets;
    farthest = std::max({farthest, p[i] - below, below + 1.0 / kSets - p[i]});
  }
  EXPECT_LT(farthest, 1.63 / std::sqrt(kSets));
  EXPECT_GT(noticed, kSets * 95 / 100);
}

TEST(Spiegelhalter, WhatItCannotJudgeIsRefused) {
  std::vector<std::uint8_t> label = {1, 0};
  for (const std::vector<double>& score :
       {std::vector<double>{0.5, 0.5}, {0.0, 1.0}, {0.2, 1.5}, {0.2, -0.1}}) {
    auto test = spiegelhalter_test({.score = score, .label = label});
    ASSERT_FALSE(test);
    EXPECT_EQ(test.error().code(), Code::kInvalid);
  }
}

}  // namespace
}  // namespace lode
