// A file read in stretches, growing in between, is the file read at once.
// covers: ingest/row_arrivals
#include "ingest/stretches.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/random.h"
#include "ingest/parquet_convert.h"
#include "table/duckdb.h"
#include "tests/ingest/gzip.h"

namespace lode {
namespace {

using Ending = ReadPosition::Ending;

class Stretches : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = fmt::format("{}lode_stretches_{}.csv", testing::TempDir(), ::getpid());
    source_.name = "s";
    source_.columns =
        Schema({{"at", Type::timestamp()}, {"n", Type::int64()}, {"text", Type::string()}});
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write(const std::string& text) { ASSERT_TRUE(write_atomically(posix_files(), path_, text)); }

  struct Read {
    std::string rows;  // as text: seq, values or why it was set aside, line
    std::vector<StretchRead> done;
  };
  Read read(std::vector<Stretch> stretches, std::int64_t first_seq = 0) {
    StretchReader reader(posix_files(), source_, std::move(stretches), first_seq, 1);
    Read out;
    while (true) {
      auto batch = reader.next();
      EXPECT_TRUE(batch) << batch.error().text();
      if (!batch || !*batch) break;
      std::map<std::int64_t, std::string> rows;
      const Table& table = (*batch)->batch.table;
      std::vector<std::int64_t> numbers = (*batch)->batch.row_numbers();
      for (std::int64_t i = 0; i < table.rows; ++i) {
        std::string& row = rows[numbers[static_cast<std::size_t>(i)]];
        for (const Column& column : table.columns) row += value_text(column, i) + "|";
      }
      for (const BrokenRow& broken : (*batch)->batch.broken)
        rows[broken.row] =
            fmt::format("{} at line {} byte {}", broken.reason, broken.line, broken.byte);
      for (const auto& [row, text] : rows)
        out.rows += fmt::format("{} {} {}\n", row,
                                (*batch)->first_seq + row - (*batch)->batch.first_row, text);
    }
    out.done = reader.done();
    return out;
  }
  Stretch all() const { return {path_, 0}; }

