// A limit on time, and searches for options, through the program as a user types it. What is held
// here does not depend on how fast the machine is; that the limit is kept is held on a clock of the
// tests' own (tests/orchestrate/tuning_test.cc, run_time_test.cc).
// covers: cli/tuning_text
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "tests/e2e/process.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr int kLimit = 5;

class TimeLimit : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
  }
  // The shop, its last model searched for.
  void tune(const std::string& how) {
    folder_.write("lode.yaml", shop_project() + "    tune: " + how + "\n");
  }
  ProcessResult lode(const std::vector<std::string>& words) {
    return run_binary(words, folder_.path());
  }
  std::vector<std::string> run_names() {
    ProcessResult result = lode({"run", "--json"});
    EXPECT_EQ(result.exit, 0) << result.err;
    return names_in(result.out);
  }
  void write_people() {
    Random random(29, 0);
    std::string csv = "age,town,y\n";
    for (int i = 0; i < 20'000; ++i) {
      int age = 10 + static_cast<int>(random.below(80));
      csv += fmt::format("{},{},{}\n", age, i % 3 == 0 ? "Rome" : "Oslo",
                         random.chance(age / 100.0) ? "yes" : "no");
    }
    folder_.write("t.csv", csv);
  }
  ScratchFolder folder_;
};

// Which of the two comes depends on the machine; a third thing does not come.
TEST_F(TimeLimit, ASecondGivesAStatedResultOrAClearRefusal) {
  write_people();
  for (const std::string limit : {"1s", "300ms", "50ms"}) {
    ProcessResult result =
        lode({"mine", "t.csv", "--target", "y", "--json", "--time-limit", limit});
    Json report = Json::parse(result.out, nullptr, false);
    ASSERT_FALSE(report.is_discarded()) << result.out;
    if (result.exit == kLimit) {
      std::string error = report["error"].dump();
      EXPECT_NE(error.find("time"), std::string::npos) << error;
      continue;
    }
    ASSERT_EQ(result.exit, 0) << result.err;
    EXPECT_DOUBLE_EQ(report["time_limit"].get<double>(),
                     std::stod(limit) / (limit == "1s" ? 1 : 1e3));
    std::size_t named = 0;
    bool no_verdict = false;
    for (const Json& what : report["given_up"]) {
      named += what.get<std::string>().starts_with("model ") ? 1 : 0;
      no_verdict = no_verdict || what.get<std::string>().starts_with("a verdict: baseline alone");
    }
    EXPECT_EQ(report["models"].size() + named, 4U) << "every model is made or named";
    EXPECT_EQ(no_verdict, report["models"].size() == 1);
    for (const Json& model : report["models"])
      if (model["name"] != "baseline") {
        ASSERT_TRUE(model.contains("tuning")) << model["name"];
        EXPECT_FALSE(model["tuning"]["says"].get<std::string>().empty());
      }
  }
  EXPECT_EQ(lode({"mine", "t.csv", "--target", "y", "--time-limit", "soon"}).exit, 2);
}

TEST_F(TimeLimit, ARunThatIsOutOfTimeSaysWhatWasKeptAndLosesNothing) {
  std::vector<std::string> wanted = run_names();
  std::filesystem::remove_all(folder_.path() + "/.lode");
  ProcessResult none = lode({"run", "--time-limit", "1us"});
  EXPECT_EQ(none.exit, kLimit);
  EXPECT_NE(none.err.find("--time-limit 1us was over at 'ingest orders'; kept: what was read of 0 "
                          "of 1 sources, 0 of 2 models"),
            std::string::npos)
      << none.err;
  for (const std::string limit : {"20ms", "60ms", "120ms"}) {
    ProcessResult some = lode({"run", "--time-limit", limit});
    EXPECT_TRUE(some.exit == 0 || some.exit == kLimit) << some.err;
  }
  EXPECT_EQ(run_names(), wanted);
  EXPECT_EQ(lode({"run", "--time-limit", "10m"}).exit, 0);
}

TEST_F(TimeLimit, ASearchIsShownAndItsOptionsAreTheModelsOwn) {
  tune("{trials: 8}");
  ProcessResult result = lode({"run", "--json"});
  ASSERT_EQ(result.exit, 0) << result.err;
  Json model = Json::parse(result.out)["models"][1];
  EXPECT_EQ(model["tuning"]["trials"].size(), 8U);
  EXPECT_EQ(model["tuning"]["ended_by"], "trials");
  auto chosen = model["tuning"]["chosen"].get<std::size_t>();
  ASSERT_GE(chosen, 1U);
  for (const auto& [name, value] : model["tuning"]["trials"][chosen - 1]["options"].items())
    EXPECT_EQ(model["options"].value(name, "0"), value) << name;
  ProcessResult text = lode({"run"});
  EXPECT_NE(text.out.find("Options tried"), std::string::npos);
  EXPECT_NE(text.out.find("returns: "), std::string::npos);
  EXPECT_NE(lode({"model", "show", "returns"}).out.find("l2"), std::string::npos);
}

TEST_F(TimeLimit, KilledInASearchItEndsWhereAnUndisturbedOneDoes) {
  tune("{trials: 12, folds: 4}");
  std::vector<std::string> wanted = run_names();
  Random random(7);
  int died = 0;
  for (int i = 0; i < 8; ++i) {
    std::filesystem::remove_all(folder_.path() + "/.lode");
    died += run_and_kill(folder_.path(), 20'000 + random.below(200'000)) ? 1 : 0;
    ASSERT_EQ(run_names(), wanted) << "after kill " << i;
  }
  EXPECT_GT(died, 2) << "most kills came after the end; let them come sooner";
}

TEST_F(TimeLimit, WhatCannotBeSearchedIsRefusedBeforeAnythingRuns) {
  std::string project = shop_project();
  constexpr std::string_view kBase = "algorithm: constant";
  project.insert(project.find(kBase) + kBase.size(), "\n    tune: {trials: 5}");
  folder_.write("lode.yaml", project);
  ProcessResult result = lode({"run"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_NE(result.err.find("constant has no options to search"), std::string::npos) << result.err;
  tune("{trials: 5, options: [depth]}");
  ProcessResult unknown = lode({"check"});
  EXPECT_NE(unknown.exit, 0);
  EXPECT_NE(
      (unknown.out + unknown.err).find("unknown option that is searched 'depth'; known: l1, l2"),
      std::string::npos)
      << unknown.out << unknown.err;
}

}  // namespace
}  // namespace lode
