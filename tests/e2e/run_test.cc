// `lode run` and those who look at what it left, on a small project: as a user would type it.
// covers: orchestrate/catalogue, orchestrate/kept_rows, orchestrate/model_run
// covers: orchestrate/report, orchestrate/run, orchestrate/run_log, orchestrate/source_run
// covers: orchestrate/column_scorer, orchestrate/model_check, features/training_set
// covers: features/set_columns, features/set_rows
// covers: features/value_check, ingest/arrivals, cli/run_summary, cli/shown_value
#include <cstdlib>
#include <map>
#include <regex>

#include "base/random.h"
#include "tests/e2e/process.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

class Run : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
  }
  ProcessResult lode(const std::vector<std::string>& words) {
    return run_binary(words, folder_.path());
  }
  std::vector<std::string> run_names(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"run", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    ProcessResult result = lode(words);
    EXPECT_EQ(result.exit, 0) << result.err;
    return names_in(result.out);
  }

  ScratchFolder folder_;
};

TEST_F(Run, SaysWhatCameOfIt) {
  ProcessResult result = lode({"run"});
  ASSERT_EQ(result.exit, 0) << result.err;
  for (const char* said : {"Sources", "Set aside, and why", "breaks the rule amount", "row 5",
                           "Features", "Training sets", "Models", "logistic", "Time"})
    EXPECT_NE(result.out.find(said), std::string::npos) << said << "\n" << result.out;
}

TEST_F(Run, AgainGivesTheSameNamesOnAnyNumberOfThreads) {
  std::vector<std::string> first = run_names({"--threads", "1"});
  // One data set; two models with their content, their data set and the same in their lineage, one
  // with that of the model it is compared with.
  ASSERT_EQ(first.size(), 8U);
  EXPECT_EQ(run_names({"--threads", "2", "--again"}), first) << "from the raw zone";
  std::filesystem::remove_all(folder_.path() + "/.lode");
  EXPECT_EQ(run_names({"--threads", "2"}), first) << "from nothing";
}