  std::string path_;
  Source source_;
};

// One record, or something that is none, with its line end.
std::string some_row(Random& random, bool& quoted_feed) {
  switch (random.below(8)) {
    case 0:
      return "\n";
    case 1:
      return "nonsense,1,x\n";
    case 2:
      quoted_feed = true;
      return "2020-01-02 00:00:00,2,\"a\nb\"\"c\"\r\n";
    case 3:
      return "2020-01-02 00:00:00Z,2,zoned\n";
    case 4:
      return "2020-01-02 00:00:00,2,\"quoted\"\n";
    case 5:
      return "1,2\n";
    default:
      return fmt::format("2020-01-01 00:00:0{},{},t\n", random.below(10), random.below(100));
  }
}

TEST_F(Stretches, AFileThatGrewRowByRowReadsAsOne) {
  Random random(3);
  for (int round = 0; round < 40; ++round) {
    std::string text = "at,n,text\n";
    write(text);
    Read first = read({all()});
    std::string rows = first.rows;
    StretchRead last = first.done.at(0);
    std::int64_t seq = 0;
    for (int growth = 0; growth < 6; ++growth) {
      bool quoted_feed = false;
      for (std::uint64_t i = random.below(4); i > 0; --i) text += some_row(random, quoted_feed);
      write(text);
      ASSERT_TRUE(last.end && last.end->ending == Ending::kSettled) << text;
      Stretch stretch = all();
      stretch.from = last.end;
      Read more = read({stretch}, seq);
      rows += more.rows;
      last = more.done.at(0);
      seq += last.rows;
      EXPECT_EQ(last.end->byte, static_cast<std::int64_t>(text.size()));
    }
    EXPECT_EQ(rows, read({all()}).rows) << text;
  }
}

TEST_F(Stretches, GoOnWhereTheStretchBeforeEnded) {
  write("at,n,text\n2020-01-01,1,a\n2020-01-02,2,b\n2020-01-03,3,c\n");
  Stretch one = all();
  one.rows = 2;
  one.first_seq = 10;
  Stretch rest = all();
  rest.first_seq = 50;
  Read read_so = read({one, rest});
  EXPECT_EQ(read_so.rows,
            "0 10 2020-01-01T00:00:00Z|1|a|\n1 11 2020-01-02T00:00:00Z|2|b|\n"
            "2 50 2020-01-03T00:00:00Z|3|c|\n");
  ASSERT_EQ(read_so.done.size(), 2U);
  EXPECT_EQ(read_so.done[0].rows, 2);
  EXPECT_EQ(read_so.done[1].first_seq, 50);
}

// Bytes that came after the file was hashed are not read.
TEST_F(Stretches, EndWhereTheyAreToldTo) {
  std::string text = "at,n,text\n2020-01-01,1,a\n";
  write(text + "2020-01-02,2,b\n");
  Stretch stretch = all();
  stretch.end_byte = text.size();
  EXPECT_EQ(read({stretch}).done.at(0).rows, 1);
}

// Only what no later byte can change is settled.
TEST_F(Stretches, AreSettledAtTheEndOfARecordAlone) {
  auto ending = [&](const std::string& text) {
    write(text);
    return read({all()}).done.at(0).end->ending;
  };
  const std::string header = "at,n,text\n";
  EXPECT_EQ(ending(header), Ending::kSettled);
  EXPECT_EQ(ending(header + "2020-01-01,1,a\n"), Ending::kSettled);
  EXPECT_EQ(ending(header + "2020-01-01,1,\"a\"\n"), Ending::kSettled);
  EXPECT_EQ(ending(header + "2020-01-01,1,\"a\"\r\n\n"), Ending::kSettled);
  EXPECT_EQ(ending(header + "2020-01-01,x,a\n"), Ending::kSettled);
  EXPECT_EQ(ending(header + "2020-01-01,1,a"), Ending::kLineEnd);
  EXPECT_EQ(ending(header + "2020-01-01,1,\"a\""), Ending::kLineEnd);
  EXPECT_EQ(ending(header + "2020-01-01,1"), Ending::kLineEnd) << "broken, whatever follows it";
  EXPECT_EQ(ending("at,n,text"), Ending::kLineEnd);
  EXPECT_EQ(ending(header + "2020-01-01,1,a\r"), Ending::kOpen) << "LF would make it a line end";
  EXPECT_EQ(ending(header + "2020-01-01,1,\"a"), Ending::kOpen) << "a line end would be quoted";
  EXPECT_EQ(ending(header + "2020-01-01,1,\"a\n2020-01-01,2,b\n"), Ending::kOpen)
      << "the quote may be closed";
  EXPECT_EQ(ending(header + "2020-01-01,1,\"a\n2020-01-01,2,b"), Ending::kOpen);
}

// A last record without a line end is read, and goes on with one.
TEST_F(Stretches, ARecordThatGetsItsLineEndLaterIsReadOnce) {
  Random random(4);
  int went_on = 0;
  for (int round = 0; round < 100; ++round) {
    std::string text = "at,n,text\n";
    bool quoted_feed = false;
    for (std::uint64_t i = random.below(4); i > 0; --i) text += some_row(random, quoted_feed);
    std::size_t end = text.size() - (text.ends_with("\r\n") ? 2 : 1);
    std::string more = text.substr(end);
    for (std::uint64_t i = random.below(4); i > 0; --i) more += some_row(random, quoted_feed);
    write(text.substr(0, end));
    Read first = read({all()});
    ReadPosition at = first.done.at(0).end.value();
    if (at.ending == Ending::kLineEnd) {
      ++went_on;
    } else {
      // What was left ends with the line end of a row before: an empty line was cut.
      ASSERT_TRUE(at.ending == Ending::kSettled && text[end - 1] == '\n') << text;
    }
    write(text.substr(0, end) + more);
    Stretch stretch = all();
    stretch.from = at;
    Read second = read({stretch}, first.done.at(0).rows);
    EXPECT_EQ(second.done.at(0).end->ending, Ending::kSettled);
    EXPECT_EQ(first.rows + second.rows, read({all()}).rows) << text << "|" << more;
  }
  EXPECT_GT(went_on, 50);
}

TEST_F(Stretches, ARecordThatIsContinuedIsAnotherOne) {
  write("at,n,text\n2020-01-01,1,a");
  Stretch stretch = all();
  stretch.from = read({all()}).done.at(0).end;
  for (const char* more : {"b\n", ",x\n", "\r", " \n"}) {
    write(std::string("at,n,text\n2020-01-01,1,a") + more);
    StretchReader reader(posix_files(), source_, {stretch}, 1, 1);
    auto batch = reader.next();
    ASSERT_FALSE(batch) << more;
    EXPECT_EQ(batch.error().code(), Code::kConflict);
    EXPECT_EQ(batch.error().text(), path_ +
                                        ":2: the last record had no line end when it was read, "
                                        "and what was added goes on in the same line: the "
                                        "record changed");
  }
}

// Packed text is known again by its hash, whatever it was packed with.
TEST_F(Stretches, APackedTextThatGrewReadsAsOne) {
  path_ += ".gz";
  Random random(5);
  for (int round = 0; round < 20; ++round) {
    std::string text = "at,n,text\n";
    std::string members = gzip(text);
    bool quoted_feed = false;
    write(members);
    Read first = read({all()});
    std::string rows = first.rows;
    StretchRead last = first.done.at(0);
    std::int64_t seq = 0;
    for (int growth = 0; growth < 4; ++growth) {
      std::string more;
      for (std::uint64_t i = random.below(4); i > 0; --i) more += some_row(random, quoted_feed);
      text += more;
      members += gzip(more);
      bool anew = random.chance(0.5);
      write(anew ? gzip(text) : members);
      ASSERT_TRUE(last.end && last.end->before);
      ReadOptions options = read_options(source_, 1);
      EXPECT_TRUE(begins_as_read(posix_files(), path_, options, *last.end).value());
      Stretch stretch = all();
      stretch.from = last.end;
      Read then = read({stretch}, seq);
      rows += then.rows;
      last = then.done.at(0);
      seq += last.rows;
      EXPECT_EQ(last.end->byte, static_cast<std::int64_t>(text.size()));
    }
    Stretch whole = all();
    whole.end = last.end;
    write(gzip(text + "2020-01-01,1,behind\n"));
    EXPECT_EQ(rows, read({whole}).rows) << text;
    text[text.size() - 2] ^= 1;
    write(gzip(text));
    EXPECT_FALSE(begins_as_read(posix_files(), path_, read_options(source_, 1), *last.end).value());
  }
}

// Any rows, in row groups of any size: the rows are what is compared.
TEST_F(Stretches, AParquetFileWrittenAnewWithMoreRowsReadsAsOne) {
  if (!Duck::version()) GTEST_SKIP() << "there is no DuckDB";
  path_ += ".parquet";
  auto write_rows = [&](int from, int to, int group) {
    ASSERT_TRUE(Duck::open().value().execute(fmt::format(
        "COPY (SELECT TIMESTAMP '2020-01-01' + to_seconds(i) AS at, CASE WHEN i % 7 = 0 THEN NULL "
        "WHEN i % 5 = 0 THEN i + 0.5 ELSE i END AS n, CASE WHEN i % 3 > 0 THEN 't' || i END AS "
        "text "
        "FROM range({}, {}) r(i)) TO {} (FORMAT parquet, ROW_GROUP_SIZE {})",
        from, to, sql_literal(path_), group)));
  };
  write_rows(0, 5000, 2048);
  Read first = read({all()});
  EXPECT_NE(first.rows.find("at line 0"), std::string::npos) << "some rows are set aside";
  StretchRead last = first.done.at(0);
  write_rows(0, 45000, 20480);
  EXPECT_TRUE(begins_as_read(posix_files(), path_, read_options(source_, 1), *last.end).value());
  Stretch stretch = all();
  stretch.from = last.end;
  Read more = read({stretch}, 5000);
  EXPECT_EQ(more.done.at(0).rows, 40000);
  Read whole = read({all()});
  EXPECT_TRUE(first.rows + more.rows == whole.rows) << "not the rows of the file read at once";
  EXPECT_EQ(more.done.at(0).end, whole.done.at(0).end);
  Stretch then = all();
  then.end = last.end;
  EXPECT_EQ(read({then}).rows, first.rows);
  then.end.reset();
  then.rows = 17;
  Stretch rest = all();
  rest.first_seq = 17;
  EXPECT_TRUE(read({then, rest}).rows == whole.rows);
  write_rows(1, 45001, 20480);
  EXPECT_FALSE(begins_as_read(posix_files(), path_, read_options(source_, 1), *last.end).value());
  StretchReader reader(posix_files(), source_, {stretch}, 5000, 1);
  EXPECT_EQ(reader.next().error().message(), "the file changed since it was read");
  write_rows(0, 4000, 2048);
  StretchReader shorter(posix_files(), source_, {stretch}, 5000, 1);
  EXPECT_EQ(shorter.next().error().message(), "the file has fewer rows than when it was read");
}

}  // namespace
}  // namespace lode
