// covers: orchestrate/naive_split
#include "orchestrate/row_splitter.h"

#include <gtest/gtest.h>

#include <set>

#include "base/math.h"
#include "base/random.h"
#include "tests/orchestrate/run_one_model.h"

namespace lode {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kRows = 3000;

// Rows of 100 customers over 60 days. A customer has a habit that its number gives away, and labels
// follow it; `drift` makes labels of 1 more frequent with time.
TrainingTable table_of(bool drift) {
  Random random(4);
  std::vector<double> habit;
  for (int c = 0; c < 100; ++c) habit.push_back(6 * random.unit() - 3);
  TrainingTable out;
  ColumnBuilder customers(Type::int64());
  ColumnBuilder names(Type::string());
  for (std::int64_t i = 0; i < kRows; ++i) {
    auto customer = static_cast<std::int64_t>(random.below(100));
    customers.append_int64(customer);
    if (i % 50 == 0) {
      names.append_null();
    } else {
      names.append_string("c" + std::to_string(customer));
    }
    double place = static_cast<double>(i) / kRows;
    double eta = habit[static_cast<std::size_t>(customer)] + (drift ? 4 * place - 2 : 0.0);
    out.time.push_back(i * 60 * kDay / kRows);
    out.known.push_back(out.time.back());
    out.seq.push_back(i);
    out.target.push_back(random.chance(sigmoid(eta)) ? 1.0 : 0.0);
  }
  out.columns.schema = Schema({{"customer", Type::int64()}, {"name", Type::string()}});
  out.columns.columns = {customers.finish(), names.finish()};
  out.columns.rows = kRows;
  return out;
}

Model model_of(Split split) {
  Model m;
  m.name = "m";
  m.from = "rows";
  m.algorithm = "xgboost";
  m.columns = {"customer"};
  m.split = std::move(split);
  return m;
}

Split by_time(std::string groups = "") {
  Split split;
  split.train = {std::nullopt, Timestamp{45 * kDay}};
  split.test = {Timestamp{45 * kDay}, std::nullopt};
  split.groups = std::move(groups);
  return split;
}
Split at_random(std::string groups = "") {
  Split split;
  split.random = 0.25;
  split.groups = std::move(groups);
  return split;
}

TEST(RowSplitter, AtRandomDrawsRowsByTheSeedAndEachIsDrawnAlone) {
  TrainingTable table = table_of(false);
  Model model = model_of(at_random());
  RowSplitter splitter(model, table);
  SplitRows rows = splitter.split().value();
  EXPECT_EQ(rows.test.size(), 750U);
  EXPECT_EQ(splitter.block_unit(), "row");
  EXPECT_EQ(splitter.blocks(rows.test).count, 750U);
  EXPECT_EQ(splitter.blocks(rows.train).count, 1000U) << "merged";
  EXPECT_TRUE(splitter.notes().empty());
  Model other = model;
  other.seed = 2;
  EXPECT_NE(RowSplitter(other, table).split().value().test, rows.test);
}

TEST(RowSplitter, GroupsAreWholeAndDrawnWhole) {
  TrainingTable table = table_of(false);
  Model model = model_of(at_random("name"));
  RowSplitter splitter(model, table);
  SplitRows rows = splitter.split().value();
  const Column& names = table.columns.columns[1];
  std::set<std::string> tested;
  for (std::int64_t row : rows.test)
    if (!names.is_null(row)) tested.insert(std::string(names.string(row)));
  for (std::int64_t row : rows.train) {
    if (names.is_null(row)) continue;
    EXPECT_FALSE(tested.contains(std::string(names.string(row))));
  }
  EXPECT_EQ(splitter.block_unit(), "name");
  std::int64_t unnamed =
      std::ranges::count_if(rows.test, [&](std::int64_t row) { return names.is_null(row); });
  EXPECT_EQ(splitter.blocks(rows.test).count, tested.size() + static_cast<std::size_t>(unnamed))
      << "a row without a name is a group of its own";
}

TEST(RowSplitter, ByTimeGroupsOfTheTestLeaveTraining) {
  TrainingTable table = table_of(false);
  Model model = model_of(by_time("customer"));
  RowSplitter splitter(model, table);
  // All 100 customers come in the last 15 days, so nothing is left of them before.
  EXPECT_EQ(splitter.split().error().code(), Code::kInvalid);
  Model named = model_of(by_time("name"));
  SplitRows rows = RowSplitter(named, table).split().value();
  EXPECT_EQ(rows.train.size(), 45U) << "those without a name";
  EXPECT_EQ(rows.shared_group, 2250 - 45);
  EXPECT_EQ(splitter.block_unit(), "day");
}

TEST(RowSplitter, RowsWhoseLabelsChangeWithTimeAreNotSplitAtRandomUnlessAskedFor) {
  TrainingTable table = table_of(true);
  Model model = model_of(at_random());
  Result<SplitRows> refused = RowSplitter(model, table).split();
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message().find("rows of label 1 come later"), std::string::npos)
      << refused.error().message();
  model.split.exchangeable = true;
  RowSplitter splitter(model, table);
  EXPECT_TRUE(splitter.split().has_value());
  ASSERT_EQ(splitter.notes().size(), 1U);
  EXPECT_NE(splitter.notes()[0].find("although rows of label 1 come later"), std::string::npos);
  for (std::int64_t& t : table.time) t = 0;
  RowSplitter timeless(model, table);
  EXPECT_TRUE(timeless.split().has_value());
  ASSERT_EQ(timeless.notes().size(), 1U) << "without times nothing can be shown";
}

