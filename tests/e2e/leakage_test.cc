// The leakage section of `lode run`: a model that reads outcomes before they are known is told by
// itself, with what it is worth when it waits, and the honest one beside it is not accused.
// covers: orchestrate/leakage_run, orchestrate/leakage_report, cli/leakage_text
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

// `waiting` folds what comes back from the moment it is known, a day later; `early` at once.
constexpr std::string_view kProject = R"(lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {at: timestamp, customer: string, amount: int64, back: int64}
    time: at
    known: at
labels:
  returned: {about: orders, value: back > 0, known: at + hours(24)}
features:
  waiting:
    over: returned
    by: customer
    window: 6h
    values: {n: count(), back: sum(back)}
  early:
    over: orders
    by: customer
    window: 6h
    values: {n: count(), back: sum(back)}
training:
  honest:
    rows: orders
    label: returned
    columns: {amount: amount, n: "waiting[customer].n", past: "waiting[customer].back"}
  leaky:
    rows: orders
    label: returned
    columns: {amount: amount, n: "early[customer].n", past: "early[customer].back"}
  target:
    rows: orders
    label: returned
    columns: {amount: amount, refund: back * 3 + amount / 1000}
models:
  honest:
    from: honest
    algorithm: logistic
    split: {train: ..2020-02-20, test: 2020-02-20..}
  leaky:
    from: leaky
    algorithm: logistic
    split: {train: ..2020-02-20, test: 2020-02-20..}
  target:
    from: target
    algorithm: logistic
    options: {l2: 1}
    split: {train: ..2020-02-20, test: 2020-02-20..}
)";

// Eighty days of forty orders of six customers, who are angry by turns of half a day: what has just
// come back tells much, what came back a day ago tells little.
std::string orders() {
  Random random(5);
  std::string csv = "at,customer,amount,back\n";
  bool angry[6] = {};
  for (int half = 0; half < 160; ++half) {
    for (bool& one : angry) one = random.chance(0.4);
    for (int i = 0; i < 20; ++i) {
      std::uint64_t who = random.below(6);
      csv += fmt::format("2020-{:02}-{:02} {:02}:{:02}:00,c{},{},{}\n", 1 + half / 2 / 28,
                         1 + half / 2 % 28, half % 2 * 12 + i / 2, i % 2 * 30 + 7, who,
                         random.below(200), random.chance(angry[who] ? 0.85 : 0.1) ? 1 : 0);
    }
  }
  return csv;
}

class Leakage : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kProject);
    folder_.write("orders.csv", orders());
  }
  Json models(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"run", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    ProcessResult ran = run_binary(words, folder_.path());
    EXPECT_EQ(ran.exit, 0) << ran.out << ran.err;
    Json by_name;
    Json report = Json::parse(ran.out, nullptr, false);
    for (const Json& model : report["models"]) by_name[std::string(model["name"])] = model;
    return by_name;
  }
  static Json detector(const Json& model, std::string_view name) {
    for (const Json& one : model["leakage"]["detectors"])
      if (one["name"] == name) return one;
    return {};
  }
  static std::vector<std::string> suspects(const Json& detector) {
    std::vector<std::string> columns;
    for (const Json& suspect : detector["suspects"]) columns.push_back(suspect["column"]);
    return columns;
  }

  ScratchFolder folder_;
};

TEST_F(Leakage, OutcomesReadTooEarlyAreToldWithTheHonestFigureBeside) {
  Json found = models();
  const Json& leaky = found["leaky"];
  EXPECT_TRUE(leaky["leakage"]["suspected"]);
  Json told = detector(leaky, "outcome_reads");
  // The number of orders is known at once: only what came back is not.
  EXPECT_EQ(suspects(told), std::vector<std::string>{"past"});
  EXPECT_EQ(told["suspects"][0]["figures"][0]["value"], 1.0);
  EXPECT_EQ(told["suspects"][0]["figures"][1]["value"], 24 * 3600.0);

  const Json& again = leaky["leakage"]["again"];
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0]["how"], "outcomes read when known");
  double as_made = leaky["metrics"]["test"]["auc"]["value"];
  double waiting = again[0]["metrics"]["auc"]["value"];
  EXPECT_GT(as_made, waiting + 0.05);
  EXPECT_NEAR(again[0]["difference"]["auc"]["value"].get<double>(), waiting - as_made, 1e-12);
  EXPECT_LT(again[0]["difference"]["auc"]["high"].get<double>(), 0);
  EXPECT_EQ(again[1]["how"], "without the suspects");
  EXPECT_EQ(again[1]["columns"], Json::array({"past"}));
}

TEST_F(Leakage, WhatWaitsForTheOutcomeIsNotAccused) {
  Json found = models();
  const Json& honest = found["honest"];
  EXPECT_FALSE(honest["leakage"]["suspected"]);
  EXPECT_EQ(honest["leakage"]["detectors"].size(), 12U);
  EXPECT_TRUE(honest["leakage"]["again"].empty());
  for (const Json& one : honest["leakage"]["detectors"])
    EXPECT_EQ(one["looked"].get<bool>(), !one.contains("why_not")) << one;
}

// With every column read so, the leaky model becomes the honest one, to the bit.
TEST_F(Leakage, TheHonestFigureIsThatOfTheModelWithViewsOverTheLabel) {
  std::string project = posix_files().read(folder_.path() + "/lode.yaml").value();
  for (std::string_view n : {", n: \"waiting[customer].n\"", ", n: \"early[customer].n\""})
    project.erase(project.find(n), n.size());
  folder_.write("lode.yaml", project);
  Json found = models();
  Json honest = found["honest"]["metrics"]["test"];
  honest.erase("average_precision");  // which is told of models, not of looks at leaks
  EXPECT_EQ(found["leaky"]["leakage"]["again"][0]["metrics"], honest);
}

TEST_F(Leakage, AColumnMadeFromTheTargetIsLeftOut) {
  Json found = models();
  const Json& target = found["target"];
  EXPECT_EQ(suspects(detector(target, "outcome_reads")), std::vector<std::string>{"refund"});
  EXPECT_EQ(suspects(detector(target, "single_column")), std::vector<std::string>{"refund"});
  const Json& again = target["leakage"]["again"];
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0]["columns"], Json::array({"refund"}));
  EXPECT_GT(target["metrics"]["test"]["auc"]["value"].get<double>(), 0.99);
  EXPECT_LT(again[0]["metrics"]["auc"]["value"].get<double>(), 0.6);
}

TEST_F(Leakage, TheSameOnAnyNumberOfThreads) {
  Json one = models({"--threads", "1"});
  Json two = models({"--threads", "2"});
  for (const char* name : {"honest", "leaky", "target"})
    EXPECT_EQ(one[name]["leakage"], two[name]["leakage"]) << name;
}

TEST_F(Leakage, TheSummarySaysItInWords) {
  ProcessResult ran = run_binary({"run"}, folder_.path());
  ASSERT_EQ(ran.exit, 0) << ran.err;
  for (const char* said :
       {"Leakage", "SUSPECTED: outcome_reads (1)", "nothing found", "outcomes read when known",
        "without the suspects", "leaky: 'past' reads outcomes before they are known",
        "not looked at: shared_entities"})
    EXPECT_NE(ran.out.find(said), std::string::npos) << said << "\n" << ran.out;
}

}  // namespace
}  // namespace lode
