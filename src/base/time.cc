#include "base/time.h"

#include <array>
#include <cassert>
#include <chrono>

namespace lode {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Unit {
  std::string_view name;
  std::int64_t us;
};
constexpr std::array<Unit, 6> kUnits = {{
    {"d", kMicrosPerDay},
    {"h", 3'600 * kMicrosPerSecond},
    {"m", 60 * kMicrosPerSecond},
    {"s", kMicrosPerSecond},
    {"ms", 1'000},
    {"us", 1},
}};

std::unexpected<Error> bad_duration(std::string_view text, std::string_view why) {
  return fail(Code::kInvalid,
              "'{}' is not a duration: {}; write for example 90s, 120m or 1d12h "
              "(units d h m s ms us, whole numbers)",
              text, why);
}

// What is left of a text while its parts are taken off the front.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly `width` digits, or -1.
  int take_digits(std::size_t width) {
    if (rest_.size() < width) return -1;
    int number = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (!is_digit(rest_[i])) return -1;
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(width);
    return number;
  }

 private:
  std::string_view rest_;
};

// Each parser returns nullptr, or what is wrong.
const char* parse_date(Cursor& in, Civil& civil) {
  civil.year = in.take_digits(4);
  if (civil.year < 0) return "the year needs four digits";
  if (!in.take('-')) return "expected '-' after the year";
  civil.month = in.take_digits(2);
  if (civil.month < 0) return "the month needs two digits";
  if (!in.take('-')) return "expected '-' after the month";
  civil.day = in.take_digits(2);
  if (civil.day < 0) return "the day needs two digits";
  if (civil.month < 1 || civil.month > 12) return "there is no such month";
  if (civil.day < 1 || civil.day > days_in_month(civil.year, civil.month))
    return "there is no such day in that month";
  return nullptr;
}

const char* parse_fraction(Cursor& in, Civil& civil) {
  int weight = 100'000;
  if (!is_digit(in.peek())) return "digits are missing after the point";
  for (; is_digit(in.peek()); weight /= 10) {
    if (weight == 0) return "more than six digits of a second would be lost";
    civil.micro += in.take_digits(1) * weight;
  }
  return nullptr;
}

const char* parse_time_of_day(Cursor& in, Civil& civil) {
  civil.hour = in.take_digits(2);
  if (civil.hour < 0) return "the hour needs two digits";
  if (!in.take(':')) return "expected ':' after the hour";
  civil.minute = in.take_digits(2);
  if (civil.minute < 0) return "the minute needs two digits";
  if (civil.hour > 23 || civil.minute > 59) return "there is no such time of day";
  if (!in.take(':')) return nullptr;
  civil.second = in.take_digits(2);
  if (civil.second < 0) return "the second needs two digits";
  if (civil.second == 60) return "leap seconds are not counted; write second 59";
  if (civil.second > 59) return "there is no such second";
  return in.take('.') ? parse_fraction(in, civil) : nullptr;
}

const char* parse_offset(Cursor& in, std::int64_t& offset_minutes, bool& has_offset) {
  if (in.at_end()) return nullptr;
  has_offset = true;
  if (in.take('Z')) return nullptr;
  bool negative = in.peek() == '-';
  if (!in.take('+') && !in.take('-')) return "expected Z, an offset such as +02:00, or the end";
  int hour = in.take_digits(2);
  in.take(':');
  int minute = in.take_digits(2);
  if (hour < 0 || minute < 0) return "an offset needs hours and minutes, such as +02:00";
  if (minute > 59 || hour * 60 + minute > 18 * 60) return "an offset is at most 18:00";
  offset_minutes = negative ? -(hour * 60 + minute) : hour * 60 + minute;
  return nullptr;
}

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
  }
  std::int64_t steady_ns() const override {
    auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since_start).count();
  }
};

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return bad_duration(text, "it is empty");
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // units must come in the order of kUnits
  for (std::size_t i = 0; i < text.size();) {
    std::int64_t count = 0;
    std::size_t first = i;
    for (; i < text.size() && is_digit(text[i]); ++i) {
      if (__builtin_mul_overflow(count, 10, &count) ||
          __builtin_add_overflow(count, text[i] - '0', &count))
        return bad_duration(text, "it is longer than 292 000 years");
    }
    if (i == first) return bad_duration(text, "a number is missing");
    std::size_t unit_start = i;
    while (i < text.size() && text[i] >= 'a' && text[i] <= 'z') ++i;
    std::string_view name = text.substr(unit_start, i - unit_start);
    if (name.empty()) return bad_duration(text, "a unit is missing after a number");
    std::size_t unit = 0;
    while (unit < kUnits.size() && kUnits[unit].name != name) ++unit;
    if (unit == kUnits.size()) return bad_duration(text, fmt::format("unknown unit '{}'", name));
    if (unit < next_unit) return bad_duration(text, "each unit stands once, the largest first");
    next_unit = unit + 1;
    if (__builtin_mul_overflow(count, kUnits[unit].us, &count) ||
        __builtin_add_overflow(total, count, &total))
      return bad_duration(text, "it is longer than 292 000 years");
  }
  return Duration{total};
}

