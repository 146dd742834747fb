// Scores that lode.yaml declares, as `lode run` and `lode score NAME` make them.
// covers: orchestrate/scores_run, orchestrate/score_pass, orchestrate/score_report
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "base/time.h"
#include "tests/e2e/process.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kScores = R"(scores:
  nightly:
    model: returns
    out: [out/nightly.csv, out/all.duckdb]
    columns: [seq, customer, spent, score]
  whole: {model: returns@1, rows: all, since: 2020-01-20, out: [out/whole.parquet, out/all.duckdb]}
  kept: {model: returns}
)";

// The last 100 orders have no label yet.
std::string open_orders() {
  std::string csv = shop_orders();
  std::size_t at = csv.size();
  for (int line = 0; line < 100; ++line) {
    at = csv.rfind('\n', at - 2) + 1;
    csv.erase(csv.find('\n', at) - 1, 1);
  }
  return csv;
}

class DeclaredScores : public ::testing::Test {
 protected:
  void SetUp() override {
    declare(kScores);
    folder_.write("orders.csv", open_orders());
  }
  void declare(std::string_view scores) {
    folder_.write("lode.yaml", shop_project() + std::string(scores));
  }
  ProcessResult lode(const std::vector<std::string>& words) {
    return run_binary(words, folder_.path());
  }
  Json json(std::vector<std::string> words) {
    words.insert(words.end(), {"--json", "--quiet"});
    ProcessResult result = lode(words);
    EXPECT_EQ(result.exit, 0) << result.err << result.out;
    Json read = Json::parse(result.out, nullptr, false);
    return read.is_object() ? read : Json::object();
  }
  // Of the steps of a run, those that are scores: "nightly made", and why.
  static std::string steps(const Json& run) {
    std::string out;
    for (const Json& step : run["steps"])
      if (step["kind"] == "scores")
        out += fmt::format("{} {}: {}\n", step["name"].get<std::string>(),
                           step["state"].get<std::string>(), step["why"].get<std::string>());
    return out;
  }
  static Json of(const Json& run, const std::string& name) {
    for (const Json& scores : run["scores"])
      if (scores["name"] == name) return scores;
    return {};
  }
  std::string read(const std::string& name) {
    return posix_files().read(folder_.path() + "/" + name).value_or("none");
  }
  void add(const std::string& rows) { folder_.write("orders.csv", read("orders.csv") + rows); }
  std::string query(const std::string& sql) {
    ProcessResult result = lode({"sql", sql, "--json"});
    EXPECT_EQ(result.exit, 0) << result.err;
    return result.out;
  }

  ScratchFolder folder_;
};

TEST_F(DeclaredScores, AreMadeByTheRunAndAfterThatWhatChanged) {
  Json first = json({"run"});
  EXPECT_EQ(steps(first),
            "nightly made: never made\nwhole made: never made\nkept made: never made\n");
  EXPECT_EQ(of(first, "nightly")["rows"]["scored"], 100);
  EXPECT_EQ(of(first, "nightly")["version"], 1);
  EXPECT_EQ(of(first, "whole")["rows"]["standing"], 330) << "of 30 days the last eleven";
  EXPECT_EQ(of(first, "whole")["rows"]["before_since"], 569);
  EXPECT_EQ(of(first, "kept")["outputs"], Json::array());
  std::string nightly = read("out/nightly.csv");
  EXPECT_TRUE(nightly.starts_with("seq,customer,spent,score\n800,c")) << nightly.substr(0, 60);
  EXPECT_EQ(std::ranges::count(nightly, '\n'), 101);

  // The same scores as by hand.
  ASSERT_EQ(lode({"score", "returns", "--out", "hand.csv"}).exit, 0);
  auto as_written = [](const std::string& table, const std::string& columns) {
    return fmt::format("SELECT {} FROM '{}' ORDER BY seq", columns, table);
  };
  EXPECT_EQ(query(as_written("out/nightly.csv", "seq, score")),
            query(as_written("hand.csv", "seq, score")));
  EXPECT_EQ(query("SELECT count(*) AS n FROM 'out/nightly.csv' o JOIN raw.orders r ON o.seq = "
                  "r._seq AND o.customer = r.customer"),
            "{\"rows\":[{\"n\":100}]}\n");

  Json second = json({"run"});
  EXPECT_EQ(steps(second),
            "nightly up to date: as run 1 made it\nwhole up to date: as run 1 made "
            "it\nkept up to date: as run 1 made it\n");
  EXPECT_EQ(of(second, "nightly")["rows"]["standing"], 100);
  EXPECT_EQ(of(second, "nightly")["rows"]["scored"], 0);
  EXPECT_EQ(read("out/nightly.csv"), nightly);

  add("2020-01-31 01:00:00,c3,50,\n2020-01-31 02:00:00,c4,60,\n");
  Json third = json({"run"});
  EXPECT_EQ(of(third, "nightly")["rows"]["scored"], 102) << "the model was made anew from more";
  EXPECT_EQ(of(third, "nightly")["version"], 2);
  EXPECT_EQ(of(third, "whole")["rows"]["scored"], 2) << "version 1 is what it asks for";
  EXPECT_EQ(of(third, "whole")["version"], 1);
}

