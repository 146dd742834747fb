// What every MetadataStore must do. A new implementation adds itself to kStores.
// covers: lake/lineage_rows, lake/model_lineage
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "lake/runs.h"
#include "lake/sqlite.h"

namespace lode {
namespace {

struct Implementation {
  const char* name;
  // Opens the store that lives at `place`, a path that is free for each test.
  Result<std::unique_ptr<MetadataStore>> (*open)(const std::string& place);
};
const Implementation kStores[] = {{"sqlite", open_sqlite_store}};

std::string fresh_place() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = fmt::format("lode-meta-{}-{}", ::getpid(), info->name());
  for (char& c : name)
    if (c == '/') c = '-';
  std::string place = std::filesystem::temp_directory_path() / name;
  std::filesystem::remove(place);
  return place;
}

class Metadata : public testing::TestWithParam<Implementation> {
 protected:
  void SetUp() override { place_ = fresh_place(); }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove(place_);
  }
  MetadataStore& store() {
    if (!store_) store_ = GetParam().open(place_).value();
    return *store_;
  }
  void reopen() { store_.reset(); }

  std::string place_;
  std::unique_ptr<MetadataStore> store_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Metadata, testing::ValuesIn(kStores),
                         [](const auto& i) { return i.param.name; });

RunRecord a_run(std::string id) {
  RunRecord run;
  run.id = std::move(id);
  run.project = "flights";
  run.command = "run";
  run.started = {1'000'000};
  return run;
}

ModelRecord a_model(std::string name, std::string_view content) {
  ModelRecord model;
  model.project = "flights";
  model.name = std::move(name);
  model.run = "r1";
  model.created = {5};
  model.content = content_hash(content);
  model.dataset = "d1";
  model.algorithm = "logistic";
  model.options = {{"l2", "0"}, {"iterations", "50"}, {"empty", ""}};
  model.seed = 0xffff'ffff'ffff'fffe;
  model.threads = 2;
  model.libraries = {{"xgboost", "3.2.0"}};
  model.metrics_json = R"({"auc":0.7265})";
  return model;
}

TEST_P(Metadata, ARunFromBeginningToEnd) {
  ASSERT_TRUE(store().begin_run(a_run("r1")).has_value());
  StationRecord ingest{"ingest flights", 3'000'000, "rows", 1.25};
  StationRecord train{.name = "model late: fit",
                      .units = 458'388,
                      .unit = "rows",
                      .seconds = 0.1,
                      .kind = StationKind::kTraining,
                      .cpu_seconds = 0.2,
                      .bytes_read = 1,
                      .bytes_written = 2,
                      .memory = 3,
                      .started = {4},
                      .span = 0xffff'ffff'ffff'fffe,
                      .parent = 1};
  std::vector<CounterRecord> counters = {{"lode_rows_read_total", "source=a", 3'000'000},
                                         {"lode_rows_read_total", "source=b", 0}};
  StationRecord load{"load flights", 2'999'996, "rows", 0.5};
  ASSERT_TRUE(store().add_stations("r1", {{ingest}}).has_value());
  ASSERT_TRUE(store().add_stations("r1", {}).has_value());
  ASSERT_TRUE(store().add_stations("r1", {{load, train}}).has_value());
  ASSERT_TRUE(store().add_counters("r1", counters).has_value());
  RunRecord wanted = a_run("r1");
  wanted.stations = {ingest, load, train};
  wanted.counters = counters;
  EXPECT_EQ(store().run("r1").value(), wanted);
  ASSERT_TRUE(
      store().end_run("r1", {9}, RunState::kFailed, "lode.yaml:3: it's no good").has_value());
  reopen();
  wanted.ended = Timestamp{9};
  wanted.state = RunState::kFailed;
  wanted.error = "lode.yaml:3: it's no good";
  EXPECT_EQ(store().run("r1").value(), wanted);
}

TEST_P(Metadata, RunsAreNotMixedUp) {
  EXPECT_EQ(store().run("r1").error().code(), Code::kNotFound);
  EXPECT_EQ(store().add_stations("r1", {{StationRecord{}}}).error().code(), Code::kNotFound);
  EXPECT_EQ(store().end_run("r1", {9}, RunState::kFailed, "").error().code(), Code::kNotFound);
  ASSERT_TRUE(store().begin_run(a_run("r1")).has_value());
  EXPECT_EQ(store().begin_run(a_run("r1")).error().code(), Code::kConflict);
  EXPECT_EQ(store().end_run("r1", {9}, RunState::kRunning, "").error().code(), Code::kInvalid);
  ASSERT_TRUE(store().end_run("r1", {9}, RunState::kSucceeded, "").has_value());
  EXPECT_EQ(store().end_run("r1", {9}, RunState::kFailed, "").error().code(), Code::kConflict);
  EXPECT_EQ(store().add_stations("r1", {{StationRecord{}}}).error().code(), Code::kConflict);
  EXPECT_EQ(store().run("r1").value().state, RunState::kSucceeded);
}

