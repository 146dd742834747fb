// Looking at what runs have left, on rows few enough to be worked out by hand: lode sql, runs,
// model and explain, and what each says to a mistake.
// covers: cli/registry, cli/sql_tables, cli/explain_key, cli/model_text, cli/station_table
// covers: cli/run_argument, orchestrate/run_json
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "project/lock.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kProject = R"(lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {at: timestamp, customer: string, amount: int64, returned: int64}
    time: at
    contract:
      amount: {between: [0, 1000]}
labels:
  returned: {about: orders, value: returned = 1, known: at + hours(1)}
features:
  spending:
    over: orders
    by: customer
    window: 24h
    values: {n: count(), total: sum(amount), mean: total / n}
  outcomes:
    over: returned
    by: customer
    windows: [1d, all]
    values: {n: count(), returned: sum(value)}
training:
  orders:
    rows: orders
    label: returned
    columns: {amount: amount, spent: "spending[customer].total"}
models:
  base:
    from: orders
    algorithm: constant
    columns: [amount]
    split: {train: ..2020-01-11, test: 2020-01-11..}
    note: the share of returns, and no more
)";

// Twenty days of three orders: ann's of D at 10:00, bob's of 10 at 11:00, which comes back, and
// ann's of 100 + D at 12:00. Row 15 (from 0) and seq 15, on day 5, breaks the contract.
std::string orders() {
  std::string csv = "at,customer,amount,returned\n";
  for (int day = 1; day <= 20; ++day) {
    csv += fmt::format("2020-01-{0:02} 10:00:00,ann,{0},0\n", day);
    csv += fmt::format("2020-01-{0:02} 11:00:00,bob,10,1\n", day);
    csv += fmt::format("2020-01-{0:02} 12:00:00,ann,{1},0\n", day, 100 + day);
    if (day == 5) csv += "2020-01-05 13:00:00,bob,2000,0\n";
  }
  return csv;
}

class Look : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kProject);
    folder_.write("orders.csv", orders());
  }
  ProcessResult lode(const std::vector<std::string>& words) const {
    return run_binary(words, folder_.path());
  }
  void run() const {
    ProcessResult ran = lode({"run", "--quiet"});
    ASSERT_EQ(ran.exit, 0) << ran.err;
  }
  // What a command prints with --json.
  Json json(std::vector<std::string> words) const {
    words.emplace_back("--json");
    ProcessResult ran = lode(words);
    EXPECT_EQ(ran.exit, 0) << ran.out;
    Json parsed = Json::parse(ran.out, nullptr, false);
    EXPECT_FALSE(parsed.is_discarded()) << ran.out;
    return parsed;
  }
  Json rows(const std::string& sql) const { return json({"sql", sql})["rows"]; }
  // It fails with this status and says this, as text and as JSON.
  void expect_refused(std::vector<std::string> words, int exit, const std::string& said) const {
    ProcessResult ran = lode(words);
    EXPECT_EQ(ran.exit, exit) << words[0] << ": " << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find(said), std::string::npos) << said << ": " << ran.err;
    words.emplace_back("--json");
    EXPECT_TRUE(Json::parse(lode(words).out)["error"].contains("code"));
  }
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> seen;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
      if (entry.is_regular_file())
        seen[entry.path().string()] = posix_files().read(entry.path().string()).value();
    return seen;
  }

  // Of files below the project's state, but for the run records and what the run said at its end,
  // which holds what was counted before.
  std::int64_t stored_bytes(const std::string& below) const {
    std::int64_t bytes = 0;
    for (const auto& [path, content] : files())
      if (path.contains("/.lode/shop/" + below) && !path.ends_with("runs.sqlite") &&
          !path.contains("/reports/"))
        bytes += std::ssize(content);
    return bytes;
  }

  ScratchFolder folder_;
};

