// `lode run` makes what is out of date and nothing else, and ends as if it had made all of it.
// covers: orchestrate/run, orchestrate/run_plan, orchestrate/step_inputs, orchestrate/step_outcomes
// covers: orchestrate/training_run, cli/plan
#include <functional>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "tests/e2e/process.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;

class UpToDate : public ::testing::Test {
 protected:
  void SetUp() override {
    project_ = shop_project();
    folder_.write("lode.yaml", project_);
    folder_.write("orders.csv", shop_orders());
  }

  Json run(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"run", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    ProcessResult result = run_binary(words, folder_.path());
    EXPECT_EQ(result.exit, 0) << result.err << result.out;
    return result.exit == 0 ? Json::parse(result.out) : Json{{"steps", Json::array()}};
  }

  // What every way to the same end must say alike: all but how it was got there.
  static Json said(Json report) {
    for (const char* way : {"run", "started", "seconds", "memory_held", "resident_peak", "stations",
                            "own_seconds", "training_seconds", "counters", "steps"})
      report.erase(way);
    for (Json& source : report["sources"]) {
      source.erase("rows_read");
      source.erase("unchanged");
    }
    // A version keeps the lineage it was made with: what stood before it, and beside it.
    for (Json& model : report["models"]) {
      model.erase("version");
      model["lineage"].erase("before");
      model["lineage"].erase("compared_with");
    }
    return report;
  }

  // The same project made from nothing, in a folder within this one.
  Json from_nothing() {
    std::filesystem::remove_all(folder_.path() + "/nothing");
    for (const char* name : {"lode.yaml", "orders.csv"})
      folder_.write(std::string("nothing/") + name,
                    posix_files().read(folder_.path() + "/" + name).value());
    ProcessResult result = run_binary({"run", "nothing", "--json"}, folder_.path());
    EXPECT_EQ(result.exit, 0) << result.err << result.out;
    return said(Json::parse(result.out, nullptr, false));
  }

  // "model base" for those that were made.
  static std::vector<std::string> made(const Json& report) {
    std::vector<std::string> out;
    for (const Json& step : report["steps"])
      if (step["state"] == "made")
        out.push_back(step["kind"].get<std::string>() + " " + step["name"].get<std::string>());
    return out;
  }

  static std::string why(const Json& report, const std::string& name) {
    for (const Json& step : report["steps"])
      if (step["name"] == name) return step["why"];
    return "no such step";
  }

  void declare(const std::string& was, const std::string& is) {
    std::size_t at = project_.find(was);
    ASSERT_NE(at, std::string::npos) << was;
    project_.replace(at, was.size(), is);
    folder_.write("lode.yaml", project_);
  }

  std::string state(const std::string& name) { return folder_.path() + "/.lode/shop/" + name; }

  using Names = std::vector<std::string>;
  std::string project_;
  ScratchFolder folder_;
};

const std::vector<std::string> kAll = {"training set orders", "model base", "model returns",
                                       "leaderboards all"};

TEST_F(UpToDate, NothingIsMadeTwice) {
  Json first = run();
  EXPECT_EQ(made(first), kAll);
  EXPECT_EQ(why(first, "base"), "never made");
  Json second = run();
  EXPECT_EQ(made(second), Names{});
  EXPECT_EQ(why(second, "base"), "as run 1 made it");
  EXPECT_EQ(said(second), said(first));
  EXPECT_EQ(second["models"][1]["version"], 1);
  EXPECT_EQ(second["stations"].size(), 1U) << second["stations"];
  ProcessResult told = run_binary({"run"}, folder_.path());
  EXPECT_NE(told.out.find("nothing was out of date"), std::string::npos) << told.out;
  Json again = run({"--again"});
  EXPECT_EQ(made(again), kAll);
  EXPECT_EQ(said(again), said(first));
}

TEST_F(UpToDate, AModelThatChangedIsMadeAndWhatItIsComparedWithIsComparedAgain) {
  Json first = run();
  declare("columns: [amount]\n", "columns: [spent]\n");
  Json second = run();
  EXPECT_EQ(made(second), (Names{"model base", "leaderboards all"}));
  EXPECT_EQ(why(second, "base"), "its declaration changed");
  EXPECT_EQ(said(second), from_nothing());
  EXPECT_EQ(second["models"][0]["version"], 2);
  EXPECT_EQ(made(run()), Names{});

  declare("algorithm: logistic\n", "algorithm: logistic\n    options: {l2: 30}\n");
  Json third = run();
  EXPECT_EQ(made(third), (Names{"model returns", "leaderboards all"}));
  EXPECT_EQ(said(third), from_nothing());
}

