// covers: ingest/text_value
// The decoder "csv", case by case. tests/ingest/csv_fuzz_test.cc holds its short cut and its slow
// way to the same answers.
#include "ingest/csv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace lode {
namespace {

using Columns = std::vector<Field>;

struct ReadAll {
  Table table;  // of the last batch
  std::vector<BrokenRow> broken;
  std::vector<std::int64_t> row_numbers;
  std::vector<bool> naive;
  std::int64_t rows = 0;
  std::int64_t rows_read = 0;
};

Result<ReadAll> try_read(std::string text, Columns wanted, CsvDialect dialect = {},
                         CsvLimits limits = {}) {
  ReadOptions options{.wanted = Schema(std::move(wanted))};
  TRY(auto reader, open_csv(bytes_of(std::move(text)), dialect, options, limits));
  ReadAll all;
  while (true) {
    TRY(std::optional<Batch> batch, reader->next());
    if (!batch) return all;
    for (std::int64_t number : batch->row_numbers()) all.row_numbers.push_back(number);
    for (BrokenRow& row : batch->broken) all.broken.push_back(std::move(row));
    all.rows += batch->table.rows;
    all.rows_read += batch->rows_read;
    all.naive = batch->naive;
    all.table = std::move(batch->table);
  }
}

ReadAll read(std::string text, Columns wanted, CsvDialect dialect = {}, CsvLimits limits = {}) {
  auto all = try_read(std::move(text), std::move(wanted), dialect, limits);
  if (!all) throw std::runtime_error(all.error().text());
  EXPECT_EQ(all->rows + static_cast<std::int64_t>(all->broken.size()), all->rows_read);
  return *std::move(all);
}

std::string refusal(std::string text, Columns wanted, CsvDialect dialect = {}) {
  auto all = try_read(std::move(text), std::move(wanted), dialect);
  return all ? "read" : all.error().message();
}

// The reasons of the broken rows of a file with one column "x".
std::vector<std::string> reasons(std::string_view values, Type type) {
  std::vector<std::string> all;
  for (const BrokenRow& row : read(fmt::format("x\n{}", values), {{"x", type}}).broken)
    all.push_back(row.reason);
  return all;
}

const Columns kAB = {{"a", Type::int64()}, {"b", Type::string()}};

TEST(Csv, ColumnsByNameInDeclaredOrder) {
  ReadAll all = read("b,skipped,a\nx,\"1,2\",7\ny,,8\n", kAB);
  ASSERT_EQ(all.rows, 2);
  EXPECT_EQ(all.table.columns[0].int64(0), 7);
  EXPECT_EQ(all.table.columns[1].string(0), "x");
  EXPECT_EQ(all.table.columns[0].int64(1), 8);
  EXPECT_EQ(all.table.columns[1].string(1), "y");
}

TEST(Csv, LineEndsAndTheLastLine) {
  for (std::string_view text :
       {"a,b\n1,x\n2,y\n", "a,b\r\n1,x\r\n2,y\r\n", "a,b\n1,x\n2,y", "a,b\r\n1,x\n2,y",
        "\xef\xbb\xbf"
        "a,b\n1,x\n2,y\n"}) {
    ReadAll all = read(std::string(text), kAB);
    ASSERT_EQ(all.rows, 2) << text;
    EXPECT_EQ(all.table.columns[1].string(1), "y");
  }
}

// Found by fuzzing: a window shorter than the mark took it for part of the first name.
TEST(Csv, AByteOrderMarkInTwoWindowsIsOne) {
  std::string text = "\xef\xbb\xbf";
  auto reader = open_csv(bytes_of(text + "a,b\n1,x\n"), {}, {.wanted = Schema(kAB)},
                         {.row_bytes = 200, .window_bytes = 2});
  ASSERT_TRUE(reader) << reader.error().text();
  EXPECT_EQ((*(*reader)->next())->table.columns[1].string(0), "x");
}

TEST(Csv, QuotedFields) {
  ReadAll all = read("a,b\n1,\"x,\"\"y\"\"\nz\"\n\"2\",\"\"\n3,\n4,\"plain\"\r\n", kAB);
  ASSERT_EQ(all.rows, 4);
  EXPECT_EQ(all.table.columns[1].string(0), "x,\"y\"\nz");
  EXPECT_EQ(all.table.columns[0].int64(1), 2) << "a quoted number is a number";
  EXPECT_FALSE(all.table.columns[1].is_null(1)) << "a quoted empty text is a text";
  EXPECT_TRUE(all.table.columns[1].is_null(2)) << "an unquoted empty field is null";
  EXPECT_EQ(all.table.columns[1].string(3), "plain");
}

TEST(Csv, MalformedQuotesBreakTheirRowOnly) {
  ReadAll all = read("a,b\n1,x\"y\n2,\"x\"y\n3,ok\n4,\"never closed\n5,fine\n", kAB);
  ASSERT_EQ(all.broken.size(), 3U);
  EXPECT_EQ(all.broken[0].reason, "a quote stands within an unquoted field, at byte 4 of the row");
  EXPECT_EQ(all.broken[1].reason, "something follows a closing quote, at byte 6 of the row");
  EXPECT_EQ(
      all.broken[2].reason,
      "a quote is not closed before the end of the file, or within the limit of 10485760 bytes "
      "a row");
  EXPECT_EQ(all.broken[2].raw, "4,\"never closed");
  EXPECT_EQ(all.row_numbers, (std::vector<std::int64_t>{2, 4}));
  EXPECT_EQ(all.table.columns[1].string(1), "fine");
}

TEST(Csv, BrokenRowsHaveTheirPlace) {
  ReadAll all = read("a,b\n1,\"two\nlines\"\nzwei,\"y\n\"\n3,z\n", kAB);
  ASSERT_EQ(all.broken.size(), 1U);
  EXPECT_EQ(all.broken[0].row, 1);
  EXPECT_EQ(all.broken[0].line, 4);  // header 1, the first row 2 and 3
  EXPECT_EQ(all.broken[0].byte, 18);
  EXPECT_EQ(all.broken[0].field, "a");
  EXPECT_EQ(all.broken[0].reason, "'zwei' is no whole number");
  EXPECT_EQ(all.broken[0].raw, "zwei,\"y\n\"");
  EXPECT_EQ(all.row_numbers, (std::vector<std::int64_t>{0, 2}));
}

TEST(Csv, ATypeThatChangesHalfWaySetsEachRowAside) {
  std::string text = "x\n";
  for (int i = 0; i < 30000; ++i) text += i < 20000 ? "1\n" : "1.5\n";
  ReadAll all = read(text, {{"x", Type::int64()}});
  EXPECT_EQ(all.rows, 20000);
  EXPECT_EQ(all.broken.size(), 10000U);
  EXPECT_EQ(all.broken.front().row, 20000);
  EXPECT_EQ(all.broken.front().line, 20002);
  EXPECT_EQ(all.broken.back().row, 29999);
}

TEST(Csv, RaggedRows) {
  ReadAll all = read("a,b\n1\n2,x\n3,y,z\n4,\n", kAB);
  ASSERT_EQ(all.broken.size(), 2U);
  EXPECT_EQ(all.broken[0].reason, "1 field instead of 2");
  EXPECT_EQ(all.broken[1].reason, "3 fields instead of 2");
  EXPECT_EQ(all.broken[1].field, "");
  EXPECT_EQ(all.rows, 2);
}

TEST(Csv, EmptyLinesAreNoRowsExceptInAFileOfOneColumn) {
  EXPECT_EQ(read("a,b\n1,x\n\n\r\n2,y\n\n", kAB).row_numbers, (std::vector<std::int64_t>{0, 1}));
  ReadAll one = read("a\n1\n\n3\n", {{"a", Type::int64()}});
  EXPECT_EQ(one.rows, 3);
  EXPECT_TRUE(one.table.columns[0].is_null(1));
}

TEST(Csv, EmptyAndHeaderOnly) {
  EXPECT_EQ(refusal("", kAB),
            "the file is empty; its first line should name the columns, or set header: false");
  EXPECT_EQ(read("a,b\n", kAB).rows_read, 0);
  EXPECT_EQ(read("a,b", kAB).rows_read, 0);
  EXPECT_EQ(read("", kAB, {.header = false}).rows_read, 0);
}

TEST(Csv, WithoutHeader) {
  ReadAll all = read("1,x\n2,y\n", kAB, {.header = false});
  EXPECT_EQ(all.rows, 2);
  EXPECT_EQ(all.table.columns[0].int64(0), 1);
  EXPECT_EQ(refusal("1;x\n2;y\n", kAB, {.header = false}),
            "the fields are separated by ';' and not by ','; set delimiter: \";\"");
  EXPECT_EQ(read("1\n2,y\n", kAB, {.header = false}).broken.size(), 1U);
}

TEST(Csv, Headers) {
  EXPECT_EQ(refusal("delays,b\n", {{"delay", Type::int64()}}),
            "the file has no column 'delay'; did you mean 'delays'?");
  EXPECT_EQ(refusal("a;b\n1;x\n", kAB),
            "the fields are separated by ';' and not by ','; set delimiter: \";\"");
  EXPECT_EQ(refusal("a\tb\n1\tx\n", kAB),
            "the fields are separated by 'tab' and not by ','; set delimiter: \"tab\"");
  EXPECT_EQ(refusal("a,b,a\n", kAB), "two columns are named 'a'; rename one in the file");
  EXPECT_EQ(refusal("a,b\r1,x\r2,y\r", kAB), "the lines end in CR alone; convert them to LF");
  EXPECT_EQ(refusal("\xff\xfe"
                    "a",
                    kAB),
            "the file is UTF-16; convert it to UTF-8, for example with iconv");
  EXPECT_EQ(refusal("a,b,\xff\n", kAB),
            "the column name '\\xff' is not UTF-8; convert the file, for example with iconv");
  EXPECT_EQ(refusal("a,\"b\n", kAB).substr(0, 38), "the header: a quote is not closed befo");
  EXPECT_EQ(read("\"a\",\"b\"\n1,x\n", kAB).rows, 1);
}

TEST(Csv, Integers) {
  ReadAll all = read("x\n0\n-7\n+7\n007\n9223372036854775807\n-9223372036854775808\n5.00\n5.\n",
                     {{"x", Type::int64()}});
  ASSERT_TRUE(all.broken.empty());
  const Column& x = all.table.columns[0];
  std::vector<std::int64_t> values(x.values.as<std::int64_t>(), x.values.as<std::int64_t>() + 8);
  EXPECT_EQ(values, (std::vector<std::int64_t>{0, -7, 7, 7, INT64_MAX, INT64_MIN, 5, 5}));
  EXPECT_EQ(
      reasons("9223372036854775808\n123456789012345678901234567890\n1e3\n 1\n1 \n+-1\n-\n0x1\n"
              "\"\"\n",
              Type::int64()),
      (std::vector<std::string>{
          "'9223372036854775808' is past the range of int64",
          "'123456789012345678901234567890' is past the range of int64", "'1e3' is no whole number",
          "' 1' is no whole number", "'1 ' is no whole number", "'+-1' is no whole number",
          "'-' is no whole number", "'0x1' is no whole number", "'' is no whole number"}));
}

TEST(Csv, Doubles) {
  ReadAll all = read(
      "x\n0.1\n-12.34\n1e-3\n.5\n5.\n+2.5\n123456789012345678\n9007199254740993\n1e308\n"
      "0.30000000000000004\n-0\n123456.789012345678901\n",
      {{"x", Type::float64()}});
  ASSERT_TRUE(all.broken.empty());
  const double* x = all.table.columns[0].values.as<double>();
  EXPECT_EQ(
      std::vector<double>(x, x + 12),
      (std::vector<double>{0.1, -12.34, 1e-3, .5, 5., 2.5, 123456789012345678., 9007199254740992.,
                           1e308, 0.30000000000000004, -0., 123456.789012345678901}));
  EXPECT_TRUE(std::signbit(x[10]));
  EXPECT_EQ(
      reasons("nan\nNaN\n-inf\nInfinity\n1e999\n1,5\nabc\n1.2.3\n1e\n-\n", Type::float64()),
      (std::vector<std::string>{"'nan' is set aside: NaN and infinities are no values",
                                "'NaN' is set aside: NaN and infinities are no values",
                                "'-inf' is set aside: NaN and infinities are no values",
                                "'Infinity' is set aside: NaN and infinities are no values",
                                "'1e999' is out of the range of a double", "2 fields instead of 1",
                                "'abc' is no number", "'1.2.3' is no number", "'1e' is no number",
                                "'-' is no number"}));
}

TEST(Csv, Decimals) {
  ReadAll all = read("x\n1.5\n-0.05\n12\n+.25\n99.990\n00012.3\n", {{"x", Type::decimal(4, 2)}});
  ASSERT_TRUE(all.broken.empty());
  std::vector<std::int64_t> unscaled;
  for (std::int64_t i = 0; i < 6; ++i)
    unscaled.push_back(static_cast<std::int64_t>(all.table.columns[0].decimal(i)));
  EXPECT_EQ(unscaled, (std::vector<std::int64_t>{150, -5, 1200, 25, 9999, 1230}));
  EXPECT_EQ(reasons("100\n1.001\n1e1\n.\nx\n", Type::decimal(4, 2)),
            (std::vector<std::string>{"'100' has more digits than the declared type",
                                      "'1.001' has more decimals than the declared type",
                                      "'1e1' is no decimal number", "'.' is no decimal number",
                                      "'x' is no decimal number"}));
}

TEST(Csv, BoolsAndDates) {
  ReadAll all = read("x\ntrue\nFALSE\nY\nno\n1\n0\n\n", {{"x", Type::boolean()}});
  ASSERT_TRUE(all.broken.empty());
  const Column& x = all.table.columns[0];
  EXPECT_TRUE(x.boolean(0) && !x.boolean(1) && x.boolean(2) && !x.boolean(3) && x.boolean(4));
  EXPECT_TRUE(!x.boolean(5) && x.is_null(6));
  EXPECT_EQ(reasons("2\nwahr\n", Type::boolean()),
            (std::vector<std::string>{"'2' is neither true nor false",
                                      "'wahr' is neither true nor false"}));
  ReadAll dates =
      read("x\n1970-01-01\n0000-01-01\n9999-12-31\n2000-02-29\n", {{"x", Type::date()}});
  ASSERT_TRUE(dates.broken.empty());
  EXPECT_EQ(dates.table.columns[0].date(0), 0);
  EXPECT_EQ(dates.table.columns[0].date(1), -719528);
  EXPECT_EQ(dates.table.columns[0].date(2), 2932896);
  EXPECT_EQ(
      reasons("1900-02-29\n2001-1-1\n01/02/2001\n10000-01-01\n2001-01-01T00:00:00\n", Type::date())
          .size(),
      5U);
}

TEST(Csv, TimesAtBothEndsOfTheCalendar) {
  ReadAll all = read(
      "x\n2001-01-01T00:01:00\n2001-01-01 00:01:00.5\n0000-01-01 00:00:00\n"
      "9999-12-31T23:59:59.999999\n2001-01-01\n",
      {{"x", Type::timestamp()}});
  ASSERT_TRUE(all.broken.empty());
  const std::int64_t* x = all.table.columns[0].values.as<std::int64_t>();
  EXPECT_EQ(std::vector<std::int64_t>(x, x + 5),
            (std::vector<std::int64_t>{978307260'000000, 978307260'500000, -62167219200'000000,
                                       253402300799'999999, 978307200'000000}));
  EXPECT_TRUE(all.naive[0]);
  EXPECT_EQ(
      reasons("2001-01-01T00:00:00\n2001-02-29T00:00:00\n2001-01-01T24:00:00\n2001-01-01T00:00:60\n"
              "2001-13-01T00:00:00\n2001-01-01T00:00:00.1234567\n2001-01-01T00:00:00Z\n"
              "-001-01-01T00:00:00\n",
              Type::timestamp())
          .size(),
      7U);
}

TEST(Csv, TheFirstTimeDecidesTheClock) {
  ReadAll all = read("x\n\n2001-01-01T00:00:00+02:00\n2001-01-01T00:00:00Z\n2001-01-01T00:00:00\n",
                     {{"x", Type::timestamp()}});
  EXPECT_FALSE(all.naive[0]);
  ASSERT_EQ(all.broken.size(), 1U);
  EXPECT_EQ(all.broken[0].reason, "'2001-01-01T00:00:00' has no zone, unlike the times before");
  EXPECT_EQ(all.table.columns[0].int64(1), 978300000'000000);
  // A row that is set aside decides nothing.
  all = read("x,y\n2001-01-01T00:00:00Z,bad\n2001-01-01T00:00:00,1\n",
             {{"x", Type::timestamp()}, {"y", Type::int64()}});
  EXPECT_TRUE(all.naive[0]);
  EXPECT_EQ(all.rows, 1);
}

TEST(Csv, StringsAreUtf8WithoutNul) {
  std::string text = "b\nz\xc3\xbcr\n\xe4\nsurrogate \xed\xa0\x80\noverlong \xc0\xaf\n";
  text += std::string("nul\0nul\n", 8) + "\"quoted \xff\"\n" + "\xf0\x9f\x9a\x80\n";
  ReadAll all = read(text, {{"b", Type::string()}});
  EXPECT_EQ(all.rows, 2);
  EXPECT_EQ(all.table.columns[0].string(0), "z\xc3\xbcr");
  EXPECT_EQ(all.table.columns[0].string(1), "\xf0\x9f\x9a\x80");
  ASSERT_EQ(all.broken.size(), 5U);
  EXPECT_EQ(all.broken[0].reason, "'\\xe4' is not UTF-8; convert the file, for example with iconv");
  EXPECT_EQ(all.broken[3].reason, "'nul\\x00nul' holds a NUL byte");
  // Bytes are taken as they stand.
  all = read(text, {{"b", Type::bytes()}});
  EXPECT_EQ(all.rows, 7);
  EXPECT_EQ(all.table.columns[0].string(1), "\xe4");
}

TEST(Csv, NullsAsDeclared) {
  CsvDialect dialect{.nulls = {"", "NA", "-999"}};
  ReadAll all = read("a,b\n-999,NA\n1,\"NA\"\n-9990,NAN\nNA,x\n", kAB, dialect);
  ASSERT_EQ(all.rows, 4);
  EXPECT_TRUE(all.table.columns[0].is_null(0));
  EXPECT_TRUE(all.table.columns[1].is_null(0));
  EXPECT_EQ(all.table.columns[0].int64(0), 0) << "values under a null are zero";
  EXPECT_EQ(all.table.columns[1].string(1), "NA") << "quoted, it is a text";
  EXPECT_EQ(all.table.columns[0].int64(2), -9990);
  EXPECT_TRUE(all.table.columns[0].is_null(3));
  dialect.nulls = {"NA"};
  all = read("a,b\n1,\n,x\n", kAB, dialect);
  EXPECT_FALSE(all.table.columns[1].is_null(0)) << "then the empty text is a text";
  EXPECT_EQ(all.broken.size(), 1U) << "and no number";
}

TEST(Csv, Trim) {
  CsvDialect dialect{.trim = true};
  ReadAll all = read("a , b\n 1 , x y \n2,\t\"q \" \n  ,\n", kAB, dialect);
  ASSERT_EQ(all.rows, 3);
  EXPECT_EQ(all.table.columns[0].int64(0), 1);
  EXPECT_EQ(all.table.columns[1].string(0), "x y");
  EXPECT_EQ(all.table.columns[1].string(1), "q ");
  EXPECT_TRUE(all.table.columns[0].is_null(2));
}

TEST(Csv, OtherSigns) {
  ReadAll all = read("a;b\n1;'x;''y'''\n", kAB, {.delimiter = ';', .quote = '\''});
  EXPECT_EQ(all.table.columns[1].string(0), "x;'y'");
  all = read("a|b\n1|\"x\n", kAB, {.delimiter = '|', .quote = '\0'});
  EXPECT_EQ(all.table.columns[1].string(0), "\"x");
  // A blank ends a field also in the middle of a time.
  all = read("x b\n2001-01-01 00:01:00\n", {{"x", Type::timestamp()}, {"b", Type::string()}},
             {.delimiter = ' '});
  ASSERT_EQ(all.rows, 1);
  EXPECT_EQ(all.table.columns[1].string(0), "00:01:00");
}

TEST(Csv, RowsOverTheLimitAreSetAside) {
  CsvLimits limits{.row_bytes = 100, .window_bytes = 16};
  std::string text = "a,b\n1," + std::string(98, 'x') + "\n2," + std::string(99, 'y') +
                     "\n3,ok\n4," + std::string(5000, 'z') + "\n5,\"" + std::string(5000, 'q') +
                     "\"\n6,end\n";
  for (bool short_cut : {true, false}) {
    limits.short_cut = short_cut;
    ReadAll all = read(text, kAB, {}, limits);
    EXPECT_EQ(all.row_numbers, (std::vector<std::int64_t>{0, 2, 5}));
    ASSERT_EQ(all.broken.size(), 3U);
    EXPECT_EQ(all.broken[0].reason, "the row is longer than the limit of 100 bytes");
    EXPECT_EQ(all.broken[1].reason, "the row is longer than the limit of 100 bytes");
    EXPECT_EQ(
        all.broken[2].reason,
        "a quote is not closed before the end of the file, or within the limit of 100 bytes a "
        "row");
    EXPECT_EQ(all.broken[2].line, 6);
  }
}

TEST(Csv, RawTextIsBounded) {
  ReadAll all = read("a,b\nbad," + std::string(5000, 'x') + "\n", kAB);
  ASSERT_EQ(all.broken.size(), 1U);
  EXPECT_EQ(all.broken[0].raw.size(), 1024U);
  EXPECT_EQ(all.broken[0].raw.substr(0, 5), "bad,x");
}

TEST(Csv, BatchesHoldAtMostWhatWasAsked) {
  std::string text = "a\n";
  for (int i = 0; i < 10; ++i) text += i == 4 ? "bad\n" : fmt::format("{}\n", i);
  ReadOptions options{.wanted = Schema({{"a", Type::int64()}}), .rows_per_batch = 4};
  auto reader = open_csv(bytes_of(text), {}, options).value();
  std::vector<std::int64_t> first_rows;
  std::vector<std::int64_t> rows;
  while (auto batch = reader->next().value()) {
    first_rows.push_back(batch->first_row);
    rows.push_back(batch->table.rows);
  }
  EXPECT_EQ(first_rows, (std::vector<std::int64_t>{0, 4, 8}));
  EXPECT_EQ(rows, (std::vector<std::int64_t>{4, 3, 2}));
  EXPECT_FALSE(reader->next().value().has_value());
}

TEST(Csv, ABatchEndsEarlyWhenItsTextsAreLarge) {
  std::string text = "b\n";
  for (int i = 0; i < 100; ++i) text += std::string(1000, 'x') + "\n";
  ReadOptions options{.wanted = Schema({{"b", Type::string()}})};
  CsvLimits limits{.window_bytes = 2000, .batch_text_bytes = 10000};
  auto reader = open_csv(bytes_of(text), {}, options, limits).value();
  std::int64_t rows = 0;
  while (auto batch = reader->next().value()) {
    EXPECT_LE(batch->table.columns[0].values.size(), 14000);
    rows += batch->table.rows;
  }
  EXPECT_EQ(rows, 100);
}

TEST(Csv, BinaryJunkIsSetAsideRowByRow) {
  std::string junk = "a,b\n";
  for (int i = 0; i < 1000; ++i) junk += static_cast<char>((i * 167 + i / 7) & 0xff);
  ReadAll all = read(junk + "\n5,good\n", kAB);
  EXPECT_EQ(all.table.columns[1].string(all.table.rows - 1), "good");
}

TEST(Csv, ListsAreRefused) {
  EXPECT_EQ(refusal("a\n1\n", {{"a", Type::list(Type::int64())}}),
            "column 'a': a CSV field cannot be a list<int64>; declare string");
}

}  // namespace
}  // namespace lode