TEST_F(Look, SqlSeesEveryTable) {
  run();
  // 1 + ... + 20 = 210 at 10:00, 20 * 10 at 11:00, 20 * 100 + 210 at 12:00.
  EXPECT_EQ(rows("SELECT count(*) AS n, sum(amount) AS s FROM raw.orders"),
            Json::parse(R"([{"n": 60, "s": 2620}])"));
  EXPECT_EQ(rows("SELECT _seq, cause, row, field FROM aside.orders"),
            Json::parse(R"([{"_seq": 15, "cause": "contract", "row": 15, "field": "amount"}])"));
  // A day before 10:00 of the 3rd, open below: 102 of 12:00, not the 2 of 10:00 sharp.
  EXPECT_EQ(rows("SELECT _t, target, known, amount, spent FROM training.orders WHERE _seq = 6"),
            Json::parse(R"([{"_t": "2020-01-03T10:00:00Z", "target": 0.0,
                             "known": "2020-01-03T11:00:00Z", "amount": 3, "spent": 102}])"));
  // One of three came back in training, and so in the test rows from day 11 on.
  EXPECT_EQ(rows("SELECT min(_seq) AS s, count(*) AS n, sum(target) AS t, min(score) = 1/3 AS low, "
                 "max(score) = 1/3 AS high FROM scores.base"),
            Json::parse(R"([{"s": 31, "n": 30, "t": 10.0, "low": true, "high": true}])"));
  EXPECT_EQ(rows("SELECT run, state, error, ended >= started AS e FROM meta.runs"),
            Json::parse(R"([{"run": 1, "state": "done", "error": "", "e": true}])"));
  EXPECT_EQ(rows("SELECT station, units FROM meta.stations WHERE place <= 2 ORDER BY place"),
            Json::parse(R"([{"station": "ingest orders", "units": 61},
                            {"station": "load orders", "units": 60}])"));
  EXPECT_EQ(rows("SELECT station, units, bytes_written > 0 AS wrote, parent FROM meta.stations "
                 "WHERE kind = 'training' OR station LIKE '%keep%' ORDER BY place"),
            Json::parse(R"([{"station": "keep training sets", "units": 60, "wrote": true,
                             "parent": 1},
                            {"station": "model base: fit", "units": 30, "wrote": false,
                             "parent": 1},
                            {"station": "model base: keep", "units": )" +
                        std::to_string(stored_bytes("models")) + R"(, "wrote": true, "parent": 1},
                            {"station": "keep scores", "units": 30, "wrote": true,
                             "parent": 1}])"));
  // 60 rows read `spending` at their own time: ann's of 12:00 see that of 10:00, and so on.
  EXPECT_EQ(
      rows("SELECT counter, labels, value FROM meta.counters WHERE run = 1 AND counter IN "
           "('lode_rows_read_total', 'lode_rows_set_aside_total', 'lode_reads_answered_total', "
           "'lode_facts_replayed_total', 'lode_facts_hidden_total') ORDER BY counter"),
      Json::parse(R"([
              {"counter": "lode_facts_hidden_total", "labels": "set=orders", "value": 0},
              {"counter": "lode_facts_replayed_total", "labels": "set=orders", "value": 60},
              {"counter": "lode_reads_answered_total", "labels": "set=orders", "value": 60},
              {"counter": "lode_rows_read_total", "labels": "source=orders", "value": 61},
              {"counter": "lode_rows_set_aside_total", "labels": "cause=contract,source=orders",
               "value": 1}])"));
  // What was written is at least what stands there: all of it but the records themselves.
  EXPECT_GE(rows("SELECT value FROM meta.counters WHERE counter = 'lode_bytes_written_total'")
                .at(0)
                .at("value"),
            stored_bytes(""));
  EXPECT_EQ(rows("SELECT name, version, run, algorithm FROM meta.models"),
            Json::parse(R"([{"name": "base", "version": 1, "run": 1, "algorithm": "constant"}])"));
  // (4/9 + 1/9 + 1/9) / 3.
  double brier = rows("SELECT value FROM meta.metrics WHERE split = 'test' AND metric = 'brier'")
                     .at(0)
                     .at("value");
  EXPECT_NEAR(brier, 2.0 / 9, 1e-15);
}

