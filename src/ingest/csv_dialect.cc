#include "ingest/csv_dialect.h"

namespace lode {
namespace {

// Punctuation that cannot be part of a number.
bool usable(char c) {
  bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return c > ' ' && c < 0x7f && !alphanumeric && c != '.' && c != '+' && c != '-';
}

Result<char> parse_character(std::string_view name, std::string_view value) {
  if (value == "tab" || value == "\t" || value == "\\t") return '\t';
  if (value.size() == 1 && (usable(value[0]) || value[0] == ' ')) return value[0];
  return fail(Code::kInvalid,
              "{} is one ASCII sign that is not part of numbers, such as , ; | or the word tab; not "
              "'{}'",
              name, value);
}

Result<bool> parse_flag(std::string_view name, std::string_view value) {
  if (value == "true") return true;
  if (value == "false") return false;
  return fail(Code::kInvalid, "{} is true or false, not '{}'", name, value);
}

std::vector<std::string> parse_nulls(std::string_view value) {
  std::vector<std::string> nulls;
  while (true) {
    std::size_t bar = value.find('|');
    nulls.emplace_back(value.substr(0, bar));
    if (bar == std::string_view::npos) return nulls;
    value.remove_prefix(bar + 1);
  }
}

}  // namespace

Result<CsvDialect> parse_csv_dialect(
    std::span<const std::pair<std::string, std::string>> format_options) {
  CsvDialect dialect;
  for (const auto& [name, value] : format_options) {
    if (name == "delimiter") {
      TRY(dialect.delimiter, parse_character(name, value));
    } else if (name == "quote" && value == "none") {
      dialect.quote = '\0';
    } else if (name == "quote") {
      TRY(dialect.quote, parse_character(name, value));
    } else if (name == "header") {
      TRY(dialect.header, parse_flag(name, value));
    } else if (name == "trim") {
      TRY(dialect.trim, parse_flag(name, value));
    } else if (name == "null") {
      dialect.nulls = parse_nulls(value);
    }
  }
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
