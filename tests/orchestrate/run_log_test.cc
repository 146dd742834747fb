#include "orchestrate/run_log.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/stored_json.h"
#include "orchestrate/lineage_run.h"
#include "project/lock.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kProject =
    "lode: 1\n"
    "project: shop\n"
    "sources:\n"
    "  a: {files: a.csv, columns: {at: timestamp, n: int64}, time: at, known: at}\n";

class RunLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kProject);
    folder_.write("a.csv", "at,n\n");
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
  }
  RunLog begin() {
    clock_.advance(seconds(10));
    return RunLog::begin(posix_files(), *project_, clock_).value();
  }
  std::vector<RunRecord> runs() const {
    return open_run_records(posix_files(), *project_).value()->runs("shop", 100).value();
  }

  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
  ManualClock clock_{Timestamp{}};
};

ModelReport a_model(std::string_view bytes) {
  ModelReport model;
  model.name = "late";
  model.content = text(content_hash(bytes));
  model.dataset = "d1";
  model.algorithm = "xgboost";
  model.options = {{"eta", "0.1"}};
  model.seed = 7;
  model.threads = 2;
  model.test_rows = 330;
  model.metrics["test"] = {{"auc", {0.75, 0.7, 0.8}}};
  model.notes = {"few rows"};
  return model;
}

TEST_F(RunLogTest, BeforeTheFirstRunThereIsNothingAndNothingIsMade) {
  auto records = open_run_records(posix_files(), *project_);
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().code(), Code::kNotFound);
  EXPECT_NE(records.error().message().find("lode run"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_.root() / ".lode"));
}

TEST_F(RunLogTest, ARunIsSeenFromItsBeginToItsEnd) {
  RunLog log = begin();
  EXPECT_EQ(log.number(), 1);
  StationRecord ingest{.name = "ingest a", .units = 12, .unit = "rows", .bytes_written = 7};
  ASSERT_TRUE(log.station(ingest));
  EXPECT_EQ(run_state_text(runs()[0]), "running");
  EXPECT_EQ(runs()[0].stations, (std::vector<StationRecord>{ingest}));
  clock_.advance(seconds(3));
  StationRecord judge{.name = "model late: judge", .units = 330, .unit = "rows", .seconds = 0.5};
  ASSERT_TRUE(log.station(judge));
  ASSERT_TRUE(log.counters({{"lode_rows_read_total", "source=a", 12}}));
  ASSERT_TRUE(log.end({}));
  RunRecord run = runs()[0];
  EXPECT_EQ(run.stations, (std::vector<StationRecord>{ingest, judge}));
  EXPECT_EQ(run.counters, (std::vector<CounterRecord>{{"lode_rows_read_total", "source=a", 12}}));
  EXPECT_EQ(run_state_text(run), "done");
  EXPECT_EQ(run.started, Timestamp{10'000'000});
  EXPECT_EQ(run.ended, Timestamp{13'000'000});
}

// Stations that leave nothing in files wait for company, a second at most, and keep their order.
TEST_F(RunLogTest, ShortStationsAreRecordedTogether) {
  RunLog log = begin();
  auto add = [&](const char* name, double seconds, std::int64_t written) {
    ASSERT_TRUE(
        log.station({.name = name, .unit = "rows", .seconds = seconds, .bytes_written = written}));
  };
  auto names = [&] {
    std::string all;
    std::vector<RunRecord> recorded = runs();
    for (const StationRecord& station : recorded[0].stations) all += station.name;
    return all;
  };
  add("a", 0.5, 0);
  EXPECT_EQ(names(), "");
  add("b", 0.5, 0);
  EXPECT_EQ(names(), "ab") << "a second of work";
  add("c", 0.1, 0);
  add("d", 0.1, 5);
  EXPECT_EQ(names(), "abcd") << "what it wrote is there";
  add("e", 0.1, 0);
  ASSERT_FALSE(log.end(fail(Code::kInvalid, "no")));
  EXPECT_EQ(names(), "abcde") << "also of a run that failed";
}