TEST_P(Metadata, CountersComeOnceAndAllOrNone) {
  std::vector<CounterRecord> counters = {{"a", "", 1}, {"b", "x=1", 2}};
  EXPECT_EQ(store().add_counters("r1", counters).error().code(), Code::kNotFound);
  ASSERT_TRUE(store().begin_run(a_run("r1")).has_value());
  std::vector<CounterRecord> twice = {{"a", "", 1}, {"b", "", 2}, {"a", "", 3}};
  EXPECT_EQ(store().add_counters("r1", twice).error().code(), Code::kConflict);
  EXPECT_TRUE(store().run("r1").value().counters.empty());
  ASSERT_TRUE(store().add_counters("r1", counters).has_value());
  EXPECT_EQ(store().add_counters("r1", {{{"c", "", 1}}}).error().code(), Code::kConflict);
  ASSERT_TRUE(store().begin_run(a_run("r2")).has_value());
  ASSERT_TRUE(store().add_counters("r2", {{{"a", "", 7}}}).has_value());
  EXPECT_EQ(store().run("r1").value().counters, counters);
  ASSERT_TRUE(store().end_run("r1", {9}, RunState::kSucceeded, "").has_value());
  EXPECT_EQ(store().add_counters("r1", counters).error().code(), Code::kConflict) << "it has ended";
}

TEST_P(Metadata, RunsNewestFirst) {
  // By the order they began, not by their times or names.
  for (const char* id : {"c", "a", "b"}) {
    RunRecord run = a_run(id);
    run.started = {*id == 'c' ? 100 : 1};
    ASSERT_TRUE(store().begin_run(run).has_value());
  }
  RunRecord other = a_run("other");
  other.project = "elsewhere";
  ASSERT_TRUE(store().begin_run(other).has_value());
  auto ids = [&](int limit) {
    std::string all;
    std::vector<RunRecord> runs = store().runs("flights", limit).value();
    for (const RunRecord& run : runs) all += run.id;
    return all;
  };
  EXPECT_EQ(ids(10), "bac");
  EXPECT_EQ(ids(2), "ba");
  EXPECT_EQ(ids(0), "");
  EXPECT_TRUE(store().runs("none", 10).value().empty());
}

TEST_P(Metadata, ModelsAreVersioned) {
  EXPECT_EQ(store().add_model(a_model("late", "one")).value(), 1);
  EXPECT_EQ(store().add_model(a_model("late", "two")).value(), 2);
  EXPECT_EQ(store().add_model(a_model("other", "one")).value(), 1);
  reopen();
  ModelRecord wanted = a_model("late", "one");
  wanted.version = 1;
  EXPECT_EQ(store().model("flights", "late", 1).value(), wanted);
  EXPECT_EQ(store().model("flights", "late", 0).value().version, 2);
  EXPECT_EQ(store().model("flights", "late", 3).error().code(), Code::kNotFound);
  EXPECT_EQ(store().model("flights", "none", 0).error().code(), Code::kNotFound);
  EXPECT_EQ(store().model("elsewhere", "late", 0).error().code(), Code::kNotFound);
  EXPECT_EQ(store().models("flights", "late").value().size(), 2U);
  std::vector<ModelRecord> all = store().models("flights", "").value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[2].name, "other");
}

TEST_P(Metadata, TheSameModelAgainIsNoNewVersion) {
  EXPECT_EQ(store().add_model(a_model("late", "one")).value(), 1);
  ModelRecord again = a_model("late", "one");
  again.run = "r2";
  EXPECT_EQ(store().add_model(again).value(), 1);
  EXPECT_EQ(store().model("flights", "late", 1).value().run, "r1") << "what is recorded stays";
  again.dataset = "d2";
  EXPECT_EQ(store().add_model(again).value(), 2);
  // Going back to an older content is a step of its own.
  EXPECT_EQ(store().add_model(a_model("late", "one")).value(), 3);
}

ModelLineage a_lineage() {
  ModelLineage lineage;
  lineage.recorded = true;
  lineage.training = "late 'set'";
  lineage.tested = content_hash("rows");
  lineage.sources = {
      {"flights", content_hash("zone"), 10, 9, {{"a \"b\".csv", content_hash("f")}}}};
  lineage.definitions = {{"view", "carrier", content_hash("text")}};
  lineage.encoders = {{"carrier", "target smoothing 50"}};
  lineage.before = LineageModel{"late", 3, content_hash("before")};
  return lineage;
}

