// What the leak detectors are shown of a model, and the model made again; the whole section as a
// user sees it is in tests/e2e/leakage_test.cc.
#include "orchestrate/leakage_run.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace lode {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kDays = 30;
constexpr std::int64_t kTrainDays = 20;
constexpr std::int64_t kRowsADay = 50;

// "x" tells the target a little; `copies` of the test rows are copies of training rows.
TrainingTable table_of(std::int64_t copies = 0, bool told = false) {
  Random random(7);
  TrainingTable out;
  std::vector<double> x;
  std::vector<double> noise;
  for (std::int64_t i = 0; i < kDays * kRowsADay; ++i) {
    out.target.push_back(random.chance(0.4) ? 1 : 0);
    x.push_back(random.unit() + 0.3 * out.target.back());
    noise.push_back(random.unit());
    out.time.push_back(i / kRowsADay * kDay + i % kRowsADay);
    out.known.push_back(out.time.back() + 1);
    out.seq.push_back(i);
  }
  for (std::int64_t i = 0; i < copies; ++i) {
    auto from = static_cast<std::size_t>(3 * i);
    auto to = static_cast<std::size_t>(kTrainDays * kRowsADay + 2 * i);
    out.target[to] = out.target[from];
    x[to] = x[from];
    noise[to] = noise[from];
  }
  ColumnBuilder xs(Type::float64());
  ColumnBuilder noises(Type::float64());
  for (std::size_t i = 0; i < x.size(); ++i) {
    xs.append_double(told ? out.target[i] + 0.001 * x[i] : x[i]);
    noises.append_double(noise[i]);
  }
  out.columns.schema = Schema({{"x", Type::float64()}, {"noise", Type::float64()}});
  out.columns.columns = {xs.finish(), noises.finish()};
  out.columns.rows = std::ssize(out.time);
  return out;
}

Model model(std::vector<std::string> columns = {}) {
  Model m;
  m.name = "m";
  m.from = "rows";
  m.algorithm = "logistic";
  m.options = {{"l2", "1"}};
  m.columns = std::move(columns);
  m.split.train = {Timestamp{0}, Timestamp{kTrainDays * kDay}};
  m.split.test = {Timestamp{kTrainDays * kDay}, Timestamp{kDays * kDay}};
  return m;
}

struct Looked {
  Result<LeakageReport> report = LeakageReport();
  std::vector<std::string> stations;
};

// The leaks of a model, with so much memory for it; the second time if `again`.
Looked look(const TrainingTable& table, const Model& declared, std::int64_t memory = 1 << 30,
            bool again = false, bool cancelled = false) {
  Project project;
  ThreadPool pool(2);
  static MemoryBudget budget(std::int64_t{1} << 30);
  MemoryBudget little(memory);
  ManualClock clock{Timestamp{}};
  CancelToken cancel;
  Counter written;
  Stations stations({clock, silent_progress(), cancel, budget, written},
                    [](const StationRecord&) -> Status { return {}; });
  auto fitted = run_model(project, declared, table, nullptr, {pool, cancel, budget, stations});
  EXPECT_TRUE(fitted) << fitted.error().text();
  Looked out;
  if (!fitted) return out;
  std::size_t before = stations.done().size();
  LeakageRuns leaks;
  LeakageSet set(table);
  ModelMeans means{pool, cancel, little, stations};
  if (cancelled) cancel.cancel();
  out.report = leaks.look(declared, set, *fitted, means);
  if (again) {
    LeakageReport first = *std::move(out.report);
    out.report = leaks.look(declared, set, *fitted, means);
    EXPECT_EQ(out.report->findings.size(), first.findings.size());
  }
  for (std::size_t i = before; i < stations.done().size(); ++i)
    out.stations.push_back(stations.done()[i].name + " " +
                           std::to_string(stations.done()[i].units));
  return out;
}

TEST(LeakageRun, CopiesAreLeftOutOfTheTestAndOfNothingElse) {
  Looked looked = look(table_of(40), model());
  ASSERT_TRUE(looked.report) << looked.report.error().text();
  std::vector<std::int64_t> rows = test_rows_to_leave_out(looked.report->findings);
  ASSERT_EQ(rows.size(), 40U);
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(rows[i], kTrainDays * kRowsADay + 2 * static_cast<std::int64_t>(i))
        << "numbered as in the training set";
  ASSERT_EQ(looked.report->reruns.size(), 1U);
  const LeakageRerun& again = looked.report->reruns[0];
  EXPECT_EQ(again.test_rows_left_out, 40);
  EXPECT_EQ(again.test_rows, (kDays - kTrainDays) * kRowsADay - 40);
  EXPECT_EQ(again.metrics.size(), 4U);
  EXPECT_TRUE(again.difference.empty()) << "of other rows nothing is paired";
}