TEST_F(Look, SqlPrintsATableOrCsv) {
  run();
  std::string sql =
      "SELECT customer, count(*) AS n, NULL AS z FROM raw.orders GROUP BY 1 ORDER BY 1";
  EXPECT_EQ(lode({"sql", sql}).out, "customer   n  z\nann       40\nbob       20\n");
  EXPECT_EQ(lode({"sql", sql, "--csv"}).out, "customer,n,z\r\nann,40,\r\nbob,20,\r\n");
  EXPECT_EQ(lode({"sql", "SELECT 1 AS a WHERE false"}).out, "a\n");
  EXPECT_EQ(rows("SELECT 1 AS a, 2 AS a"), Json::parse(R"([{"a": 1, "a_2": 2}])"));
  std::string other = folder_.path() + "/elsewhere";
  std::filesystem::create_directory(other);
  EXPECT_EQ(run_binary({"sql", "..", "SELECT 1 AS a"}, other).out, "a\n1\n");
  EXPECT_EQ(run_binary({"sql", "SELECT 1 AS a", ".."}, other).out, "a\n1\n");
}

TEST_F(Look, SqlHasASetAsideTableWithoutRowsToo) {
  std::string clean = orders();
  clean.replace(clean.find(",2000,"), 6, ",1000,");
  folder_.write("orders.csv", clean);
  run();
  EXPECT_EQ(rows("SELECT * FROM aside.orders"), Json::array());
  EXPECT_EQ(rows("SELECT count(*) AS n FROM aside.orders WHERE cause = 'x' AND row > 1")[0]["n"],
            0);
}

TEST_F(Look, SqlTakesAQuestionLongerThanAFileName) {
  ASSERT_EQ(lode({"run"}).exit, 0);
  std::string query = "SELECT 1 AS one";
  for (int i = 0; i < 60; ++i) query += fmt::format(", {} AS a{}", i, i);
  ProcessResult result = lode({"sql", query, "--csv"});
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("one,a0,a1,")) << result.out;
}

TEST_F(Look, SqlAnswersMistakesAndWritesNothing) {
  expect_refused({"sql", "SELECT 1"}, 3, "`lode run` it first");
  run();
  auto before = files();
  expect_refused({"sql", "SELEC 1"}, 2, "no selec statement");
  expect_refused({"sql", "SELECT FROM WHERE"}, 2, "syntax error");
  expect_refused({"sql", "SELECT * FROM raw.order"}, 2, "Did you mean \"orders\"");
  expect_refused({"sql", "SELECT amont FROM raw.orders"}, 2, "amount");
  expect_refused({"sql", "SELECT 1; SELECT 2"}, 2, "one statement at a time");
  expect_refused({"sql", "SELECT CAST(customer AS INT) FROM raw.orders"}, 2, "ann");
  expect_refused({"sql", "COPY raw.orders TO 'stolen.csv'"}, 2, "only reads");
  expect_refused({"sql", "EXPLAIN ANALYZE COPY raw.orders TO 'stolen.csv'"}, 2, "only reads");
  expect_refused({"sql", "SELECT 1; COPY raw.orders TO 'stolen.csv'"}, 2,
                 "one statement at a time");
  expect_refused({"sql", "ATTACH 'new.db'"}, 2, "only reads");
  expect_refused({"sql"}, 2, "needs QUERY");
  expect_refused({"sql", ""}, 2, "no SQL statement");
  expect_refused({"sql", "SELECT 1", "nowhere"}, 3, "nowhere");
  EXPECT_EQ(lode({"sql", "SELECT 1", "--csv", "--json"}).exit, 2);
  EXPECT_EQ(files(), before);
}

