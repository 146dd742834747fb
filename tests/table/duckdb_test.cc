#include "table/duckdb.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace lode {
namespace {

Duck open_duck(int threads = 1) { return Duck::open({.threads = threads}).value(); }

Table rows_of(std::string_view sql) { return open_duck().query_all(sql).value(); }

std::string refusal_of(std::string_view sql) {
  auto table = open_duck().query_all(sql);
  return table ? "no error" : table.error().message();
}

TEST(Duck, VersionIsTheOneSetUp) { EXPECT_EQ(Duck::version().value(), "v1.5.5"); }

TEST(Duck, IntegersOfAllWidthsAreInt64) {
  Table t = rows_of(
      "SELECT a::TINYINT a, a::SMALLINT b, a::INTEGER c, a::BIGINT d, abs(a)::UTINYINT e, "
      "abs(a)::USMALLINT f, abs(a)::UINTEGER g, abs(a)::UBIGINT h "
      "FROM (VALUES (-7), (NULL), (100)) v(a)");
  ASSERT_EQ(t.rows, 3);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(t.columns[i].type, Type::int64());
    EXPECT_EQ(t.columns[i].int64(0), i < 4 ? -7 : 7);
    EXPECT_TRUE(t.columns[i].is_null(1));
    EXPECT_EQ(t.columns[i].int64(1), 0) << "values under a null are zero";
    EXPECT_EQ(t.columns[i].int64(2), 100);
    EXPECT_EQ(t.columns[i].null_count, 1);
  }
}

TEST(Duck, IntegersThatDoNotFitAreRefusedByName) {
  EXPECT_EQ(rows_of("SELECT 9223372036854775807::UBIGINT x").columns[0].int64(0),
            9223372036854775807);
  EXPECT_EQ(refusal_of("SELECT 9223372036854775808::UBIGINT big"),
            "column 'big' holds an integer past 2^63-1; cast it to HUGEINT in the query");
  // sum() of integers is HUGEINT.
  Table sum = rows_of("SELECT sum(x) s FROM (VALUES (9223372036854775807), (1)) v(x)");
  EXPECT_EQ(sum.columns[0].type, Type::decimal(38, 0));
  EXPECT_EQ(sum.columns[0].decimal(0), Int128{9223372036854775807} + 1);
  // 10^38 has 39 digits.
  EXPECT_EQ(refusal_of("SELECT 100000000000000000000000000000000000000::HUGEINT h"),
            "column 'h' holds an integer of more than 38 digits; cast it to DOUBLE in the query");
}

TEST(Duck, BooleansAreBitsAcrossChunks) {
  // 5000 rows are three chunks; every third is true, every seventh null.
  Table t =
      rows_of("SELECT CASE WHEN i % 7 = 0 THEN NULL ELSE i % 3 = 0 END b FROM range(5000) r(i)");
  ASSERT_EQ(t.rows, 5000);
  EXPECT_EQ(t.columns[0].null_count, 715);  // ceil(5000 / 7)
  for (std::int64_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(t.columns[0].is_null(i), i % 7 == 0) << i;
    ASSERT_EQ(t.columns[0].boolean(i), i % 7 != 0 && i % 3 == 0) << i;
  }
}

TEST(Duck, FloatsAreExactlyWidened) {
  Table t = rows_of("SELECT 0.1::FLOAT f, 0.1::DOUBLE d, 'NaN'::DOUBLE n, '-inf'::DOUBLE i");
  EXPECT_EQ(t.columns[0].float64(0), 0.100000001490116119384765625);  // the float nearest 0.1
  EXPECT_EQ(t.columns[1].float64(0), 0.1);
  EXPECT_TRUE(std::isnan(t.columns[2].float64(0)));
  EXPECT_TRUE(std::isinf(t.columns[3].float64(0)));
}

TEST(Duck, DecimalsOfEveryWidth) {
  Table t = rows_of(
      "SELECT -1.5::DECIMAL(4,1) a, 12345.678::DECIMAL(9,3) b, 123456789.5::DECIMAL(18,1) c, "
      "-12345678901234567890.25::DECIMAL(38,2) d");
  EXPECT_EQ(t.columns[0].type, Type::decimal(4, 1));
  EXPECT_EQ(t.columns[0].decimal(0), -15);
  EXPECT_EQ(t.columns[1].decimal(0), 12345678);
  EXPECT_EQ(t.columns[2].decimal(0), 1234567895);
  EXPECT_EQ(t.columns[3].decimal(0), -(Int128{12345678901234567890ULL} * 100 + 25));
}