TEST_P(Metadata, AModelKeepsTheLineageItWasMadeWith) {
  ModelRecord model = a_model("late", "one");
  ASSERT_EQ(store().add_model(model).value(), 1);
  model = a_model("late", "two");
  model.lineage = a_lineage();
  ASSERT_EQ(store().add_model(model).value(), 2);
  model.lineage.commit = "later";
  ASSERT_EQ(store().add_model(model).value(), 2);
  reopen();
  EXPECT_FALSE(store().model("flights", "late", 1).value().lineage.recorded);
  EXPECT_EQ(store().model("flights", "late", 2).value().lineage, a_lineage());
  EXPECT_EQ(store().models("flights", "late").value()[1].lineage, a_lineage());
}

TEST_P(Metadata, TextsOfDeclarationsAreKeptOnce) {
  DefinitionRecord view{"view", "carrier", content_hash("one"), "one"};
  DefinitionRecord other{"view", "carrier", content_hash("two"), "two"};
  ASSERT_TRUE(store().add_definitions("flights", {{view}}).has_value());
  ASSERT_TRUE(store().add_definitions("flights", {{view, other}}).has_value());
  ASSERT_TRUE(store().add_definitions("elsewhere", {{view}}).has_value());
  reopen();
  std::vector<DefinitionRecord> all = store().definitions("flights").value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NE(std::ranges::find(all, view), all.end());
  EXPECT_NE(std::ranges::find(all, other), all.end());
  EXPECT_EQ(store().definitions("elsewhere").value().size(), 1U);
  DefinitionRecord wrong{"view", "carrier", content_hash("three"), "four"};
  DefinitionRecord right{"view", "delay", content_hash("five"), "five"};
  EXPECT_EQ(store().add_definitions("flights", {{right, wrong}}).error().code(), Code::kCorrupt);
  EXPECT_EQ(store().definitions("flights").value().size(), 2U) << "all or none";
}

TEST_P(Metadata, DataSetsAreKeptAsTheyWereFirst) {
  DatasetRecord one{.project = "flights", .name = "b", .training = "late", .run = "1", .rows = 7};
  one.target_mean = 0.25;
  one.columns = {{"delay", "double", 2, 1.5, 0.1}};
  ASSERT_TRUE(store().add_dataset(one).has_value());
  DatasetRecord two = one;
  two.name = "a";
  ASSERT_TRUE(store().add_dataset(two).has_value());
  one.rows = 8;
  ASSERT_TRUE(store().add_dataset(one).has_value());
  reopen();
  one.rows = 7;
  EXPECT_EQ(store().datasets("flights").value(), (std::vector<DatasetRecord>{one, two}));
  EXPECT_TRUE(store().datasets("elsewhere").value().empty());
}

TEST_P(Metadata, TextsOfAnyKind) {
  RunRecord run = a_run("quotes ' \" ; -- \n z\xc3\xbcrich");
  run.command = std::string("nul\0inside", 10);
  run.project = "";
  ASSERT_TRUE(store().begin_run(run).has_value());
  EXPECT_EQ(store().run(run.id).value(), run);
}

TEST_P(Metadata, TwoStoresOnOnePlaceSeeEachOther) {
  auto other = GetParam().open(place_).value();
  ASSERT_TRUE(store().begin_run(a_run("r1")).has_value());
  ASSERT_TRUE(other->end_run("r1", {9}, RunState::kSucceeded, "").has_value());
  EXPECT_EQ(store().run("r1").value().state, RunState::kSucceeded);
}

TEST_P(Metadata, VersionsAreUniqueUnderConcurrency) {
  constexpr int kThreads = 4;
  constexpr int kEach = 10;
  store();
  auto other = GetParam().open(place_).value();
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      MetadataStore& mine = t % 2 == 0 ? store() : *other;
      for (int i = 0; i < kEach; ++i)
        if (!mine.add_model(a_model("late", fmt::format("{}-{}", t, i)))) ++failures;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  std::vector<ModelRecord> all = store().models("flights", "late").value();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(kThreads * kEach));
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(all[i].version, static_cast<std::int64_t>(i) + 1);
}

