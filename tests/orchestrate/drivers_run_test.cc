#include "orchestrate/drivers_run.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/math.h"
#include "base/random.h"

namespace lode {
namespace {

constexpr std::int64_t kRows = 4000;
constexpr std::int64_t kTrain = 2500;
constexpr std::int64_t kDay = 86'400'000'000;

// Labels follow `up` strongly, `down` less and against it, `group` a little, `nothing` not at all.
TrainingTable table_of() {
  Random random(9);
  TrainingTable out;
  ColumnBuilder numbers[] = {ColumnBuilder(Type::float64()), ColumnBuilder(Type::float64()),
                             ColumnBuilder(Type::float64())};
  ColumnBuilder group(Type::string());
  for (std::int64_t i = 0; i < kRows; ++i) {
    double x[] = {random.unit() * 2 - 1, random.unit() * 2 - 1, random.unit()};
    std::uint64_t g = random.below(3);
    for (int c = 0; c < 3; ++c) numbers[c].append_double(x[c]);
    group.append_string(std::string(1, static_cast<char>('a' + g)));
    double eta = 3 * x[0] - 1.5 * x[1] + (g == 0 ? 0.4 : 0.0);
    out.target.push_back(random.chance(sigmoid(eta)) ? 1 : 0);
  }
  out.columns.schema = Schema({{"up", Type::float64()},
                               {"down", Type::float64()},
                               {"nothing", Type::float64()},
                               {"group", Type::string()}});
  for (ColumnBuilder& column : numbers) out.columns.columns.push_back(column.finish());
  out.columns.columns.push_back(group.finish());
  out.columns.rows = kRows;
  return out;
}

// What explains a model of an algorithm, with `blocks` blocks of test rows.
Result<DriversReport> drivers_of(std::string_view algorithm, std::uint32_t blocks = 30,
                                 int threads = 2, std::uint64_t seed = 1) {
  TrainingTable table = table_of();
  Model model;
  model.name = "m";
  model.algorithm = algorithm;
  model.encode = {{"group", {}, "one_hot", {}}};
  ThreadPool pool(threads);
  CancelToken cancel;
  TRY(Recipe recipe, Recipe::make(model, table, pool, cancel));
  std::vector<std::int64_t> train(kTrain);
  std::iota(train.begin(), train.end(), 0);
  std::vector<std::int64_t> test(kRows - kTrain);
  std::iota(test.begin(), test.end(), kTrain);
  TRY(EncodedRows encoded, recipe.encode(train));
  TRY(std::unique_ptr<FittedModel> fitted, recipe.fit(encoded, recipe.options()));
  for (std::int64_t i = 0; i < kRows; ++i) table.time.push_back(i % blocks * kDay);
  RowSplitter splitter(model, table);
  return explain_drivers(recipe, encoded.encoders, *fitted, {train, test, splitter}, seed, pool,
                         cancel);
}

const DriverReport& driver(const DriversReport& drivers, std::string_view column) {
  for (const DriverReport& one : drivers.drivers)
    if (one.column == column) return one;
  ADD_FAILURE() << column << " is not among the drivers";
  return drivers.drivers.front();
}

class Drivers : public testing::TestWithParam<const char*> {};

TEST_P(Drivers, AreWhatTheLabelsFollow) {
  auto found = drivers_of(GetParam());
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->rows, kRows - kTrain);
  EXPECT_EQ(found->background, 100);
  EXPECT_EQ(found->columns, 4);
  ASSERT_GE(found->drivers.size(), 2U);
  EXPECT_EQ(found->drivers[0].column, "up");
  EXPECT_EQ(found->drivers[1].column, "down");
  EXPECT_GT(driver(*found, "up").correlation, 0.5);
  EXPECT_LT(driver(*found, "down").correlation, -0.5);
  EXPECT_TRUE(std::isnan(driver(*found, "group").correlation)) << "a category has no order";
  EXPECT_GT(driver(*found, "up").importance.low, driver(*found, "down").importance.high);
  EXPECT_GT(driver(*found, "down").importance.low, 0);
  EXPECT_LT(driver(*found, "nothing").importance.low, 0.01);
  const AleCurve& curve = driver(*found, "up").curve;
  ASSERT_GE(curve.points.size(), 10U);
  EXPECT_GT(curve.points.back().effect.low, curve.points.front().effect.high);
  EXPECT_TRUE(driver(*found, "group").curve.points.empty());
}

TEST_P(Drivers, AreTheSameOnAnyNumberOfThreads) {
  DriversReport one = drivers_of(GetParam(), 30, 1).value();
  DriversReport four = drivers_of(GetParam(), 30, 4).value();
  ASSERT_EQ(one.drivers.size(), four.drivers.size());
  for (std::size_t i = 0; i < one.drivers.size(); ++i) {
    EXPECT_EQ(one.drivers[i].column, four.drivers[i].column);
    EXPECT_EQ(one.drivers[i].contribution.high, four.drivers[i].contribution.high);
    EXPECT_EQ(one.drivers[i].importance.low, four.drivers[i].importance.low);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Drivers, testing::Values("logistic", "xgboost"),
                         [](const auto& model) { return std::string(model.param); });

TEST(DriversRun, OfAConstantAreNoneAndNoError) {
  DriversReport found = drivers_of("constant").value();
  EXPECT_TRUE(found.drivers.empty());
  EXPECT_EQ(found.columns, 4);
  EXPECT_EQ(found.rows, 0);
}

TEST(DriversRun, OfTooFewBlocksIsRefused) {
  EXPECT_EQ(drivers_of("logistic", 1).error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace lode