TEST_F(Look, RunsAreListedWithHowTheyEnded) {
  expect_refused({"runs"}, 3, "has not been run yet");
  run();
  std::string changed = orders();
  changed.replace(changed.find(",10,"), 4, ",11,");
  folder_.write("orders.csv", changed);
  expect_refused({"run", "--quiet"}, 4, "lode run --replace");  // twice: once with --json
  ASSERT_EQ(lode({"run", "--replace", "--quiet"}).exit, 0);
  Json runs = json({"runs"})["runs"];
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[0]["run"], 4) << "the newest first";
  EXPECT_EQ(runs[0]["state"], "done");
  EXPECT_EQ(runs[1]["state"], "failed");
  EXPECT_NE(runs[1]["error"].get<std::string>().find("orders.csv"), std::string::npos);
  EXPECT_TRUE(runs[1]["stations"].empty());
  EXPECT_EQ(runs[3]["stations"][0]["name"], "ingest orders");
  EXPECT_EQ(runs[3]["stations"][0]["units"], 61);
  EXPECT_EQ(json({"runs", "--last", "2"})["runs"].size(), 2U);
  EXPECT_EQ(json({"runs", "2"})["runs"][0]["state"], "failed");
  EXPECT_EQ(json({"runs", ".", "1"})["runs"][0]["run"], 1);
  EXPECT_NE(lode({"runs", "2"}).out.find("the file changed"), std::string::npos);
  std::string shown = lode({"runs", "1"}).out;
  for (const char* said : {"ingest orders", "model base: fit", "lode's own stations: ",
                           "training: ", "lode_rows_read_total", "a second", "memory"})
    EXPECT_NE(shown.find(said), std::string::npos) << said << "\n" << shown;
  for (const Json& one : {runs[0], runs[3]}) {
    double own = 0;
    double training = 0;
    for (const Json& s : one["stations"])
      (s["kind"] == "training" ? training : own) += s["seconds"].get<double>();
    EXPECT_DOUBLE_EQ(one["own_seconds"].get<double>(), own);
    EXPECT_DOUBLE_EQ(one["training_seconds"].get<double>(), training);
    EXPECT_LE(own + training, one["seconds"].get<double>());
    EXPECT_GT(one["counters"].size(), 5U);
  }
  expect_refused({"runs", "9"}, 3, "no run '9'");
  expect_refused({"runs", ".", "nine"}, 2, "'nine' is no number");
}

TEST_F(Look, WhatWasMadeBeforeAModelFailedIsThereToLookAt) {
  folder_.write("lode.yaml", std::string(kProject) +
                                 "  none:\n"
                                 "    from: orders\n"
                                 "    algorithm: constant\n"
                                 "    split: {train: ..2020-01-11, test: 2030-01-01..}\n");
  EXPECT_NE(lode({"run", "--quiet"}).exit, 0);
  EXPECT_EQ(rows("SELECT count(*) AS n FROM training.orders")[0]["n"], 60);
  EXPECT_EQ(rows("SELECT count(*) AS n FROM scores.base")[0]["n"], 30);
  EXPECT_EQ(rows("SELECT state FROM meta.runs")[0]["state"], "failed");
  EXPECT_EQ(rows("SELECT name FROM meta.models"), Json::parse(R"([{"name": "base"}])"));
  expect_refused({"sql", "FROM scores.none"}, 2, "none");
}

TEST_F(Look, TheSecondOfTwoRunsIsRefusedAndLookingGoesOn) {
  run();
  auto held = ProjectLock::take(posix_files(), folder_.path());
  ASSERT_TRUE(held.has_value());
  expect_refused({"run", "--quiet"}, 4, "another lode run (pid ");
  EXPECT_EQ(json({"runs"})["runs"].size(), 1U) << "it never began";
  EXPECT_EQ(rows("SELECT count(*) AS n FROM raw.orders")[0]["n"], 60);
}

TEST_F(Look, ModelsHaveAVersionForEachChange) {
  expect_refused({"model", "list"}, 3, "has not been run yet");
  run();
  run();
  Json first = json({"model", "list"})["models"];
  ASSERT_EQ(first.size(), 1U) << "the same again is no new version";
  std::string changed(kProject);
  changed.replace(changed.find("columns: [amount]"), 17, "columns: [spent]");
  folder_.write("lode.yaml", changed);
  run();
  Json both = json({"model", "list"})["models"];
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0], first[0]);
  EXPECT_EQ(both[1]["version"], 2);
  EXPECT_EQ(both[1]["run"], 3);
  EXPECT_EQ(both[1]["dataset"], both[0]["dataset"]) << "the same rows";
  EXPECT_NE(both[1]["content"], both[0]["content"]);
  EXPECT_EQ(json({"model", "show", "base"})["version"], 2);
  EXPECT_EQ(json({"model", "show", "base@1"})["content"], first[0]["content"]);
  expect_refused({"model", "show", "base@3"}, 3, "no version 3");
}

