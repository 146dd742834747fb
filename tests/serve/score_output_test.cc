#include "serve/score_output.h"

#include <gtest/gtest.h>

#include "base/full_disk.h"
#include "table/duckdb.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

class Output : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(scratch()); }
  std::string scratch() const { return (folder_.root() / "tmp").string(); }
  std::string path(std::string_view name) const { return (folder_.root() / name).string(); }
  static Table scores(int rows) {
    return Duck::open()
        .value()
        .query_all(fmt::format("SELECT i AS seq, TIMESTAMP '2020-01-01' AS time, i / 8.0::DOUBLE "
                               "AS score FROM range({}) r(i)",
                               rows))
        .value();
  }
  ScoreTarget target(std::string_view name) const {
    return {.path = path(name),
            .format = score_format(name, "auto").value(),
            .table = "late",
            .overwrite = false};
  }
  std::string sum(std::string_view from) const {
    auto read = Duck::open().value().query_all(
        fmt::format("SELECT count(*) || ' ' || sum(score) || ' ' || max(time) AS t FROM {}", from));
    return read ? std::string(read->columns[0].string(0)) : read.error().text();
  }
  TemporaryProject folder_;
};

constexpr std::string_view kTen = "10 5.625 2020-01-01 00:00:00";

TEST_F(Output, EachFormatIsReadBack) {
  for (const char* name : {"x.parquet", "x.csv"}) {
    ASSERT_TRUE(write_scores(posix_files(), scores(10), target(name), scratch()).has_value());
    EXPECT_EQ(sum(fmt::format("'{}'", path(name))), kTen) << name;
    EXPECT_EQ(check_target(posix_files(), target(name)).error().code(), Code::kConflict);
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch()));
}

// A new file, another table in it, and its own table again.
TEST_F(Output, ADuckDbFileKeepsItsOtherTables) {
  ScoreTarget late = target("x.duckdb");
  ASSERT_TRUE(write_scores(posix_files(), scores(10), late, scratch()).has_value());
  ScoreTarget other = late;
  other.table = "other";
  ASSERT_TRUE(check_target(posix_files(), other).has_value());
  ASSERT_TRUE(write_scores(posix_files(), scores(4), other, scratch()).has_value());
  EXPECT_EQ(check_target(posix_files(), late).error().code(), Code::kConflict);
  late.overwrite = true;
  ASSERT_TRUE(check_target(posix_files(), late).has_value());
  ASSERT_TRUE(write_scores(posix_files(), scores(2), late, scratch()).has_value());
  Duck duck = Duck::open().value();
  ASSERT_TRUE(duck.execute("ATTACH '" + late.path + "' AS d (READ_ONLY)").has_value());
  Table counts = duck.query_all(
                         "SELECT (SELECT count(*) FROM d.late) AS a, (SELECT count(*) FROM "
                         "d.other) AS b")
                     .value();
  EXPECT_EQ(counts.columns[0].int64(0), 2);
  EXPECT_EQ(counts.columns[1].int64(0), 4);
}

TEST_F(Output, WhatIsNoDatabaseIsRefused) {
  folder_.write("x.duckdb", "this is a text\n");
  auto refused = check_target(posix_files(), target("x.duckdb"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_EQ(check_target(posix_files(), target("nowhere/x.csv")).error().code(), Code::kInvalid);
}

// The disk is full from some write on: what stood at the path stands.
TEST_F(Output, AFullDiskLeavesTheOldFile) {
  ASSERT_TRUE(write_scores(posix_files(), scores(10), target("x.csv"), scratch()).has_value());
  ScoreTarget again = target("x.csv");
  again.overwrite = true;
  FullDisk disk(posix_files());
  disk.full_after(1);
  auto full = write_scores(disk, scores(3), again, scratch());
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code(), Code::kLimit) << full.error().text();
  EXPECT_NE(full.error().text().find("x.csv"), std::string::npos);
  EXPECT_EQ(sum("'" + path("x.csv") + "'"), kTen);
}

}  // namespace
}  // namespace lode