TEST(LeakageRun, AModelWithoutSuspectsIsNotMadeAgain) {
  Looked looked = look(table_of(), model());
  ASSERT_TRUE(looked.report) << looked.report.error().text();
  EXPECT_FALSE(looked.report->suspected());
  EXPECT_TRUE(looked.report->reruns.empty());
  EXPECT_EQ(looked.report->findings.size(), 12U);
  EXPECT_EQ(looked.report->train_rows, kTrainDays * kRowsADay);
  // Two rounds of targets dealt out, of 1000 training rows each.
  EXPECT_EQ(looked.stations,
            (std::vector<std::string>{"model m: leaks, fit 2000", "model m: leaks 1500"}));
}

TEST(LeakageRun, WhatIsKnownOfTheColumnsIsNotLookedForTwice) {
  Looked looked = look(table_of(), model(), 1 << 30, true);
  ASSERT_TRUE(looked.report) << looked.report.error().text();
  ASSERT_EQ(looked.stations.size(), 4U);
  EXPECT_EQ(looked.stations[3], "model m: leaks 0");
}

// Copies in the test, and a model that copies nothing.
TEST(LeakageRun, AModelThatAnswersAllRowsAlikeIsNotAccused) {
  Model constant = model();
  constant.algorithm = "constant";
  constant.options = {};
  Looked looked = look(table_of(40), constant);
  ASSERT_TRUE(looked.report) << looked.report.error().text();
  EXPECT_FALSE(looked.report->suspected());
  EXPECT_EQ(looked.report->why_not, "it answers all rows alike, so nothing has leaked into it");
  EXPECT_TRUE(looked.stations.empty());
}

TEST(LeakageRun, WithoutAColumnLeftItSaysSo) {
  Looked looked = look(table_of(0, true), model({"x"}));
  ASSERT_TRUE(looked.report) << looked.report.error().text();
  EXPECT_EQ(columns_to_leave_out(looked.report->findings), std::vector<std::string>{"x"});
  ASSERT_EQ(looked.report->reruns.size(), 1U);
  EXPECT_EQ(looked.report->reruns[0].why_not, "no column would be left");
}

// The split keeps groups apart: they are the entities, and no input of the model.
TEST(LeakageRun, GroupsOfTheSplitAreTheEntities) {
  TrainingTable table = table_of();
  ColumnBuilder who(Type::int64());
  for (std::int64_t i = 0; i < table.columns.rows; ++i) who.append_int64(i % 37);
  std::vector<Field> fields = table.columns.schema.fields();
  fields.push_back({"who", Type::int64()});
  table.columns.schema = Schema(std::move(fields));
  table.columns.columns.push_back(who.finish());
  Model grouped = model();
  grouped.split = Split();
  grouped.split.random = 0.25;
  grouped.split.groups = "who";
  Looked looked = look(table, grouped);
  ASSERT_TRUE(looked.report) << looked.report.error().text();
  EXPECT_FALSE(looked.report->suspected());
  for (const LeakFinding& finding : looked.report->findings)
    if (finding.detector == "shared_entities") {
      EXPECT_TRUE(finding.looked) << finding.why_not;
    }
  // Without groups there are no entities.
  grouped.split = model().split;
  Looked by_time = look(table, grouped);
  ASSERT_TRUE(by_time.report) << by_time.report.error().text();
  for (const LeakFinding& finding : by_time.report->findings)
    if (finding.detector == "shared_entities") {
      EXPECT_FALSE(finding.looked);
    }
}

TEST(LeakageRun, WithoutMemoryNobodyLooksAndTheRunGoesOn) {
  Looked looked = look(table_of(), model(), 1000);
  ASSERT_TRUE(looked.report) << looked.report.error().text();
  EXPECT_TRUE(looked.report->findings.empty());
  EXPECT_NE(looked.report->why_not.find("leaks of model m"), std::string::npos)
      << looked.report->why_not;
}

TEST(LeakageRun, StopsOnRequest) {
  Looked looked = look(table_of(), model(), 1 << 30, false, true);
  ASSERT_FALSE(looked.report);
  EXPECT_EQ(looked.report.error().code(), Code::kCancelled);
}

}  // namespace
}  // namespace lode
