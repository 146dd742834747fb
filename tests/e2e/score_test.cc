// `lode score` as a user types it: what it writes, what it refuses, and that a kill at any moment
// loses nothing and shows nowhere.
// covers: cli/score_text, orchestrate/score_file, orchestrate/score_run
#include <algorithm>
#include <deque>
#include <map>

#include "base/random.h"
#include "base/stored_json.h"
#include "base/time.h"
#include "tests/e2e/process.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

// The last 100 orders have no label yet.
std::string open_orders() {
  std::string csv = shop_orders();
  std::size_t at = csv.size();
  for (int line = 0; line < 100; ++line) {
    at = csv.rfind('\n', at - 2) + 1;
    std::size_t end = csv.find('\n', at);
    csv.erase(end - 1, 1);
  }
  return csv;
}

class Score : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", open_orders());
    ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  }
  ProcessResult lode(const std::vector<std::string>& words) {
    return run_binary(words, folder_.path());
  }
  JsonValue score(std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"score", "returns", "--json", "--quiet"});
    ProcessResult result = lode(words);
    EXPECT_EQ(result.exit, 0) << result.err;
    return parse_json(documents_.emplace_back(std::move(result.out))).value_or(JsonValue());
  }
  static std::string number(const JsonValue& json, std::string_view group, std::string_view name) {
    const JsonValue* found = json.find(group);
    if (found != nullptr && !name.empty()) found = found->find(name);
    return found == nullptr ? "none" : std::string(found->raw);
  }
  std::string read(const std::string& name) {
    return posix_files().read(folder_.path() + "/" + name).value_or("none");
  }
  void add(const std::string& rows) { folder_.write("orders.csv", read("orders.csv") + rows); }
  void expect_refused(const std::vector<std::string>& words, int exit,
                      const std::vector<std::string>& said) {
    ProcessResult result = lode(words);
    EXPECT_EQ(result.exit, exit) << result.out << result.err;
    for (const std::string& text : said)
      EXPECT_NE(result.err.find(text), std::string::npos) << text << ": " << result.err;
  }

  ScratchFolder folder_;
  std::deque<std::string> documents_;  // what JsonValues look into
};

TEST_F(Score, RowsWithoutALabelAndThenOnlyWhatIsNew) {
  JsonValue first = score({"--out", "a.csv"});
  EXPECT_EQ(number(first, "rows", "scored"), "100");
  EXPECT_EQ(number(first, "rows", "standing"), "100");
  EXPECT_EQ(number(first, "why_all", ""), "\"none is kept\"");
  EXPECT_TRUE(read("a.csv").starts_with("seq,time,score,decision,model\n800,2020-01-27"));
  JsonValue again = score({"--out", "b.csv"});
  EXPECT_EQ(number(again, "rows", "scored"), "0");
  EXPECT_EQ(number(again, "records_read", ""), "0");
  EXPECT_EQ(read("b.csv"), read("a.csv"));
  add("2020-01-31 01:00:00,c3,50,\n2020-01-31 02:00:00,c4,60,\n");
  JsonValue grown = score({"--out", "c.csv"});
  EXPECT_EQ(number(grown, "rows", "scored"), "2");
  EXPECT_EQ(number(grown, "rows", "new"), "2");
  EXPECT_EQ(number(grown, "rows", "standing"), "102");
  EXPECT_TRUE(read("c.csv").starts_with(read("a.csv")));
  score({"--out", "d.csv", "--full"});
  EXPECT_EQ(read("d.csv"), read("c.csv"));
  add("2020-01-31 03:00:00,c4,70,\n");
  JsonValue last = score({"--out", "e.csv", "--changed"});
  EXPECT_EQ(number(last, "rows", "standing"), "103");
  EXPECT_TRUE(read("e.csv").starts_with("seq,time,score,decision,model\n902,2020-01-31 03:00:00,"));
  EXPECT_EQ(std::ranges::count(read("e.csv"), '\n'), 2);
  expect_refused({"score", "returns", "orders.csv", "--changed"}, 2, {"--changed", "file"});
}

TEST_F(Score, WhereEveryRowHasItsLabelItSaysHowToScoreThem) {
  std::filesystem::remove_all(folder_.path() + "/.lode");
  folder_.write("orders.csv", shop_orders());
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  ProcessResult none = lode({"score", "returns", "--quiet"});
  ASSERT_EQ(none.exit, 0) << none.err;
  EXPECT_NE(none.out.find("every row has its label; --all scores"), std::string::npos) << none.out;
  EXPECT_EQ(lode({"score", "returns", "--quiet", "--all"}).exit, 0);
  ProcessResult again = lode({"score", "returns", "--quiet", "--all"});
  EXPECT_NE(again.out.find("nothing: no row changed"), std::string::npos) << again.out;
}

