#include "serve/score_log.h"

#include <gtest/gtest.h>

#include "table/duckdb.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

class Log : public testing::Test {
 protected:
  ScoreLog open() const {
    std::filesystem::create_directories(folder_.root() / "tmp");
    return ScoreLog::open((folder_.root() / "log").string(),
                          {.scratch = (folder_.root() / "tmp").string()})
        .value();
  }
  static Table entries(std::string_view values) {
    return Duck::open()
        .value()
        .query_all(fmt::format("SELECT r::BIGINT AS row, s::DOUBLE AS score FROM (VALUES {}) v(r, "
                               "s)",
                               values))
        .value();
  }
  static std::string shown(const Table& table) {
    std::string out;
    for (std::int64_t i = 0; i < table.rows; ++i)
      out += fmt::format("{}:{} ", table.find("row")->int64(i), table.find("score")->float64(i));
    return out;
  }
  TemporaryProject folder_;
};

TEST_F(Log, TheLastEntryOfARowCounts) {
  ScoreLog log = open();
  EXPECT_EQ(log.entries(), 0);
  EXPECT_EQ(log.current(0).value().rows, 0);
  ASSERT_TRUE(log.append(entries("(7, 0.5), (2, 0.25), (9, 0.125)")).has_value());
  ASSERT_TRUE(log.append(entries("(2, NULL), (9, 0.75), (4, 0.5)")).has_value());
  EXPECT_EQ(log.entries(), 6);
  EXPECT_EQ(shown(log.current(6).value()), "4:0.5 7:0.5 9:0.75 ");
  EXPECT_EQ(shown(log.current(3).value()), "2:0.25 7:0.5 9:0.125 ") << "as it was before";
  EXPECT_EQ(log.current_rows(6).value(), (std::vector<std::int64_t>{4, 7, 9}));
  Table changed = log.changed(3, 6).value();
  EXPECT_EQ(changed.rows, 3);
  EXPECT_TRUE(changed.find("score")->is_null(0)) << "row 2 has no score any more";
  EXPECT_EQ(log.changed(6, 6).value().rows, 0);
  ScoreLog again = open();
  EXPECT_EQ(again.entries(), 6);
  EXPECT_EQ(again.current(6).value().find("_entry"), nullptr);
}

TEST_F(Log, WhatCameBehindIsTakenBack) {
  ScoreLog log = open();
  ASSERT_TRUE(log.append(entries("(1, 0.5)")).has_value());
  ContentHash before = *log.name();
  ASSERT_TRUE(log.append(entries("(1, 0.25)")).has_value());
  ASSERT_TRUE(log.go_back(before).has_value());
  ScoreLog again = open();
  EXPECT_EQ(again.entries(), 1);
  EXPECT_EQ(shown(again.current(1).value()), "1:0.5 ");
}

}  // namespace
}  // namespace lode