TEST_F(RunLogTest, AnErrorIsKeptAndGivenBack) {
  Status ended = begin().end(fail(Error(Code::kConflict, "the file changed", {.file = "a.csv"})));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code(), Code::kConflict);
  EXPECT_EQ(run_state_text(runs()[0]), "failed");
  EXPECT_EQ(runs()[0].error, "a.csv: the file changed");
  EXPECT_FALSE(begin().end(fail(Code::kCancelled, "stopped on request")));
  EXPECT_EQ(run_state_text(runs()[0]), "cancelled");
  EXPECT_EQ(runs()[0].id, "2");
}

TEST_F(RunLogTest, ARunThatDiedIsFoundByTheNext) {
  {
    RunLog died = begin();
  }
  {
    RunLog died_too = begin();
  }
  RunLog third = begin();
  EXPECT_EQ(third.number(), 3);
  std::vector<RunRecord> all = runs();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(run_state_text(all[0]), "running");
  EXPECT_EQ(run_state_text(all[1]), "interrupted");
  EXPECT_EQ(run_state_text(all[2]), "interrupted") << "the second run had found it already";
  EXPECT_NE(all[2].error.find("found by run 2"), std::string::npos) << all[2].error;
  EXPECT_EQ(all[2].ended, Timestamp{20'000'000});
}

// Whoever looks sees at once that a run died: nobody holds the lock it would hold.
TEST_F(RunLogTest, ARunThatDiedIsSeenByWhoLooks) {
  {
    auto lock = ProjectLock::take(posix_files(), project_->root);
    ASSERT_TRUE(lock) << lock.error().text();
    RunLog alive = begin();
    std::vector<RunRecord> seen = runs();
    find_interrupted(posix_files(), *project_, seen);
    EXPECT_EQ(run_state_text(seen[0]), "running");
  }
  std::vector<RunRecord> seen = runs();
  find_interrupted(posix_files(), *project_, seen);
  EXPECT_EQ(run_state_text(seen[0]), "interrupted");
  EXPECT_TRUE(ProjectLock::take(posix_files(), project_->root)) << "the lock is free again";
}

TEST_F(RunLogTest, AModelGetsAVersionForEachContent) {
  RunLog log = begin();
  std::string_view fitted = R"({"algorithm":"xgboost","library":"xgboost 3.2.0"})";
  std::vector<std::int64_t> versions;
  for (const char* bytes : {"one", "one", "two", "one"}) {
    ModelReport model = a_model(bytes);
    model.libraries = libraries_of(fitted).value();
    ASSERT_TRUE(log.model(model, MadeOf{}));
    versions.push_back(model.version);
  }
  EXPECT_EQ(versions, (std::vector<std::int64_t>{1, 1, 2, 3})) << "back to an old one is new";
  ModelRecord stored =
      open_run_records(posix_files(), *project_).value()->model("shop", "late", 2).value();
  EXPECT_EQ(stored.run, "1");
  EXPECT_EQ(stored.content, content_hash("two"));
  EXPECT_EQ(stored.options, (NamedTexts{{"eta", "0.1"}}));
  EXPECT_EQ(stored.seed, 7U);
  ASSERT_EQ(stored.libraries.size(), 3U);
  EXPECT_EQ(stored.libraries[0], (std::pair<std::string, std::string>("lode", LODE_VERSION)));
  EXPECT_EQ(stored.libraries[1].first, "duckdb");
  EXPECT_EQ(stored.libraries[2], (std::pair<std::string, std::string>("xgboost", "3.2.0")));
  JsonValue judged = parse_json(stored.metrics_json).value();
  EXPECT_EQ(judged.find("metrics")->find("test")->find("auc")->at("low"), 0.7);
  EXPECT_EQ(judged.at("test_rows"), 330);
  EXPECT_EQ(judged.find("notes")->items[0].text, "few rows");
}

}  // namespace
}  // namespace lode
