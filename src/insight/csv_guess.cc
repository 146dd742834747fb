#include "insight/csv_guess.h"

#include <algorithm>
#include <array>
#include <map>

#include "ingest/csv_bytes.h"
#include "ingest/csv_row.h"
#include "ingest/date_form.h"
#include "ingest/text_value.h"

namespace lode {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{1} << 20;
constexpr std::size_t kSampleRows = 2000;
constexpr std::array kDelimiters = {',', '\t', ';', '|'};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct SampleText {
  std::string text;
  bool whole = false;  // nothing comes behind it
};

Result<SampleText> read_sample(FileSystem& files, const std::string& path) {
  TRY(std::unique_ptr<ByteSource> bytes, open_bytes(files, path));
  SampleText sample;
  sample.text.resize(kSampleBytes);
  std::size_t size = 0;
  while (size < kSampleBytes) {
    TRY(std::size_t got, bytes->read(std::span(sample.text).subspan(size)));
    if (got == 0) {
      sample.whole = true;
      break;
    }
    size += got;
  }
  sample.text.resize(size);
  if (sample.text.starts_with(kByteOrderMark)) sample.text.erase(0, kByteOrderMark.size());
  return sample;
}

using Rows = std::vector<std::vector<std::string>>;

struct Cut {
  CsvDialect dialect;
  Rows rows;
  std::size_t torn = 0;   // rows with faulty quotes, or of another width than most
  std::size_t width = 0;  // fields of most rows
};

Cut cut(const SampleText& sample, const CsvDialect& dialect) {
  Cut out{dialect, {}, 0, 0};
  std::string_view rest = sample.text;
  std::map<std::size_t, std::size_t> widths;
  CsvRow row;
  while (!rest.empty() && out.rows.size() < kSampleRows) {
    if (!split_csv_row(rest, sample.whole, kSampleBytes, dialect, row)) break;
    rest.remove_prefix(row.size);
    if (row.text_size == 0) continue;
    if (!row.fault.empty()) ++out.torn;
    std::vector<std::string> fields;
    for (const CsvField& field : row.fields) fields.emplace_back(field.text);
    ++widths[fields.size()];
    out.rows.push_back(std::move(fields));
  }
  std::size_t most = 0;
  for (const auto& [width, rows] : widths)
    if (rows > most) {
      most = rows;
      out.width = width;
    }
  out.torn += out.rows.size() - most;
  return out;
}

// Fewer torn rows, then more fields; a single field says nothing for a delimiter.
bool better(const Cut& a, const Cut& b) {
  if ((a.width > 1) != (b.width > 1)) return a.width > 1;
  if (a.torn != b.torn) return a.torn < b.torn;
  return a.width > b.width;
}

bool is_number_or_time(std::string_view text) {
  double number = 0;
  std::int64_t us = 0;
  bool naive = false;
  std::string reason;
  if (parse_double(text, number) == nullptr || parse_time(text, us, naive, reason) == nullptr)
    return true;
  for (std::size_t form = 1; form < kDateForms.size(); ++form)
    if (parse_formed_time(static_cast<DateForm>(form), text, us) == nullptr) return true;
  return false;
}

// Whether all that stands below the first row is numbers or times.
bool is_measured(const Rows& rows, std::size_t c) {
  std::size_t measured = 0;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    if (c >= rows[r].size() || rows[r][c].empty()) continue;
    if (!is_number_or_time(rows[r][c])) return false;
    ++measured;
  }
  return measured > 0;
}

bool names_columns(const Rows& rows) {
  const std::vector<std::string>& first = rows[0];
  if (std::ranges::any_of(first, is_number_or_time)) return false;
  for (std::size_t c = 0; c < first.size(); ++c)
    if (!first[c].empty() && is_measured(rows, c)) return true;
  for (std::size_t c = 0; c < first.size(); ++c)
    for (std::size_t r = 1; r < rows.size(); ++r)
      if (c < rows[r].size() && !first[c].empty() && rows[r][c] == first[c]) return false;
  return true;
}