TEST_F(Run, ChangedFilesAreRefusedUntilTheyAreReplaced) {
  std::vector<std::string> first = run_names();
  std::string changed = shop_orders();
  changed.replace(changed.find(":00,c"), 5, ":00,d");
  folder_.write("orders.csv", changed);
  ProcessResult refused = lode({"run"});
  EXPECT_EQ(refused.exit, 4) << refused.out;
  EXPECT_NE(refused.err.find("orders.csv"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--replace"), std::string::npos) << refused.err;
  folder_.write("orders.csv", shop_orders());
  EXPECT_EQ(run_names(), first) << "nothing was lost by the refusal";
  folder_.write("orders.csv", changed);
  EXPECT_NE(run_names({"--replace"}), first);
}

TEST_F(Run, ColumnsDeclaredInAnotherOrderReadTheSame) {
  std::vector<std::string> first = run_names();
  std::string other = shop_project();
  std::string_view columns = "{at: timestamp, customer: string, amount: int64, returned: int64}";
  other.replace(other.find(columns), columns.size(),
                "{returned: int64, amount: int64, customer: string, at: timestamp}");
  folder_.write("lode.yaml", other);
  ProcessResult result = lode({"run", "--json"});
  ASSERT_EQ(result.exit, 0) << result.err;
  auto auc = [](const std::string& json) { return json.substr(json.find("\"auc\""), 80); };
  folder_.write("lode.yaml", shop_project());
  ProcessResult before = lode({"run", "--json"});
  EXPECT_EQ(auc(result.out), auc(before.out));
}

TEST_F(Run, LooksAtWhatWasLeft) {
  ASSERT_EQ(lode({"run"}).exit, 0);
  ProcessResult sql = lode({"sql", "SELECT count(*) AS n FROM raw.orders", "--json"});
  EXPECT_EQ(sql.out, "{\"rows\":[{\"n\":899}]}\n") << sql.err;
  EXPECT_EQ(lode({"sql", "SELECT cause, row FROM aside.orders", "--json"}).out,
            "{\"rows\":[{\"cause\":\"contract\",\"row\":5}]}\n");
  EXPECT_EQ(lode({"sql", "SELECT count(*) AS n FROM training.orders", "--json"}).out,
            "{\"rows\":[{\"n\":899}]}\n");
  EXPECT_EQ(lode({"sql", "SELECT count(*) AS n FROM scores.returns", "--json"}).out,
            "{\"rows\":[{\"n\":330}]}\n");
  EXPECT_EQ(lode({"sql", "SELECT state FROM meta.runs", "--json"}).out,
            "{\"rows\":[{\"state\":\"done\"}]}\n");
  EXPECT_NE(lode({"runs"}).out.find("done"), std::string::npos);
  EXPECT_NE(lode({"model", "list"}).out.find("returns"), std::string::npos);
  ProcessResult model = lode({"model", "show", "returns", "--json"});
  for (const char* field : {"\"name\":\"returns\"", "\"version\":1", "\"dataset\"",
                            "\"algorithm\":\"logistic\"", "\"test\"", "\"low\"", "\"high\""})
    EXPECT_NE(model.out.find(field), std::string::npos) << field << "\n" << model.out << model.err;
}

// What cannot be compared is refused before anything is read, by check and by run.
TEST_F(Run, AModelOfNumbersIsNotComparedWithOneOfLabels) {
  std::string project(shop_project());
  project.replace(project.find("algorithm: logistic"), 19, "algorithm: xgboost_regression");
  folder_.write("lode.yaml", project);
  for (const char* command : {"check", "run"}) {
    ProcessResult result = lode({command});
    EXPECT_NE(result.exit, 0);
    for (const char* said :
         {"lode.yaml:", "model returns", "xgboost_regression", "constant of base"})
      EXPECT_NE(result.err.find(said), std::string::npos) << said << ": " << result.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/.lode/shop/raw"));
}

TEST_F(Run, WhatWasNotComparedHasNoTable) {
  std::string project(shop_project());
  project.erase(project.find("    compare_with: base\n"));
  folder_.write("lode.yaml", project);
  ProcessResult result = lode({"run", "--quiet"});
  ASSERT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(result.out.find("Against each other"), std::string::npos) << result.out;
}

// docs/semantics.md 2.2: a retraction needs no columns but its id and what its known time is made
// of.
TEST_F(Run, ARetractionNeedsNoZone) {
  folder_.write("lode.yaml", R"(lode: 1
project: zones
sources:
  visits:
    files: visits.csv
    columns: {id: int64, at: timestamp, town: string, op: string, day: int64}
    time: at
    id: id
    zone: {lookup: zones.csv, key: town}
    known: timestamp '2020-01-01 00:00:00' + days(day)
    change: {column: op, retraction: gone}
)");
  folder_.write("zones.csv", "town,zone\nBern,Europe/Zurich\n");
  folder_.write("visits.csv",
                "id,at,town,op,day\n1,2020-01-01 10:00:00,Bern,,1\n1,,,gone,3\n"
                "2,2020-01-01 10:00:00,Bern,,1\n2,2020-01-01 10:00:00,,gone,3\n");
  ProcessResult result = lode({"run", "--quiet"});
  ASSERT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(lode({"sql", "SELECT _kind, id FROM raw.visits ORDER BY _seq", "--json"}).out,
            "{\"rows\":[{\"_kind\":0,\"id\":1},{\"_kind\":2,\"id\":1},{\"_kind\":0,\"id\":2}]}\n");
  EXPECT_EQ(lode({"sql", "SELECT _seq, cause FROM aside.visits", "--json"}).out,
            "{\"rows\":[{\"_seq\":3,\"cause\":\"time\"}]}\n")
      << "a time that cannot be placed is a fault, in a retraction too";
}

// Two sets of one read: each says what of it was over its limit.
TEST_F(Run, ValuesOverTheirLimitAreCountedForEverySet) {
  folder_.write("lode.yaml", R"(lode: 1
project: pages
sources:
  visits: {files: visits.csv, columns: {at: timestamp, who: string, page: string}, time: at}
labels:
  home: {about: visits, value: page = 'home', known: at}
features:
  seen: {over: visits, by: who, window: all, distinct_limit: 1, values: {pages: distinct(page)}}
training:
  one: {rows: visits, label: home, columns: {pages: "seen[who].pages"}}
  two: {rows: visits, label: home, columns: {more: "seen[who].pages"}}
)");
  folder_.write("visits.csv",
                "at,who,page\n2020-01-01 00:00:00,a,home\n2020-01-01 00:01:00,a,shop\n"
                "2020-01-01 00:02:00,a,home\n2020-01-01 00:03:00,a,home\n");
  std::string json = lode({"run", "--quiet", "--json"}).out;
  std::size_t first = json.find("\"over_limit\":2");
  ASSERT_NE(first, std::string::npos) << json;
  EXPECT_NE(json.find("\"over_limit\":2", first + 1), std::string::npos) << json;
}

// What is stored of a model is all it takes to score: read back, it gives the scores that are kept.
TEST_F(Run, AStoredModelScoresAsItDid) {
  std::string boosted(shop_project());
  boosted += R"(  trees:
    from: orders
    algorithm: xgboost
    encode: {amount: {target: {smoothing: 5}}, spent: standardise, past.n_all: {ordinal: {rare: 3}}}
    options: {rounds: 20}
    split: {train: ..2020-01-20, test: 2020-01-20..}
)";
  folder_.write("lode.yaml", boosted);
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  for (const char* model : {"base", "returns", "trees"}) {
    ProcessResult checked = lode({"model", "check", model, "--json"});
    ASSERT_EQ(checked.exit, 0) << checked.err;
    EXPECT_NE(checked.out.find("\"rows\":330,\"equal\":true"), std::string::npos) << checked.out;
  }
  std::string shown = lode({"model", "show", "trees", "--json"}).out;
  EXPECT_NE(shown.find("\"encoded\":{\"test\":{\"amount\":{\"missing\":0,\"unseen\":"),
            std::string::npos)
      << shown;
  // Scores of another model under its name do not pass.
  std::string scores = folder_.path() + "/.lode/shop/scores/";
  for (const char* what : {"returns", "returns.receipt"}) {
    std::filesystem::remove_all(scores + what);
    std::filesystem::copy(scores + "trees" + std::string(what).substr(7), scores + what,
                          std::filesystem::copy_options::recursive);
  }
  EXPECT_EQ(lode({"model", "check", "returns"}).exit, 4);
}

// --memory: a run that would need more stops before the step, with figures.
TEST_F(Run, StopsBeforeItWouldTakeMoreMemoryThanItMay) {
  ProcessResult result = lode({"run", "--memory", "80MiB"});
  EXPECT_EQ(result.exit, 5) << result.out;
  for (const char* said : {"reading source orders", "64 MiB", "--memory 80 MiB", "give --memory"})
    EXPECT_NE(result.err.find(said), std::string::npos) << said << ": " << result.err;
  EXPECT_EQ(lode({"run", "--memory", "400MiB"}).exit, 0);
}

// Each refusal names the flag and a figure, and who follows them gets to the end.
TEST_F(Run, WhoGivesTheMemoryThatIsAskedForGetsToTheEnd) {
  std::string memory = "70MiB";
  int refusals = 0;
  while (true) {
    ProcessResult result = lode({"run", "--memory", memory});
    if (result.exit == 0) break;
    ASSERT_EQ(result.exit, 5) << result.err;
    ASSERT_LT(++refusals, 4) << "the figures are too small: " << result.err;
    constexpr std::string_view kWords = "give --memory ";
    std::size_t at = result.err.find(kWords);
    ASSERT_NE(at, std::string::npos) << result.err;
    std::string advised = result.err.substr(at + kWords.size());
    advised = advised.substr(0, advised.find(' '));
    EXPECT_GT(std::stoi(advised), std::stoi(memory)) << result.err;
    memory = advised;
  }
  EXPECT_GT(refusals, 0);
}

// docs/semantics.md 7.2 and 2.4: found by running it, when one such value ended the whole run.
TEST_F(Run, AValueOffItsQuantumBreaksItsRecordAndNoOther) {
  folder_.write("lode.yaml", R"(lode: 1
project: cents
sources:
  payments:
    files: payments.csv
    columns: {at: timestamp, who: string, amount: double}
    time: at
labels:
  large: {about: payments, value: amount > 2, known: at}
features:
  sums: {over: payments, by: who, window: all, values: {s: {sum: amount, quantum: 0.01}}}
training:
  t: {rows: payments, label: large, columns: {s: "sums[who].s"}}
)");
  folder_.write("payments.csv",
                "at,who,amount\n2020-01-01 00:00:00,a,0.29\n2020-01-01 00:01:00,a,0.295\n"
                "2020-01-01 00:02:00,a,1.01\n2020-01-01 00:03:00,a,3.5\n");
  ProcessResult result = lode({"run"});
  ASSERT_EQ(result.exit, 0) << result.err;
  EXPECT_NE(result.out.find("quantum"), std::string::npos) << result.out;
  EXPECT_EQ(lode({"sql", "SELECT row, cause FROM aside.payments", "--json"}).out,
            "{\"rows\":[{\"row\":1,\"cause\":\"contract\"}]}\n");
  EXPECT_EQ(lode({"sql", "SELECT s FROM training.t ORDER BY _seq", "--json"}).out,
            "{\"rows\":[{\"s\":0},{\"s\":0.29},{\"s\":1.3}]}\n");
}

// A change word that is not declared marks nothing: rows with an empty one were once all
// retractions. distinct, a keyword elsewhere, can be written as the call it is.
TEST_F(Run, AnUndeclaredChangeWordMarksNothing) {
  folder_.write("lode.yaml", R"(lode: 1
project: changes
sources:
  visits:
    files: visits.csv
    columns: {id: int64, at: timestamp, who: string, page: string, op: string}
    time: at
    id: id
    change: {column: op, correction: u}
labels:
  home: {about: visits, value: page = 'home', known: at}
features:
  seen: {over: visits, by: who, window: all, values: {pages: distinct(page)}}
training:
  t: {rows: visits, label: home, columns: {pages: "seen[who].pages"}}
)");
  folder_.write("visits.csv",
                "id,at,who,page,op\n1,2020-01-01 00:00:00,a,home,\"\"\n"
                "2,2020-01-01 00:01:00,a,shop,\"\"\n3,2020-01-01 00:02:00,a,home,\"\"\n"
                "2,2020-01-01 00:01:00,a,home,u\n4,2020-01-01 00:03:00,a,shop,\n");
  ProcessResult result = lode({"run"});
  ASSERT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(
      lode({"sql", "SELECT _kind, count(*) AS n FROM raw.visits GROUP BY 1 ORDER BY 1", "--json"})
          .out,
      "{\"rows\":[{\"_kind\":0,\"n\":4},{\"_kind\":1,\"n\":1}]}\n");
  // Row 2 was corrected to home, known from its own time on, so one page is all that was ever seen.
  EXPECT_EQ(lode({"sql", "SELECT pages FROM training.t ORDER BY _t", "--json"}).out,
            "{\"rows\":[{\"pages\":0},{\"pages\":1},{\"pages\":1},{\"pages\":1}]}\n");
}

// The value of a feature is the value of what explain lists.
TEST_F(Run, ExplainListsTheRecordsOfAValue) {
  ASSERT_EQ(lode({"run"}).exit, 0);
  ProcessResult counted = lode(
      {"sql",
       "SELECT count(*) AS n FROM raw.orders WHERE customer = 'c3' AND _t + INTERVAL 24 HOUR < "
       "TIMESTAMP '2020-01-15 12:00:00'",
       "--json"});
  ProcessResult explained = lode({"explain", "history.n_all", "c3", "2020-01-15 12:00", "--json"});
  ASSERT_EQ(explained.exit, 0) << explained.err;
  // lint: allow(banned_calls) a text of our own making
  std::regex value("\"value\":([0-9]+)");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(explained.out, match, value)) << explained.out;
  EXPECT_EQ(counted.out, "{\"rows\":[{\"n\":" + match[1].str() + "}]}\n");
  std::size_t records = 0;
  for (std::size_t at = 0; (at = explained.out.find("\"seq\"", at)) != std::string::npos; ++at)
    ++records;
  EXPECT_EQ(std::to_string(records), match[1].str());
}

TEST_F(Run, MistakesAreAnsweredWithWhatToDo) {
  struct Mistake {
    std::vector<std::string> words;
    int exit;
    const char* said;
  };
  ProcessResult early = lode({"sql", "SELECT 1"});
  EXPECT_EQ(early.exit, 3);
  EXPECT_NE(early.err.find("lode run"), std::string::npos) << early.err;
  ASSERT_EQ(lode({"run"}).exit, 0);
  for (const Mistake& m : std::vector<Mistake>{
           {{"sql", "SELEC 1"}, 2, "begin with SELECT"},
           {{"sql", "SELECT * FROM raw.order"}, 2, "orders"},
           {{"explain", "histroy", "c3", "2020-01-15"}, 3, "did you mean 'history'"},
           {{"explain", "history.m", "c3", "2020-01-15"}, 3, "has no value 'm'; it has"},
           {{"explain", "history", "c3", "noon"}, 2, "not a time"},
           {{"model", "show", "retuns"}, 3, "retuns"},
           {{"model", "drop"}, 2, "say list, show, check or card"},
           {{"runs", "99"}, 3, "99"}}) {
    ProcessResult result = lode(m.words);
    EXPECT_EQ(result.exit, m.exit) << m.words[0] << " " << m.words[1] << ": " << result.err;
    EXPECT_NE(result.err.find(m.said), std::string::npos) << m.said << ": " << result.err;
  }
}

TEST_F(Run, BadFilesAreRefusedWithTheirNames) {
  struct File {
    std::string bytes;
    const char* said;
  };
  for (const File& file : std::vector<File>{
           {"", "orders.csv"},
           {"at,customer,amount,returned\n", "source orders: its files hold no rows: "},
           {"at,customer,amount,returned\nx,c,1,0\n2020-01-01,c,1\n",
            "none of its 2 rows can be used; the first, orders.csv:2, column at: 'x'"},
           {"at;customer;amount;returned\n2020-01-01 00:00:00;c;1;0\n", "delimiter"},
           {std::string("\x7f\x45LF\0\0\1\2\3", 9), "orders.csv: the file is no text"},
           {"at,customer,amount,amount,returned\n2020-01-01,c,1,1,0\n", "amount"}}) {
    folder_.write("orders.csv", file.bytes);
    ProcessResult result = lode({"run"});
    EXPECT_NE(result.exit, 0);
    EXPECT_LT(result.exit, 64) << "neither a crash nor a bug of lode: " << result.err;
    EXPECT_NE(result.err.find(file.said), std::string::npos) << file.said << ": " << result.err;
  }
  folder_.write("orders.csv", shop_orders());
  EXPECT_EQ(lode({"run"}).exit, 0) << "and a good file in its place is read";
}

// SIGKILL anywhere: the next run ends where an undisturbed one does.
TEST_F(Run, KilledAnywhereItContinuesToTheSameNames) {
  std::vector<std::string> wanted = run_names();
  std::filesystem::remove_all(folder_.path() + "/.lode");
  Random random(5);
  int died = 0;
  for (int i = 0; i < 25; ++i) {
    died += run_and_kill(folder_.path(), random.below(150'000)) ? 1 : 0;
    if (random.chance(0.5)) continue;  // killed again before it could mend
    ASSERT_EQ(run_names(), wanted) << "after kill " << i;
    if (random.chance(0.5)) std::filesystem::remove_all(folder_.path() + "/.lode");
  }
  EXPECT_GT(died, 5) << "most kills came after the end; let them come sooner";
  EXPECT_EQ(run_names(), wanted);
  EXPECT_NE(lode({"runs"}).out.find("interrupted"), std::string::npos);
}

}  // namespace
}  // namespace lode
