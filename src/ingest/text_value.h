// Texts to values, whole and exactly: what a CSV field or a Parquet string must look like to be
// read as a declared type. The same text gives the same value everywhere in lode.
//
// A parser returns nullptr and sets `value`, or returns why not, as the end of a sentence: "is no
// whole number". Nothing around the value is skipped. Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "table/column.h"

namespace lode {

// An optional sign, digits, and nothing behind a decimal point but zeros ("5.0" is exactly 5).
const char* parse_int64(std::string_view text, std::int64_t& value);
// Decimal, with optional sign, fraction and exponent; the nearest double, ties to even. NaN, the
// infinities and what is out of a double's range are refused.
const char* parse_double(std::string_view text, double& value);
// An optional sign, digits, a fraction of at most `scale` digits (more may be zeros), no exponent.
const char* parse_decimal(std::string_view text, std::uint8_t precision, std::uint8_t scale,
                          Int128& value);
// true t yes y 1, false f no n 0, in any case.
const char* parse_bool(std::string_view text, bool& value);
// YYYY-MM-DD, years 0000 to 9999.
const char* parse_date(std::string_view text, std::int32_t& days);
// As base/time.h has it; `naive` is set when the text has no offset. `reason` holds what the
// returned text points to.
const char* parse_time(std::string_view text, std::int64_t& us, bool& naive, std::string& reason);
// Whether `text` can be a string: UTF-8 without NUL.
const char* check_string(std::string_view text);

// YYYY-MM-DD, 'T' or a blank, hh:mm:ss, the 19 bytes at `p`: microseconds of that reading, or false
// when parse_time has to look. Reads 24 bytes. About 3 ns.
bool parse_plain_time(const char* p, std::int64_t& us);

// A text for a reason: in quotes, cut to 40 bytes, unprintable bytes as \xNN.
std::string shown(std::string_view text);

}  // namespace lode
