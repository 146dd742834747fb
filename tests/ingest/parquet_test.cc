// The decoder "parquet", on files DuckDB wrote.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "ingest/reader.h"
#include "table/duckdb.h"

namespace lode {
namespace {

class Parquet : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() /
                 fmt::format("lode-parquet-{}-{}", ::getpid(),
                             testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path(std::string_view name = "t.parquet") const { return directory_ / name; }

  void write(std::string_view select, std::string_view name = "t.parquet") const {
    Duck duck = Duck::open().value();
    auto status = duck.execute(
        fmt::format("COPY ({}) TO {} (FORMAT parquet)", select, sql_literal(path(name))));
    ASSERT_TRUE(status.has_value()) << status.error().text();
  }

  Result<std::unique_ptr<RecordReader>> open(std::vector<Field> wanted,
                                             std::string_view name = "t.parquet") const {
    return open_reader(posix_files(), path(name), {.wanted = Schema(std::move(wanted))});
  }

  Batch read(std::vector<Field> wanted) const {
    auto reader = open(std::move(wanted));
    if (!reader) throw std::runtime_error(reader.error().text());
    return (*reader)->next().value().value();
  }

  std::string refusal(std::vector<Field> wanted) const {
    auto reader = open(std::move(wanted));
    return reader ? "opened" : reader.error().message();
  }

  std::filesystem::path directory_;
};

TEST_F(Parquet, ReadsDeclaredColumnsInDeclaredOrder) {
  write("SELECT i a, 'x' || i b, i * 0.5::DOUBLE c FROM range(3) r(i)");
  Batch batch = read({{"c", Type::float64()}, {"a", Type::int64()}});
  ASSERT_EQ(batch.table.rows, 3);
  EXPECT_EQ(batch.table.schema[0].name, "c");
  EXPECT_EQ(batch.table.columns[0].float64(2), 1.0);
  EXPECT_EQ(batch.table.columns[1].int64(2), 2);
  EXPECT_EQ(batch.rows_read, 3);
  EXPECT_TRUE(batch.broken.empty());
  EXPECT_EQ(batch.row_numbers(), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST_F(Parquet, BatchesCountOn) {
  write("SELECT i FROM range(10000) r(i)");
  auto reader = open_reader(posix_files(), path(),
                            {.wanted = Schema({{"i", Type::int64()}}), .rows_per_batch = 4096})
                    .value();
  std::int64_t at = 0;
  while (auto batch = reader->next().value()) {
    EXPECT_EQ(batch->first_row, at);
    for (std::int64_t i = 0; i < batch->table.rows; ++i)
      ASSERT_EQ(batch->table.columns[0].int64(i), at + i);
    at += batch->rows_read;
  }
  EXPECT_EQ(at, 10000);
}

TEST_F(Parquet, RowsSetAsideKeepTheirPlaceInTheNumbering) {
  write(
      "SELECT * FROM (VALUES (1.0::DOUBLE, 'a'), ('NaN'::DOUBLE, 'b'), (2.0, 'c'), "
      "('-inf'::DOUBLE, 'd'), (NULL, 'e')) v(x, name)");
  Batch batch = read({{"x", Type::float64()}, {"name", Type::string()}});
  EXPECT_EQ(batch.table.rows, 3);
  EXPECT_EQ(batch.rows_read, 5);
  EXPECT_EQ(batch.row_numbers(), (std::vector<std::int64_t>{0, 2, 4}));
  EXPECT_EQ(batch.table.columns[1].string(1), "c");
  EXPECT_TRUE(batch.table.columns[0].is_null(2)) << "a null is a value like others";
  ASSERT_EQ(batch.broken.size(), 2U);
  EXPECT_EQ(batch.broken[0].row, 1);
  EXPECT_EQ(batch.broken[0].field, "x");
  EXPECT_EQ(batch.broken[0].reason, "nan is set aside: NaN and infinities are no values");
  EXPECT_EQ(batch.broken[0].raw, "x=nan, name=b");
  EXPECT_EQ(batch.broken[1].row, 3);
}

TEST_F(Parquet, NumbersMustStayExactly) {
  write(
      "SELECT * FROM (VALUES (2.0::DOUBLE, 18446744073709551615::UBIGINT, 1.50::DECIMAL(9,2), "
      "9007199254740992), (2.5, 7, 1.25, 9007199254740993)) v(real, big, money, whole)");
  Batch batch = read({{"real", Type::int64()}});
  EXPECT_EQ(batch.table.columns[0].int64(0), 2);
  ASSERT_EQ(batch.broken.size(), 1U);
  EXPECT_EQ(batch.broken[0].reason, "2.5 is not exactly a int64");
  batch = read({{"big", Type::int64()}});
  EXPECT_EQ(batch.table.columns[0].int64(0), 7);
  EXPECT_EQ(batch.broken[0].reason, "18446744073709551615 is not exactly a int64");
  batch = read({{"money", Type::decimal(9, 1)}});
  EXPECT_EQ(batch.table.columns[0].decimal(0), 15);
  EXPECT_EQ(batch.broken[0].reason, "1.25 is not exactly a decimal(9,1)");
  // 2^53 is a double, 2^53 + 1 is not.
  batch = read({{"whole", Type::float64()}});
  EXPECT_EQ(batch.table.columns[0].float64(0), 9007199254740992.0);
  EXPECT_EQ(batch.broken[0].reason, "9007199254740993 is not exactly a double");
  batch = read({{"whole", Type::decimal(3, 0)}});
  EXPECT_EQ(batch.table.rows, 0);
  EXPECT_EQ(batch.broken.size(), 2U);
}

TEST_F(Parquet, TimesAndTheirClocks) {
  write(
      "SELECT TIMESTAMP '2001-01-01 00:01:00' a, '2001-01-01 00:01:00+02'::TIMESTAMPTZ b, "
      "'2001-01-01 00:01:00.000001'::TIMESTAMP_NS c, DATE '2001-01-01' d, "
      "'2001-01-01T00:01:00' e, '2001-01-01T00:01:00Z' f, 5 g");
  Batch batch = read({{"a", Type::timestamp()},
                      {"b", Type::timestamp()},
                      {"c", Type::timestamp()},
                      {"d", Type::timestamp()},
                      {"e", Type::timestamp()},
                      {"f", Type::timestamp()},
                      {"g", Type::int64()}});
  ASSERT_EQ(batch.table.rows, 1);
  EXPECT_EQ(batch.table.columns[0].int64(0), 978307260'000000);
  EXPECT_EQ(batch.table.columns[1].int64(0), 978300060'000000);
  EXPECT_EQ(batch.table.columns[2].int64(0), 978307260'000001);
  EXPECT_EQ(batch.table.columns[3].int64(0), 978307200'000000);
  EXPECT_EQ(batch.table.columns[4].int64(0), 978307260'000000);
  EXPECT_EQ(batch.table.columns[5].int64(0), 978307260'000000);
  EXPECT_EQ(batch.naive, (std::vector<bool>{true, false, true, true, true, false, false}));
}

TEST_F(Parquet, TimesThatAreNoneAreSetAside) {
  write(
      "SELECT * FROM (VALUES ('infinity'::TIMESTAMP, '2001-01-01 00:00:00.0000001'::TIMESTAMP_NS, "
      "'2001-02-30', 1), (TIMESTAMP '2001-01-01', '2001-01-01'::TIMESTAMP_NS, '2001-02-28', 2)) "
      "v(t, n, s, i)");
  Batch batch = read({{"t", Type::timestamp()}});
  EXPECT_EQ(batch.broken[0].reason, "the time is infinite");
  EXPECT_EQ(batch.table.rows, 1);
  batch = read({{"n", Type::timestamp()}});
  EXPECT_EQ(batch.broken[0].reason, "978307200000000100 ns is no whole microsecond");
  batch = read({{"s", Type::timestamp()}});
  EXPECT_EQ(batch.broken[0].reason,
            "'2001-02-30' is not a time: there is no such day in that month; write for example "
            "2001-01-29 or 2001-01-29T00:01:02Z");
  batch = read({{"s", Type::date()}});
  EXPECT_EQ(batch.table.columns[0].date(0), 11381);
}

TEST_F(Parquet, TextsMustAgreeOnTheClock) {
  write("SELECT unnest(['2001-01-01', '2001-01-01T00:00:00Z', NULL, '2001-01-02']) s");
  Batch batch = read({{"s", Type::timestamp()}});
  EXPECT_EQ(batch.table.rows, 3);
  ASSERT_EQ(batch.broken.size(), 1U);
  EXPECT_EQ(batch.broken[0].reason, "'2001-01-01T00:00:00Z' has a zone, unlike the times before");
}

TEST_F(Parquet, MissingColumnsAndWrongTypesAreErrorsAtOnce) {
  write("SELECT 1 delay, 'x' origin, [1, 2] hops, 0.1::DOUBLE ratio, true flag");
  EXPECT_EQ(refusal({{"delayy", Type::int64()}}),
            "the file has no column 'delayy'; did you mean 'delay'?");
  EXPECT_EQ(refusal({{"Delay", Type::int64()}}),
            "the file has no column 'Delay'; did you mean 'delay'?");
  EXPECT_EQ(refusal({{"passengers", Type::int64()}}),
            "the file has no column 'passengers'; it has delay, origin, hops, ratio, flag");
  EXPECT_EQ(refusal({{"delay", Type::string()}}),
            "column 'delay' is INTEGER in the file and cannot be read as string; declare int64");
  EXPECT_EQ(refusal({{"flag", Type::int64()}}),
            "column 'flag' is BOOLEAN in the file and cannot be read as int64; declare bool");
  EXPECT_EQ(refusal({{"ratio", Type::decimal(3, 1)}}),
            "column 'ratio' is DOUBLE in the file and cannot be read as decimal(3,1); declare "
            "double");
  EXPECT_EQ(refusal({{"hops", Type::list(Type::string())}}),
            "column 'hops' is list<int64> in the file and list<string> by declaration; declare "
            "list<int64>");
  EXPECT_EQ(read({{"hops", Type::list(Type::int64())}}).table.columns[0].children[0].length, 2);
}

TEST_F(Parquet, FilesThatAreNone) {
  EXPECT_EQ(open({{"a", Type::int64()}}, "none.parquet").error().code(), Code::kNotFound);
  std::ofstream(path("junk.parquet")) << "this is no Parquet";
  Error junk = open({{"a", Type::int64()}}, "junk.parquet").error();
  EXPECT_EQ(junk.code(), Code::kInvalid);
  EXPECT_EQ(junk.where().file, path("junk.parquet"));
  std::ofstream(path("empty.parquet"));
  EXPECT_FALSE(open({{"a", Type::int64()}}, "empty.parquet").has_value());
}

TEST_F(Parquet, ACutFileIsAnErrorAndNotAShorterOne) {
  write("SELECT i FROM range(1000) r(i)");
  std::filesystem::resize_file(path(), std::filesystem::file_size(path()) - 1);
  EXPECT_FALSE(open({{"i", Type::int64()}}).has_value());
}

TEST_F(Parquet, SignsOfPatternsInANameStandForThemselves) {
  write("SELECT 1 a", "x1.parquet");
  write("SELECT 2 a", "x[1]*?'.parquet");
  auto reader = open({{"a", Type::int64()}}, "x[1]*?'.parquet").value();
  EXPECT_EQ(reader->next().value()->table.columns[0].int64(0), 2);
}

TEST_F(Parquet, NoRowsNoBatch) {
  write("SELECT 1 a WHERE false");
  EXPECT_FALSE(open({{"a", Type::int64()}}).value()->next().value().has_value());
}

TEST_F(Parquet, RowsAByteByTheFooter) {
  write("SELECT range AS a FROM range(12345)");
  const ReadOptions options{.wanted = Schema({{"a", Type::int64()}})};
  double bytes = static_cast<double>(std::filesystem::file_size(path()));
  EXPECT_NEAR(rows_a_byte(posix_files(), path(), options).value() * bytes, 12345, 1e-6);
}

}  // namespace
}  // namespace lode