TEST_F(DeclaredScores, WhoAsksForThemAloneGetsTheSameAndTheRunKnows) {
  json({"run"});
  add("2020-01-31 01:00:00,c3,50,\n");
  Json alone = json({"score", "nightly"});
  EXPECT_EQ(alone["name"], "nightly");
  EXPECT_EQ(alone["rows"]["scored"], 1);
  EXPECT_EQ(alone["rows"]["standing"], 101);
  EXPECT_EQ(std::ranges::count(read("out/nightly.csv"), '\n'), 102);
  Json again = json({"score", "nightly"});
  EXPECT_EQ(again["rows"]["scored"], 0);
  EXPECT_EQ(json({"score", "nightly", "--full"})["rows"]["scored"], 101);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--all"}, {"--out", "x.csv"}, {"--changed"}, {"orders.csv"}}) {
    std::vector<std::string> asked = {"score", "nightly"};
    asked.insert(asked.end(), words.begin(), words.end());
    ProcessResult refused = lode(asked);
    EXPECT_EQ(refused.exit, 2) << words[0];
    EXPECT_NE(refused.err.find("'nightly' is declared in lode.yaml"), std::string::npos)
        << refused.err;
  }
}

TEST_F(DeclaredScores, AreMadeAgainWhereTheyOrWhatTheyLeftChanged) {
  json({"run"});
  std::filesystem::remove(folder_.path() + "/out/nightly.csv");
  Json lost = json({"run"});
  EXPECT_EQ(steps(lost),
            "nightly made: what it left is damaged or gone\nwhole up to date: as run "
            "1 made it\nkept up to date: as run 1 made it\n");
  EXPECT_EQ(of(lost, "nightly")["rows"]["scored"], 0) << "the scores stand, the file is made anew";
  EXPECT_EQ(std::ranges::count(read("out/nightly.csv"), '\n'), 101);
  folder_.write("out/whole.parquet", "mine");
  EXPECT_NE(steps(json({"run"})).find("whole made: what it left"), std::string::npos);
  EXPECT_NE(read("out/whole.parquet"), "mine");

  declare("scores:\n  nightly: {model: returns, threshold: 0.4, out: out/nightly.csv}\n");
  Json other = json({"run"});
  EXPECT_EQ(steps(other), "nightly made: its declaration changed\n");
  EXPECT_EQ(of(other, "nightly")["why_all"],
            "the declaration of the rows or their columns changed");
  EXPECT_EQ(of(other, "nightly")["threshold"], 0.4);
  std::string csv = read("out/nightly.csv");
  EXPECT_EQ(query("SELECT count(*) FILTER (decision) AS n FROM 'out/nightly.csv'"),
            fmt::format("{{\"rows\":[{{\"n\":{}}}]}}\n",
                        of(other, "nightly")["rows"]["flagged"].get<int>()));
  EXPECT_EQ(query("SELECT bool_and(decision = (score >= 0.4)) AS ok FROM 'out/nightly.csv'"),
            "{\"rows\":[{\"ok\":true}]}\n");
  Json only = json({"plan"});
  EXPECT_EQ(only["steps"].back()["name"], "nightly");
  EXPECT_EQ(only["steps"].back()["due"], false);
}