std::string text(Duration duration) {
  if (duration.us == 0) return "0s";
  std::string out = duration.us < 0 ? "-" : "";
  // Unsigned, so that the most negative length has a magnitude.
  std::uint64_t left = duration.us < 0 ? 0 - static_cast<std::uint64_t>(duration.us)
                                       : static_cast<std::uint64_t>(duration.us);
  for (const Unit& unit : kUnits) {
    auto size = static_cast<std::uint64_t>(unit.us);
    if (left >= size) out += fmt::format("{}{}", left / size, unit.name);
    left %= size;
  }
  return out;
}

Result<ParsedTime> parse_timestamp(std::string_view text) {
  Cursor in(text);
  Civil civil;
  ParsedTime parsed;
  std::int64_t offset_minutes = 0;
  const char* wrong = parse_date(in, civil);
  if (wrong == nullptr && !in.at_end()) {
    if (in.take('T') || in.take(' ')) {
      wrong = parse_time_of_day(in, civil);
      if (wrong == nullptr) wrong = parse_offset(in, offset_minutes, parsed.has_offset);
      if (wrong == nullptr && !in.at_end()) wrong = "something follows the time";
    } else {
      wrong = "expected a blank or T and a time of day after the date";
    }
  }
  if (wrong != nullptr)
    return fail(Code::kInvalid,
                "'{}' is not a time: {}; write for example 2001-01-29 or 2001-01-29T00:01:02Z",
                text, wrong);
  // Cannot overflow: four digits of a year stay far within the range.
  parsed.t = {micros_from_civil(civil) - offset_minutes * 60 * kMicrosPerSecond};
  return parsed;
}

std::string text(Timestamp t) {
  Civil c = civil_from_micros(t.us);
  std::string out =
      c.year >= 0 && c.year <= 9999 ? fmt::format("{:04}", c.year) : fmt::format("{:+07}", c.year);
  out += fmt::format("-{:02}-{:02}T{:02}:{:02}:{:02}", c.month, c.day, c.hour, c.minute, c.second);
  if (c.micro != 0) out += fmt::format(".{:06}", c.micro);
  return out + "Z";
}

bool is_leap_year(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(std::int64_t year, int month) {
  assert(month >= 1 && month <= 12);
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap_year(year) ? 1 : 0);
}

// Both directions count years from 1 March 0000, so that the leap day is the last of its year; the
// month lengths from March on are then (153 m + 2) / 5 days before month m.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  std::int64_t y = month <= 2 ? year - 1 : year;
  std::int64_t era = floor_divide(y, 400);
  std::int64_t year_of_era = y - era * 400;
  std::int64_t month_from_march = (month + 9) % 12;
  std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;  // 719 468 days from 0000-03-01 to 1970-01-01
}

Civil civil_from_days(std::int64_t days_since_epoch) {
  std::int64_t shifted = days_since_epoch + 719'468;
  std::int64_t era = floor_divide(shifted, 146'097);
  std::int64_t day_of_era = shifted - era * 146'097;
  std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  Civil civil;
  civil.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  civil.month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  std::int64_t weekday = (days_since_epoch + 4) % 7;
  civil.weekday = static_cast<int>(weekday < 0 ? weekday + 7 : weekday);
  return civil;
}

Civil civil_from_micros(std::int64_t us) {
  std::int64_t day = floor_divide(us, kMicrosPerDay);
  // Unsigned: the first microseconds of the range have a day that begins before it.
  auto in_day = static_cast<std::int64_t>(static_cast<std::uint64_t>(us) -
                                          static_cast<std::uint64_t>(day) * kMicrosPerDay);
  Civil civil = civil_from_days(day);
  civil.micro = static_cast<int>(in_day % kMicrosPerSecond);
  auto second = static_cast<int>(in_day / kMicrosPerSecond);
  civil.hour = second / 3'600;
  civil.minute = second / 60 % 60;
  civil.second = second % 60;
  return civil;
}

std::int64_t micros_from_civil(const Civil& civil) {
  std::int64_t day = days_from_civil(civil.year, civil.month, civil.day);
  std::int64_t in_day =
      ((civil.hour * 60 + civil.minute) * 60 + civil.second) * kMicrosPerSecond + civil.micro;
  // 128 bits, because a day may begin before the range and its afternoon lie within.
  __int128 us = static_cast<__int128>(day) * kMicrosPerDay + in_day;
  if (us > Timestamp::latest().us) return Timestamp::latest().us;
  if (us < Timestamp::earliest().us) return Timestamp::earliest().us;
  return static_cast<std::int64_t>(us);
}

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace lode
