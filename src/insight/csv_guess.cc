#include "insight/csv_guess.h"

#include <algorithm>
#include <array>
#include <map>

#include "ingest/csv_bytes.h"
#include "ingest/csv_row.h"
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
  return parse_double(text, number) == nullptr || parse_time(text, us, naive, reason) == nullptr;
}

bool names_columns(const Rows& rows) {
  const std::vector<std::string>& first = rows[0];
  for (std::size_t c = 0; c < first.size(); ++c) {
    if (is_number_or_time(first[c])) return false;
    for (std::size_t r = 1; r < rows.size(); ++r)
      if (c < rows[r].size() && !first[c].empty() && rows[r][c] == first[c]) return false;
  }
  return true;
}

// Blanks behind the delimiter in most rows.
bool has_blanks(const Rows& rows) {
  std::size_t blank = 0;
  for (const auto& row : rows)
    if (row.size() > 1 && row[1].starts_with(' ')) ++blank;
  return 2 * blank > rows.size();
}

Result<std::vector<std::string>> header_names(const std::vector<std::string>& header,
                                              const std::string& path) {
  std::vector<std::string> sorted = header;
  std::ranges::sort(sorted);
  auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end())
    return fail(Error(Code::kInvalid,
                      fmt::format("the header has the column '{}' twice; give one of them another "
                                  "name",
                                  *twice),
                      {.file = path, .line = 1}));
  return header;
}

}  // namespace

Result<CsvGuess> guess_csv(FileSystem& files, const std::string& path) {
  TRY(SampleText sample, read_sample(files, path));
  std::optional<Cut> best;
  for (char delimiter : kDelimiters)
    for (char quote : {'"', '\0'}) {
      CsvDialect dialect;
      dialect.delimiter = delimiter;
      dialect.quote = quote;
      Cut now = cut(sample, dialect);
      if (now.rows.empty())
        return fail(Error(Code::kInvalid, "the file has no rows", {.file = path}));
      if (!best || better(now, *best)) best = std::move(now);
    }
  CsvGuess guess;
  guess.dialect = best->dialect;
  if (has_blanks(best->rows)) {
    guess.dialect.trim = true;
    *best = cut(sample, guess.dialect);
  }
  guess.dialect.header = names_columns(best->rows);
  if (guess.dialect.header) {
    TRY(guess.names, header_names(best->rows[0], path));
  } else {
    for (std::size_t c = 1; c <= best->width; ++c) guess.names.push_back(fmt::format("c{}", c));
  }
  return guess;
}

}  // namespace lode
