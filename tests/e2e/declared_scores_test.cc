// Scores that lode.yaml declares, as `lode run` and `lode score NAME` make them.
// covers: orchestrate/stored_scores, lake/scoring_rows, cli/scoring_text
// covers: orchestrate/score_why
// covers: orchestrate/scores_run, orchestrate/score_pass, orchestrate/score_report
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.h"
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
  EXPECT_EQ(steps(other), "nightly made: its declaration and its model changed\n");
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

// Drivers beside the score: the strongest first, and all of them the model's margin to 1e-9; the
// same for rows scored now and before; of a version for ever against the same rows.
TEST_F(DeclaredScores, WithDriversThatAddUpToTheMargin) {
  declare("scores:\n  told: {model: returns@1, why: 2, out: told.csv, columns: [seq, score]}\n");
  json({"run"});
  EXPECT_TRUE(read("told.csv")
                  .starts_with("seq,score,why_base,why_1,why_1_by,why_2,why_2_by,why_rest\n800,"));
  const std::string sums =
      "SELECT max(abs(ln(score / (1 - score)) - (why_base + why_1_by + why_2_by + why_rest))) < "
      "1e-9 AS ok, bool_and(abs(why_1_by) >= abs(why_2_by)) AS sorted, max(abs(why_rest)) > 0 AS "
      "more, count(DISTINCT why_1) > 1 AS vary, bool_and(why_1 IN ('amount', 'past.n_all', "
      "'past.returned_all', 'spent')) AS named FROM ";
  const std::string all =
      R"({"rows":[{"ok":true,"sorted":true,"more":true,"vary":true,"named":true}]})"
      "\n";
  EXPECT_EQ(query(sums + "'told.csv'"), all);
  EXPECT_EQ(query(sums + "scores.told"), all);

  add("2020-01-31 01:00:00,c3,50,\n");
  EXPECT_EQ(of(json({"run"}), "told")["rows"]["scored"], 1)
      << "the training set is another by now, and the version is told as before";
  std::string kept = read("told.csv");
  json({"score", "told", "--full"});
  EXPECT_EQ(read("told.csv"), kept);
  EXPECT_EQ(lode({"score", "told", "--why", "3"}).exit, 2);

  // By hand, of rows and of a file; four drivers are all there are.
  json({"score", "returns@1", "--why", "50", "--out", "all.csv"});
  EXPECT_EQ(query("SELECT max(abs(why_rest)) AS rest, count(why_4) AS n, count(why_5) AS none FROM "
                  "'all.csv'"),
            "{\"rows\":[{\"rest\":0,\"n\":101,\"none\":0}]}\n");
  folder_.write("new.csv", "at,customer,amount\n2020-02-01 10:00:00,c1,20\n");
  json({"score", "returns@1", "new.csv", "--why", "2", "--out", "file.csv"});
  EXPECT_EQ(query("SELECT max(abs(ln(score / (1 - score)) - (why_base + why_1_by + why_2_by + "
                  "why_rest))) < 1e-9 AS ok FROM 'file.csv'"),
            "{\"rows\":[{\"ok\":true}]}\n");
  ProcessResult constant = lode({"score", "base", "--why", "1"});
  EXPECT_NE(constant.exit, 0);
  EXPECT_NE(constant.err.find("cannot be explained by columns"), std::string::npos) << constant.err;
}

// A version whose rows nobody kept, and whose training set is another's by now, is not explained
// against rows it did not know.
TEST_F(DeclaredScores, DriversOfAVersionWhoseRowsAreGoneAreRefused) {
  declare("");
  json({"run"});
  add("2020-01-31 01:00:00,c3,50,1\n");
  json({"run"});
  ProcessResult gone = lode({"score", "returns@1", "--why", "2"});
  EXPECT_EQ(gone.exit, 2) << gone.err;
  EXPECT_NE(gone.err.find("rows it was made from"), std::string::npos) << gone.err;
  EXPECT_EQ(lode({"score", "returns@2", "--why", "2"}).exit, 0);
}

// Trees: exact, held against the margin by the explainer itself.
TEST_F(DeclaredScores, OfTreesHaveDriversToo) {
  std::string project = shop_project();
  std::size_t at = project.find("    algorithm: logistic\n");
  project.replace(at, std::string("    algorithm: logistic\n").size(),
                  "    algorithm: {xgboost: {rounds: 20, max_depth: 3}}\n");
  folder_.write("lode.yaml",
                project + "scores:\n  told: {model: returns, why: 3, out: told.csv}\n");
  json({"run"});
  // The score's margin is float32: leaves added in another precision than the drivers.
  EXPECT_EQ(
      query("SELECT max(abs(ln(score / (1 - score)) - (why_base + why_1_by + why_2_by + "
            "coalesce(why_3_by, 0) + why_rest))) < 1e-5 AS ok, count(*) AS n FROM 'told.csv'"),
      "{\"rows\":[{\"ok\":true,\"n\":100}]}\n");
}