TEST_F(UpToDate, ABaselineOfOtherScoresChangesTheComparisonOfAModelThatStands) {
  run();
  declare("algorithm: constant\n    columns: [amount]\n",
          "algorithm: logistic\n    columns: [amount]\n");
  Json changed = run();
  EXPECT_EQ(made(changed), (Names{"model base", "leaderboards all"}));
  EXPECT_EQ(said(changed), from_nothing());
  EXPECT_EQ(said(run()), said(changed)) << "and is kept so";
}

TEST_F(UpToDate, ALearningCurveIsOfTheLeaderboardsAndAProfileOfTheFile) {
  run();
  declare("algorithm: logistic\n", "algorithm: logistic\n    learning_curve: true\n");
  Json curve = run();
  EXPECT_EQ(made(curve), Names{"leaderboards all"});
  EXPECT_EQ(curve["leaderboards"][0]["learning_curve"]["model"], "returns");
  EXPECT_EQ(said(curve), from_nothing());
  EXPECT_EQ(said(run()), said(curve)) << "and is kept so";
  declare("    files: orders.csv\n", "    files: orders.csv\n    profile: true\n");
  Json profiled = run();
  EXPECT_EQ(made(profiled), Names{});
  EXPECT_EQ(profiled["profile"][0]["source"], "orders");
  EXPECT_EQ(said(profiled), from_nothing());
  Json again = run();
  EXPECT_EQ(again["profile"], profiled["profile"]);
  EXPECT_EQ(again["stations"].size(), 1U) << "a profile is kept too";
}

// The winner is chosen by rows scored out of fold: those of a model that stands too.
TEST_F(UpToDate, AWinnerIsChosenAmongModelsMadeAndStanding) {
  for (const char* algorithm : {"algorithm: constant\n", "algorithm: logistic\n"})
    declare(algorithm, std::string(algorithm) + "    out_of_fold: true\n");
  Json first = run();
  ASSERT_EQ(first["leaderboards"].size(), 1U);
  declare("columns: [amount, past.n_all, past.returned_all, spent]", "columns: [amount, spent]");
  Json second = run();
  EXPECT_EQ(made(second), (Names{"model returns", "leaderboards all"}));
  EXPECT_EQ(said(second), from_nothing());
}

TEST_F(UpToDate, NotesAndPlacesDecideOnlyWhatTheyAreIn) {
  Json first = run();
  folder_.write("lode.yaml", "# a line more\n" + project_);
  EXPECT_EQ(made(run()), Names{});
  declare("compare_with: base\n", "compare_with: base\n    note: a word\n");
  Json noted = run();
  EXPECT_EQ(made(noted), (Names{"model returns", "leaderboards all"}));
  EXPECT_EQ(said(noted), from_nothing());
}

TEST_F(UpToDate, WatchingOtherwiseMakesWhatIsWatched) {
  run();
  folder_.write("lode.yaml", project_ + "monitor: {alpha: 0.01}\n");
  Json watched = run();
  EXPECT_EQ(made(watched), (Names{"model base", "model returns", "leaderboards all"}));
  EXPECT_EQ(why(watched, "base"), "what watches it changed");
  EXPECT_EQ(said(watched), from_nothing());
}

TEST_F(UpToDate, NewRowsMakeAllOfIt) {
  run();
  folder_.write("orders.csv", shop_orders() + "2020-01-31 10:00:00,c3,50,0\n");
  Json grown = run();
  EXPECT_EQ(made(grown), kAll);
  EXPECT_EQ(why(grown, "base"), "its data changed");
  EXPECT_EQ(made(run()), Names{});
}

TEST_F(UpToDate, AViewThatChangedMakesTheSetsThatReadIt) {
  run();
  declare("window: 2d", "window: 3d");
  EXPECT_EQ(made(run()), kAll);
}