TEST(Duck, StringsShortLongEmptyNull) {
  Table t = rows_of(
      "SELECT unnest(['', 'exactly12byt', 'thirteenbytes', NULL, 'zür', repeat('x', 100000)]) s");
  const Column& s = t.columns[0];
  EXPECT_EQ(s.string(0), "");
  EXPECT_EQ(s.string(1), "exactly12byt");
  EXPECT_EQ(s.string(2), "thirteenbytes");
  EXPECT_TRUE(s.is_null(3));
  EXPECT_EQ(s.string(3), "");
  EXPECT_EQ(s.string(4), "zür");
  EXPECT_EQ(s.string(5), std::string(100000, 'x'));
}

TEST(Duck, EnumsAreDictionaries) {
  Table t = rows_of("SELECT x::ENUM('low', 'high') e FROM (VALUES ('high'), (NULL), ('low')) v(x)");
  const Column& e = t.columns[0];
  EXPECT_EQ(e.type, Type::string());
  ASSERT_NE(e.dictionary, nullptr);
  EXPECT_EQ(e.dictionary->length, 2);
  EXPECT_EQ(e.string(0), "high");
  EXPECT_TRUE(e.is_null(1));
  EXPECT_EQ(e.string(2), "low");
}

TEST(Duck, TimesAreMicrosecondsUtc) {
  Table t = rows_of(
      "SELECT TIMESTAMP '2001-01-01 00:01:00' a, '2001-01-01 00:01:00+02'::TIMESTAMPTZ b, "
      "'1969-12-31 23:59:59'::TIMESTAMP_S c, '2001-01-01 00:01:00.5'::TIMESTAMP_MS d, "
      "'2001-01-01 00:01:00.000001'::TIMESTAMP_NS e, DATE '1970-01-02' f");
  EXPECT_EQ(t.columns[0].int64(0), 978307260'000000);
  EXPECT_EQ(t.columns[1].int64(0), 978300060'000000);  // two hours earlier
  EXPECT_EQ(t.columns[2].int64(0), -1'000000);
  EXPECT_EQ(t.columns[3].int64(0), 978307260'500000);
  EXPECT_EQ(t.columns[4].int64(0), 978307260'000001);
  EXPECT_EQ(t.columns[5].date(0), 1);
}

TEST(Duck, TimesThatAreNoMicrosecondsAreRefused) {
  EXPECT_EQ(refusal_of("SELECT '2001-01-01 00:01:00.000000001'::TIMESTAMP_NS t"),
            "column 't' holds a time that is infinite or no whole microsecond; round it in the "
            "query");
  EXPECT_EQ(refusal_of("SELECT 'infinity'::TIMESTAMP t"),
            "column 't' holds a time that is infinite or out of range; leave such rows out in the "
            "query");
  EXPECT_EQ(refusal_of("SELECT '-infinity'::DATE d"),
            "column 'd' holds an infinite date; leave such rows out in the query");
}

TEST(Duck, InfinitiesAsExtremesWhenAsked) {
  Duck duck = open_duck();
  auto stream = duck.query("SELECT 'infinity'::TIMESTAMP t, '-infinity'::DATE d",
                           {.infinities_as_extremes = true})
                    .value();
  Table t = *stream.next().value();
  EXPECT_EQ(t.columns[0].int64(0), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(t.columns[1].date(0), -std::numeric_limits<std::int32_t>::max());
}

TEST(Duck, ListsStructsMapsArrays) {
  Table t = rows_of(
      "SELECT [1, NULL, 3] l, {'a': 1, 'b': 'x'} s, map {'k': 2.5::DOUBLE} m, "
      "[7, 8]::INTEGER[2] a UNION ALL SELECT NULL, NULL, NULL, NULL "
      "UNION ALL SELECT [], {'a': NULL, 'b': 'y'}, map {}, [9, NULL]::INTEGER[2]");
  ASSERT_EQ(t.rows, 3);
  EXPECT_EQ(t.columns[0].type.text(), "list<int64>");
  EXPECT_EQ(t.columns[1].type.text(), "struct<a: int64, b: string>");
  EXPECT_EQ(t.columns[2].type.text(), "list<struct<key: string, value: double>>");
  EXPECT_EQ(t.columns[3].type.text(), "list<int64>");
  const auto* l = t.columns[0].offsets.as<std::int32_t>();
  EXPECT_EQ(std::vector<std::int32_t>(l, l + 4), (std::vector<std::int32_t>{0, 3, 3, 3}));
  EXPECT_TRUE(t.columns[0].is_null(1));
  EXPECT_FALSE(t.columns[0].is_null(2));
  EXPECT_TRUE(t.columns[0].children[0].is_null(1));
  EXPECT_EQ(t.columns[0].children[0].int64(2), 3);
  EXPECT_TRUE(t.columns[1].is_null(1));
  EXPECT_TRUE(t.columns[1].children[0].is_null(2));
  EXPECT_EQ(t.columns[1].children[1].string(2), "y");
  EXPECT_EQ(t.columns[2].children[0].children[1].float64(0), 2.5);
  const auto* a = t.columns[3].offsets.as<std::int32_t>();
  EXPECT_EQ(std::vector<std::int32_t>(a, a + 4), (std::vector<std::int32_t>{0, 2, 2, 4}));
  EXPECT_EQ(t.columns[3].children[0].int64(2), 9);
  EXPECT_TRUE(t.columns[3].children[0].is_null(3));
}

TEST(Duck, TypesLodeHasNotAreRefusedWithTheCast) {
  EXPECT_EQ(refusal_of("SELECT TIME '12:00:00' noon"),
            "column 'noon' is TIME, which lode has no type for; write CAST(noon AS VARCHAR) in the "
            "query");
  EXPECT_EQ(refusal_of("SELECT {'in': uuid()} x"),
            "column 'x.in' is UUID, which lode has no type for; write CAST(x.in AS VARCHAR) in the "
            "query");
}

TEST(Duck, ErrorsAreShortAndHaveCodes) {
  Duck duck = open_duck();
  Error syntax = duck.query_all("SELEC 1").error();
  EXPECT_EQ(syntax.code(), Code::kInvalid);
  EXPECT_EQ(syntax.message(), "DuckDB: Parser Error: syntax error at or near \"SELEC\"");
  Error file = duck.query_all("SELECT * FROM read_parquet('/nowhere/x.parquet')").error();
  EXPECT_EQ(file.code(), Code::kNotFound);
  Error division = duck.query_all("SELECT error('mine')").error();
  EXPECT_NE(division.message().find("mine"), std::string::npos);
  // A failure after rows have been seen.
  auto stream = duck.query(
                        "SELECT CASE WHEN i < 1900000 THEN 1 ELSE CAST('x' || i AS INTEGER) END "
                        "FROM range(2000000) r(i)",
                        {.rows_per_table = 2048})
                    .value();
  std::int64_t rows = 0;
  auto next = stream.next();
  for (; next && *next; next = stream.next()) rows += (*next)->rows;
  ASSERT_FALSE(next);
  EXPECT_LE(rows, 1900000);
  EXPECT_NE(next.error().message().find("Conversion Error"), std::string::npos);
  EXPECT_EQ(stream.next().error().message(), next.error().message()) << "and it stays failed";
}

TEST(Duck, StreamsInOrderOnTwoThreads) {
  Duck duck = open_duck(2);
  auto stream = duck.query("SELECT i FROM range(300000) r(i)", {.rows_per_table = 10000}).value();
  std::int64_t at = 0;
  while (auto table = stream.next().value()) {
    EXPECT_GE(table->rows, std::min<std::int64_t>(10000, 300000 - at));
    for (std::int64_t i = 0; i < table->rows; ++i) ASSERT_EQ(table->columns[0].int64(i), at + i);
    at += table->rows;
  }
  EXPECT_EQ(at, 300000);
  EXPECT_FALSE(stream.next().value()) << "the end stays the end";
}

TEST(Duck, StreamsMayBeOpenTogetherAndOutliveTheDatabase) {
  auto open_two = [] {
    Duck duck = open_duck();
    return std::pair(duck.query("SELECT 1 x").value(), duck.query("SELECT 2 x").value());
  };
  auto [one, two] = open_two();
  EXPECT_EQ(two.next().value()->columns[0].int64(0), 2);
  EXPECT_EQ(one.next().value()->columns[0].int64(0), 1);
}

TEST(Duck, QueryAllOfNoRowsHasColumns) {
  Table t = rows_of("SELECT 1 a, 'x' b WHERE false");
  EXPECT_EQ(t.rows, 0);
  ASSERT_EQ(t.columns.size(), 2U);
  EXPECT_EQ(t.schema[1].name, "b");
  EXPECT_EQ(t.columns[1].length, 0);
}

// Every type, with nulls, over more than one chunk, there and back.
TEST(Duck, AppendedTablesComeBackEqual) {
  std::string_view sql =
      "SELECT i, i % 2 = 0 b, i / 4.0::DOUBLE d, (i * 1.25)::DECIMAL(9,2) m4, "
      "(i * 1.25)::DECIMAL(4,0) % 100 m2, i::DECIMAL(18,1) m8, i::DECIMAL(38,6) m16, "
      "CASE WHEN i % 3 = 0 THEN NULL ELSE 's' || repeat('q', (i % 30)::INT) END s, "
      "encode('b' || i) y, DATE '2000-01-01' + i::INT dt, TIMESTAMP '2000-01-01' + "
      "to_seconds(i) ts, [i, NULL, i + 1] l, {'x': i, 'n': {'z': 'deep' || i}} st, "
      "CASE WHEN i % 5 = 0 THEN NULL ELSE [['a' || i], [], ['b']] END ll "
      "FROM range(5000) r(i)";
  Duck duck = open_duck();
  Table out = duck.query_all(sql).value();
  ASSERT_TRUE(duck.create_table("back \"again\"", out.schema).has_value());
  ASSERT_TRUE(duck.append("back \"again\"", out).has_value());
  ASSERT_TRUE(duck.execute(fmt::format("CREATE TABLE wanted AS {}", sql)).has_value());
  Table differ = duck.query_all(
                         "(FROM \"back \"\"again\"\"\" EXCEPT ALL FROM wanted) UNION ALL "
                         "(FROM wanted EXCEPT ALL FROM \"back \"\"again\"\"\")")
                     .value();
  EXPECT_EQ(differ.rows, 0);
  EXPECT_EQ(
      duck.query_all("SELECT count(*) FROM \"back \"\"again\"\"\"").value().columns[0].int64(0),
      5000);
}

TEST(Duck, AppendTakesDictionaries) {
  Duck duck = open_duck();
  Table t = duck.query_all(
                    "SELECT x::ENUM('a', 'a longer word') e FROM (VALUES ('a longer word'), "
                    "(NULL), ('a')) v(x)")
                .value();
  ASSERT_TRUE(duck.create_table("t", t.schema).has_value());
  ASSERT_TRUE(duck.append("t", t).has_value());
  Table back = duck.query_all("SELECT e FROM t").value();
  EXPECT_EQ(back.columns[0].string(0), "a longer word");
  EXPECT_TRUE(back.columns[0].is_null(1));
  EXPECT_EQ(back.columns[0].string(2), "a");
}

TEST(Duck, AppendToAnotherTableIsAnError) {
  Duck duck = open_duck();
  Table t = duck.query_all("SELECT 1 a").value();
  EXPECT_FALSE(duck.append("missing", t).has_value());
  ASSERT_TRUE(duck.execute("CREATE TABLE two (a BIGINT, b BIGINT)").has_value());
  EXPECT_FALSE(duck.append("two", t).has_value());
}

TEST(Duck, IsLockedDown) {
  Duck duck = open_duck();
  EXPECT_EQ(duck.query_all("SELECT current_setting('TimeZone')").value().columns[0].string(0),
            "UTC");
  EXPECT_FALSE(duck.execute("SET threads = 7").has_value());
  EXPECT_FALSE(duck.execute("SET autoload_known_extensions = true").has_value());
  Table t = duck.query_all(
                    "SELECT name, value FROM duckdb_settings() WHERE name IN "
                    "('autoinstall_known_extensions', 'autoload_known_extensions', "
                    "'allow_community_extensions', 'allow_persistent_secrets')")
                .value();
  ASSERT_EQ(t.rows, 4);
  for (std::int64_t i = 0; i < 4; ++i) EXPECT_EQ(t.columns[1].string(i), "false");
}

TEST(Duck, MemoryLimitIsALimitError) {
  Duck duck = Duck::open({.memory_limit_bytes = 64 << 20}).value();
  Error error =
      duck.query_all(
              "SELECT count(*) FROM (SELECT i, count(*) FROM range(50000000) r(i) GROUP BY i)")
          .error();
  EXPECT_EQ(error.code(), Code::kLimit);
}

TEST(Duck, QuotesNamesAndLiterals) {
  EXPECT_EQ(sql_literal("it's"), "'it''s'");
  EXPECT_EQ(sql_identifier("a \"b\""), "\"a \"\"b\"\"\"");
  EXPECT_EQ(sql_type(Type::list(Type::structure({{"a b", Type::decimal(10, 2)}}))),
            "STRUCT(\"a b\" DECIMAL(10,2))[]");
}

}  // namespace
}  // namespace lode
