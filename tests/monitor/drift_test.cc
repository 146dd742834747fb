// Values worked out by hand.
#include "monitor/drift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace lode {
namespace {

double value_of(std::string_view name, const BinnedRows& reference, const BinnedRows& now) {
  Result<const DriftDetector*> detector = find_drift_detector(name);
  EXPECT_TRUE(detector.has_value()) << name;
  return (*detector)->statistic(reference, now);
}

const std::vector<double> kWas = {0, 2, 2};
const std::vector<double> kIs = {0, 1, 3};

TEST(Psi, HalfARowInEveryBin) {
  const double p[] = {0.5 / 5.5, 2.5 / 5.5, 2.5 / 5.5};
  const double q[] = {0.5 / 5.5, 1.5 / 5.5, 3.5 / 5.5};
  double index = 0;
  for (int b = 0; b < 3; ++b) index += (q[b] - p[b]) * std::log(q[b] / p[b]);
  EXPECT_NEAR(value_of("psi", {kWas, {}, {}}, {kIs, {}, {}}), index, 1e-12);
}

TEST(Js, OneWhereNothingIsShared) {
  const std::vector<double> here = {0, 7, 0};
  const std::vector<double> there = {0, 0, 3};
  EXPECT_NEAR(value_of("js", {here, {}, {}}, {there, {}, {}}), 1, 1e-12);
  // scipy 1.17.1: scipy.spatial.distance.jensenshannon([.5, .5], [.25, .75], 2)
  EXPECT_NEAR(value_of("js", {kWas, {}, {}}, {kIs, {}, {}}), 0.22089576884901735, 1e-12);
}

TEST(Ks, TheLargestGap) {
  EXPECT_NEAR(value_of("ks", {kWas, {}, {}}, {kIs, {}, {}}), 0.25, 1e-12);
  const std::vector<double> missing = {2, 1, 1};
  EXPECT_NEAR(value_of("ks", {kWas, {}, {}}, {missing, {}, {}}), 0.5, 1e-12);
}

// 10 rows predicted .3 each of which 5 came true, 10 predicted .6 of which 4 did.
const std::vector<double> kRows = {0, 10, 10};
const std::vector<double> kPredicted = {0, 3, 6};
const std::vector<double> kObserved = {0, 5, 4};

TEST(BaseRate, LessThatOfTheReference) {
  const std::vector<double> once = {0, 1, 0};
  EXPECT_NEAR(value_of("base_rate", {kRows, kPredicted, once}, {kRows, kPredicted, kObserved}),
              0.45 - 0.05, 1e-12);
}

TEST(Calibration, GapsOfOppositeSignCancelInTheMeanAlone) {
  BinnedRows now{kRows, kPredicted, kObserved};
  EXPECT_NEAR(value_of("calibration", now, now), 0, 1e-12);
  // Both gaps are .2; drawing labels puts .25 / 9 and .24 / 9 there.
  double square = (0.04 - 0.25 / 9 + 0.04 - 0.24 / 9) / 2;
  EXPECT_NEAR(value_of("calibration_error", now, now), std::sqrt(square), 1e-12);
}

}  // namespace
}  // namespace lode