TEST_F(Score, AnotherModelScoresAllAndSaysWhy) {
  score();
  std::string project(shop_project());
  project.replace(project.find("columns: [amount, past.n_all"), 28, "columns: [past.n_all");
  folder_.write("lode.yaml", project);
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  JsonValue other = score();
  EXPECT_EQ(number(other, "why_all", ""), "\"model changed 1 -> 2\"");
  EXPECT_EQ(number(other, "rows", "scored"), "100");
  EXPECT_EQ(number(score(), "rows", "scored"), "0");
  ProcessResult first = lode({"score", "returns@1"});
  EXPECT_EQ(first.exit, 0) << "the version before is scored with what it read: " << first.err;
  EXPECT_NE(first.out.find("model changed 2 -> 1"), std::string::npos) << first.out;
  ASSERT_EQ(lode({"registry", "promote", "returns@1"}).exit, 0);
  EXPECT_EQ(number(score(), "version", ""), "1") << "the champion, if there is one";
}

// The model's threshold decides, the same for rows kept and rows of a file.
TEST_F(Score, TheThresholdDecides) {
  std::string project(shop_project());
  project += "    threshold: {share: 0.2}\n";
  folder_.write("lode.yaml", project);
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  JsonValue scored = score({"--out", "a.csv"});
  double threshold = std::stod(number(scored, "threshold", ""));  // lint: allow(banned_calls) ours
  std::string csv = read("a.csv");
  int flagged = 0;
  int rows = 0;
  for (std::size_t at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1) {
    std::size_t begin = csv.find(',', csv.find(',', at) + 1) + 1;
    double value = std::stod(csv.substr(begin));  // lint: allow(banned_calls) ours
    bool decided = csv.compare(csv.find(',', begin) + 1, 4, "true") == 0;
    EXPECT_EQ(decided, value >= threshold) << csv.substr(at, 80);
    flagged += decided ? 1 : 0;
    ++rows;
  }
  EXPECT_EQ(rows, 100);
  EXPECT_EQ(number(scored, "rows", "flagged"), std::to_string(flagged));
  EXPECT_GT(flagged, 0);
  EXPECT_LT(flagged, 100);
}

// The source's own file, scored as a file, has the scores of the kept rows to the last digit:
// features are one definition.
TEST_F(Score, RowsOfAFileScoreAsTheyWouldHaveBeenKept) {
  score({"--all", "--out", "kept.csv"});
  JsonValue file = score({"orders.csv", "--out", "file.csv"});
  EXPECT_EQ(number(file, "rows", "standing"), "899");
  EXPECT_EQ(read("file.csv"), read("kept.csv"));
  // Without its label, and its columns in another order.
  folder_.write("new.csv",
                "amount,customer,at\n20,c1,2020-02-01 10:00:00\n150,nobody,2020-02-01 11:00:00\n"
                "x,c1,2020-02-01 12:00:00\n20,c1,\n2000,c1,2020-02-01 13:00:00\n");
  JsonValue some = score({"new.csv", "--out", "new-scores.csv"});
  EXPECT_EQ(number(some, "rows", "standing"), "2");
  const std::string refused = number(some, "refused", "");
  for (const char* said : {"no whole number", "new.csv:4", "\"contract\"", "new.csv row 4"})
    EXPECT_NE(refused.find(said), std::string::npos) << said << ": " << refused;
}

TEST_F(Score, WhatCannotBeScoredIsRefused) {
  expect_refused({"score", "return"}, 3, {"return", "did you mean 'returns'"});
  expect_refused({"score", "returns@7"}, 3, {"returns", "7"});
  expect_refused({"score", "returns", "nowhere.csv"}, 3, {"nowhere.csv"});
  folder_.write("short.csv", "at,customer\n2020-02-01 10:00:00,c1\n");
  expect_refused({"score", "returns", "short.csv"}, 2, {"amount"});
  folder_.write("empty.csv", "at,customer,amount\n");
  expect_refused({"score", "returns", "empty.csv"}, 2, {"empty.csv", "no rows"});
  folder_.write("bad.csv", "at,customer,amount\nnever,c1,7\n");
  expect_refused({"score", "returns", "bad.csv"}, 2, {"no row of bad.csv", "bad.csv:2"});
  expect_refused({"score", "returns", "--out", "x.txt"}, 2, {"--to"});
  expect_refused({"score", "returns", "--out", "no/x.csv"}, 2, {"no folder"});
  expect_refused({"score", "returns", "--block", "0"}, 2, {"block"});
  folder_.write("there.csv", "mine\n");
  expect_refused({"score", "returns", "--out", "there.csv"}, 4, {"there.csv", "--overwrite"});
  EXPECT_EQ(read("there.csv"), "mine\n");
  expect_refused({"score", "returns", "--out", "./orders.csv", "--overwrite"}, 2,
                 {"a file of the source 'orders'"});
  folder_.write("new.csv", "at,customer,amount\n2020-02-01 10:00:00,c1,20\n");
  expect_refused({"score", "returns", "new.csv", "--out", "new.csv", "--overwrite"}, 2,
                 {"is the file that is scored"});
  EXPECT_TRUE(read("orders.csv").starts_with("at,customer,amount,returned\n"));
  score({"--out", "there.csv", "--overwrite"});
  EXPECT_TRUE(read("there.csv").starts_with("seq,"));
}

