#include "ingest/csv_dialect.h"

#include <fmt/ranges.h>

namespace lode {
namespace {

// Punctuation that cannot be part of a number.
bool usable(char c) {
  bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return c > ' ' && c < 0x7f && !alphanumeric && c != '.' && c != '+' && c != '-';
}

}  // namespace

Result<char> parse_csv_character(std::string_view name, std::string_view value) {
  if (value == "tab" || value == "\t" || value == "\\t") return '\t';
  if (value.size() == 1 && (usable(value[0]) || value[0] == ' ')) return value[0];
  return fail(
      Code::kInvalid,
      "{} is one ASCII sign that is not part of numbers, such as , ; | or the word tab; not "
      "'{}'",
      name, value);
}

std::vector<std::string> parse_csv_nulls(std::string_view value) {
  std::vector<std::string> nulls;
  while (true) {
    std::size_t bar = value.find('|');
    nulls.emplace_back(value.substr(0, bar));
    if (bar == std::string_view::npos) return nulls;
    value.remove_prefix(bar + 1);
  }
}

Result<CsvDialect> parse_csv_dialect(const OptionValues& options) {
  CsvDialect dialect;
  TRY(dialect.delimiter, parse_csv_character("delimiter", options.text("delimiter")));
  dialect.quote = '\0';
  if (options.text("quote") != "none") {
    TRY(dialect.quote, parse_csv_character("quote", options.text("quote")));
  }
  dialect.header = options.flag("header");
  dialect.trim = options.flag("trim");
  dialect.nulls = parse_csv_nulls(options.text("null"));
  dialect.quoted_nulls = options.flag("quoted_nulls");
  std::optional<DateForm> dates = find_date_form(options.text("dates"));
  if (!dates)
    return fail(Code::kInvalid, "dates is one of {}; not '{}'", fmt::join(kDateForms, ", "),
                options.text("dates"));
  dialect.dates = *dates;
  if (dialect.quote == ' ' || dialect.quote == '\t' || dialect.quote == ':')
    return fail(Code::kInvalid, "quote cannot be '{}'", shown_character(dialect.quote));
  if (dialect.delimiter == dialect.quote)
    return fail(Code::kInvalid, "delimiter and quote are both '{}'; they must differ",
                shown_character(dialect.quote));
  if (dialect.trim && dialect.delimiter == ' ')
    return fail(Code::kInvalid, "with trim the delimiter cannot be a blank");
  return dialect;
}

std::string shown_character(char c) { return c == '\t' ? "tab" : std::string(1, c); }

}  // namespace lode