TEST_F(DeclaredScores, WaitForAVersionThatIsNotThereYet) {
  declare("scores:\n  live: {model: returns@production, out: live.csv}\n");
  Json first = json({"run"});
  EXPECT_EQ(steps(first), "live given up: never made\n");
  EXPECT_NE(of(first, "live")["waits"].get<std::string>().find("production"), std::string::npos);
  EXPECT_EQ(read("live.csv"), "none");
  EXPECT_EQ(lode({"score", "live"}).exit, 3);
  ProcessResult told = lode({"run"});
  EXPECT_NE(told.out.find("live waits: model 'returns' has no alias"), std::string::npos)
      << told.out;
  ASSERT_EQ(lode({"registry", "promote", "returns@1", "--alias", "production"}).exit, 0);
  Json second = json({"run"});
  EXPECT_EQ(of(second, "live")["rows"]["scored"], 100);
  EXPECT_EQ(steps(json({"run"})), "live up to date: as run 3 made it\n");
}

// The threshold of a model that is made by the same run decides at once.
TEST_F(DeclaredScores, AreDecidedByTheThresholdTheRunFound) {
  folder_.write("lode.yaml", shop_project() + "    threshold: {share: 0.2}\n" +
                                 "scores:\n  nightly: {model: returns, out: a.csv}\n");
  Json first = json({"run"});
  ASSERT_TRUE(of(first, "nightly").contains("threshold")) << first["scores"];
  EXPECT_EQ(of(first, "nightly")["threshold"], first["models"][1]["decision"]["threshold"]);
  EXPECT_GT(of(first, "nightly")["rows"]["flagged"], 0);
  EXPECT_EQ(steps(json({"run"})), "nightly up to date: as run 1 made it\n");
}

// A threshold that flags nobody is one: none of the rows reaches it.
TEST_F(DeclaredScores, WhereNoneIsWorthFlaggingNoneIs) {
  folder_.write("lode.yaml", shop_project() +
                                 "    threshold: {false_positive: 1000, false_negative: 0.001}\n" +
                                 "scores:\n  nightly: {model: returns, out: a.csv}\n");
  Json run = json({"run"});
  ASSERT_TRUE(run["models"][1]["decision"]["threshold"].is_null()) << run["models"][1]["decision"];
  EXPECT_EQ(of(run, "nightly")["rows"]["flagged"], 0);
  EXPECT_EQ(query("SELECT count(*) FILTER (decision = false) AS n FROM 'a.csv'"),
            "{\"rows\":[{\"n\":100}]}\n");
  Json score = json({"score", "returns"});
  EXPECT_EQ(score["rows"]["flagged"], 0);
  EXPECT_NE(lode({"score", "returns"}).out.find("none, as the threshold says"), std::string::npos);
}

// Killed anywhere, the next run ends in the same files.
TEST_F(DeclaredScores, ARunThatWasKilledEndsInTheSameFiles) {
  std::int64_t began = system_clock().steady_ns();
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  auto took_us = static_cast<std::uint64_t>((system_clock().steady_ns() - began) / 1000);
  const std::string nightly = read("out/nightly.csv");
  const std::string whole = query("SELECT * FROM 'out/whole.parquet'");
  Random random(5);
  int died = 0;
  for (int round = 0; round < 6; ++round) {
    for (const char* made : {"/.lode", "/out"}) std::filesystem::remove_all(folder_.path() + made);
    if (round == 0)
      died += run_and_kill_at(folder_.path(),
                              folder_.path() + "/.lode/shop/declared_scores/nightly/g1/HEAD")
                  ? 1
                  : 0;
    else
      died += run_and_kill(folder_.path(), random.below(took_us)) ? 1 : 0;
    std::string torn = read("out/nightly.csv");
    EXPECT_TRUE(torn == "none" || torn == nightly) << "a torn file shows";
    ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
    ASSERT_EQ(read("out/nightly.csv"), nightly) << round;
    ASSERT_EQ(query("SELECT * FROM 'out/whole.parquet'"), whole) << round;
    EXPECT_EQ(query("SELECT 1 AS one WHERE EXISTS (FROM 'out/nightly.csv')"),
              "{\"rows\":[{\"one\":1}]}\n");
  }
  EXPECT_GT(died, 2);
}

}  // namespace
}  // namespace lode
