// What a CSV file looks like beyond RFC 4180, as a project declares it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace lode {

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';  // '\0' = no quoting
  bool header = true;
  bool trim = false;                     // blanks around fields are no part of them
  std::vector<std::string> nulls = {""};  // what a null looks like, unquoted

  bool is_null(std::string_view text) const {
    for (const std::string& null : nulls)
      if (text == null) return true;
    return false;
  }
};

// From the options of lode.yaml, whose names have been checked (csv.cc describes them). kInvalid for a value out of range or two options that exclude each other.
Result<CsvDialect> parse_csv_dialect(
    std::span<const std::pair<std::string, std::string>> format_options);

// A character as an option is written: "tab" for '\t', else itself.
std::string shown_character(char c);

}  // namespace lode
