// What a CSV file looks like beyond RFC 4180, as a project declares it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/option_values.h"
#include "ingest/date_form.h"

namespace lode {

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';  // '\0' = no quoting
  bool header = true;
  bool trim = false;                      // blanks around fields are no part of them
  std::vector<std::string> nulls = {""};  // what a null looks like, unquoted
  bool quoted_nulls = false;              // or quoted
  DateForm dates = DateForm::kIso;        // read beside those of ISO 8601

  bool is_null(std::string_view text) const {
    for (const std::string& null : nulls)
      if (text == null) return true;
    return false;
  }
};

// From the options that csv.cc describes. kInvalid for two that exclude each other, or a character
// that cannot be one of these.
Result<CsvDialect> parse_csv_dialect(const OptionValues& options);

// A delimiter or a quote from what a user wrote, "tab" among it. kInvalid, by `name`, for what
// could be part of a number.
Result<char> parse_csv_character(std::string_view name, std::string_view value);
// Words between bars: "|?|NA" are nothing, ? and NA.
std::vector<std::string> parse_csv_nulls(std::string_view value);

// A character as an option is written: "tab" for '\t', else itself.
std::string shown_character(char c);

}  // namespace lode
