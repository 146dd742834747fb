#include "evaluate/quadrature.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lode {
namespace {

TEST(Quadrature, KnownRules) {
  auto one = gauss_legendre(1);
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].at, 0.5);
  EXPECT_DOUBLE_EQ(one[0].weight, 1);
  // Abramowitz and Stegun 25.4.30, n = 3: 0 and ±sqrt(3/5), weights 8/9 and 5/9, on [-1, 1].
  auto three = gauss_legendre(3);
  ASSERT_EQ(three.size(), 3U);
  EXPECT_DOUBLE_EQ(three[0].at, (1 - std::sqrt(0.6)) / 2);
  EXPECT_EQ(three[1].at, 0.5);
  EXPECT_DOUBLE_EQ(three[2].at, (1 + std::sqrt(0.6)) / 2);
  EXPECT_NEAR(three[0].weight, 5.0 / 18, 1e-15);
  EXPECT_NEAR(three[1].weight, 8.0 / 18, 1e-15);
}

TEST(Quadrature, ExactUpToDegreeTwoPointsMinusOneAndNoFurther) {
  for (std::size_t points = 1; points <= 32; ++points) {
    auto rule = gauss_legendre(points);
    auto error = [&](std::size_t degree) {
      double sum = 0;
      for (const QuadraturePoint& point : rule) {
        EXPECT_GT(point.at, 0);
        EXPECT_LT(point.at, 1);
        EXPECT_GT(point.weight, 0);
        double power = 1;
        for (std::size_t d = 0; d < degree; ++d) power *= point.at;
        sum += point.weight * power;
      }
      return std::abs(sum - 1 / static_cast<double>(degree + 1));
    };
    for (std::size_t degree = 0; degree < 2 * points; ++degree)
      EXPECT_LT(error(degree), 1e-15) << points << " points, degree " << degree;
    if (points <= 10) {
      EXPECT_GT(error(2 * points), 1e-13) << points;
    }
  }
}

}  // namespace
}  // namespace lode
