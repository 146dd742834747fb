#include "evaluate/ale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "tests/mine/function_model.h"

namespace lode {
namespace {

struct Rows {
  std::vector<double> values;  // two columns
  Blocks blocks{.of_row = {}, .count = 50};

  // `pair(random)` gives a row.
  template <typename Pair>
  explicit Rows(Pair pair, std::size_t count = 5000) {
    Random random(5);
    for (std::size_t i = 0; i < count; ++i) {
      auto [a, b] = pair(random);
      values.insert(values.end(), {a, b});
      blocks.of_row.push_back(static_cast<std::uint32_t>(i % 50));
    }
  }
  DesignMatrix of(const FittedModel& model) const {
    return {
        .schema = model.schema(), .rows = std::ssize(values) / 2, .values = values, .codes = {}};
  }
};

Result<AleCurve> curve_of(const FittedModel& model, const Rows& rows, std::size_t column = 0,
                          int threads = 2) {
  ThreadPool pool(threads);
  return ale_curve(model, rows.of(model), column, rows.blocks,
                   {.pieces = 20, .draws = {.replicates = 200, .seed = 1}}, pool);
}

std::pair<double, double> independent(Random& random) { return {random.unit(), random.unit()}; }

TEST(Ale, OfAStraightLineIsTheLine) {
  FunctionModel model({"a", "b"}, [](std::span<const double> v) { return 3 * v[0] + v[1] * v[1]; });
  AleCurve curve = curve_of(model, Rows(independent)).value();
  ASSERT_EQ(curve.points.size(), 21U);
  EXPECT_EQ(curve.missing, 0);
  for (const AlePoint& point : curve.points) {
    EXPECT_NEAR(point.effect.value, 3 * (point.at - 0.5), 0.05);
    EXPECT_LE(point.effect.low, point.effect.value);
    EXPECT_GE(point.effect.high, point.effect.value);
  }
}

// Where columns go together, rows far from all data must not count: of a * b with b = a the local
// effect is that of b at the row, so the curve is a^2 / 2. Partial dependence would say a / 2.
TEST(Ale, CountsNoRowsThatNeverCome) {
  FunctionModel model({"a", "b"}, [](std::span<const double> v) { return v[0] * v[1]; });
  Rows same([](Random& random) {
    double a = random.unit();
    return std::pair(a, a);
  });
  AleCurve curve = curve_of(model, same).value();
  for (const AlePoint& point : curve.points)
    EXPECT_NEAR(point.effect.value, point.at * point.at / 2 - 1.0 / 6, 0.02) << point.at;
}

TEST(Ale, OfAColumnNobodyReadsIsZero) {
  FunctionModel model({"a", "b"}, [](std::span<const double> v) { return std::exp(v[0]); });
  AleCurve curve = curve_of(model, Rows(independent), 1).value();
  ASSERT_FALSE(curve.points.empty());
  for (const AlePoint& point : curve.points) {
    EXPECT_EQ(point.effect.value, 0);
    EXPECT_EQ(point.effect.low, 0);
    EXPECT_EQ(point.effect.high, 0);
  }
}

TEST(Ale, MissingValuesAreLeftOutAndCounted) {
  FunctionModel model(
      {"a", "b"}, [](std::span<const double> v) { return std::isnan(v[0]) ? 100.0 : 2 * v[0]; });
  Rows rows([](Random& random) {
    double a = random.chance(0.25) ? std::numeric_limits<double>::quiet_NaN() : random.unit();
    return std::pair(a, 0.0);
  });
  AleCurve curve = curve_of(model, rows).value();
  EXPECT_NEAR(static_cast<double>(curve.missing), 1250, 120);
  double rise = curve.points.back().effect.value - curve.points.front().effect.value;
  EXPECT_NEAR(rise, 2 * (curve.points.back().at - curve.points.front().at), 1e-12);
}

TEST(Ale, FewValuesMakeFewPointsAndOneValueNone) {
  FunctionModel model({"a", "b"}, [](std::span<const double> v) { return v[0]; });
  Rows three([](Random& random) { return std::pair(static_cast<double>(random.below(3)), 0.0); });
  AleCurve curve = curve_of(model, three).value();
  ASSERT_EQ(curve.points.size(), 3U);
  EXPECT_EQ(curve.points[2].at, 2);
  EXPECT_NEAR(curve.points[2].effect.value - curve.points[0].effect.value, 2, 1e-12);
  Rows one([](Random&) { return std::pair(4.0, 0.0); });
  EXPECT_TRUE(curve_of(model, one).value().points.empty());
  Rows none([](Random&) { return std::pair(4.0, 0.0); }, 0);
  EXPECT_TRUE(curve_of(model, none).value().points.empty());
}

TEST(Ale, TheSameBytesOnAnyNumberOfThreads) {
  FunctionModel model({"a", "b"}, [](std::span<const double> v) { return v[0] * v[1]; });
  AleCurve one = curve_of(model, Rows(independent), 0, 1).value();
  AleCurve four = curve_of(model, Rows(independent), 0, 4).value();
  for (std::size_t i = 0; i < one.points.size(); ++i) {
    EXPECT_EQ(one.points[i].effect.low, four.points[i].effect.low);
    EXPECT_EQ(one.points[i].effect.high, four.points[i].effect.high);
  }
}

TEST(Ale, WhatDoesNotFitIsRefused) {
  FunctionModel model({"a", "b"}, [](std::span<const double> v) { return v[0]; });
  Rows rows(independent, 100);
  EXPECT_EQ(curve_of(model, rows, 2).error().message(), "column 2 is not one of 2 numeric columns");
  Rows one_block = rows;
  one_block.blocks.count = 1;
  EXPECT_EQ(curve_of(model, one_block).error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace lode
