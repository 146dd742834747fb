// Instants and lengths of time in microseconds UTC, their texts, and the clock everything asks.
// Nothing in lode reads the time of day or a time zone of the machine except through here.
//
// Calendar: proleptic Gregorian, no leap seconds (a second 60 is refused), as in ISO 8601 and
// POSIX. Threads: values; a Clock may be asked from any thread.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lode {

// A length of time; negative lengths come only from subtraction.
struct Duration {
  std::int64_t us = 0;
  auto operator<=>(const Duration&) const = default;
};

// Microseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t us = 0;
  auto operator<=>(const Timestamp&) const = default;

  static constexpr Timestamp earliest() { return {std::numeric_limits<std::int64_t>::min()}; }
  static constexpr Timestamp latest() { return {std::numeric_limits<std::int64_t>::max()}; }
};

constexpr Duration microseconds(std::int64_t n) { return {n}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration minutes(std::int64_t n) { return {n * 60'000'000}; }
constexpr Duration hours(std::int64_t n) { return {n * 3'600'000'000}; }
constexpr Duration days(std::int64_t n) { return {n * 86'400'000'000}; }

// Whole days since 1970-01-01 UTC, negative before it: the UTC day that holds the instant.
constexpr std::int64_t day_number(Timestamp t) {
  return t.us / days(1).us - (t.us % days(1).us < 0 ? 1 : 0);
}

// Saturating: both operands may come from input (a window of "all time" before the first event),
// and the end of the number line is the right answer there. Not for sums of values.
constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}
constexpr std::int64_t saturating_subtract(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b > 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}
constexpr Timestamp operator+(Timestamp t, Duration d) { return {saturating_add(t.us, d.us)}; }
constexpr Timestamp operator-(Timestamp t, Duration d) { return {saturating_subtract(t.us, d.us)}; }
constexpr Duration operator-(Timestamp a, Timestamp b) { return {saturating_subtract(a.us, b.us)}; }
constexpr Duration operator+(Duration a, Duration b) { return {saturating_add(a.us, b.us)}; }
constexpr Duration operator-(Duration a, Duration b) { return {saturating_subtract(a.us, b.us)}; }
constexpr Duration operator-(Duration d) { return {saturating_subtract(0, d.us)}; }

// "120m", "7h", "0d", "1d12h", "90s", "250ms", "10us": whole numbers with units d h m s ms us, each
// at most once, largest first, no sign, no blanks. kInvalid otherwise, also beyond 292 000 years.
Result<Duration> parse_duration(std::string_view text);
// The shortest text in the same units: "1d12h", "1m30s", "0s"; a negative length has a leading '-'.
std::string text(Duration duration);

struct ParsedTime {
  Timestamp t;              // UTC if has_offset, else the local reading as if it were UTC
  bool has_offset = false;  // the text ended in Z or ±hh:mm
};
// "2001-01-29", "2001-01-29 00:01", "2001-01-29T00:01:02.345678Z", "...+02:00" (also -0500). Years
// 0000..9999, 1 to 6 digits of fraction, an offset only after a time of day and within ±18:00.
// kInvalid for anything else, such as February 30 or a seventh digit that would be lost.
Result<ParsedTime> parse_timestamp(std::string_view text);
// "2001-01-29T00:01:02Z", with six digits of fraction when there is one. Years outside 0000..9999
// are written with a sign and six digits, and are not read back.
std::string text(Timestamp t);

// Days since 1970-01-01 of a civil date and back. Exact for years within ±2 000 000. Algorithm:
// shift the year to begin in March, count in eras of 400 years (146 097 days).
std::int64_t days_from_civil(std::int64_t year, int month, int day);

struct Civil {
  std::int64_t year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micro = 0;
  int weekday = 4;  // 0 = Sunday, as in POSIX; 1970-01-01 was a Thursday
  bool operator==(const Civil&) const = default;
};
// The date of a day number; the time of day is midnight.
Civil civil_from_days(std::int64_t days);
// Date and time of day of microseconds since 1970-01-01 00:00 of the same clock (UTC or local).
Civil civil_from_micros(std::int64_t us);
// The inverse; weekday is ignored, the other fields must be in range. Saturates.
std::int64_t micros_from_civil(const Civil& civil);
bool is_leap_year(std::int64_t year);
int days_in_month(std::int64_t year, int month);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;           // time of day; may jump
  virtual std::int64_t steady_ns() const = 0;  // for durations; never goes back
};

Clock& system_clock();

// A clock that stands until it is moved: for tests and for replay. Both readings move together.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : us_(start.us) {}
  Timestamp now() const override { return {us_.load()}; }
  std::int64_t steady_ns() const override { return steady_us_.load() * 1'000; }
  void advance(Duration by) {
    us_ += by.us;
    steady_us_ += by.us;
  }
  void set(Timestamp t) { us_ = t.us; }  // a jump of the time of day; the steady reading stays

 private:
  std::atomic<std::int64_t> us_;
  std::atomic<std::int64_t> steady_us_ = 0;
};

}  // namespace lode