ModelReport report_of(const TrainingTable& table, const Model& model) {
  return run_one_model(table, model).report;
}

// New customers are nothing like the old, and a model that learns who is who knows nothing of them.
// A random split has every customer on both sides, and is flattered by it.
TEST(NaiveSplit, ShowsWhatSharedCustomersWouldHaveFlatteredBy) {
  ModelReport report = report_of(table_of(false), model_of(at_random("customer")));
  EXPECT_EQ(report.block_unit, "customer");
  ASSERT_FALSE(report.inflation.metrics.empty());
  const InflatedMetric& auc = report.inflation.metrics[0];
  ASSERT_EQ(auc.metric, "auc");
  EXPECT_NEAR(report.metrics["test"][0].estimate.value, 0.5, 0.12);
  EXPECT_GT(auc.random.low, 0.75);
  EXPECT_GT(auc.inflation, 3 * auc.standard_error);
}

TEST(NaiveSplit, OfRowsThatAreExchangeableThereIsNone) {
  ModelReport by_rows = report_of(table_of(false), model_of(at_random()));
  EXPECT_TRUE(by_rows.inflation.metrics.empty()) << "it is the random split itself";
  EXPECT_EQ(by_rows.block_unit, "row");
  ModelReport in_time = report_of(table_of(false), model_of(by_time()));
  const InflatedMetric& auc = in_time.inflation.metrics.at(0);
  EXPECT_LT(std::abs(auc.inflation), 3 * auc.standard_error);
  EXPECT_EQ(in_time.inflation.rows, in_time.test_rows);
}

TEST(RowSplitter, NumbersAreTestedByTheirRanksAndNotStratified) {
  TrainingTable table = table_of(false);
  Random random(12);
  for (double& target : table.target) target = 100 * random.unit();
  Model model = model_of(at_random());
  model.algorithm = "xgboost_regression";
  EXPECT_TRUE(RowSplitter(model, table).split());
  for (std::size_t i = 0; i < table.target.size(); ++i)
    table.target[i] += 60 * static_cast<double>(i) / static_cast<double>(table.target.size());
  Result<SplitRows> refused = RowSplitter(model, table).split();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("targets rise with time"), std::string::npos)
      << refused.error().message();
  model.split.exchangeable = true;
  EXPECT_TRUE(RowSplitter(model, table).split());
  model.split.stratified = true;
  EXPECT_EQ(RowSplitter(model, table).split().error().message(),
            "'stratified' deals out the rows of either label, and xgboost_regression learns "
            "numbers; leave it out");
}

}  // namespace
}  // namespace lode