// Blanks behind the delimiter in most rows.
bool has_blanks(const Rows& rows) {
  std::size_t blank = 0;
  for (const auto& row : rows)
    if (row.size() > 1 && row[1].starts_with(' ')) ++blank;
  return 2 * blank > rows.size();
}

std::unexpected<Error> refuse(const std::string& path, std::string why) {
  return fail(Error(Code::kInvalid, std::move(why), {.file = path}));
}

// What a file without rows of text most likely is.
Status check_text(const SampleText& sample, const std::string& path) {
  std::string_view text = sample.text;
  if (text.empty()) return refuse(path, "the file is empty");
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return refuse(path, "the file is UTF-16; convert it to UTF-8, for example with iconv");
  if (text.starts_with("PK\x03\x04"))
    return refuse(path,
                  "the file is a zip archive, or a workbook of a spreadsheet: unpack it, or save "
                  "the sheet as CSV");
  if (text.contains('\0')) return refuse(path, "the file is no text: there is a zero byte in it");
  if (!text.contains('\n') && text.contains('\r'))
    return refuse(path, "the lines end in CR alone; convert them to LF");
  if (!text.contains('\n') && !sample.whole)
    return refuse(path, "no line ends within the first MiB of the file: is it a table?");
  return {};
}

Result<std::vector<std::string>> header_names(const Cut& cut, const std::string& path) {
  const std::vector<std::string>& header = cut.rows[0];
  for (const std::string& name : header)
    if (const char* why = check_string(name))
      return refuse(path, fmt::format("the column name {} {}", shown(name), why));
  if (header.size() != cut.width)
    return refuse(path,
                  fmt::format("the header has {} fields and most rows have {}: each column needs a "
                              "name",
                              header.size(), cut.width));
  std::vector<std::string> sorted = header;
  std::ranges::sort(sorted);
  auto twice = std::ranges::adjacent_find(sorted);
  if (twice == sorted.end()) return header;
  return fail(Error(Code::kInvalid,
                    twice->empty()
                        ? std::string("two columns of the header have no name; give them one")
                        : fmt::format("the header has the column '{}' twice; give one of them "
                                      "another name",
                                      *twice),
                    {.file = path, .line = 1}));
}

}  // namespace

Result<CsvGuess> guess_csv(FileSystem& files, const std::string& path, const CsvWishes& wishes) {
  TRY(SampleText sample, read_sample(files, path));
  TRY_VOID(check_text(sample, path));
  std::vector<char> delimiters(kDelimiters.begin(), kDelimiters.end());
  if (wishes.delimiter) delimiters = {*wishes.delimiter};
  std::vector<char> quotes = {'"', '\0'};
  if (wishes.quote) quotes = {*wishes.quote};
  std::optional<Cut> best;
  for (char delimiter : delimiters)
    for (char quote : quotes) {
      if (delimiter == quote)
        return refuse(path, "the same sign can not both stand between fields and enclose them");
      CsvDialect dialect;
      dialect.delimiter = delimiter;
      dialect.quote = quote;
      Cut now = cut(sample, dialect);
      if (now.rows.empty()) return refuse(path, "the file has no rows");
      if (!best || better(now, *best)) best = std::move(now);
    }
  CsvGuess guess;
  guess.dialect = best->dialect;
  if (wishes.trim.value_or(guess.dialect.delimiter != ' ' && has_blanks(best->rows))) {
    guess.dialect.trim = true;
    *best = cut(sample, guess.dialect);
  }
  guess.dialect.header = wishes.header.value_or(names_columns(best->rows));
  if (guess.dialect.header) {
    TRY(guess.names, header_names(*best, path));
  } else {
    for (std::size_t c = 1; c <= best->width; ++c) guess.names.push_back(fmt::format("c{}", c));
  }
  return guess;
}

}  // namespace lode