TEST_F(Score, WhatStandsBesideTheScoresIsChecked) {
  score();
  std::string state = ".lode/shop/kept_scores/returns/unlabelled/state";
  std::string bytes = read(state);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder_.write(state, bytes);
  expect_refused({"score", "returns"}, 6, {"state", "--full"});
  EXPECT_EQ(number(score({"--full"}), "rows", "scored"), "100");
}

// What a job leaves, killed or not: every file below the kept scores.
std::map<std::string, std::string> kept_files(const std::string& folder) {
  std::map<std::string, std::string> out;
  std::filesystem::path root = folder + "/.lode/shop/kept_scores";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    if (entry.is_regular_file())
      out[std::filesystem::relative(entry.path(), root).string()] =
          posix_files().read(entry.path().string()).value_or("none");
  return out;
}

// All rows, and then rows that came since: killed at many moments, some while it already goes on
// after a kill, the job ends in the same bytes, and what was durable is not done again.
TEST_F(Score, KilledAnywhereItGoesOnToTheSameBytes) {
  const std::vector<std::string> job = {"score", "returns", "--all",   "--block",    "30",
                                        "--out", "out.csv", "--quiet", "--overwrite"};
  const std::string state = folder_.path() + "/.lode";
  const std::string saved = folder_.path() + "/saved";
  auto copy = [](const std::string& from, const std::string& to) {
    std::filesystem::remove_all(to);
    // lint: allow(banned_calls) a whole folder, of a test
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  };
  copy(state, saved);
  Random random(7);
  int died = 0;
  int resumed = 0;
  for (int stage = 0; stage < 2; ++stage) {
    std::int64_t began = system_clock().steady_ns();
    ASSERT_EQ(lode(job).exit, 0);
    // Of an undisturbed job, so that kills come within one on any machine.
    auto took_us = static_cast<std::uint64_t>((system_clock().steady_ns() - began) / 1000);
    const std::map<std::string, std::string> wanted = kept_files(folder_.path());
    const std::string scores = read("out.csv");
    ASSERT_GT(wanted.size(), 30U);
    for (int round = 0; round < 3; ++round) {
      copy(saved, state);
      std::filesystem::remove(folder_.path() + "/out.csv");
      // Once as soon as a block is durable, the other times anywhere.
      bool placed = stage == 0 && round == 0;
      if (placed) {
        std::string head = state + "/shop/kept_scores/returns/all/g1/HEAD";
        EXPECT_TRUE(run_and_kill_at(folder_.path(), head, job));
      }
      for (int kill = 0; kill < (placed ? 0 : 4); ++kill) {
        died += run_and_kill(folder_.path(), random.below(took_us), job) ? 1 : 0;
        std::string torn = read("out.csv");
        EXPECT_TRUE(torn == "none" || torn == scores) << "a torn file shows";
      }
      std::vector<std::string> told = job;
      told.emplace_back("--json");
      ProcessResult ended = lode(told);
      ASSERT_EQ(ended.exit, 0) << ended.err;
      resumed += ended.out.find("\"resumed\":0,") == std::string::npos ? 1 : 0;
      ASSERT_EQ(read("out.csv"), scores) << "stage " << stage << " round " << round;
      ASSERT_EQ(kept_files(folder_.path()), wanted) << "stage " << stage << " round " << round;
    }
    copy(state, saved);
    for (int i = 0; i < 300; ++i)
      add(fmt::format("2020-02-{:02} {:02}:00:00,c{},{},\n", 1 + i / 24, i % 24, i % 12, i % 200));
  }
  EXPECT_GT(died, 4) << "most kills came after the end; let them come sooner";
  EXPECT_GT(resumed, 0) << "no job had anything to go on with";
}

}  // namespace
}  // namespace lode
