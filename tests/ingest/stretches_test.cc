// A file read in stretches, growing in between, is the file read at once.
// covers: ingest/row_arrivals
#include "ingest/stretches.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/random.h"
#include "ingest/parquet_convert.h"

namespace lode {
namespace {

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
      ASSERT_TRUE(last.end && last.end->settled) << text;
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
  auto settled = [&](const std::string& text) {
    write("at,n,text\n" + text);
    return read({all()}).done.at(0).end->settled;
  };
  EXPECT_TRUE(settled("2020-01-01,1,a\n"));
  EXPECT_TRUE(settled("2020-01-01,1,\"a\"\n"));
  EXPECT_TRUE(settled("2020-01-01,1,\"a\"\r\n\n"));
  EXPECT_TRUE(settled("2020-01-01,x,a\n"));
  EXPECT_FALSE(settled("2020-01-01,1,a")) << "the text may go on";
  EXPECT_FALSE(settled("2020-01-01,1,\"a\n2020-01-01,2,b\n")) << "the quote may be closed";
}

}  // namespace
}  // namespace lode
