// `lode run` on targets that are numbers: a city's rented bicycles, day by day. What is predicted
// is held against two baselines, and a model that reads the parts of the target is told by itself.
// covers: orchestrate/model_run, cli/run_summary, cli/metric_text
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "base/random.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kProject = R"(lode: 1
project: bicycles
sources:
  days:
    files: days.csv
    columns: {day: timestamp, warm: double, free_day: int64, casual: int64, registered: int64}
    time: day
    known: day
    derive: {city: "'here'", rented: casual + registered}
labels:
  rentals: {about: days, value: rented, known: day + hours(24)}
features:
  before:
    over: rentals
    by: city
    window: all
    values: {rented: last(value)}
training:
  days:
    rows: days
    label: rentals
    columns: {warm: warm, free_day: free_day, yesterday: "before[city].rented"}
  leaky:
    rows: days
    label: rentals
    columns: {warm: warm, casual: casual, registered: registered}
models:
  usual:
    from: days
    algorithm: mean
    split: {train: ..2020-10-01, test: 2020-10-01..}
  as_yesterday:
    from: days
    algorithm: no_change
    columns: [yesterday]
    split: {train: ..2020-10-01, test: 2020-10-01..}
    compare_with: usual
  boosted:
    from: days
    algorithm: {xgboost_regression: {rounds: 60, max_depth: 3, eta: 0.2}}
    columns: [warm, free_day]
    split: {train: ..2020-10-01, test: 2020-10-01..}
    compare_with: usual
  leaky:
    from: leaky
    algorithm: {xgboost_regression: {rounds: 60, max_depth: 3, eta: 0.2}}
    split: {train: ..2020-10-01, test: 2020-10-01..}
)";

// Two years: warm days and free ones bring casual riders, working ones registered riders.
std::string two_years() {
  Random random(31);
  std::string csv = "day,warm,free_day,casual,registered\n";
  for (int i = 0; i < 730; ++i) {
    double season = std::sin(2 * std::numbers::pi * (i - 110) / 365);
    double warm = 12 + 10 * season + 4 * (random.unit() - 0.5);
    int free_day = i % 7 >= 5 ? 1 : 0;
    double casual = (60 + 30 * warm) * (free_day == 1 ? 2 : 1) + 200 * random.unit();
    double registered = (1500 + 60 * warm) * (free_day == 1 ? 0.6 : 1) + 500 * random.unit();
    csv += fmt::format("{}-{:02}-{:02} 00:00:00,{:.2f},{},{:.0f},{:.0f}\n", 2019 + i / 365,
                       1 + (i % 365) / 31, 1 + (i % 365) % 31, warm, free_day, casual, registered);
  }
  return csv;
}

class Numbers : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", std::string(kProject));
    folder_.write("days.csv", two_years());
  }

  Json models(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"run", "--json", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    ProcessResult ran = run_binary(words, folder_.path());
    EXPECT_EQ(ran.exit, 0) << ran.err;
    Json by_name;
    Json run = Json::parse(ran.out);
    for (const Json& model : run["models"]) by_name[model["name"]] = model;
    return by_name;
  }
  static double metric(const Json& model, const char* name) {
    return model["metrics"]["test"][name]["value"];
  }
  static const Json& detector(const Json& model, std::string_view name) {
    for (const Json& one : model["leakage"]["detectors"])
      if (one["name"] == name) return one;
    ADD_FAILURE() << "no " << name;
    return model;
  }

  ScratchFolder folder_;
};

TEST_F(Numbers, AreJudgedAgainstTheMeanAndYesterday) {
  Json found = models();
  for (const char* name : {"usual", "as_yesterday", "boosted"}) {
    const Json& model = found[name];
    EXPECT_EQ(model["task"], "number");
    EXPECT_EQ(model["metrics"]["test"].size(), 3U);
    const Json& rmse = model["metrics"]["test"]["rmse"];
    EXPECT_LT(rmse["low"], rmse["value"]);
    EXPECT_LT(rmse["value"], rmse["high"]);
    EXPECT_LE(metric(model, "mae"), metric(model, "rmse"));
    EXPECT_FALSE(model["leakage"]["suspected"]) << name << model["leakage"];
    EXPECT_FALSE(model["profile"].contains("thresholds"));
    EXPECT_TRUE(model["profile"]["periods"][0].contains("rmse"));
  }
  EXPECT_LT(metric(found["usual"], "r2"), 0.01);
  EXPECT_GT(metric(found["boosted"], "r2"), 0.5);
  EXPECT_TRUE(found["boosted"]["against"]["difference"]["rmse"]["clear"]);
  EXPECT_TRUE(found["boosted"]["against"]["difference"]["rmse"]["better"]);
  // A week's end is a change that yesterday does not know.
  EXPECT_GT(metric(found["as_yesterday"], "rmse"), metric(found["boosted"], "rmse"));
}

