// A walk forward under a gate, on rows whose law changes half way: the frozen model goes wrong,
// what is made anew is promoted when the gate has seen enough, and nothing is on a quiet stream.
// covers: orchestrate/walk_alarms, orchestrate/walk_candidate, orchestrate/walk_gate,
// covers: orchestrate/walk_report, orchestrate/walk_run, orchestrate/recipe, cli/walk_text
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kProject = R"(lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {at: timestamp, shop: string, amount: double, returned: int64}
    time: at
labels:
  returned: {about: orders, value: returned = 1, known: at + hours(6)}
training:
  orders:
    rows: orders
    label: returned
    columns: {amount: amount, shop: shop}
models:
  first:
    from: orders
    algorithm: logistic
    columns: [amount]
    split: {train: ..2020-01-15, test: 2020-01-15..}
retraining:
  weekly:
    champion: first
    every: 7d
    over: 2020-01-15..
    evidence: 14d
    challengers:
      fresh: {train: 14d}
    gate: {guards: {calibration_error: 0.2}, slices: [shop]}
)";

// Twelve weeks of fifty orders a day. From `change` on a large amount means the opposite.
std::string orders(int change) {
  Random random(5, 1);
  std::string csv = "at,shop,amount,returned\n";
  for (int day = 0; day < 84; ++day)
    for (int i = 0; i < 50; ++i) {
      double amount = std::floor(random.unit() * 1'000) / 10;
      double lean = (amount - 50) / 25 * (day >= change ? -1 : 1);
      bool returned = random.chance(1 / (1 + std::exp(-lean)));
      Timestamp at{(days_from_civil(2020, 1, 1) + day) * 86'400'000'000 + i * 1'500'000'000LL};
      csv += fmt::format("{},{},{},{}\n", text(at).substr(0, 19), i % 2 == 0 ? "north" : "south",
                         amount, returned ? 1 : 0);
    }
  return csv;
}

class RetrainingRun : public ::testing::Test {
 protected:
  Json run(int change, std::vector<std::string> more = {}) const {
    folder_.write("lode.yaml", kProject);
    folder_.write("orders.csv", orders(change));
    std::vector<std::string> words = {"run", "--quiet", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return json(words);
  }
  Json json(const std::vector<std::string>& words) const {
    ProcessResult ran = run_binary(words, folder_.path());
    EXPECT_EQ(ran.exit, 0) << ran.out << ran.err;
    return Json::parse(ran.out, nullptr, false);
  }
  static std::string live_in(const Json& walk) {
    std::string out;
    for (const Json& period : walk["periods"]) out += period["live"] == "fresh" ? "n" : "o";
    return out;
  }

  ScratchFolder folder_;
};

TEST_F(RetrainingRun, WhatIsMadeAnewIsPromotedWhenTheLawChanges) {
  Json walk = run(40)["retraining"][0];
  EXPECT_EQ(walk["candidates"][0]["name"], "frozen");
  ASSERT_EQ(walk["periods"].size(), 10U);
  std::string live = live_in(walk);
  EXPECT_TRUE(live.starts_with("oooo")) << live << ": the law has not changed yet";
  EXPECT_TRUE(live.ends_with("nnn")) << live;
  double frozen = walk["candidates"][0]["always_live"]["value"];
  EXPECT_LT(walk["live_metric"]["value"].get<double>(), frozen);
  EXPECT_GT(walk["candidates"][0]["more_than_live"]["low"].get<double>(), 0);
  // Each decision stands there with its reason, and the promotion in the registry.
  for (const Json& period : walk["periods"])
    for (const Json& look : period["looks"]) EXPECT_FALSE(look["why"].get<std::string>().empty());
  EXPECT_EQ(walk["version"], 1);
  Json history = json({"registry", "history", "weekly", "--json"});
  ASSERT_EQ(history["events"].size(), 1U);
  EXPECT_EQ(history["events"][0]["by"], "gate");
  EXPECT_EQ(history["events"][0]["details"]["verdict"], "promote");
  EXPECT_EQ(json({"model", "show", "weekly@champion", "--json"})["algorithm"], "logistic");
}

// The law changes on day 40, in the fourth week of the walk: from then on what was live and is not
// made anew is wrong, and the alarm says so before the gate has seen enough.
TEST_F(RetrainingRun, TheCalibrationAlarmStandsBesideTheGate) {
  Json walk = run(40)["retraining"][0];
  auto calibration = [](const Json& period) {
    return std::ranges::any_of(period["alarms"],
                               [](const Json& alarm) { return alarm["name"] == "calibration"; });
  };
  int wrong = 0;
  for (std::size_t p = 0; p < walk["periods"].size(); ++p) {
    const Json& period = walk["periods"][p];
    if (p < 3) {
      EXPECT_FALSE(calibration(period)) << period["alarms"];
    }
    if (p < 4 || period["live"] != "frozen") continue;
    ++wrong;
    EXPECT_TRUE(calibration(period)) << p << " " << period["alarms"];
  }
  EXPECT_GT(wrong, 0);
}

TEST_F(RetrainingRun, NothingIsPromotedOnAQuietStream) {
  Json walk = run(1'000)["retraining"][0];
  std::size_t alarms = 0;
  for (const Json& period : walk["periods"]) alarms += period["alarms"].size();
  EXPECT_LE(alarms, 4U) << "of 40, each at a chance of 1 in 20";
  EXPECT_EQ(live_in(walk), "oooooooooo");
  EXPECT_EQ(walk["live"], "frozen");
  EXPECT_EQ(walk["version"], 0);
  EXPECT_EQ(walk["candidates"][0]["more_than_live"]["value"], 0.0) << "frozen was what was live";
}

TEST_F(RetrainingRun, AgainAndOnAnyThreadsItIsTheSame) {
  Json first = run(40)["retraining"];
  EXPECT_EQ(run(40, {"--again"})["retraining"], first);
  EXPECT_EQ(run(40)["retraining"], first) << "as it was";
  EXPECT_EQ(json({"registry", "history", "weekly", "--json"})["events"].size(), 1U);
  for (const char* threads : {"1", "5"}) {
    std::filesystem::remove_all(std::filesystem::path(folder_.path()) / ".lode");
    EXPECT_EQ(run(40, {"--threads", threads})["retraining"], first) << threads;
  }
}

// Whoever went back from a version is not overruled by running the same again.
TEST_F(RetrainingRun, ARunDoesNotUndoARollback) {
  run(40);
  ProcessResult other =
      run_binary({"registry", "promote", "weekly@1", "--alias", "canary"}, folder_.path());
  EXPECT_EQ(other.exit, 0) << other.err;
  std::string changed(kProject);
  changed.replace(changed.find("train: 14d"), 10, "train: 21d");
  folder_.write("lode.yaml", changed);
  EXPECT_EQ(json({"run", "--quiet", "--json"})["retraining"][0]["version"], 2);
  EXPECT_EQ(run_binary({"registry", "rollback", "weekly", "--by", "ann"}, folder_.path()).exit, 0);
  EXPECT_EQ(json({"run", "--quiet", "--json"})["retraining"][0]["version"], 2);
  EXPECT_EQ(json({"model", "show", "weekly@champion", "--json"})["version"], 1);
}

// What the gate put there an earlier run's gate takes away when the first champion is live again,
// and may bring back; what people promoted stays.
TEST_F(RetrainingRun, GoingBackToTheFirstChampionTakesTheGatesAway) {
  EXPECT_EQ(run(40)["retraining"][0]["version"], 1);
  EXPECT_EQ(run(1'000, {"--replace"})["retraining"][0]["version"], 0);
  EXPECT_EQ(run_binary({"model", "show", "weekly@champion"}, folder_.path()).exit, 3);
  Json events = json({"registry", "history", "weekly", "--json"})["events"];
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1]["by"], "gate");
  EXPECT_EQ(events[1]["version"], 0);
  run(1'000);
  EXPECT_EQ(json({"registry", "history", "weekly", "--json"})["events"].size(), 2U) << "once";
  EXPECT_EQ(run(40, {"--replace"})["retraining"][0]["version"], 2) << "other seqs, another set";
  EXPECT_EQ(json({"model", "show", "weekly@champion", "--json"})["version"], 2);
  EXPECT_EQ(run_binary({"registry", "promote", "weekly@1", "--by", "ann"}, folder_.path()).exit, 0);
  run(1'000, {"--replace"});
  EXPECT_EQ(json({"model", "show", "weekly@champion", "--json"})["version"], 1);
}

// A look sees only labels that were known when it was made: those of the last hours are missing.
TEST_F(RetrainingRun, ALookSeesNoLabelOfTheFuture) {
  Json walk = run(40)["retraining"][0];
  for (std::size_t p = 0; p + 1 < walk["periods"].size(); ++p)
    for (const Json& look : walk["periods"][p]["looks"]) {
      // Fourteen days of fifty orders, less those of the last six hours; the first has one week.
      std::int64_t rows = look["rows"];
      EXPECT_LT(rows, p == 0 ? 350 : 700);
      EXPECT_GT(rows, p == 0 ? 320 : 670);
    }
}

// Rows of a period stand as they came, and the evidence need not begin with a period.
TEST_F(RetrainingRun, EvidenceIsByTimeWhateverTheOrderOfRows) {
  std::string project(kProject);
  auto change = [&](std::string_view from, std::string_view to) {
    project.replace(project.find(from), from.size(), to);
  };
  change("    time: at\n", "    time: at\n    allowed_lateness: 100d\n");
  change("evidence: 14d", "evidence: 10d");
  folder_.write("lode.yaml", project);
  std::string csv = orders(40);
  std::vector<std::string> lines;
  for (std::size_t at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1)
    lines.push_back(csv.substr(at, csv.find('\n', at) + 1 - at));
  std::string turned = csv.substr(0, csv.find('\n') + 1);
  for (std::size_t i = lines.size(); i-- > 0;) turned += lines[i];
  folder_.write("orders.csv", turned);
  Json walk = json({"run", "--quiet", "--json"})["retraining"][0];
  ASSERT_EQ(walk["periods"].size(), 10U);
  for (std::size_t p = 1; p + 1 < walk["periods"].size(); ++p)
    for (const Json& look : walk["periods"][p]["looks"]) {
      std::int64_t rows = look["rows"];
      EXPECT_LT(rows, 500) << p;
      EXPECT_GT(rows, 470) << p;
    }
}

std::string triggered(std::string_view when) {
  std::string project(kProject);
  std::string_view before = "    challengers:";
  project.insert(project.find(before), fmt::format("    when: {}\n", when));
  return project;
}

// Nothing is trained and no alpha spent while nothing fires; when the law has changed the alarm
// does, and what is made then is promoted.
TEST_F(RetrainingRun, ATriggerTrainsWhenTheLawChangesAndNotBefore) {
  folder_.write("lode.yaml", triggered("calibration"));
  folder_.write("orders.csv", orders(40));
  Json walk = json({"run", "--quiet", "--json"})["retraining"][0];
  ASSERT_EQ(walk["periods"].size(), 10U);
  std::int64_t trained = 0;
  for (std::size_t p = 0; p < 10; ++p) {
    const Json& period = walk["periods"][p];
    ASSERT_EQ(period["triggers"].size(), 1U);
    const Json& trigger = period["triggers"][0];
    EXPECT_EQ(trigger["name"], "calibration");
    EXPECT_EQ(trigger["limit"], 2);
    EXPECT_FALSE(trigger["why"].get<std::string>().empty());
    EXPECT_EQ(trigger["fired"], !period["made"].empty()) << p;
    trained += std::ssize(period["made"]);
    // The law changes within period 3; it ends with the first alarm, period 4 with the second.
    if (p < 5) {
      EXPECT_EQ(trigger["fired"], false) << p << " " << trigger["why"];
      EXPECT_TRUE(period["looks"].empty()) << p << ": no alpha is spent";
      EXPECT_TRUE(period["metric"]["fresh"].is_null()) << p;
    }
  }
  EXPECT_EQ(walk["periods"][5]["triggers"][0]["fired"], true) << walk["periods"][4]["alarms"];
  EXPECT_EQ(walk["periods"][5]["looks"].size(), 1U);
  EXPECT_NEAR(walk["periods"][5]["looks"][0]["alpha"], 0.025, 0.002) << "of two that share a row";
  EXPECT_TRUE(live_in(walk).ends_with("nn")) << live_in(walk);
  EXPECT_EQ(walk["trained"], trained);
  EXPECT_EQ(walk["trained_every_period"], 10);
  EXPECT_LE(trained, 4) << live_in(walk);
  EXPECT_GT(walk["candidates"][0]["more_than_live"]["low"].get<double>(), 0);
  std::string text = run_binary({"run", "--again"}, folder_.path()).out;
  EXPECT_NE(text.find(fmt::format("challengers were trained {} times; in each period it would have "
                                  "been 10",
                                  trained)),
            std::string::npos)
      << text;
  EXPECT_NE(
      text.find("2020-02-19: calibration fired: the alarm 'calibration' of what is live stood "
                "in 2 of the last 3 periods"),
      std::string::npos)
      << text;
}

TEST_F(RetrainingRun, AnyOfSeveralTriggersIsEnough) {
  folder_.write("lode.yaml",
                triggered("[loss, {new_rows: {rows: 1000}}, {schedule: {every: 28d}}]"));
  folder_.write("orders.csv", orders(1'000));
  Json walk = json({"run", "--quiet", "--json"})["retraining"][0];
  // On a quiet stream of 350 rows a week: at first for want of any, then after every 1,000 rows,
  // before four weeks are over.
  std::string fired;
  for (const Json& period : walk["periods"]) {
    ASSERT_EQ(period["triggers"].size(), 3U);
    EXPECT_EQ(period["triggers"][0]["fired"], false) << period["triggers"][0]["why"];
    fired += period["triggers"][1]["fired"] == true   ? "r"
             : period["triggers"][2]["fired"] == true ? "s"
                                                      : ".";
  }
  EXPECT_EQ(fired, "s..r..r..r");
}

// A shop that is closed for two weeks: whoever is made of the last week has no rows to be made of
// when it opens again. That period has no such challenger, and the walk goes on.
TEST_F(RetrainingRun, AnEmptyTrainingWindowIsAPeriodWithoutTheChallenger) {
  std::string project(kProject);
  std::string_view made = "fresh: {train: 14d}";
  project.replace(project.find(made), made.size(), "fresh: {train: 28d}\n      week: {train: 7d}");
  folder_.write("lode.yaml", project);
  std::string csv;
  std::string all = orders(40);
  for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) {
    std::string line = all.substr(at, all.find('\n', at) + 1 - at);
    if (line < "2020-02-05" || line >= "2020-02-19") csv += line;
  }
  folder_.write("orders.csv", csv);
  Json walk = json({"run", "--quiet", "--json"})["retraining"][0];
  ASSERT_EQ(walk["periods"].size(), 8U);
  for (const Json& period : walk["periods"]) {
    bool opens = period["begin"].get<std::string>().starts_with("2020-02-19");
    ASSERT_EQ(period["not_made"].size(), opens ? 1U : 0U) << period["begin"];
    EXPECT_EQ(period["made"].size(), opens ? 1U : 2U);
    EXPECT_EQ(period["metric"]["week"].is_null(), opens);
    EXPECT_FALSE(period["metric"]["fresh"].is_null());
    if (!opens) continue;
    EXPECT_EQ(period["not_made"][0]["challenger"], "week");
    EXPECT_EQ(period["not_made"][0]["why"],
              "no row of the 7d before 2020-02-19T00:00:00Z has a label known by then");
    for (const Json& look : period["looks"]) EXPECT_NE(look["challenger"], "week");
  }
  // What it would have had is told of the rows that it scored, the others of all.
  EXPECT_EQ(walk["candidates"][1]["rows"], walk["rows"]);
  EXPECT_EQ(walk["candidates"][2]["rows"], walk["rows"].get<std::int64_t>() - 350);
  EXPECT_GT(walk["candidates"][2]["always_live"]["value"].get<double>(), 0);
  std::string text = run_binary({"run", "--again"}, folder_.path()).out;
  EXPECT_NE(text.find("week could not be made in 1 of 8 periods, 2020-02-19: no row of the 7d"),
            std::string::npos)
      << text;
}

// What is live and cannot be made anew answers as it was made last.
TEST_F(RetrainingRun, WhatIsLiveAndCannotBeMadeAnewGoesOnAsItWas) {
  folder_.write("lode.yaml", kProject);
  std::string csv;
  std::string all = orders(40);
  for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) {
    std::string line = all.substr(at, all.find('\n', at) + 1 - at);
    if (line < "2020-03-04" || line >= "2020-03-18") csv += line;
  }
  folder_.write("orders.csv", csv);
  Json walk = json({"run", "--quiet", "--json"})["retraining"][0];
  ASSERT_EQ(walk["periods"].size(), 8U);
  const Json& last = walk["periods"][7];
  EXPECT_EQ(last["not_made"].size(), 1U) << last;
  EXPECT_EQ(last["live"], "fresh") << live_in(walk);
  EXPECT_LT(last["metric"]["fresh"], last["metric"]["frozen"]);
  // It is the one of the period before that is kept: of two weeks' rows, less the six of the last
  // six hours of the day before it was made.
  EXPECT_EQ(json({"model", "show", "weekly@champion", "--json"})["train_rows"], 14 * 50 - 6);
}

// A week in which nothing was returned: what cannot be learnt from is no challenger either.
TEST_F(RetrainingRun, AWindowOfOneLabelIsAPeriodWithoutTheChallenger) {
  std::string project(kProject);
  std::string_view made = "fresh: {train: 14d}";
  project.replace(project.find(made), made.size(), "fresh: {train: 7d}");
  folder_.write("lode.yaml", project);
  std::string csv;
  std::string all = orders(40);
  for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) {
    std::string line = all.substr(at, all.find('\n', at) + 1 - at);
    if (line >= "2020-02-05" && line < "2020-02-13") line.replace(line.size() - 2, 1, "0");
    csv += line;
  }
  folder_.write("orders.csv", csv);
  Json walk = json({"run", "--quiet", "--json"})["retraining"][0];
  ASSERT_EQ(walk["periods"].size(), 10U);
  const Json& after = walk["periods"][4];
  EXPECT_EQ(after["not_made"].size(), 1U) << after;
  EXPECT_EQ(walk["periods"][5]["not_made"].size(), 0U);
}

// Airports of few days are not silently passed over.
TEST_F(RetrainingRun, SlicesThatCannotBeJudgedAreNamed) {
  folder_.write("lode.yaml", kProject);
  std::string csv = orders(1'000);
  for (std::size_t at = 0; (at = csv.find("2020-02-0", at)) != std::string::npos; ++at)
    if (std::size_t comma = csv.find(',', at); csv[at + 9] < '4' && csv[at + 9] > '0')
      csv.replace(comma + 1, 5, "attic");
  folder_.write("orders.csv", csv);
  Json walk = json({"run", "--quiet", "--json"})["retraining"][0];
  const Json& look = walk["periods"][2]["looks"][0];  // of 22 January to 4 February
  ASSERT_EQ(look["not_judged"].size(), 1U) << look;
  EXPECT_EQ(look["not_judged"][0]["slice"], "shop = attic");
  EXPECT_EQ(look["not_judged"][0]["blocks"], 3);
  EXPECT_EQ(look["not_judged"][0]["needs"], 5);
  std::string text = run_binary({"run", "--again"}, folder_.path()).out;
  EXPECT_NE(text.find("slices of fresh that could not be judged: shop = attic (150 rows of 3 "
                      "blocks, 5 are needed)"),
            std::string::npos)
      << text;
}

TEST_F(RetrainingRun, WhatCannotBeWalkedIsSaid) {
  folder_.write("orders.csv", orders(40));
  auto refused = [&](std::string_view from, std::string_view to) {
    std::string changed(kProject);
    std::size_t at = changed.find(from);
    changed.replace(at, from.size(), to);
    folder_.write("lode.yaml", changed);
    return run_binary({"run", "--quiet"}, folder_.path());
  };
  ProcessResult late = refused("over: 2020-01-15..", "over: 2021-01-15..");
  EXPECT_EQ(late.exit, 2) << late.err;
  EXPECT_NE(late.err.find("no rows with a label from 2021-01-15"), std::string::npos) << late.err;
  EXPECT_NE(late.err.find("lode.yaml:2"), std::string::npos) << late.err;
  ProcessResult early = refused("over: 2020-01-15..", "over: 2020-01-01..");
  EXPECT_EQ(early.exit, 2);
  EXPECT_NE(early.err.find("no row with a label known at"), std::string::npos) << early.err;
  ProcessResult metric = refused("gate: {guards", "gate: {metric: calibration_gap, guards");
  EXPECT_EQ(metric.exit, 2);
  EXPECT_NE(metric.err.find("which has no better end"), std::string::npos) << metric.err;
  EXPECT_EQ(run_binary({"check"}, folder_.path()).err, metric.err) << "and check says it too";
  ProcessResult trigger = refused("    challengers:", "    when: [calibraton]\n    challengers:");
  EXPECT_EQ(trigger.exit, 2);
  EXPECT_NE(trigger.err.find("'calibration'"), std::string::npos) << trigger.err;
  ProcessResult rows = refused("    challengers:", "    when: new_rows\n    challengers:");
  EXPECT_NE(rows.err.find("rows"), std::string::npos) << rows.err;
  EXPECT_EQ(rows.exit, 2);
}

}  // namespace
}  // namespace lode
