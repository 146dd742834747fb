// What lode sql takes for a question. Its tables are asked in tests/e2e/look_test.cc.
#include "cli/sql_tables.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(OnlyReads, StatementsThatAsk) {
  for (const char* sql :
       {"SELECT 1", "select 1", "  \n SELECT 1;", "(SELECT 1)", "FROM raw.a", "VALUES (1)",
        "WITH a AS (SELECT 1) FROM a", "DESCRIBE raw.a", "SHOW TABLES", "SUMMARIZE raw.a",
        "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "-- COPY\nSELECT 1",
        "/* a /* b */ */SELECT 1"})
    EXPECT_TRUE(check_only_reads(sql)) << sql;
}

// What may be read is checked before: better a zone too many than one too few.
TEST(MayRead, AnyWayToNameAZone) {
  StoredZone zone{"raw", "Orders", 1};
  for (const char* sql :
       {"FROM raw.orders", "SELECT * FROM \"raw\".\"ORDERS\" o", "SUMMARIZE raw.Orders",
        "FROM query_table('raw.ord' || 'ers')", "FROM query('FROM raw.ord' || 'ers')"})
    EXPECT_TRUE(may_read(sql, zone)) << sql;
  EXPECT_FALSE(may_read("SELECT 1 FROM raw.visits", zone));
  EXPECT_TRUE(may_read("SELECT 1", {"raw", "a\"b", 1}));
}

TEST(OnlyReads, StatementsThatDo) {
  for (const char* sql : {"COPY (SELECT 1) TO 'x.csv'",
                          "copy a to 'x'",
                          "EXPORT DATABASE 'x'",
                          "ATTACH 'x.db'",
                          "INSTALL httpfs",
                          "LOAD httpfs",
                          "CREATE TABLE a (b INT)",
                          "INSERT INTO a VALUES (1)",
                          "DELETE FROM raw.a",
                          "DROP VIEW raw.a",
                          "PRAGMA version",
                          "SET threads = 1",
                          "CALL a()",
                          "EXPLAIN COPY (SELECT 1) TO 'x'",
                          "EXPLAIN ANALYZE COPY (SELECT 1) TO 'x'",
                          "/* SELECT */ COPY a TO 'x'",
                          "-- SELECT\nCOPY a TO 'x'",
                          "EXPLAIN (FORMAT json) COPY a TO 'x'",
                          "\"SELECT\"",
                          "1",
                          "SELECTED",
                          "/* SELECT 1"}) {
    Status checked = check_only_reads(sql);
    ASSERT_FALSE(checked) << sql;
    EXPECT_EQ(checked.error().code(), Code::kInvalid);
  }
  EXPECT_NE(check_only_reads("COPY a TO 'x'").error().message().find("no copy statement"),
            std::string::npos);
  for (const char* nothing : {"", "  ", "-- only this", ";"})
    EXPECT_NE(check_only_reads(nothing).error().message().find("no SQL statement"),
              std::string::npos)
        << nothing;
}

}  // namespace
}  // namespace lode
