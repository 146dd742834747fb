// SQL's interval literals as microseconds: what stands between the quotes of interval '3 hours'.
#include <fmt/format.h>

#include <array>
#include <cctype>

#include "base/component.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

struct UnitName {
  std::string_view name;
  std::int64_t us;
};

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;
constexpr std::int64_t kHourUs = 60 * kMinuteUs;
constexpr std::int64_t kDayUs = 24 * kHourUs;

// DuckDB's names but for those of months and longer, which have no fixed length.
constexpr std::array<UnitName, 31> kUnitNames = {{
    {"microseconds", 1},
    {"milliseconds", 1'000},
    {"seconds", kSecondUs},
    {"minutes", kMinuteUs},
    {"hours", kHourUs},
    {"days", kDayUs},
    {"weeks", 7 * kDayUs},
    {"microsecond", 1},
    {"millisecond", 1'000},
    {"second", kSecondUs},
    {"minute", kMinuteUs},
    {"hour", kHourUs},
    {"day", kDayUs},
    {"week", 7 * kDayUs},
    {"us", 1},
    {"usec", 1},
    {"usecs", 1},
    {"ms", 1'000},
    {"msec", 1'000},
    {"msecs", 1'000},
    {"s", kSecondUs},
    {"sec", kSecondUs},
    {"secs", kSecondUs},
    {"m", kMinuteUs},
    {"min", kMinuteUs},
    {"mins", kMinuteUs},
    {"h", kHourUs},
    {"hr", kHourUs},
    {"hrs", kHourUs},
    {"d", kDayUs},
    {"w", 7 * kDayUs},
}};
constexpr std::size_t kLongNames = 7;  // the first ones, which a message lists

constexpr std::array<std::string_view, 18> kNoFixedLength = {
    "month",   "months",  "mon",       "mons",       "quarter",   "quarters",
    "year",    "years",   "yr",        "yrs",        "y",         "decade",
    "decades", "century", "centuries", "millennium", "millennia", "millenium"};

class Reader {
 public:
  explicit Reader(std::string_view text) : whole_(text), rest_(text) {}

  Result<std::int64_t> run() {
    skip_blanks();
    if (rest_.empty()) return wrong("it is empty");
    while (!rest_.empty()) {
      if (take_word("ago")) {
        if (!rest_.empty()) return wrong("something follows 'ago'");
        total_ = -total_;
        break;
      }
      TRY_VOID(part());
      skip_blanks();
    }
    auto us = static_cast<std::int64_t>(total_);
    if (us != total_) return wrong("it is longer than 292 000 years");
    return us;
  }

 private:
  std::unexpected<Error> wrong(std::string_view why) const {
    return fail(Code::kInvalid, "interval '{}' is not a length of time: {}", whole_.substr(0, 60),
                why);
  }

  void skip_blanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0])) != 0)
      rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view take_while(bool (*wanted)(char)) {
    std::size_t end = 0;
    while (end < rest_.size() && wanted(rest_[end])) ++end;
    std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }
  static bool digit(char c) { return c >= '0' && c <= '9'; }
  static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  bool take_word(std::string_view word) {
    Reader ahead = *this;
    if (lower_ascii(ahead.take_while(letter)) != word) return false;
    ahead.skip_blanks();
    rest_ = ahead.rest_;
    return true;
  }

  // "3 hours", "-1.5 days" or "02:30:00".
  Status part() {
    bool negative = take('-');
    std::string_view digits = take_while(digit);
    if (digits.size() > 18) return wrong("a number in it is too long");
    if (!digits.empty() && rest_.starts_with(':')) return clock(negative, number(digits));
    std::string_view fraction = take('.') ? take_while(digit) : std::string_view();
    if (digits.empty() && fraction.empty()) return wrong("a number is missing");
    skip_blanks();
    std::string unit = lower_ascii(take_while(letter));
    if (unit.empty()) return wrong("a unit is missing after a number");
    auto us = interval_unit_us(unit);
    if (!us) return wrong(us.error().message());
    return add(negative, number(digits), fraction, *us);
  }

  Status clock(bool negative, std::int64_t hours) {
    take(':');
    std::string_view minutes = take_while(digit);
    std::string_view seconds = take(':') ? take_while(digit) : std::string_view("00");
    std::string_view fraction = take('.') ? take_while(digit) : std::string_view();
    if (minutes.size() != 2 || seconds.size() != 2 || number(minutes) > 59 || number(seconds) > 59)
      return wrong("a time is written hh:mm or hh:mm:ss");
    TRY_VOID(add(negative, hours, {}, kHourUs));
    TRY_VOID(add(negative, number(minutes), {}, kMinuteUs));
    return add(negative, number(seconds), fraction, kSecondUs);
  }

  static std::int64_t number(std::string_view digits) {
    std::int64_t value = 0;
    for (char c : digits) value = value * 10 + (c - '0');
    return value;
  }

  // Exactly: each digit of the fraction is a tenth of what the one before it is.
  Status add(bool negative, std::int64_t count, std::string_view fraction, std::int64_t unit_us) {
    Int128 us = Int128{count} * unit_us;
    while (fraction.ends_with('0')) fraction.remove_suffix(1);
    if (fraction.size() > 18) return wrong("more than 18 digits of a fraction");
    Int128 parts = Int128{number(fraction)} * unit_us;
    Int128 whole = power_of_ten(static_cast<int>(fraction.size()));
    if (parts % whole != 0) return wrong("what is below a microsecond would be lost");
    us += parts / whole;
    // 18 digits of weeks are below 2^100, and 64 KiB hold fewer than 2^16 of them.
    total_ += negative ? -us : us;
    return {};
  }

  std::string_view whole_;
  std::string_view rest_;
  Int128 total_ = 0;
};

}  // namespace

Result<std::int64_t> interval_unit_us(std::string_view unit) {
  std::vector<std::string_view> known;
  for (const UnitName& row : kUnitNames) {
    if (row.name == unit) return row.us;
    known.push_back(row.name);
  }
  for (std::string_view name : kNoFixedLength)
    if (name == unit)
      return fail(Code::kInvalid, "'{}' is no fixed length of time; write days, such as 30 days",
                  unit);
  std::string_view near = nearest(unit, known);
  if (!near.empty())
    return fail(Code::kInvalid, "unknown unit '{}'; did you mean '{}'?", unit, near);
  known.resize(kLongNames);
  return fail(Code::kInvalid, "unknown unit '{}'; known are {}", unit, fmt::join(known, ", "));
}

DurationUnit duration_unit(std::int64_t us) {
  constexpr std::array<DurationUnit, 6> kUnits = {{{"days", kDayUs},
                                                   {"hours", kHourUs},
                                                   {"minutes", kMinuteUs},
                                                   {"seconds", kSecondUs},
                                                   {"milliseconds", 1'000},
                                                   {"microseconds", 1}}};
  for (const DurationUnit& unit : kUnits)
    if (us % unit.us == 0) return unit;
  return kUnits.back();
}

Result<std::int64_t> parse_interval_us(std::string_view text) { return Reader(text).run(); }

}  // namespace lode