TEST_P(Metadata, WhatHappenedToModelsIsKeptInOrder) {
  ASSERT_EQ(store().add_model(a_model("late", "one")).value(), 1);
  ASSERT_EQ(store().add_model(a_model("late", "two")).value(), 2);
  ModelEvent promoted{.project = "flights",
                      .model = "late",
                      .kind = ModelEventKind::kAlias,
                      .name = "champion",
                      .version = 2,
                      .at = {7},
                      .actor = "gate",
                      .why = "better on log_loss: it's \"so\"",
                      .details_json = R"({"verdict":"promote"})"};
  EXPECT_EQ(store().add_model_event(promoted, 0).value(), 1);
  ModelEvent tagged = promoted;
  tagged.kind = ModelEventKind::kTag;
  tagged.name = "owner";
  tagged.value = "fraud team";
  EXPECT_EQ(store().add_model_event(tagged, 0).error().code(), Code::kConflict)
      << "seen too little";
  EXPECT_EQ(store().add_model_event(tagged, 2).error().code(), Code::kConflict) << "seen too much";
  EXPECT_EQ(store().add_model_event(tagged, 1).value(), 2);
  ModelEvent nowhere = promoted;
  nowhere.version = 3;
  EXPECT_EQ(store().add_model_event(nowhere, 2).error().code(), Code::kNotFound);
  nowhere.version = 0;
  EXPECT_EQ(store().add_model_event(nowhere, 2).value(), 3);
  ModelEvent elsewhere = promoted;
  elsewhere.project = "other";
  elsewhere.version = 0;
  EXPECT_EQ(store().add_model_event(elsewhere, 0).value(), 1) << "a project counts its own";
  reopen();
  promoted.number = 1;
  tagged.number = 2;
  nowhere.number = 3;
  EXPECT_EQ(store().model_events("flights", "late").value(),
            (std::vector<ModelEvent>{promoted, tagged, nowhere}));
  EXPECT_EQ(store().model_events("flights", "").value().size(), 3U);
  EXPECT_TRUE(store().model_events("flights", "none").value().empty());
}

// Whoever has not seen the newest event adds nothing, so of many at once each is seen by the next.
TEST_P(Metadata, EventsAreAddedByThoseWhoHaveSeenTheOthers) {
  constexpr int kThreads = 4;
  constexpr int kEach = 8;
  ASSERT_EQ(store().add_model(a_model("late", "one")).value(), 1);
  auto other = GetParam().open(place_).value();
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      MetadataStore& mine = t % 2 == 0 ? store() : *other;
      for (int done = 0; done < kEach;) {
        auto seen = mine.model_events("flights", "");
        if (!seen) {
          ++failures;
          return;
        }
        ModelEvent event{.project = "flights", .model = "late", .name = "champion", .version = 1};
        event.value = std::to_string(seen->size());
        auto added = mine.add_model_event(event, std::ssize(*seen));
        if (added)
          ++done;
        else if (added.error().code() != Code::kConflict)
          ++failures;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  std::vector<ModelEvent> all = store().model_events("flights", "").value();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(kThreads * kEach));
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].value, std::to_string(i));
}

// ---- SQLite alone
// ----------------------------------------------------------------------------------

TEST(SqliteStore, ANewerSchemaIsRefused) {
  std::string place = fresh_place();
  {
    auto store = open_sqlite_store(place).value();
  }
  {
    Sqlite database = Sqlite::open(place, 0).value();
    ASSERT_TRUE(database.execute("UPDATE schema_version SET version = 99").has_value());
  }
  Error error = open_sqlite_store(place).error();
  EXPECT_EQ(error.code(), Code::kUnsupported);
  EXPECT_EQ(error.message(),
            fmt::format("'{}' has schema version 99, this lode knows versions up to 6; "
                        "use a newer lode",
                        place));
  std::filesystem::remove(place);
}

TEST(SqliteStore, DamageAndMissingDirectoriesAreSaid) {
  std::string place = fresh_place();
  std::ofstream(place) << std::string(10000, 'x');
  EXPECT_EQ(open_sqlite_store(place).error().code(), Code::kCorrupt);
  std::filesystem::remove(place);
  EXPECT_EQ(open_sqlite_store("/nowhere/at/all.db").error().code(), Code::kIo);
}

TEST(SqliteStore, AFailedTransactionLeavesNothing) {
  Sqlite database = Sqlite::open(":memory:", 0).value();
  ASSERT_TRUE(database.execute("CREATE TABLE t (x INTEGER)").has_value());
  Status status = database.transaction([&]() -> Status {
    TRY_VOID(database.execute("INSERT INTO t VALUES (1)"));
    return fail(Code::kInvalid, "no");
  });
  EXPECT_EQ(status.error().message(), "no");
  auto query = database.query("SELECT count(*) FROM t").value();
  EXPECT_TRUE(query->step().value());
  EXPECT_EQ(query->integer(0), 0);
}

}  // namespace
}  // namespace lode
