#include "serve/score_compaction.h"

#include <gtest/gtest.h>

#include "base/full_disk.h"
#include "serve/score_log.h"
#include "table/duckdb.h"
#include "tests/project/temporary_project.h"
#include "tests/serve/mirrored_disk.h"

namespace lode {
namespace {

ScoreState state_of(std::int64_t entries, std::int64_t rows) {
  ScoreState state;
  state.model = "returns";
  state.version = 3;
  state.content = content_hash("model");
  state.definition = content_hash("definition");
  state.threshold = "none";
  state.cut = 99;
  state.entries = entries;
  state.rows = rows;
  return state;
}

TEST(CompactionPays, WithManyEntriesARowOrManyParts) {
  EXPECT_FALSE(compaction_pays(state_of(65'536 + 4000, 1000), 1));
  EXPECT_TRUE(compaction_pays(state_of(65'536 + 4001, 1000), 1));
  EXPECT_FALSE(compaction_pays(state_of(1000, 1000), 64));
  EXPECT_TRUE(compaction_pays(state_of(1000, 1000), 65));
  EXPECT_FALSE(compaction_pays(state_of(30 << 20, 30 << 20), 94)) << "thirty are full";
  EXPECT_TRUE(compaction_pays(state_of(30 << 20, 30 << 20), 95));
}

class Compaction : public testing::Test {
 protected:
  std::string folder() const { return (folder_.root() / "kept").string(); }
  std::string state_path() const { return join_path(folder(), "state"); }
  ZoneOptions options(FileSystem& files) const {
    std::filesystem::create_directories(folder_.root() / "tmp");
    ZoneOptions options;
    options.scratch = (folder_.root() / "tmp").string();
    options.files = &files;
    return options;
  }
  // Six blocks over twenty rows, some of them gone in the end.
  ScoreState make() {
    ScoreLog log = ScoreLog::open(generation_path(folder(), 1), options(posix_files())).value();
    for (int block = 0; block < 6; ++block) {
      auto rows = Duck::open().value().query_all(fmt::format(
          "SELECT (i * 7 + {0}) % 20 AS row, i + 100 * {0} AS seq, CASE WHEN (i + {0}) % 5 = 0 "
          "THEN "
          "NULL ELSE (i + {0}) / 64.0::DOUBLE END AS score, 'who ' || i AS customer FROM range(10) "
          "r(i)",
          block));
      EXPECT_TRUE(log.append(*std::move(rows)).has_value());
    }
    ScoreState state = state_of(log.entries(), 0);
    state.rows = std::ssize(log.current_rows(log.entries()).value());
    state.log = log.name();
    EXPECT_TRUE(write_atomically(posix_files(), state_path(), score_state_text(state)).has_value());
    return state;
  }
  // What stands by the state that is there, and nothing beside it that a kill may have left.
  std::string standing() const {
    ScoreState state = parse_score_state(posix_files().read(state_path()).value()).value();
    ScoreLog log =
        ScoreLog::open(generation_path(folder(), state.generation), options(posix_files())).value();
    Table rows = log.current(state.entries).value();
    EXPECT_EQ(rows.rows, state.rows);
    std::string out;
    for (std::int64_t i = 0; i < rows.rows; ++i)
      out += fmt::format("{}:{}:{}:{} ", rows.find("row")->int64(i), rows.find("seq")->int64(i),
                         rows.find("score")->float64(i), rows.find("customer")->string(i));
    return out;
  }
  TemporaryProject folder_;
};

TEST_F(Compaction, WhatStandsIsTheSameWithoutItsPast) {
  ScoreState before = make();
  std::string rows = standing();
  ASSERT_GT(before.entries, 3 * before.rows);
  ASSERT_GT(before.rows, 5);
  auto after = compact_scores(posix_files(), folder(), before, options(posix_files()));
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_EQ(after->generation, 2);
  EXPECT_EQ(after->entries, before.rows);
  EXPECT_EQ(after->cut, before.cut);
  EXPECT_EQ(standing(), rows);
  EXPECT_FALSE(std::filesystem::exists(generation_path(folder(), 1)));
  ScoreLog log = ScoreLog::open(generation_path(folder(), 2), options(posix_files())).value();
  EXPECT_EQ(log.parts(), 1U);
  // Entries behind those that count are no more in it.
  ScoreState shorter = *after;
  shorter.rows = before.rows - 1;
  EXPECT_EQ(compact_scores(posix_files(), folder(), shorter, options(posix_files())).error().code(),
            Code::kCorrupt);
}

TEST_F(Compaction, OfNothingIsNothing) {
  ScoreState state = state_of(0, 0);
  std::filesystem::create_directories(folder());
  auto after = compact_scores(posix_files(), folder(), state, options(posix_files()));
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_EQ(after->entries, 0);
  EXPECT_FALSE(after->log);
}

TEST_F(Compaction, OnADiskFullAtEveryWriteTheOldStateStands) {
  ScoreState before = make();
  std::string rows = standing();
  FullDisk disk(posix_files());
  int failed = 0;
  for (std::int64_t at = 0;; ++at) {
    disk.full_after(at);
    auto full = compact_scores(disk, folder(), before, options(disk));
    disk.make_room();
    EXPECT_EQ(standing(), rows) << at;
    if (full) break;
    EXPECT_EQ(full.error().code(), Code::kLimit) << full.error().text();
    before = parse_score_state(posix_files().read(state_path()).value()).value();
    ++failed;
  }
  EXPECT_GT(failed, 8);
  EXPECT_EQ(standing(), rows);
}

// The power fails in the middle of every operation: one of the two states is there, whole, and the
// next who comes removes what is left of the other.
TEST_F(Compaction, WhosePowerFailsAnywhereLeavesTheOldOrTheNew) {
  ScoreState before = make();
  const std::string rows = standing();
  std::filesystem::copy(folder(), folder() + "-saved", std::filesystem::copy_options::recursive);
  int old_stood = 0;
  int new_stood = 0;
  for (std::int64_t at = 0;; ++at) {
    SCOPED_TRACE(fmt::format("cut at operation {}", at));
    std::filesystem::remove_all(folder());
    std::filesystem::copy(folder() + "-saved", folder(), std::filesystem::copy_options::recursive);
    MirroredDisk mirrored(static_cast<std::uint64_t>(at) + 1);
    ASSERT_TRUE(mirrored.take_in(folder()).has_value());
    mirrored.disk().cut_power_after(at);
    auto done = compact_scores(mirrored, folder(), before, options(mirrored));
    if (!mirrored.disk().power_is_off()) {
      EXPECT_TRUE(done) << done.error().text();
      break;
    }
    mirrored.disk().restart();
    ASSERT_TRUE(mirrored.lay_out(folder()).has_value());
    ScoreState state = parse_score_state(posix_files().read(state_path()).value()).value();
    ASSERT_EQ(standing(), rows);
    ++(state.generation == before.generation ? old_stood : new_stood);
    ASSERT_TRUE(remove_other_generations(posix_files(), folder(), {state.generation}).has_value());
    std::vector<std::string> left = posix_files().list(folder()).value();
    std::erase_if(left, [](const std::string& name) { return is_leftover(name); });
    EXPECT_EQ(left, (std::vector<std::string>{fmt::format("g{}", state.generation), "state"}));
    ASSERT_EQ(standing(), rows);
  }
  EXPECT_GT(old_stood, 5);
  EXPECT_GT(new_stood, 5) << "while the old generation is removed";
}

}  // namespace
}  // namespace lode
