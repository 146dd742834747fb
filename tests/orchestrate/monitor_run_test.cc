// What the monitor says of a model that was made and judged, and how it stands in the JSON and on
// the terminal.
// covers: orchestrate/monitor_report, cli/monitor_text
#include "orchestrate/monitor_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/random.h"
#include "cli/monitor_text.h"
#include "cli/output.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kTrainDays = 28;
constexpr std::int64_t kDays = 70;
constexpr std::int64_t kRowsADay = 60;

// "x" tells the target a little; from day 49 on the target is half as frequent for all that.
TrainingTable table_of(bool changed = true) {
  Random random(7);
  TrainingTable out;
  ColumnBuilder x(Type::float64());
  ColumnBuilder noise(Type::float64());
  for (std::int64_t i = 0; i < kDays * kRowsADay; ++i) {
    double value = random.unit();
    double rate = 0.3 + 0.4 * value;
    if (changed && i / kRowsADay >= 49) rate /= 2;
    out.target.push_back(random.chance(rate) ? 1 : 0);
    x.append_double(value);
    noise.append_double(random.unit());
    out.time.push_back(i / kRowsADay * kDay + i % kRowsADay);
    out.known.push_back(out.time.back() + 1);
    out.seq.push_back(i);
  }
  out.columns.schema = Schema({{"x", Type::float64()}, {"noise", Type::float64()}});
  out.columns.columns = {x.finish(), noise.finish()};
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

// Models made and watched one after the other, as in a run.
struct Said {
  std::vector<MonitorReport> reports;
  std::vector<std::string> stations;
};

Said watched(const TrainingTable& table, const std::vector<Model>& models,
             std::int64_t memory = 1 << 30, const MonitorRules& rules = {}) {
  Project project;
  project.monitor = rules;
  project.models = models;
  ThreadPool pool(2);
  static MemoryBudget budget(std::int64_t{1} << 30);
  MemoryBudget little(memory);
  ManualClock clock{Timestamp{}};
  CancelToken cancel;
  Counter written;
  Stations stations({clock, silent_progress(), cancel, budget, written},
                    [](const StationRecord&) -> Status { return {}; });
  MonitorRuns monitor;
  Said out;
  for (const Model& one : models) {
    auto fitted = run_model(project, one, table, nullptr, {pool, cancel, budget, stations});
    EXPECT_TRUE(fitted) << fitted.error().text();
    auto report = monitor.look(project, one, table, *fitted, {pool, cancel, little, stations});
    EXPECT_TRUE(report) << report.error().text();
    out.reports.push_back(*std::move(report));
  }
  for (const StationRecord& station : stations.done())
    if (station.name.ends_with("monitor"))
      out.stations.push_back(station.name + " " + std::to_string(station.units));
  return out;
}

Json json_of(const MonitorReport& report) {
  JsonWriter json;
  json.begin_object();
  write_monitor(json, report);
  json.end_object();
  return Json::parse(json.take());
}

std::string text_of(const Said& run) {
  RunReport report;
  for (const MonitorReport& one : run.reports) {
    report.models.emplace_back().name = "m" + std::to_string(report.models.size());
    report.models.back().monitor = one;
  }
  MemoryOutput out;
  print_monitor(out, report);
  return out.text();
}

TEST(MonitorRun, AFrozenModelRaisesItsCalibrationAlarmWhenTheWorldChanges) {
  Said run = watched(table_of(), {model()});
  EXPECT_EQ(run.stations, std::vector<std::string>{"model m: monitor 4200"});
  Json json = json_of(run.reports[0])["monitor"];
  EXPECT_EQ(json["reference_rows"], 28 * 60);
  EXPECT_EQ(json["reference_days"], 28);
  ASSERT_EQ(json["periods"].size(), 6U);
  EXPECT_EQ(json["periods"][0]["begin"], "1970-01-29T00:00:00Z");
  for (const Json& alarm : json["alarms"]) {
    bool of_labels = alarm["name"] == "calibration" || alarm["name"] == "base_rate";
    EXPECT_EQ(alarm["stood"], Json::parse(of_labels ? "[false,false,false,true,true,true]"
                                                    : "[false,false,false,false,false,false]"))
        << alarm;
    if (of_labels) {
      EXPECT_EQ(alarm["first"], "1970-02-19T00:00:00Z");
      EXPECT_EQ(alarm["first_trigger"], "1970-03-05T00:00:00Z") << "at the end of the second";
    }
  }
  // 2 columns of 3 statistics, 3 of the score, base rate, calibration twice.
  EXPECT_EQ(json["series"].size(), 12U);
  std::string text = text_of(run);
  EXPECT_NE(text.find("calibration  3 of 6   1970-02-19  1970-03-05"), std::string::npos) << text;
  EXPECT_NE(text.find("by chance"), std::string::npos) << text;
}

TEST(MonitorRun, WhereNothingChangesNothingIsSaid) {
  Said run = watched(table_of(false), {model()});
  EXPECT_NE(text_of(run).find("m0     none   0 of 6"), std::string::npos) << text_of(run);
}

TEST(MonitorRun, ModelsOfTheSameColumnsAndRowsAreToldOnce) {
  Model second = model();
  second.name = "second";
  Model other = model({"x"});
  other.name = "other";
  Said run = watched(table_of(), {model(), second, other});
  EXPECT_EQ(run.reports[0].columns_as, "");
  EXPECT_EQ(run.reports[1].columns_as, "m");
  EXPECT_EQ(run.reports[2].columns_as, "");
  EXPECT_EQ(json_of(run.reports[1])["monitor"]["series"].size(), 6U) << "those of its scores";
  EXPECT_EQ(run.reports[1].watch.alarms.size(), 4U);
  EXPECT_EQ(json_of(run.reports[2])["monitor"]["series"].size(), 9U);
}

// x moves up by a third of its range from day 49 on, and the score with it.
TrainingTable moved_x() {
  TrainingTable table = table_of(false);
  ColumnBuilder x(Type::float64());
  for (std::int64_t i = 0; i < kDays * kRowsADay; ++i)
    x.append_double(table.columns.columns[0].float64(i) + (i / kRowsADay >= 49 ? 0.33 : 0));
  table.columns.columns[0] = x.finish();
  return table;
}

TEST(MonitorRun, TheColumnWhoseDriftMovesTheScoreIsNamed) {
  Said run = watched(moved_x(), {model()});
  Json causes = json_of(run.reports[0])["monitor"]["causes"];
  ASSERT_EQ(causes.size(), 3U) << causes;
  EXPECT_EQ(causes[0]["begin"], "1970-02-19T00:00:00Z");
  EXPECT_EQ(causes[0]["columns"][0]["column"], "x");
  EXPECT_GT(causes[0]["columns"][0]["share"].get<double>(), 0.9);
  EXPECT_GT(causes[0]["columns"][0]["weight"].get<double>(), 0);
  std::string text = text_of(run);
  EXPECT_NE(text.find("m0: what moved its score in the period of 1970-02-19, by drift and weight: "
                      "x "),
            std::string::npos)
      << text;
  // Where the labels change behind the columns' back none of them is to blame.
  Json quiet = json_of(watched(table_of(), {model()}).reports[0])["monitor"]["causes"];
  for (const Json& period : quiet)
    for (const Json& column : period["columns"])
      EXPECT_LT(column["psi"].get<double>(), 0.1) << period;
}

TEST(MonitorRun, OnlyNamedColumnsAreWatchedAndTheOthersNamed) {
  MonitorRules rules;
  rules.columns = {"noise"};
  Said run = watched(moved_x(), {model()}, 1 << 30, rules);
  Json json = json_of(run.reports[0])["monitor"];
  EXPECT_EQ(json["not_watched"], Json::parse(R"(["x"])"));
  for (const Json& series : json["series"]) EXPECT_NE(series["of"], "x");
  for (const Json& alarm : json["alarms"])
    if (alarm["name"] == "columns") {
      EXPECT_EQ(alarm["periods"], 0);
    }
}

TEST(MonitorRun, TheReferenceIsAPastPeriodOfTheTrainingRows) {
  MonitorRules rules;
  rules.reference = {Timestamp{14 * kDay}, Timestamp{28 * kDay}};
  Said run = watched(table_of(), {model()}, 1 << 30, rules);
  Json json = json_of(run.reports[0])["monitor"];
  EXPECT_EQ(json["reference_rows"], 14 * 60);
  EXPECT_EQ(json["reference_days"], 14);
  EXPECT_EQ(json["reference"], "1970-01-15..1970-01-29");
  rules.reference = {Timestamp{100 * kDay}, std::nullopt};
  EXPECT_NE(watched(table_of(), {model()}, 1 << 30, rules).reports[0].why_not.find("reference"),
            std::string::npos);
}

TEST(MonitorRun, ASplitAtRandomHasNoPeriods) {
  Model shuffled = model();
  shuffled.split = {};
  shuffled.split.random = 0.3;
  Said run = watched(table_of(false), {shuffled});
  EXPECT_TRUE(json_of(run.reports[0]).empty());
  EXPECT_EQ(text_of(run), "");
}

TEST(MonitorRun, WhatDoesNotFitIsLeftUndoneAndTheReasonTold) {
  Said run = watched(table_of(), {model()}, 1000);
  EXPECT_NE(run.reports[0].why_not, "");
  EXPECT_EQ(json_of(run.reports[0])["monitor"]["why_not"], run.reports[0].why_not);
  EXPECT_NE(text_of(run).find("no alarm can be raised of m0: "), std::string::npos);
}

TEST(MonitorRun, TooFewDaysSayWhy) {
  Model early = model();
  early.split.train.end = Timestamp{5 * kDay};
  Said run = watched(table_of(false), {early});
  EXPECT_NE(text_of(run).find("no alarm can be raised of m0: the reference has rows of 5 days"),
            std::string::npos)
      << text_of(run);
}

}  // namespace
}  // namespace lode
