#include "ingest/csv_header.h"

#include <algorithm>
#include <array>

#include "ingest/reader.h"
#include "ingest/text_value.h"

namespace lode {
namespace {

// The delimiter with which the line splits as `fits` wants it, or '\0'.
template <typename Fits>
char other_delimiter(std::string_view line, const CsvDialect& dialect, Fits fits) {
  for (char delimiter : {',', ';', '\t', '|', ' '}) {
    if (delimiter == dialect.delimiter || delimiter == dialect.quote) continue;
    CsvDialect other = dialect;
    other.delimiter = delimiter;
    CsvRow row;
    if (split_csv_row(line, true, line.size(), other, row) && row.fault.empty() && fits(row))
      return delimiter;
  }
  return '\0';
}

std::unexpected<Error> wrong_delimiter(const CsvDialect& dialect, char right) {
  return fail(Code::kInvalid,
              "the fields are separated by '{}' and not by '{}'; set delimiter: \"{}\"",
              shown_character(right), shown_character(dialect.delimiter), shown_character(right));
}

bool has_all(const CsvRow& row, const Schema& wanted) {
  return std::ranges::all_of(wanted.fields(), [&](const Field& field) {
    return std::ranges::find(row.fields, field.name, &CsvField::text) != row.fields.end();
  });
}

Status check_names(const CsvRow& row) {
  std::vector<std::string_view> names;
  for (const CsvField& field : row.fields) {
    if (const char* why = check_string(field.text))
      return fail(Code::kInvalid, "the column name {} {}", shown(field.text), why);
    names.push_back(field.text);
  }
  std::ranges::sort(names);
  auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end())
    return fail(Code::kInvalid, "two columns are named {}; rename one in the file", shown(*twice));
  return {};
}

}  // namespace

Result<std::vector<int>> match_csv_header(std::string_view line, const CsvRow& row,
                                          const CsvDialect& dialect, const Schema& wanted) {
  if (line.contains('\0'))
    return fail(Code::kInvalid,
                "the file is no text: there is a zero byte where its header should be");
  if (!row.fault.empty()) return fail(Code::kInvalid, "the header: {}", row.fault);
  if (!has_all(row, wanted)) {
    if (line.contains('\r'))
      return fail(Code::kInvalid, "the lines end in CR alone; convert them to LF");
    char right =
        other_delimiter(line, dialect, [&](const CsvRow& r) { return has_all(r, wanted); });
    if (right != '\0') return wrong_delimiter(dialect, right);
  }
  TRY_VOID(check_names(row));
  std::vector<std::string_view> known;
  for (const CsvField& field : row.fields) known.push_back(field.text);
  std::vector<int> targets(known.size(), -1);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto found = std::ranges::find(known, wanted[i].name);
    if (found == known.end()) return fail(missing_column(wanted[i].name, known));
    targets[static_cast<std::size_t>(found - known.begin())] = static_cast<int>(i);
  }
  return targets;
}

Status check_csv_first_row(std::string_view line, const CsvRow& row, const CsvDialect& dialect,
                           const Schema& wanted) {
  if (!row.fault.empty() || row.fields.size() != 1 || wanted.size() == 1) return {};
  char right = other_delimiter(line, dialect,
                               [&](const CsvRow& r) { return r.fields.size() == wanted.size(); });
  if (right != '\0') return wrong_delimiter(dialect, right);
  return {};
}

}  // namespace lode