// On record with what was read and what stood; lineage knows it both ways; `lode sql` reads what
// stands.
TEST_F(DeclaredScores, AreOnRecordAndReadInSql) {
  json({"run"});
  add("2020-01-31 01:00:00,c3,50,\n");
  json({"score", "whole"});
  json({"score", "returns", "--all"});
  folder_.write("new.csv", "at,customer,amount\n2020-02-01 10:00:00,c1,20\n");
  json({"score", "returns", "new.csv", "--out", "new-scores.csv"});

  Json runs = json({"runs"})["runs"];
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[3]["command"], "run");
  ASSERT_EQ(runs[3]["scorings"].size(), 3U);
  EXPECT_EQ(runs[2]["command"], "score");
  Json whole = runs[2]["scorings"][0];
  EXPECT_EQ(whole["name"], "whole");
  EXPECT_EQ(whole["model"], "returns");
  EXPECT_EQ(whole["scored"], 1);
  EXPECT_EQ(whole["unchanged"], 330);
  EXPECT_EQ(whole["standing"], 331);
  EXPECT_GT(whole["records_read"], 0);
  EXPECT_EQ(whole["inputs"][0]["name"], "orders");
  EXPECT_EQ(whole["outputs"][0]["is"], text(content_hash(read("out/whole.parquet"))));
  EXPECT_EQ(whole["outputs"][1]["kind"], "table");
  EXPECT_EQ(lode({"report", "2"}).exit, 3) << "a scoring has no report";
  EXPECT_EQ(lode({"report"}).exit, 0) << "that of the newest run";
  ProcessResult told = lode({"runs"});
  EXPECT_NE(told.out.find("whole.parquet, all.duckdb#whole"), std::string::npos) << told.out;

  Json file = json({"lineage", "file:new.csv"});
  ASSERT_EQ(file["scorings"].size(), 1U) << file;
  EXPECT_EQ(file["scorings"][0]["inputs"][1]["is"], text(content_hash(read("new.csv"))));
  EXPECT_EQ(file["scorings"][0]["model"], "returns");
  EXPECT_EQ(json({"lineage", "new-scores.csv"})["scorings"][0]["run"], 4);
  EXPECT_EQ(json({"lineage", "source:orders"})["scorings"].size(), 6U);
  EXPECT_EQ(json({"lineage", "returns@1"})["scorings"].size(), 6U);
  EXPECT_EQ(lode({"lineage", "file:nowhere.csv"}).exit, 3);

  EXPECT_EQ(query("SELECT seq, score, decision, model FROM scores.whole ORDER BY seq"),
            query("SELECT seq, score, decision, model FROM 'out/whole.parquet' ORDER BY seq"));
  EXPECT_EQ(query("SELECT seq, customer, spent FROM scores.nightly ORDER BY seq LIMIT 5"),
            query("SELECT seq, customer, spent FROM 'out/nightly.csv' ORDER BY seq LIMIT 5"));
  EXPECT_EQ(query("SELECT rows, count(*) AS n FROM kept.returns GROUP BY rows"),
            "{\"rows\":[{\"rows\":\"all\",\"n\":900}]}\n");
  EXPECT_EQ(query("SELECT run, scores, scored FROM meta.scorings WHERE run = 2"),
            "{\"rows\":[{\"run\":2,\"scores\":\"whole\",\"scored\":1}]}\n");
  json({"score", "nightly"});
  EXPECT_EQ(query("SELECT count(*) AS n FROM scores.nightly"), "{\"rows\":[{\"n\":101}]}\n");
  // A part that was damaged is found before it is read.
  std::string parts = folder_.path() + "/.lode/shop/declared_scores/whole/g1/parts";
  std::string part = std::filesystem::directory_iterator(parts)->path().string();
  std::string bytes = posix_files().read(part).value();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder_.write(part.substr(folder_.path().size() + 1), bytes);
  ProcessResult damaged = lode({"sql", "FROM scores.whole"});
  EXPECT_EQ(damaged.exit, 6);
  EXPECT_NE(damaged.err.find("`lode score whole --full`"), std::string::npos) << damaged.err;
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
