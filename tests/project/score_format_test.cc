#include "project/score_format.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(ScoreFormats, ByNameOrAsAsked) {
  EXPECT_EQ(score_format("a.b/x.parquet", "auto").value(), ScoreFormat::kParquet);
  EXPECT_EQ(score_format("x.csv", "auto").value(), ScoreFormat::kCsv);
  EXPECT_EQ(score_format("x.duckdb", "auto").value(), ScoreFormat::kDuckDb);
  EXPECT_EQ(score_format("x.db", "auto").value(), ScoreFormat::kDuckDb);
  EXPECT_EQ(score_format("x.txt", "csv").value(), ScoreFormat::kCsv);
  EXPECT_FALSE(score_format("x.txt", "auto"));
  EXPECT_FALSE(score_format("x.csv", "xlsx"));
  for (const char* name : {"parquet", "csv", "duckdb"})
    EXPECT_EQ(score_format_name(score_format("x", name).value()), name);
}

}  // namespace
}  // namespace lode
