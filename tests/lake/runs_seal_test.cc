// Flipped bits in run records: either an error that names the file, or a bit that has no meaning
// (unused bytes of a page, counters of the header), which is shown by equal records.
#include "lake/runs_seal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/random.h"
#include "lake/runs.h"

namespace lode {
namespace {

ModelLineage a_lineage() {
  ModelLineage out;
  out.recorded = true;
  out.training = "orders";
  out.rows = 899;
  out.train_rows = 569;
  out.test_rows = 330;
  out.tested = content_hash("rows");
  out.cut = 899;
  out.semantics = "1";
  out.time_zones = "2026f";
  out.sources = {{"orders",
                  content_hash("zone"),
                  900,
                  899,
                  {{"orders.csv", content_hash("file"), 25'772, 900}}}};
  out.definitions = {{"source", "orders", content_hash("source 6:orders\n")}};
  out.encoders = {{"amount", "standardise"}, {"shop", "target smoothing 50"}};
  out.lode = "0.1.0";
  out.commit = "0889684114f226b5e8ddb9d75ff4798e75148a23+";
  out.compiler = "GNU 12.2.0";
  out.system = "Linux 6.18.44 x86_64";
  out.distribution = "Debian GNU/Linux 12 (bookworm)";
  out.processors = 2;
  out.compared_with = LineageModel{"base", 1, content_hash("base")};
  out.before = LineageModel{"returns", 1, content_hash("before")};
  out.origin = LineageOrigin{"there",
                             {"returns", 7, content_hash("there")},
                             3,
                             {1'577'836'800'000'000},
                             {1'577'836'800'000'001},
                             content_hash("archive")};
  return out;
}

class RunsSeal : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("lode-seal-{}", ::getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    place_ = folder_ / "runs.sqlite";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  struct Everything {
    std::vector<RunRecord> runs;
    std::vector<ModelRecord> models;
    std::vector<ModelEvent> events;
    std::vector<DefinitionRecord> definitions;
    std::vector<DatasetRecord> datasets;
    std::vector<ScoringRecord> scorings;
    bool operator==(const Everything&) const = default;
  };
  Result<Everything> everything() {
    TRY(auto store, open_sqlite_store(place_));
    Everything out;
    TRY(out.runs, store->runs("shop", 1000));
    TRY(out.models, store->models("shop", ""));
    TRY(out.events, store->model_events("shop", ""));
    TRY(out.definitions, store->definitions("shop"));
    TRY(out.datasets, store->datasets("shop"));
    TRY(out.scorings, store->scorings("shop"));
    return out;
  }
  void place(const std::string& bytes) {
    std::filesystem::remove(place_ + "-journal");
    std::ofstream(place_, std::ios::binary | std::ios::trunc) << bytes;  // no need of a sync
  }
  static std::string golden(int version) {
    return posix_files()
        .read(fmt::format(LODE_SOURCE_DIR "/tests/lake/golden/runs-v{}.sqlite", version))
        .value();
  }

  // What version 3 added is there, or is said not to be.
  static void expect_measured(const RunRecord& run, bool measured) {
    EXPECT_EQ(run.counters.empty(), !measured);
    for (const StationRecord& station : run.stations) {
      StationKind kind =
          station.name.ends_with(": fit") ? StationKind::kTraining : StationKind::kOwn;
      EXPECT_EQ(station.kind, measured ? kind : StationKind::kUnknown) << station.name;
      EXPECT_EQ(station.parent, measured ? 1U : 0U) << station.name;
    }
    if (!measured) return;
    EXPECT_EQ(run.stations[0].bytes_read, 25'772);
    CounterRecord rows{"lode_rows_read_total", "source=orders", 900};
    EXPECT_NE(std::ranges::find(run.counters, rows), run.counters.end());
  }

  // What version 5 added.
  static void expect_lineage(const Everything& records) {
    const ModelLineage& lineage = records.models[2].lineage;
    ASSERT_TRUE(lineage.recorded);
    EXPECT_EQ(lineage, a_lineage());
    ASSERT_EQ(records.definitions.size(), 1U);
    EXPECT_EQ(records.definitions[0].text, "source 6:orders\n");
    ASSERT_EQ(records.datasets.size(), 1U);
    EXPECT_EQ(records.datasets[0].columns[1].type, "string");
    EXPECT_TRUE(std::isnan(records.datasets[0].columns[1].mean));
  }

  // The golden file of version 5 is that of version 4 brought up to date, and these.
  static Status add_what_is_new(const std::string& place) {
    TRY(auto store, open_sqlite_store(place));
    TRY(ModelRecord model, store->model("shop", "returns", 0));
    model.content = content_hash("another");
    model.lineage = a_lineage();
    std::string text = "source 6:orders\n";
    TRY_VOID(store->add_definitions("shop", {{{"source", "orders", content_hash(text), text}}}));
    TRY_VOID(store->add_dataset(
        {.project = "shop",
         .name = "d1",
         .training = "orders",
         .run = "1",
         .rows = 899,
         .target_mean = 0.25,
         .columns = {{"amount", "int64", 3, 97.5, 56.25}, {"shop", "string", 0, NAN, NAN}}}));
    TRY(std::int64_t version, store->add_model(model));
    return version == 2 ? Status() : fail(Code::kInternal, "version {}", version);
  }

  static ScoringRecord a_scoring() {
    ScoringRecord out;
    out.run = "3";
    out.name = "nightly";
    out.model = "returns";
    out.version = 2;
    out.content = content_hash("another");
    out.selection = "rows without a label";
    out.records_read = 120;
    out.scored = 7;
    out.unchanged = 93;
    out.gone = 1;
    out.standing = 100;
    out.seconds = 0.25;
    out.inputs = {{"source", "orders", text(content_hash("zone"))},
                  {"file", "new \"ones\".csv", text(content_hash("file"))}};
    out.outputs = {{"file", "/out/nightly.csv", text(content_hash("scores"))},
                   {"table", "/out/all.duckdb#nightly", "there"}};
    return out;
  }

  // The golden file of version 6 is that of version 5 brought up to date, and these.
  static Status add_scorings(const std::string& place) {
    TRY(auto store, open_sqlite_store(place));
    TRY_VOID(store->begin_run({.id = "3", .project = "shop", .command = "score"}));
    TRY_VOID(store->add_scoring(a_scoring()));
    ScoringRecord bare = a_scoring();
    bare.name.clear();
    bare.inputs.clear();
    bare.outputs.clear();
    TRY_VOID(store->add_scoring(bare));
    return store->end_run("3", {}, RunState::kSucceeded, "");
  }

  std::filesystem::path folder_;
  std::string place_;
};

TEST_F(RunsSeal, VersionSixIsVersionFiveWithScorings) {
  place(golden(5));
  Status added = add_scorings(place_);
  ASSERT_TRUE(added) << added.error().text();
  std::string path = LODE_SOURCE_DIR "/tests/lake/golden/runs-v6.sqlite";
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr && !std::filesystem::exists(path))
    std::filesystem::copy_file(place_, path);
  Everything made = everything().value();
  ASSERT_EQ(made.scorings.size(), 2U);
  EXPECT_EQ(made.scorings[0], a_scoring());
  EXPECT_TRUE(made.scorings[1].outputs.empty());
  place(golden(6));
  EXPECT_EQ(everything().value(), made);
}

TEST_F(RunsSeal, AScoringIsOfARunThatGoesOn) {
  place(golden(5));
  auto store = open_sqlite_store(place_).value();
  EXPECT_EQ(store->add_scoring(a_scoring()).error().code(), Code::kNotFound);
  ScoringRecord late = a_scoring();
  late.run = "1";
  EXPECT_EQ(store->add_scoring(late).error().code(), Code::kConflict);
  EXPECT_TRUE(store->scorings("shop").value().empty());
}

// What add_what_is_new makes of version 4 is what the golden file of version 5 holds.
TEST_F(RunsSeal, VersionFiveIsVersionFourWithLineages) {
  place(golden(4));
  Status added = add_what_is_new(place_);
  ASSERT_TRUE(added) << added.error().text();
  std::string path = LODE_SOURCE_DIR "/tests/lake/golden/runs-v5.sqlite";
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr && !std::filesystem::exists(path))
    std::filesystem::copy_file(place_, path);
  Everything made = everything().value();
  place(golden(5));
  EXPECT_EQ(everything().value(), made);
}

// Each was written once, by the version that first had it; the first had no seal.
TEST_F(RunsSeal, EveryVersionLoadsForEver) {
  for (int version : {1, 2, 3, 4, 5, 6}) {
    SCOPED_TRACE(version);
    place(golden(version));
    Everything records = everything().value();
    ASSERT_EQ(records.scorings.size(), version < 6 ? 0U : 2U);
    if (version >= 6) {
      EXPECT_EQ(records.runs[0].command, "score");
      records.runs.erase(records.runs.begin());
    }
    ASSERT_EQ(records.runs.size(), 2U);
    EXPECT_EQ(records.runs[1].state, RunState::kSucceeded);
    EXPECT_EQ(records.runs[1].stations.size(), version < 3 ? 7U : 15U);
    expect_measured(records.runs[1], version >= 3);
    EXPECT_EQ(records.runs[0].state, RunState::kFailed);
    EXPECT_NE(records.runs[0].error.find("auc is undefined"), std::string::npos);
    ASSERT_EQ(records.models.size(), version < 5 ? 2U : 3U);
    EXPECT_FALSE(records.models[1].lineage.recorded) << "nobody wrote it down";
    if (version >= 5) expect_lineage(records);
    EXPECT_EQ(records.models[1].name, "returns");
    EXPECT_EQ(records.models[1].algorithm, "logistic");
    ASSERT_EQ(records.events.size(), version < 4 ? 0U : 5U);
    if (version >= 4) {
      EXPECT_EQ(records.events[2].value, "shop team");
      EXPECT_EQ(records.events[4].kind, ModelEventKind::kApproval);
    }
    Everything again = everything().value();
    if (version >= 6) again.runs.erase(again.runs.begin());
    EXPECT_EQ(again, records) << "and again, brought up to date";
  }
}

TEST_F(RunsSeal, AFlippedBitIsFoundOrMeansNothing) {
  place(golden(6));
  Everything records = everything().value();
  std::string bytes = posix_files().read(place_).value();
  Random random(3);
  int flips = std::getenv("LODE_FULL") != nullptr ? 30'000 : 600;
  int found = 0;
  int meaningless = 0;
  for (int i = 0; i < flips; ++i) {
    std::string flipped = bytes;
    // Half of them where the header and the pages' own headers are: there a bit can do most.
    std::size_t page = random.below(bytes.size() / 4096) * 4096;
    std::size_t at = random.chance(0.5) ? random.below(bytes.size()) : page + random.below(110);
    auto bit = static_cast<int>(random.below(8));
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
    place(flipped);
    auto after = everything();
    if (after) {
      ASSERT_EQ(*after, records) << "byte " << at << " bit " << bit;
      ++meaningless;
      continue;
    }
    ++found;
    EXPECT_TRUE(after.error().code() == Code::kCorrupt || after.error().code() == Code::kIo ||
                after.error().code() == Code::kUnsupported)
        << "byte " << at << " bit " << bit << ": " << code_name(after.error().code()) << " "
        << after.error().text();
    EXPECT_NE(after.error().text().find(place_), std::string::npos) << after.error().text();
  }
  EXPECT_GT(found, flips / 8);
  EXPECT_GT(meaningless, flips / 8);
}

// Also in a file that an older lode sealed: it is looked at before it is brought up to date.
TEST_F(RunsSeal, WhatWasSealedBeforeIsHeldAgainstItsSeal) {
  for (const char* change :
       {"UPDATE stations SET units = units + 1 WHERE place = 0", "UPDATE seal SET sum = sum + 1",
        "UPDATE models SET metrics_json = '{}'", "ALTER TABLE runs ADD COLUMN more TEXT"}) {
    place(golden(2));
    {
      Sqlite database = Sqlite::open(place_, 0).value();
      ASSERT_TRUE(database.execute(change)) << change;
    }
    auto after = everything();
    ASSERT_FALSE(after) << change;
    EXPECT_EQ(after.error().code(), Code::kCorrupt) << change << ": " << after.error().text();
  }
}

// What SQLite's own check cannot see.
TEST_F(RunsSeal, AnotherValueOfTheRightKindIsFound) {
  for (const char* change : {"UPDATE stations SET units = units + 1 WHERE place = 0",
                             "DELETE FROM stations",
                             "UPDATE stations SET kind = 1 - kind",
                             "UPDATE counters SET value = value + 1",
                             "DELETE FROM counters WHERE name = 'lode_rows_read_total'",
                             "UPDATE runs SET state = 1 - state",
                             "UPDATE models SET metrics_json = '{}'",
                             "UPDATE model_texts SET value = value || ' '",
                             "UPDATE seal SET sum = sum + 1",
                             "DELETE FROM seal",
                             "ALTER TABLE runs ADD COLUMN more TEXT",
                             "UPDATE schema_version SET version = 0",
                             "UPDATE schema_version SET version = 1",
                             "UPDATE model_events SET version = version + 1",
                             "DELETE FROM model_events",
                             "UPDATE schema_version SET version = 2",
                             "UPDATE schema_version SET version = 3",
                             "UPDATE schema_version SET version = 4",
                             "DELETE FROM lineages",
                             "UPDATE lineages SET lineage_json = '{}'",
                             "UPDATE definitions SET text = text || ' '",
                             "UPDATE datasets SET rows = rows + 1",
                             "UPDATE scorings SET scored = scored + 1",
                             "DELETE FROM scorings",
                             "UPDATE schema_version SET version = 5",
                             "UPDATE schema_version SET version = -7"}) {
    place(golden(6));
    ASSERT_TRUE(everything());
    {
      Sqlite database = Sqlite::open(place_, 0).value();
      ASSERT_TRUE(database.execute(change)) << change;
    }
    auto after = everything();
    ASSERT_FALSE(after) << change;
    EXPECT_EQ(after.error().code(), Code::kCorrupt) << change << ": " << after.error().text();
    EXPECT_NE(after.error().text().find(place_), std::string::npos) << after.error().text();
    EXPECT_NE(after.error().text().find("move it away"), std::string::npos)
        << change << ": " << after.error().text();
  }
}

}  // namespace
}  // namespace lode
