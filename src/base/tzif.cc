#include "base/tzif.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/time.h"

namespace lode {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
// RFC 8536, 3.2: offsets lie within -25 h and +26 h, both excluded.
constexpr std::int64_t kLeastOffset = -25 * 3'600 + 1;
constexpr std::int64_t kMostOffset = 26 * 3'600 - 1;

std::unexpected<Error> corrupt(std::string_view why) {
  return fail(Code::kCorrupt, "not a usable time-zone file: {}", why);
}

// Big-endian numbers off the front; reading past the end is seen once, by failed().
class BigEndianReader {
 public:
  explicit BigEndianReader(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (char c : take(width)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::int32_t int32() { return static_cast<std::int32_t>(number(4)); }
  std::int64_t int64() { return static_cast<std::int64_t>(number(8)); }
  std::string_view rest() const { return rest_; }
  bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Header {
  char version = 0;
  std::uint64_t ut_flags = 0;
  std::uint64_t standard_flags = 0;
  std::uint64_t leaps = 0;
  std::uint64_t transitions = 0;
  std::uint64_t types = 0;
  std::uint64_t name_bytes = 0;

  std::uint64_t block_size(std::uint64_t time_width) const {
    return transitions * (time_width + 1) + types * 6 + name_bytes + leaps * (time_width + 4) +
           standard_flags + ut_flags;
  }
};

Result<Header> read_header(BigEndianReader& in) {
  if (in.take(4) != "TZif") return corrupt("it does not begin with TZif");
  Header header;
  header.version = static_cast<char>(in.number(1));
  in.take(15);
  header.ut_flags = in.number(4);
  header.standard_flags = in.number(4);
  header.leaps = in.number(4);
  header.transitions = in.number(4);
  header.types = in.number(4);
  header.name_bytes = in.number(4);
  if (in.failed()) return corrupt("the header is cut short");
  return header;
}

// One change of offset.
struct Transition {
  std::int64_t at;
  std::int64_t offset;
};

// A day of every year, and a time on it: "M3.2.0/2", "J60", "59/-1".
struct YearlyRule {
  enum Form : std::uint8_t { kJulianWithoutLeapDay, kZeroBasedDay, kWeekdayOfMonth };
  Form form = kZeroBasedDay;
  int month = 0;                     // 1..12
  int week = 0;                      // 1..5, 5 = the last
  int day = 0;                       // 1..365, 0..365 or 0..6 = Sunday..Saturday
  std::int64_t seconds = 2 * 3'600;  // local time of the clock before the change; may be negative

  // Seconds of the local clock since 1970-01-01 00:00.
  std::int64_t local_seconds(std::int64_t year) const {
    return day_in(year) * kSecondsPerDay + seconds;
  }

 private:
  std::int64_t day_in(std::int64_t year) const {
    if (form == kZeroBasedDay) return days_from_civil(year, 1, 1) + day;
    if (form == kJulianWithoutLeapDay)
      return days_from_civil(year, 1, 1) + day - 1 + (day >= 60 && is_leap_year(year) ? 1 : 0);
    std::int64_t first = days_from_civil(year, month, 1);
    int ahead = (day - civil_from_days(first).weekday + 7) % 7;
    int day_of_month = 1 + ahead + 7 * (week - 1);
    if (day_of_month > days_in_month(year, month)) day_of_month -= 7;
    return first + day_of_month - 1;
  }
};

// The footer: "EST5EDT,M3.2.0,M11.1.0". Offsets are east of UTC here, unlike in its text.
struct PosixZone {
  std::int64_t standard = 0;
  bool has_daylight = false;
  std::int64_t daylight = 0;
  YearlyRule begins;
  YearlyRule ends;
};

class PosixParser {
 public:
  explicit PosixParser(std::string_view text) : rest_(text) {}

  bool parse(PosixZone& zone) {
    if (!name() || !time_of(24, zone.standard)) return false;
    zone.standard = -zone.standard;
    if (rest_.empty()) return true;
    zone.has_daylight = true;
    if (!name()) return false;
    if (peek() == ',') {
      zone.daylight = zone.standard + 3'600;
    } else {
      if (!time_of(24, zone.daylight)) return false;
      zone.daylight = -zone.daylight;
    }
    return rule(zone.begins) && rule(zone.ends) && rest_.empty();
  }

 private:
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool number(int most, int& value) {
    std::size_t digits = 0;
    value = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      value = value * 10 + (rest_[digits] - '0');
      if (value > most || ++digits > 3) return false;
    }
    rest_.remove_prefix(digits);
    return digits > 0;
  }
  bool name() {
    bool quoted = take('<');
    std::size_t length = 0;
    auto belongs = [&](char c) {
      bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      return letter || (quoted && (c == '+' || c == '-' || (c >= '0' && c <= '9')));
    };
    while (length < rest_.size() && belongs(rest_[length])) ++length;
    rest_.remove_prefix(length);
    return length >= 3 && (!quoted || take('>'));
  }
  // [+-]h[:m[:s]] in seconds.
  bool time_of(int most_hours, std::int64_t& seconds_out) {
    bool negative = peek() == '-';
    if (!take('-')) take('+');
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!number(most_hours, hour)) return false;
    if (take(':')) {
      if (!number(59, minute)) return false;
      if (take(':') && !number(59, second)) return false;
    }
    std::int64_t total = (hour * 60 + minute) * 60 + second;
    seconds_out = negative ? -total : total;
    return true;
  }
  bool rule(YearlyRule& rule) {
    if (!take(',')) return false;
    if (take('M')) {
      rule.form = YearlyRule::kWeekdayOfMonth;
      if (!number(12, rule.month) || !take('.') || !number(5, rule.week) || !take('.') ||
          !number(6, rule.day) || rule.month < 1 || rule.week < 1)
        return false;
    } else if (take('J')) {
      rule.form = YearlyRule::kJulianWithoutLeapDay;
      if (!number(365, rule.day) || rule.day < 1) return false;
    } else if (!number(365, rule.day)) {
      return false;
    }
    return !take('/') || time_of(167, rule.seconds);
  }

  std::string_view rest_;
};

// The changes of 402 years from the year of `after` on, those after it only.
std::vector<Transition> roll_out(const PosixZone& zone, std::int64_t after,
                                 std::int64_t first_year) {
  std::vector<Transition> changes;
  for (std::int64_t year = first_year; year < first_year + 402; ++year) {
    changes.push_back({zone.begins.local_seconds(year) - zone.standard, zone.daylight});
    changes.push_back({zone.ends.local_seconds(year) - zone.daylight, zone.standard});
  }
  // Where one year's end is the next one's beginning (all-year daylight saving), the beginning is
  // the later entry and counts.
  std::ranges::stable_sort(changes, {}, &Transition::at);
  std::int64_t next = zone.begins.local_seconds(first_year + 402) - zone.standard;
  std::erase_if(changes, [after, next](const Transition& change) {
    return change.at <= after || change.at >= next;
  });
  return changes;
}

// Of two changes at one instant the later entry counts. Changes of equal offset are dropped (only
// the zone's abbreviation changed).
ZonePeriods join(std::int64_t first_offset, const std::vector<Transition>& changes) {
  ZonePeriods periods;
  periods.starts.push_back(std::numeric_limits<std::int64_t>::min());
  periods.offsets.push_back(static_cast<std::int32_t>(first_offset));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (i + 1 < changes.size() && changes[i + 1].at == changes[i].at) continue;
    auto offset = static_cast<std::int32_t>(changes[i].offset);
    if (periods.offsets.back() == offset) continue;
    periods.starts.push_back(changes[i].at);
    periods.offsets.push_back(offset);
  }
  return periods;
}

struct Body {
  std::int64_t first_offset = 0;
  std::vector<Transition> changes;
};

Result<Body> read_body(BigEndianReader& in, const Header& header) {
  if (header.leaps != 0) return corrupt("it counts leap seconds");
  if (header.types == 0 || header.types > 256) return corrupt("it has no types, or too many");
  if (header.block_size(8) > in.rest().size()) return corrupt("it is cut short");
  Body body;
  body.changes.resize(header.transitions);
  for (std::size_t i = 0; i < body.changes.size(); ++i) {
    body.changes[i].at = in.int64();
    if (i > 0 && body.changes[i].at <= body.changes[i - 1].at)
      return corrupt("its transitions are not in order");
  }
  if (!body.changes.empty() &&
      body.changes.back().at > days_from_civil(9999, 1, 1) * kSecondsPerDay)
    return corrupt("it has a transition after the year 9998");
  for (Transition& change : body.changes) {
    std::uint64_t type = in.number(1);
    if (type >= header.types) return corrupt("a transition has an unknown type");
    change.offset = static_cast<std::int64_t>(type);  // looked up below
  }
  std::vector<std::int64_t> offsets;
  for (std::uint64_t i = 0; i < header.types; ++i) {
    offsets.push_back(in.int32());
    in.take(2);  // whether it is daylight saving time, and its abbreviation: not needed
    if (offsets.back() < kLeastOffset || offsets.back() > kMostOffset)
      return corrupt("an offset from UTC is out of range");
  }
  for (Transition& change : body.changes)
    change.offset = offsets[static_cast<std::size_t>(change.offset)];
  body.first_offset = offsets[0];
  in.take(header.name_bytes + header.standard_flags + header.ut_flags);
  return body;
}

}  // namespace