// Read back they score as they did: no number goes through a calibrator of probabilities.
TEST_F(Numbers, StoredModelsScoreAsTheyDid) {
  ASSERT_FALSE(models().empty());
  ProcessResult check = run_binary({"model", "check", "boosted"}, folder_.path());
  EXPECT_EQ(check.exit, 0) << check.err;
}

TEST_F(Numbers, PartsOfTheTargetAreNamedAndLeftOut) {
  Json found = models();
  const Json& told = detector(found["leaky"], "sum_of_columns");
  std::vector<std::string> suspects;
  for (const Json& suspect : told["suspects"]) suspects.push_back(suspect["column"]);
  EXPECT_EQ(suspects, (std::vector<std::string>{"casual", "registered"}));
  const Json& again = found["leaky"]["leakage"]["again"];
  ASSERT_EQ(again.size(), 1U);
  EXPECT_GT(metric(found["leaky"], "r2"), 0.95);
  EXPECT_LT(again[0]["metrics"]["r2"]["value"], metric(found["leaky"], "r2"));
  EXPECT_GT(again[0]["difference"]["rmse"]["low"], 0);
}

TEST_F(Numbers, TheTerminalTellsThemInTheirOwnTable) {
  ProcessResult ran = run_binary({"run", "--quiet"}, folder_.path());
  ASSERT_EQ(ran.exit, 0) << ran.err;
  for (const char* said : {"RMSE", "MAE", "R2 if split at random", "the target's unit",
                           "'casual' is a part of the target, which is casual + registered over"})
    EXPECT_NE(ran.out.find(said), std::string::npos) << said << "\n" << ran.out;
  for (const char* of_labels : {"AUC  ", "log-loss", "Brier", "log-odds"})
    EXPECT_EQ(ran.out.find(of_labels), std::string::npos) << of_labels << "\n" << ran.out;
  ProcessResult list = run_binary({"model", "list"}, folder_.path());
  EXPECT_NE(list.out.find("RMSE"), std::string::npos) << list.out;
  EXPECT_EQ(list.out.find("AUC"), std::string::npos) << list.out;
}

TEST_F(Numbers, TheSameOnAnyNumberOfThreads) {
  Json one = models({"--threads", "1"});
  Json two = models({"--threads", "2"});
  for (const char* name : {"usual", "as_yesterday", "boosted", "leaky"})
    for (const char* part : {"content", "metrics", "profile", "drivers", "leakage"})
      EXPECT_EQ(one[name].value(part, Json()), two[name].value(part, Json())) << name << part;
}

TEST_F(Numbers, AnAlgorithmOfLabelsSaysWhoLearnsNumbers) {
  std::string project(kProject);
  project.replace(project.find("algorithm: mean"), 15, "algorithm: constant");
  for (std::size_t at = 0; (at = project.find("    compare_with: usual\n")) != project.npos;)
    project.erase(at, 24);
  folder_.write("lode.yaml", project);
  ProcessResult ran = run_binary({"run", "--quiet"}, folder_.path());
  EXPECT_NE(ran.exit, 0);
  EXPECT_NE(
      ran.err.find("model usual: constant learns labels of 0 and 1, and a target of 'days' is"),
      std::string::npos)
      << ran.err;
  EXPECT_NE(ran.err.find("numbers are learnt by linear, mean, no_change, "
                         "random_forest_regression, xgboost_regression"),
            std::string::npos)
      << ran.err;
}

// A walk forward is judged by what its gate names; the default judges labels, and says so.
TEST_F(Numbers, AreWalkedForwardUnderAGateThatJudgesNumbers) {
  std::string walk = R"(retraining:
  monthly:
    champion: boosted
    every: 31d
    over: 2020-07-01..
    evidence: 62d
    challengers:
      fresh: {train: 365d}
)";
  folder_.write("lode.yaml", std::string(kProject) + walk);
  ProcessResult refused = run_binary({"check"}, folder_.path());
  EXPECT_NE(refused.exit, 0);
  EXPECT_NE(refused.err.find("log_loss judges labels of 0 and 1, and the targets are numbers"),
            std::string::npos)
      << refused.err;
  walk += "    gate: {metric: rmse, guards: {mae: 20}}\n";
  folder_.write("lode.yaml", std::string(kProject) + walk);
  ProcessResult ran = run_binary({"run", "--json", "--quiet"}, folder_.path());
  ASSERT_EQ(ran.exit, 0) << ran.err;
  Json monthly = Json::parse(ran.out)["retraining"][0];
  EXPECT_EQ(monthly["metric"], "rmse");
  EXPECT_GT(monthly["live_metric"]["value"], 100);
  EXPECT_GE(monthly["periods"].size(), 5U);
}

}  // namespace
}  // namespace lode