TEST_F(Look, TheRegistrySaysWhichVersionIsLive) {
  run();
  std::string changed(kProject);
  changed.replace(changed.find("columns: [amount]"), 17, "columns: [spent]");
  folder_.write("lode.yaml", changed);
  run();
  expect_refused({"registry", "rollback", "base"}, 2, "had no champion before; it has none");
  Json event = json({"registry", "promote", "base@1", "--why", "the first", "--by", "ann"});
  EXPECT_EQ(event["version"], 1);
  EXPECT_EQ(event["by"], "ann");
  EXPECT_EQ(json({"model", "show", "base@champion"})["version"], 1);
  EXPECT_EQ(lode({"registry", "promote", "base"}).out, "model base: champion is version 2\n");
  EXPECT_EQ(json({"model", "show", "base@champion"})["version"], 2);
  expect_refused({"registry", "promote", "base"}, 2, "is its champion already");
  EXPECT_EQ(lode({"registry", "rollback", "base"}).out,
            "model base: champion went back to version 1\n");
  EXPECT_EQ(json({"model", "show", "base@champion"})["version"], 1);
  EXPECT_EQ(lode({"registry", "tag", "base@2", "owner=fraud team"}).exit, 0);
  EXPECT_EQ(json({"registry", "approve", "base@1", "--by", "bob"})["name"], "production");
  Json history = json({"registry", "history", "base"});
  EXPECT_EQ(history["aliases"], Json::parse(R"({"champion": 1})"));
  ASSERT_EQ(history["events"].size(), 5U);
  EXPECT_EQ(history["events"][3]["value"], "fraud team");
  EXPECT_NE(lode({"registry", "history", "base"}).out.find("version 1 is approved for production"),
            std::string::npos);
  expect_refused({"registry", "retire", "base"}, 2, "promote, rollback, tag, approve, history");
  expect_refused({"registry", "tag", "base"}, 2, "MODEL[@VERSION] NAME=VALUE");
  expect_refused({"registry", "tag", "base", "owner"}, 2, "NAME=VALUE");
  expect_refused({"registry", "promote", "base@7"}, 3, "no version 7");
  expect_refused({"registry", "promote", "base@1", "--alias", "two words"}, 2, "is no name");
}

TEST_F(Look, AModelIsShownInFull) {
  run();
  Json model = json({"model", "show", "base"});
  EXPECT_EQ(model["name"], "base");
  EXPECT_EQ(model["version"], 1);
  EXPECT_EQ(model["algorithm"], "constant");
  EXPECT_EQ(model["dataset"], json({"run"})["training"][0]["dataset"]);
  EXPECT_EQ(model["libraries"]["lode"], LODE_VERSION);
  EXPECT_EQ(model["train_rows"], 30);
  EXPECT_EQ(model["test_rows"], 30);
  for (const char* split : {"train", "test"})
    for (const char* part : {"value", "low", "high"})
      EXPECT_TRUE(model["metrics"][split]["brier"].contains(part)) << split << " " << part;
  EXPECT_NEAR(model["metrics"]["test"]["brier"]["value"].get<double>(), 2.0 / 9, 1e-15);
  EXPECT_EQ(model["stored"]["fitted"]["mean"], 1.0 / 3);
  EXPECT_EQ(model["notes"][0], "the share of returns, and no more");
  std::string text = lode({"model", "show", "base"}).out;
  for (const char* said : {"base version 1, constant, made by run 1", "training (30 rows)",
                           "test (30 rows)", "brier ", "0.2222 [", "note: the share of returns",
                           "amount  number", "mean 0.333333", "algorithm constant"})
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  expect_refused({"model", "show", "bas"}, 3, "did you mean 'base'?");
  expect_refused({"model", "show"}, 2, "needs the name");
  expect_refused({"model", "drop"}, 2, "say list, show, check or card");
}

