#include "judge/exchangeable.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/random.h"

namespace lode {
namespace {

struct Stream {
  std::vector<Timestamp> times;
  std::vector<std::uint8_t> labels;
};

// `share(place)` of label 1, place going from 0 to 1 over time; rows in no order.
template <typename Share>
Stream stream_of(std::uint64_t seed, std::size_t rows, Share share) {
  Random random(seed);
  Stream out;
  for (std::size_t i = 0; i < rows; ++i) {
    double place = random.unit();
    out.times.push_back(Timestamp{} + seconds(static_cast<std::int64_t>(place * 1e7)));
    out.labels.push_back(random.chance(share(place)) ? 1 : 0);
  }
  return out;
}

Exchangeability tested(const Stream& stream, double alpha = 0.001) {
  return test_exchangeable(stream.times, stream.labels, alpha).value();
}

// At alpha .05, without the floors of effect rejecting more: rows dealt out at random.
TEST(Exchangeable, RowsDealtOutAreRejectedNoMoreOftenThanAlphaSays) {
  int rejected = 0;
  int by_p = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Exchangeability found = tested(stream_of(seed, 600, [](double) { return 0.3; }), 0.05);
    EXPECT_TRUE(found.looked);
    rejected += found.rejected ? 1 : 0;
    by_p += found.trend_p < 0.025 || found.spread_p < 0.025 ? 1 : 0;
  }
  EXPECT_LE(rejected, 70) << "50 are promised at the most; 70 is three standard deviations more";
  EXPECT_GE(by_p, 25) << "the tests look at something";
  EXPECT_LE(by_p, 75);
}

TEST(Exchangeable, ATrendAndASeasonAreSeen) {
  Exchangeability trend = tested(stream_of(1, 4000, [](double p) { return 0.2 + 0.2 * p; }));
  EXPECT_TRUE(trend.rejected);
  EXPECT_GT(trend.trend, 0.55);
  EXPECT_NE(trend.why.find("later"), std::string::npos) << trend.why;
  Exchangeability season = tested(stream_of(
      1, 4000, [](double p) { return 0.3 + 0.15 * std::sin(2 * std::numbers::pi * 6 * p); }));
  EXPECT_TRUE(season.rejected);
  EXPECT_NEAR(season.spread, 0.15 / std::numbers::sqrt2 / std::sqrt(0.3 * 0.7), 0.06);
}

TEST(Exchangeable, WhatIsCertainButTooSmallToMatterPasses) {
  Exchangeability found =
      tested(stream_of(1, 2'000'000, [](double p) { return 0.3 + 0.01 * (p - 0.5); }));
  EXPECT_LT(found.trend_p, 1e-4);
  EXPECT_FALSE(found.rejected);
}

TEST(Exchangeable, WithoutTimesOrLabelsNothingIsLookedAt) {
  Stream one_time = stream_of(1, 100, [](double) { return 0.5; });
  for (Timestamp& t : one_time.times) t = {};
  EXPECT_FALSE(tested(one_time).looked);
  EXPECT_FALSE(tested(stream_of(1, 100, [](double) { return 0.0; })).looked);
  EXPECT_FALSE(tested({}).looked);
  EXPECT_FALSE(tested(stream_of(1, 3, [](double) { return 0.5; })).rejected);
}

TEST(Exchangeable, WhatDoesNotFitIsRefused) {
  std::vector<Timestamp> times(2);
  std::vector<std::uint8_t> labels = {0, 1};
  EXPECT_EQ(test_exchangeable(times, std::span(labels).first(1)).error().code(), Code::kInvalid);
  EXPECT_EQ(test_exchangeable(times, labels, 0.2).error().code(), Code::kInvalid);
  labels[0] = 2;
  EXPECT_EQ(test_exchangeable(times, labels).error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace lode
