// Cuts an expression's text into tokens, with the place of each. It knows nothing of grammar: words
// are words, whether keyword, column or function.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lode {

struct Token {
  enum class Kind : std::uint8_t {
    kEnd,
    kWord,
    kQuotedName,
    kText,
    kInteger,
    kDecimal,
    kFloat,
    kSymbol
  };
  Kind kind = Kind::kEnd;
  std::string_view source;  // as written
  std::string value;  // kWord: as written; kQuotedName, kText: without quotes; numbers: digits
  std::int64_t line = 1;
  std::int64_t column = 1;
};

// All tokens, the last one kEnd. Comments (-- to the end of the line) and blanks are dropped.
Result<std::vector<Token>> tokenize(std::string_view text);

}  // namespace lode