TEST_F(Look, ExplainShowsTheRecordsBehindAValue) {
  expect_refused({"explain", "spending", "ann", "2020-01-03 10:00"}, 3, "has not been read yet");
  run();
  EXPECT_EQ(lode({"explain", "spending", "ann", "2020-01-03 12:30"}).out,
            "n = 2\n"
            "total = 106\n"
            "mean = 53\n"
            "made by 2 records\n"
            "seq  time                  known                 at                    customer  "
            "amount  returned\n"
            "  8  2020-01-03T12:00:00Z  2020-01-03T12:00:00Z  2020-01-03T12:00:00Z  ann          "
            "103         0\n"
            "  6  2020-01-03T10:00:00Z  2020-01-03T10:00:00Z  2020-01-03T10:00:00Z  ann            "
            "3         0\n");
  Json mean = json({"explain", "spending.mean", "ann", "2020-01-03T14:30+02:00"});
  EXPECT_EQ(mean["time"], "2020-01-03T12:30:00Z");
  ASSERT_EQ(mean["values"].size(), 1U);
  EXPECT_EQ(mean["values"][0]["value"], 53.0);
  EXPECT_EQ(mean["values"][0]["count"], 2);
  EXPECT_EQ(mean["values"][0]["records"][0]["seq"], 6);
  EXPECT_EQ(mean["values"][0]["records"][0]["record"]["amount"], 3);
  // An outcome counts from when it was known, an hour after the order.
  Json early = json({"explain", "outcomes.n_all", "ann", "2020-01-01 11:00"});
  EXPECT_EQ(early["values"][0]["value"], 0);
  Json later = json({"explain", "outcomes.n_all", "ann", "2020-01-01 11:00:01"});
  EXPECT_EQ(later["values"][0]["value"], 1);
  EXPECT_EQ(later["values"][0]["records"][0]["seq"], 0);
  EXPECT_EQ(lode({"explain", "spending.n", "nobody", "2020-01-03"}).out,
            "n = 0\nmade by 0 records\n");
}