Result<ZonePeriods> parse_tzif(std::string_view bytes) {
  BigEndianReader in(bytes);
  TRY(Header old_header, read_header(in));
  if (old_header.version < '2') return corrupt("it is of version 1, which ends in 2037");
  in.take(old_header.block_size(4));  // the 32-bit copy of the same
  if (in.failed()) return corrupt("it is cut short");
  TRY(Header header, read_header(in));
  TRY(Body body, read_body(in, header));

  std::string_view footer = in.rest();
  if (footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n')
    return corrupt("its footer is missing");
  footer = footer.substr(1, footer.size() - 2);
  if (footer.empty()) return join(body.first_offset, body.changes);

  PosixZone rule;
  if (!PosixParser(footer).parse(rule)) return corrupt("its footer is not a POSIX time zone");
  // The file promises that the footer continues its last transition; one that has none follows the
  // footer at all times, here from the year 0 on.
  if (body.changes.empty()) body.first_offset = rule.standard;
  std::int64_t last = body.changes.empty() ? body.first_offset : body.changes.back().offset;
  if (last != rule.standard && !(rule.has_daylight && last == rule.daylight))
    return corrupt("its footer contradicts its last transition");
  if (!rule.has_daylight || rule.standard == rule.daylight)
    return join(body.first_offset, body.changes);
  std::int64_t after = std::numeric_limits<std::int64_t>::min();
  std::int64_t first_year = 0;
  if (!body.changes.empty()) {
    after = body.changes.back().at;
    first_year = civil_from_days(after / kSecondsPerDay - 1).year;
  }
  std::vector<Transition> rolled = roll_out(rule, after, first_year);
  body.changes.insert(body.changes.end(), rolled.begin(), rolled.end());
  ZonePeriods periods = join(body.first_offset, body.changes);
  periods.repeats = true;
  return periods;
}

}  // namespace lode
