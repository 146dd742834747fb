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

// ---- numbers ---------------------------------------------------------------------------------

// `mean` of the place in time, 0 to 1, and a bell of standard deviation 1 around it.
struct Numbers {
  std::vector<Timestamp> times{};
  std::vector<double> numbers{};
};

Numbers numbers_of(std::uint64_t seed, std::int64_t rows,
                   const std::function<double(double)>& mean) {
  Random random(seed, 41);
  Numbers out;
  for (std::int64_t i = 0; i < rows; ++i) {
    double bell = -6;
    for (int k = 0; k < 12; ++k) bell += random.unit();
    out.times.push_back({i / 3});  // three rows of a time
    out.numbers.push_back(mean(static_cast<double>(i) / static_cast<double>(rows)) + bell);
  }
  return out;
}

Exchangeability tested(const Numbers& rows, double alpha = 0.001) {
  return test_exchangeable(rows.times, std::span<const double>(rows.numbers), alpha).value();
}

TEST(ExchangeableNumbers, RowsDealtOutAreRejectedNoMoreOftenThanAlphaSays) {
  int rejected = 0;
  int by_p = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Exchangeability found = tested(numbers_of(seed, 600, [](double) { return 5.0; }), 0.05);
    EXPECT_TRUE(found.looked);
    EXPECT_EQ(found.stretches, 50);
    rejected += found.rejected ? 1 : 0;
    by_p += found.trend_p < 0.025 || found.spread_p < 0.025 ? 1 : 0;
  }
  EXPECT_LE(rejected, 70) << "50 are promised at the most; 70 is three standard deviations more";
  EXPECT_GE(by_p, 25) << "the tests look at something";
  EXPECT_LE(by_p, 75);
}

TEST(ExchangeableNumbers, ATrendAndASeasonAreSeenAndWildRowsDoNotHideThem) {
  Numbers rows = numbers_of(1, 3000, [](double p) { return -p; });
  rows.numbers[7] = 1e200;
  rows.numbers[2900] = -1e200;
  Exchangeability trend = tested(rows);
  EXPECT_TRUE(trend.rejected);
  EXPECT_LT(trend.trend, 0.45);
  EXPECT_NE(trend.why.find("targets fall with time (rank correlation -0."), std::string::npos)
      << trend.why;
  Exchangeability season = tested(
      numbers_of(2, 4000, [](double p) { return 0.5 * std::sin(2 * std::numbers::pi * 6 * p); }));
  EXPECT_TRUE(season.rejected);
  EXPECT_GT(season.spread, 0.25);  // of the ranks; of the numbers themselves it is .33
  EXPECT_LT(season.spread, 0.40);
}

// Times 1, 1, 2, 3 and targets 4, 9, 9, 7: ranks 1.5 1.5 3 4 and 1 3.5 3.5 2, so the correlation is
// (-1)(-1.5) + (-1)(1) + (.5)(1) + (1.5)(-.5) over the root of 4.5 x 4.5.
TEST(ExchangeableNumbers, TheTrendByHand) {
  std::vector<Timestamp> times = {{1}, {1}, {2}, {3}};
  std::vector<double> numbers = {4, 9, 9, 7};
  Exchangeability found = test_exchangeable(times, std::span<const double>(numbers)).value();
  EXPECT_NEAR(2 * found.trend - 1, 0.25 / 4.5, 1e-12);
  EXPECT_EQ(found.stretches, 0) << "too few rows";
}

TEST(ExchangeableNumbers, WithoutTimesOrDifferentNumbersNothingIsLookedAt) {
  Numbers one_time = numbers_of(1, 100, [](double) { return 0.0; });
  for (Timestamp& t : one_time.times) t = {};
  EXPECT_FALSE(tested(one_time).looked);
  Numbers same = numbers_of(1, 100, [](double) { return 0.0; });
  std::ranges::fill(same.numbers, 0.1);
  EXPECT_FALSE(tested(same).looked);
  EXPECT_FALSE(tested(Numbers{}).looked);
  same.numbers[3] = std::nan("");
  EXPECT_EQ(test_exchangeable(same.times, std::span<const double>(same.numbers)).error().code(),
            Code::kInvalid);
  same.numbers.pop_back();
  EXPECT_EQ(test_exchangeable(same.times, std::span<const double>(same.numbers)).error().code(),
            Code::kInvalid);
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