// Microseconds are shown as the length of time they are.
TEST_F(Look, ExplainShowsDurationsAsLengthsOfTime) {
  std::string timed(kProject);
  timed.replace(timed.find("mean: total / n}"), 16,
                "idle: time_since(), gap: \"mean(at - date_trunc('day', at))\", "
                "most: \"max(interval '90 minutes')\", later: idle + 1}");
  folder_.write("lode.yaml", timed);
  run();
  // Ann's orders of the 3rd before 12:30: at 10:00 and at 12:00.
  std::string text = lode({"explain", "spending", "ann", "2020-01-03 12:30"}).out;
  EXPECT_TRUE(
      text.starts_with("n = 2\ntotal = 106\nidle = 30m (1800000000 us)\n"
                       "gap = 11h (39600000000 us)\nmost = 1h30m (5400000000 us)\n"
                       "later = 1800000001\n"))
      << text;
  EXPECT_EQ(json({"explain", "spending.idle", "ann", "2020-01-03 12:30"})["values"][0]["value"],
            1'800'000'000);
  EXPECT_TRUE(
      lode({"explain", "spending.idle", "nobody", "2020-01-03"}).out.starts_with("idle = null\n"));
}

TEST_F(Look, ExplainShowsTheNewestTwentyUnlessAsked) {
  std::string more;
  for (int i = 0; i < 30; ++i) more += fmt::format("2020-01-01 13:{:02}:00,cid,{},0\n", i, i);
  std::string csv = orders();
  folder_.write("orders.csv", csv.insert(csv.find("2020-01-02"), more));
  run();
  auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
  std::vector<std::string> words = {"explain", "spending.n", "cid", "2020-01-02"};
  std::string some = lode(words).out;
  EXPECT_TRUE(some.starts_with("n = 30\nmade by 30 records\n")) << some;
  EXPECT_NE(some.find("the newest 20 of 30; --all shows every one\n"), std::string::npos);
  EXPECT_EQ(lines(some), 2 + 1 + 20 + 1);
  EXPECT_EQ(json(words)["values"][0]["records"].size(), 30U);
  words.emplace_back("--all");
  EXPECT_EQ(lines(lode(words).out), 2 + 1 + 30);
}

TEST_F(Look, ExplainAnswersMistakes) {
  run();
  expect_refused({"explain", "spendng", "ann", "2020-01-03"}, 3, "did you mean 'spending'?");
  expect_refused({"explain", "orders", "ann", "2020-01-03"}, 3, "; there are spending, outcomes");
  expect_refused({"explain", "spending.x", "ann", "2020-01-03"}, 3, "it has n, total, mean");
  expect_refused({"explain", "outcomes.n", "ann", "2020-01-03"}, 3, "n_1d");
  expect_refused({"explain", "spending", "ann", "noon"}, 2, "TIME: 'noon' is not a time");
  expect_refused({"explain", "spending", "ann", "2020-02-30"}, 2, "TIME: ");
  expect_refused({"explain", "spending", "ann"}, 2, "needs TIME");
}

TEST_F(Look, WhatIsNotThereIsSaidWithWhereToLook) {
  expect_refused({"run", "shop"}, 3, "there is no file or folder shop; give a lode.yaml");
  run();
  expect_refused({"runs", "7"}, 3, "there is no run '7'; `lode runs` lists them");
  expect_refused({"model", "check", "top"}, 3, "`lode model list` lists them");
  expect_refused({"sql", "FROM raw.order"}, 2,
                 "(`lode sql 'SHOW ALL TABLES'` lists what there is)");
  expect_refused({"sql", "SELECT 1; SELECT 2"}, 2, "one statement at a time");
  EXPECT_EQ(lode({"sql", "SHOW ALL TABLES"}).exit, 0);
  std::string none(kProject.substr(0, kProject.find("models:")));
  folder_.write("none.yaml", none.replace(none.find("project: shop"), 13, "project: none"));
  EXPECT_EQ(lode({"run", "none.yaml", "--quiet"}).exit, 0);
  EXPECT_EQ(lode({"model", "list", "none.yaml"}).out,
            "no models yet: declare them in lode.yaml, and `lode run` makes them\n");
}

// What needs no file is said by `lode check`, at the source.
TEST_F(Look, CheckKnowsWhatFilesCannotBe) {
  auto says = [&](std::string_view from, std::string_view to, int exit, const std::string& said) {
    std::string changed(kProject);
    changed.replace(changed.find(from), from.size(), to);
    folder_.write("lode.yaml", changed);
    expect_refused({"check"}, exit, said);
    expect_refused({"run", "--quiet"}, exit, said);
  };
  folder_.write("orders.txt", orders());
  says("    time: at", "    time: at\n    known: recorded", 9,
       "lode.yaml:4:3: source orders: files do not record when their rows arrived");
  says("orders.csv", "orders.txt", 2, "the ending of 'orders.txt' does not say its format");
  says("    time: at", "    time: at\n    format: {csv: {delimiter: ab}}", 2,
       "lode.yaml:4:3: source orders: delimiter is one ASCII sign");
}

// A row that a text file set aside is named as an editor opens it.
TEST_F(Look, ARowSetAsideIsShownWithItsLine) {
  folder_.write("orders.csv", orders() + "2020-01-21 10:00:00,ann,many,0\n");
  std::string text = lode({"run"}).out;
  EXPECT_NE(text.find("orders.csv:63 "), std::string::npos) << text;
}

TEST_F(Look, LookingChangesNoFile) {
  run();
  auto before = files();
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"sql", "FROM training.orders"},
                                             {"runs"},
                                             {"runs", "1"},
                                             {"model", "list"},
                                             {"model", "show", "base"},
                                             {"explain", "spending", "ann", "2020-01-03"}}) {
    EXPECT_EQ(lode(words).exit, 0) << words[0];
    EXPECT_EQ(files(), before) << words[0];
  }
}

TEST_F(Look, ARunSaysItsNumberAndRepeatsItsNames) {
  Json first = json({"run"});
  Json second = json({"run"});
  EXPECT_EQ(first["run"], 1);
  EXPECT_EQ(second["run"], 2);
  EXPECT_EQ(second["training"], first["training"]);
  EXPECT_EQ(second["models"], first["models"]);
  auto has_keep = [](const Json& run) {
    return run["stations"].dump().find("keep ") != std::string::npos;
  };
  EXPECT_TRUE(has_keep(first));
  EXPECT_FALSE(has_keep(second)) << "what is there need not be written again";
}

}  // namespace
}  // namespace lode