TEST_F(UpToDate, WhatIsDamagedOrGoneIsMadeAgain) {
  const Json first = run();
  struct Loss {
    std::string what;
    std::function<void()> lose;
    Names made;
  };
  auto remove = [&](const std::string& name) {
    return [this, name] { std::filesystem::remove_all(state(name)); };
  };
  auto damage = [&](const std::string& name) {
    return [this, name] {
      std::string bytes = posix_files().read(state(name)).value();
      bytes[bytes.size() / 2] ^= 4;
      ASSERT_TRUE(write_atomically(posix_files(), state(name), bytes));
    };
  };
  const std::string content = first["models"][1]["content"];
  const Names returns = {"model returns", "leaderboards all"};
  for (const Loss& loss : std::vector<Loss>{
           {"a step", remove("steps/model/returns"), returns},
           {"a bit of a step", damage("steps/model/returns"), returns},
           {"the stored model", remove("models/" + content), returns},
           {"a bit of the stored model", damage("models/" + content), returns},
           {"the leaderboards", remove("steps/leaderboards/all"), {"leaderboards all"}},
           {"the training set", remove("training/orders"), {"training set orders"}},
           {"its receipt", remove("training/orders.receipt"), {"training set orders"}},
           {"its step", remove("steps/training-set/orders"), {"training set orders"}},
           {"scores", remove("scores/returns"), {}},
           {"times of a source", remove("steps/source/orders"), {}},
           {"all steps", remove("steps"), kAll}}) {
    loss.lose();
    Json report = run();
    EXPECT_EQ(made(report), loss.made) << loss.what;
    EXPECT_EQ(said(report), said(first)) << loss.what;
    EXPECT_EQ(made(run()), Names{}) << loss.what;
    EXPECT_TRUE(std::filesystem::exists(state("scores/returns"))) << loss.what;
  }
}

// Rows of the set then stand in another order than their seqs, which is the order that is kept.
TEST_F(UpToDate, ASetWithCorrectionsIsTheSameWhenOnlyAModelIsMade) {
  std::string csv = "id,at,known,customer,amount,returned\n";
  Random random(2, 0);
  for (int i = 0; i < 600; ++i)
    csv += fmt::format("{},2020-01-{:02} {:02}:00:00,2020-01-{:02} {:02}:30:00,c{},{},{}\n", i,
                       1 + i / 20, i % 20, 1 + i / 20, i % 20, random.below(9), random.below(100),
                       random.below(2));
  for (int i = 0; i < 40; ++i)
    csv += fmt::format("{},2020-01-{:02} {:02}:00:00,2020-02-01 00:00:00,c1,{},1\n", i * 7,
                       1 + i * 7 / 20, i * 7 % 20, 200 + i);
  folder_.write("orders.csv", csv);
  project_ = R"(lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {id: int64, at: timestamp, known: timestamp, customer: string, amount: int64,
              returned: int64}
    id: id
    time: at
    known: known
labels:
  returned: {about: orders, value: returned = 1, known: at + hours(24)}
features:
  spending: {over: orders, by: customer, window: 2d, values: {total: sum(amount)}}
training:
  orders:
    rows: orders
    label: returned
    columns: {customer: customer, amount: amount, spent: "spending[customer].total"}
models:
  base:
    from: orders
    algorithm: constant
    columns: [amount]
    split: {train: ..2020-01-20, test: 2020-01-20..}
  returns:
    from: orders
    algorithm: logistic
    encode: {customer: {target: {smoothing: 5, fit: in_sample}}}
    split: {train: ..2020-01-20, test: 2020-01-20..}
    compare_with: base
)";
  folder_.write("lode.yaml", project_);
  Json first = run();
  EXPECT_EQ(made(first), kAll);
  declare("algorithm: logistic\n", "algorithm: logistic\n    options: {l2: 30}\n");
  Json second = run();
  EXPECT_EQ(made(second), (Names{"model returns", "leaderboards all"}));
  EXPECT_EQ(said(second), from_nothing());
}

