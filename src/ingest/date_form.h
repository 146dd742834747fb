// Dates of text files that are not written as ISO 8601 has them: the order of day, month and year
// and what stands between, declared for a file (option `dates` of the decoder csv) because the text
// alone cannot tell whether 3/4/2001 is of March or of April.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lode {

enum class DateForm : std::uint8_t {
  kIso,           // 2001-01-29 alone
  kMonthDayYear,  // 1/29/2001
  kDayMonthYear,  // 29/1/2001
  kYearMonthDay,  // 2001/1/29
  kDayMonthDots,  // 29.1.2001
  kDayMonthDash,  // 29-1-2001
  kMonthDayDash,  // 1-29-2001
};
inline constexpr std::array<std::string_view, 7> kDateForms = {"iso",   "m/d/y", "d/m/y", "y/m/d",
                                                               "d.m.y", "d-m-y", "m-d-y"};

std::string_view name_of(DateForm form);
// The form with day and month the other way round, where there is one: 3/4/2001 is of both.
std::optional<DateForm> other_way_round(DateForm form);
std::optional<DateForm> find_date_form(std::string_view name);

// A date of this form, not kIso: one or two digits for day and month, two or four for the year
// (four in y/m/d). Two are 1969 to 2068, as POSIX has it: 69 is 1969, 68 is 2068. nullptr and the
// days since 1970-01-01, or why not, as the end of a sentence. Threads: pure functions.
const char* parse_formed_date(DateForm form, std::string_view text, std::int32_t& days);
// The same, and behind it, if anything, a blank and a time of day: h:mm or hh:mm, :ss, a fraction
// of 1 to 6 digits, and then perhaps a blank and AM or PM (hours 1 to 12). Microseconds of that
// reading of a local clock, as if it were UTC.
const char* parse_formed_time(DateForm form, std::string_view text, std::int64_t& us);

}  // namespace lode
