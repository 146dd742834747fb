// covers: cli/shown_value, cli/explain_key
#include "cli/shown_value.h"

#include <gtest/gtest.h>

#include <limits>

#include "cli/explain_key.h"
#include "table/duckdb.h"

namespace lode {
namespace {

// DuckDB makes the values, so that each type is what a query gives.
Table asked(std::string_view sql) { return Duck::open().value().query_all(sql).value(); }

std::string shown(std::string_view value) {
  Table table = asked(fmt::format("SELECT {} AS v", value));
  return shown_value(table.columns[0], 0);
}

std::string as_json(std::string_view value) {
  Table table = asked(fmt::format("SELECT {} AS v", value));
  JsonWriter json;
  write_value(json, table.columns[0], 0);
  return json.take();
}

TEST(ShownValue, EveryType) {
  EXPECT_EQ(shown("true"), "true");
  EXPECT_EQ(shown("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(shown("0.1::DOUBLE"), "0.1");
  EXPECT_EQ(shown("-0.05::DECIMAL(5,2)"), "-0.05");
  EXPECT_EQ(shown("12345678901234567890123456789012345678::HUGEINT"),
            "12345678901234567890123456789012345678");
  EXPECT_EQ(shown("'a b'"), "a b");
  EXPECT_EQ(shown("'\\x00a\\xFF'::BLOB"), "\\x00a\\xFF");
  EXPECT_EQ(shown("DATE '2001-02-03'"), "2001-02-03");
  EXPECT_EQ(shown("TIMESTAMP '2001-02-03 04:05:06.5'"), "2001-02-03T04:05:06.500000Z");
  EXPECT_EQ(shown("NULL::INT"), "");
  EXPECT_EQ(shown("[1, NULL, 3]"), "[1, null, 3]");
  EXPECT_EQ(shown("{a: [1], b: 'x'}"), "{a: [1], b: x}");
}

TEST(ShownValue, EveryTypeAsJson) {
  EXPECT_EQ(as_json("NULL::INT"), "null");
  EXPECT_EQ(as_json("'NaN'::DOUBLE"), "null");
  EXPECT_EQ(as_json("1.50::DECIMAL(5,2)"), "1.50") << "with all its digits";
  EXPECT_EQ(as_json("[1, NULL]"), "[1,null]");
  EXPECT_EQ(as_json("{a: 1, b: [true]}"), R"({"a":1,"b":[true]})");
  EXPECT_EQ(as_json("DATE '2001-02-03'"), "\"2001-02-03\"");
}

TEST(ShownValue, NumbersStandToTheRightWithoutSeparators) {
  Table table = asked("SELECT * FROM (VALUES (2001, 0.5), (12, 10.25)) t(year, x)");
  TextTable text({"year", "x"});
  for (std::int64_t row = 0; row < table.rows; ++row)
    text.row(
        {value_cell(table.columns[0], row), value_cell(asked("SELECT 1.5::DOUBLE").columns[0], 0)});
  EXPECT_EQ(text.text({}), "year    x\n2001  1.5\n  12  1.5\n");
}

TEST(ShownValue, CsvQuotesWhatMustBeQuoted) {
  EXPECT_EQ(table_csv(asked("SELECT 'a,b' AS x, 'say \"hi\"' AS \"y,z\", '' AS e, NULL AS n, 'two\n"
                            "lines' AS t")),
            "x,\"y,z\",e,n,t\r\n\"a,b\",\"say \"\"hi\"\"\",\"\",,\"two\nlines\"\r\n");
}

TEST(ExplainKey, ReadsTheTypeOfTheColumn) {
  EXPECT_EQ(explain_key(Type::string(), "a b").value().string(0), "a b");
  EXPECT_EQ(explain_key(Type::int64(), "-7").value().int64(0), -7);
  EXPECT_TRUE(explain_key(Type::boolean(), "yes").value().boolean(0));
  EXPECT_EQ(explain_key(Type::date(), "1970-01-03").value().date(0), 2);
  EXPECT_EQ(explain_key(Type::timestamp(), "1970-01-01 00:00:01").value().int64(0), 1'000'000);
  EXPECT_EQ(explain_key(Type::int64(), "seven").error().code(), Code::kInvalid);
  EXPECT_NE(explain_key(Type::int64(), "seven").error().message().find("'seven'"),
            std::string::npos);
  EXPECT_EQ(explain_key(Type::date(), "1970-13-01").error().code(), Code::kInvalid);
  EXPECT_EQ(explain_key(Type::float64(), "1").error().code(), Code::kUnsupported);
}

}  // namespace
}  // namespace lode