// What `lode plan` says is what `lode run` then does; it changes nothing by itself.
TEST_F(UpToDate, APlanSaysWhatTheRunDoes) {
  auto plan = [&](const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"plan", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    ProcessResult result = run_binary(words, folder_.path());
    EXPECT_EQ(result.exit, 0) << result.err << result.out;
    return Json::parse(result.out);
  };
  auto due = [](const Json& planned) {
    Names out;
    for (const Json& step : planned["steps"])
      if (step["due"])
        out.push_back(step["kind"].get<std::string>() + " " + step["name"].get<std::string>());
    return out;
  };
  auto with_source = [](Names names) {
    names.insert(names.begin(), "source orders");
    return names;
  };
  Json first = plan();
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/.lode")) << "it only looks";
  EXPECT_EQ(due(first), with_source(kAll));
  EXPECT_EQ(first["steps"][0]["why"], "never read");
  EXPECT_EQ(first["steps"][0]["estimate"]["basis"], "rough");
  EXPECT_EQ(made(run()), kAll);

  Json second = plan();
  EXPECT_EQ(due(second), Names{});
  EXPECT_EQ(second["steps"][0]["rows"], 900);
  EXPECT_EQ(second["steps"][0]["due_bytes"], 0);
  EXPECT_FALSE(second["steps"][2].contains("estimate")) << "it takes nothing";
  Json all = plan({"--again"});
  EXPECT_EQ(due(all), kAll);
  EXPECT_EQ(all["steps"][2]["estimate"]["run"], 1);
  EXPECT_GT(all["steps"][2]["estimate"]["seconds"], 0);

  declare("algorithm: logistic\n", "algorithm: logistic\n    options: {l2: 30}\n");
  Json third = plan();
  EXPECT_EQ(due(third), (Names{"model returns", "leaderboards all"}));
  EXPECT_EQ(why(third, "returns"), "its declaration changed");
  EXPECT_EQ(made(run()), due(third));

  const std::string more = "2020-01-31 10:00:00,c3,50,0\n";
  folder_.write("orders.csv", shop_orders() + more);
  Json fourth = plan();
  EXPECT_EQ(due(fourth), with_source(kAll));
  EXPECT_EQ(fourth["steps"][0]["why"], "there is more of it");
  EXPECT_EQ(fourth["steps"][0]["due_bytes"], more.size());
  EXPECT_EQ(why(fourth, "returns"), "source orders is read");
  EXPECT_EQ(made(run()), kAll);

  folder_.write("orders.csv", "at,customer,amount,returned\n");
  ProcessResult refused = run_binary({"plan"}, folder_.path());
  EXPECT_EQ(refused.exit, 4) << refused.out << refused.err;
  EXPECT_NE(refused.err.find("orders.csv"), std::string::npos) << refused.err;
}

TEST_F(UpToDate, KilledAnywhereTheWholeReportIsAsIfNothingHadHappened) {
  const Json wanted = said(run());
  std::filesystem::remove_all(folder_.path() + "/.lode");
  Random random(8);
  int died = 0;
  for (int i = 0; i < 12; ++i) {
    died += run_and_kill(folder_.path(), random.below(400'000)) ? 1 : 0;
    if (random.chance(0.3)) continue;  // killed again before it could mend
    Json report = run();
    ASSERT_EQ(said(report), wanted) << "after kill " << i;
    std::filesystem::remove_all(folder_.path() + "/.lode");
  }
  EXPECT_GT(died, 3) << "most kills came after the end; let them come sooner";
}

TEST_F(UpToDate, KilledBetweenTwoStepsItGoesOnWithTheSecond) {
  const Json wanted = said(run());
  for (const auto& [left, still_made] : std::vector<std::pair<std::string, Names>>{
           {"steps/training-set/orders", {"model base", "model returns", "leaderboards all"}},
           {"steps/model/base", {"model returns", "leaderboards all"}},
           {"steps/model/returns", {"leaderboards all"}}}) {
    std::filesystem::remove_all(folder_.path() + "/.lode");
    ASSERT_TRUE(run_and_kill_at(folder_.path(), state(left))) << left;
    Json report = run();
    EXPECT_EQ(said(report), wanted) << left;
    // The kill may come a step later than the file it waited for.
    Names made_now = made(report);
    ASSERT_LE(made_now.size(), still_made.size()) << left;
    EXPECT_EQ(made_now, Names(still_made.end() - std::ssize(made_now), still_made.end())) << left;
  }
}

}  // namespace
}  // namespace lode
