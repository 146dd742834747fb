// Random and mutated bytes through the CSV reader, replayed from fixed seeds. Whatever they are: no
// crash, every row is counted, the short cut answers as the slow way does, and neither the window
// nor the batches show in the answer.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "ingest/csv.h"
#include "ingest/csv_row.h"
#include "tests/ingest/csv_transcript.h"

namespace lode {
namespace {

using std::literals::operator""sv;

// Rows in the text, counted by the slow splitter alone.
std::int64_t rows_in(std::string_view text, const CsvDialect& dialect, std::size_t limit) {
  std::int64_t rows = dialect.header ? -1 : 0;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    CsvRow row;
    EXPECT_TRUE(split_csv_row(text, true, limit, dialect, row));
    bool blank = row.text_size == 0;
    text.remove_prefix(row.size);
    if (row.unfinished) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (!blank) ++rows;
  }
  return rows;
}

std::string random_field(Random& random, const CsvDialect& dialect) {
  static const std::vector<std::string> kWords = {"",
                                                  "0",
                                                  "-17",
                                                  "12345678901234567",
                                                  "9223372036854775808",
                                                  "1.5",
                                                  "-0.25",
                                                  "1e-7",
                                                  "nan",
                                                  "2001-01-01T00:01:00",
                                                  "2001-02-29 00:00:00",
                                                  "2001-01-01T00:01:00Z",
                                                  "2001-01-01",
                                                  "1/29/01",
                                                  "29/1/2001 7:05",
                                                  "2001/1/29 07:05:30.5",
                                                  "29.1.69 12:00 AM",
                                                  "1-29-2001",
                                                  "true",
                                                  "n",
                                                  "z\xc3\xbcr",
                                                  "\xff",
                                                  "NA",
                                                  " 7 ",
                                                  "0.1",
                                                  "123456.789",
                                                  "x",
                                                  "\r",
                                                  "99999999.99"};
  std::string word = kWords[random.below(kWords.size())];
  if (random.chance(0.3)) {  // a number of up to 20 digits with a point somewhere
    word = std::to_string(random.next64() >> random.below(64));
    word.insert(random.below(word.size() + 1), random.chance(0.7) ? "." : "");
  }
  if (dialect.quote == '\0' || !random.chance(0.15)) return word;
  std::string quoted(1, dialect.quote);
  quoted += word;
  if (random.chance(0.3)) quoted += std::string(2, dialect.quote);
  if (random.chance(0.2)) quoted += '\n';
  if (random.chance(0.2)) quoted += dialect.delimiter;
  return quoted + dialect.quote;
}

std::string random_text(Random& random, const CsvDialect& dialect) {
  std::string text;
  if (dialect.header)
    for (std::size_t i = 0; i < csv_columns().size(); ++i)
      text += (i == 0 ? "" : std::string(1, dialect.delimiter)) + csv_columns()[i].name;
  if (dialect.header) text += '\n';
  std::uint64_t rows = random.below(60);
  for (std::uint64_t row = 0; row < rows; ++row) {
    std::uint64_t fields = random.chance(0.9) ? csv_columns().size() : random.below(12);
    for (std::uint64_t i = 0; i < fields; ++i) {
      if (i > 0) text += dialect.delimiter;
      // Mostly a value of the column's type, so that rows live long enough to matter.
      static const char* kGood[] = {"42",    "2.75", "word",       "2001-01-01T10:20:30",
                                    "12.34", "t",    "2001-05-05", "raw"};
      text += i < 8 && random.chance(0.85) ? kGood[i] : random_field(random, dialect);
    }
    text += random.chance(0.1) ? "\r\n" : "\n";
  }
  return text;
}

void mutate(Random& random, std::string& text) {
  static constexpr std::string_view kBytes = "\",;\n\r\t \0\xff\xc3-.0eZT'"sv;
  std::uint64_t times = random.below(8);
  for (std::uint64_t i = 0; i < times && !text.empty(); ++i) {
    std::size_t at = random.below(text.size());
    switch (random.below(4)) {
      case 0:
        text[at] = kBytes[random.below(kBytes.size())];
        break;
      case 1:
        text.insert(at, 1, kBytes[random.below(kBytes.size())]);
        break;
      case 2:
        text.erase(at, 1 + random.below(5));
        break;
      default:
        text.insert(at, text.substr(random.below(text.size()), random.below(40)));
    }
  }
}

CsvDialect random_dialect(Random& random) {
  CsvDialect dialect;
  if (random.chance(0.3)) dialect.delimiter = ";\t|: "[random.below(5)];
  if (random.chance(0.2)) dialect.quote = random.chance(0.5) ? '\0' : '\'';
  dialect.header = random.chance(0.7);
  dialect.trim = dialect.delimiter != ' ' && random.chance(0.2);
  if (random.chance(0.3)) dialect.nulls = {"", "NA"};
  if (random.chance(0.1)) dialect.nulls = {"-17"};
  dialect.quoted_nulls = random.chance(0.2);
  if (random.chance(0.3)) dialect.dates = static_cast<DateForm>(random.below(kDateForms.size()));
  return dialect;
}

void check(const std::string& text, const CsvDialect& dialect, Random& random) {
  CsvLimits slow{.row_bytes = 200, .window_bytes = 4096, .short_cut = false};
  CsvTranscript reference = csv_transcript(text, dialect, slow, 1000);
  EXPECT_EQ(reference.rows + reference.broken, reference.rows_read);
  if (!reference.text.starts_with("E ")) {
    EXPECT_EQ(reference.rows_read, std::max<std::int64_t>(0, rows_in(text, dialect, 200)));
  }
  CsvLimits fast{.row_bytes = 200, .window_bytes = 2 + random.below(300)};
  CsvTranscript other =
      csv_transcript(text, dialect, fast, 1 + static_cast<std::int64_t>(random.below(20)));
  ASSERT_EQ(other.text, reference.text) << "text:\n" << text;
}

TEST(CsvFuzz, MutatedFilesKeepTheirAccounts) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(20250101, seed);
    CsvDialect dialect = random_dialect(random);
    std::string text = random_text(random, dialect);
    mutate(random, text);
    check(text, dialect, random);
    if (HasFatalFailure()) return;
  }
}

TEST(CsvFuzz, RandomBytes) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(7, seed);
    CsvDialect dialect = random_dialect(random);
    std::string text = dialect.header ? random_text(random, dialect).substr(0, 16) + "\n" : "";
    std::uint64_t size = random.below(2000);
    for (std::uint64_t i = 0; i < size; ++i)
      text += random.chance(0.1) ? '\n' : static_cast<char>(random.below(256));
    check(text, dialect, random);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace lode
