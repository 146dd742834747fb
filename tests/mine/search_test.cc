#include "mine/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace lode {
namespace {

TEST(Search, TheFirstPointsAreSpreadEvenly) {
  // Halton's sequence in bases 2 and 3, shifted by one draw an axis: differences stay.
  std::vector<double> one = next_point(2, 7, 1, 0, {});
  std::vector<double> two = next_point(2, 7, 2, 0, {});
  std::vector<double> three = next_point(2, 7, 3, 0, {});
  auto around = [](double x) { return x - std::floor(x); };
  EXPECT_NEAR(around(two[0] - one[0]), around(0.25 - 0.5), 1e-12);
  EXPECT_NEAR(around(three[0] - one[0]), 0.25, 1e-12);
  EXPECT_NEAR(around(two[1] - one[1]), 1.0 / 3, 1e-12);
  EXPECT_NEAR(around(three[1] - one[1]), around(1.0 / 9 - 1.0 / 3), 1e-12);
  EXPECT_NE(next_point(2, 8, 1, 0, {}), one) << "another seed, another shift";
}

TEST(Search, AnAnswerFollowsFromTheQuestionAlone) {
  std::vector<TriedPoint> tried;
  for (std::uint64_t n = 1; n < 30; ++n) {
    std::vector<double> point = next_point(3, 1, n, 0, tried);
    EXPECT_EQ(point, next_point(3, 1, n, 0, tried));
    EXPECT_NE(point, next_point(3, 1, n, 1, tried)) << "another attempt";
    for (double x : point) EXPECT_TRUE(x >= 0 && x <= 1) << x;
    tried.push_back({point, point[0]});
  }
}

// The distance of the best of 40 trials from the optimum, by the search and by even spreading
// alone, over 50 seeds and places of the optimum.
TEST(Search, LooksMoreWhereBetterPointsWere) {
  double searched = 0;
  double spread = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed, 99);
    std::vector<double> best = {random.unit(), random.unit(), random.unit()};
    auto loss = [&](const std::vector<double>& x) {
      double sum = 0;
      for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - best[i]) * (x[i] - best[i]);
      return sum;
    };
    std::vector<TriedPoint> tried;
    double least = 9;
    double least_drawn = 9;
    for (std::uint64_t n = 1; n <= 40; ++n) {
      std::vector<double> point = next_point(3, seed, n, 0, tried);
      tried.push_back({point, loss(point)});
      least = std::min(least, loss(point));
      least_drawn = std::min(least_drawn, loss({random.unit(), random.unit(), random.unit()}));
    }
    searched += std::sqrt(least) / 50;
    spread += std::sqrt(least_drawn) / 50;
  }
  RecordProperty("searched", std::to_string(searched));
  RecordProperty("drawn", std::to_string(spread));
  EXPECT_LT(searched, 0.75 * spread) << searched << " against " << spread;
}

// All that is better is one corner, where every point is the same choice: attempts leave it.
TEST(Search, AnotherAttemptLeavesTheCorner) {
  std::vector<TriedPoint> tried;
  for (int i = 0; i < 12; ++i) tried.push_back({{0.05, 0.05}, 0.0});
  for (int i = 0; i < 12; ++i) tried.push_back({{0.8, 0.8}, 1.0});
  bool left = false;
  for (std::uint64_t attempt = 0; attempt < 16 && !left; ++attempt) {
    std::vector<double> point = next_point(2, 1, 30, attempt, tried);
    left = point[0] > 0.15 || point[1] > 0.15;
  }
  EXPECT_TRUE(left);
}

TEST(Search, WhatCouldNotBeFittedIsAvoided) {
  std::vector<TriedPoint> tried;
  int refused = 0;
  for (std::uint64_t n = 1; n <= 60; ++n) {
    std::vector<double> point = next_point(1, 3, n, 0, tried);
    bool bad = point[0] > 0.5;
    if (n > 30) refused += bad ? 1 : 0;
    tried.push_back({point, bad ? INFINITY : 0.0});
  }
  EXPECT_LE(refused, 6) << "of 30; half if it did not care";
}

}  // namespace
}  // namespace lode
