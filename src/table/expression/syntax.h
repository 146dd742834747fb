// What parser and printer agree on: how tightly operators bind, which words are reserved, and how
// constants are written and read.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "table/expression.h"

namespace lode {

// PostgreSQL's order, which is DuckDB's: a higher number binds tighter.
enum class Binding : int {
  kNothing = 0,
  kOr,
  kAnd,
  kNot,
  kIs,
  kComparison,  // does not chain
  kRange,       // between, in, like; do not chain
  kOther,       // ||
  kSum,
  kProduct,
  kMinus,  // unary
  kPostfix,
};

// Of a binary operator written between its arguments ("+", "and", "<="); kNothing for other names.
Binding binary_binding(std::string_view name);

// True for a word that a column can only have as its name in double quotes.
bool is_reserved(std::string_view lower_case_word);

std::string lower_ascii(std::string_view text);

// As it would be written in an expression and read back equal.
std::string literal_text(const Literal& literal);
// A column or field name, in double quotes when it has to be.
std::string name_text(std::string_view name);
std::string decimal_text(Int128 value, int scale);
// Days and microseconds as DuckDB prints them: "2001-01-29", "2001-01-29 00:01:02.5".
std::string date_text(std::int64_t days);
std::string timestamp_text(std::int64_t us);
// DuckDB's text of a double: shortest digits that read back, "1.0", "1e+20", "nan", "-inf".
std::string double_text(double value);

// The reverse, for literals and casts. Nothing about the place of the text is known here.
Result<Int128> parse_decimal(std::string_view text, int precision, int scale);
Result<std::int64_t> parse_integer(std::string_view text);
Result<double> parse_double(std::string_view text);
Result<bool> parse_bool(std::string_view text);
Result<std::int64_t> parse_date_days(std::string_view text);
Result<std::int64_t> parse_timestamp_us(std::string_view text);

// What stands in the quotes of interval '1 day 02:30:00': numbers with units (DuckDB's names, no
// longer than weeks), a time hh:mm[:ss], "ago" at the end. kInvalid says what is wrong.
Result<std::int64_t> parse_interval_us(std::string_view text);
// Microseconds of a unit, a lower-case word such as "hours", "hour" or "h".
Result<std::int64_t> interval_unit_us(std::string_view unit);

// The largest of the functions days(n) to microseconds(n) that gives `us` for a whole n.
struct DurationUnit {
  std::string_view function;
  std::int64_t us;  // of n = 1
};
DurationUnit duration_unit(std::int64_t us);

// A type by SQL's names (bigint, varchar, ...) or lode's own (int64, string, ...); decimal
// separately.
std::optional<Type> type_named(std::string_view lower_case_name);

// 10^exponent for 0 <= exponent <= 38.
Int128 power_of_ten(int exponent);

}  // namespace lode
