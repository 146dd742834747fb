// Parts of dates and timestamps, in the proleptic Gregorian calendar and UTC. For the clock of a
// row's own zone the argument is local(time); what it gives is a timestamp like any other.
#include <array>

#include "base/time.h"
#include "table/expression/function.h"
#include "table/expression/loops.h"

namespace lode {
namespace {

using i64 = std::int64_t;
using Days = std::int32_t;

constexpr i64 kSecondUs = 1'000'000;
constexpr i64 kDayUs = 86'400 * kSecondUs;

i64 floor_divide(i64 a, i64 b) { return a / b - (a % b < 0 ? 1 : 0); }
i64 day_of(i64 us) { return floor_divide(us, kDayUs); }
i64 time_of_day(i64 us) { return us - day_of(us) * kDayUs; }
// 0 = Sunday; 1970-01-01 was a Thursday.
i64 weekday(i64 days) { return ((days + 4) % 7 + 7) % 7; }
i64 monday_before(i64 days) { return days - (weekday(days) + 6) % 7; }
i64 first_of_year(i64 year) { return days_from_civil(year, 1, 1); }

i64 year(i64 days) { return civil_from_days(days).year; }
i64 month(i64 days) { return civil_from_days(days).month; }
i64 day(i64 days) { return civil_from_days(days).day; }
i64 quarter(i64 days) { return (month(days) + 2) / 3; }
i64 iso_weekday(i64 days) { return (weekday(days) + 6) % 7 + 1; }
i64 day_of_year(i64 days) { return days - first_of_year(year(days)) + 1; }
// ISO 8601: the week belongs to the year of its Thursday.
i64 iso_year(i64 days) { return year(monday_before(days) + 3); }
i64 week(i64 days) { return (monday_before(days) + 3 - first_of_year(iso_year(days))) / 7 + 1; }

i64 hour(i64 us) { return time_of_day(us) / (3600 * kSecondUs); }
i64 minute(i64 us) { return time_of_day(us) / (60 * kSecondUs) % 60; }
i64 second(i64 us) { return time_of_day(us) / kSecondUs % 60; }
i64 millisecond(i64 us) { return time_of_day(us) / 1000 % 60'000; }
i64 microsecond(i64 us) { return time_of_day(us) % (60 * kSecondUs); }

// A part of the date: of dates and of timestamps.
template <auto part>
constexpr std::array<Overload, 2> date_part = {{
    {"a", 'i', map<i64(Days), [](Days days) { return part(days); }>},
    {"t", 'i', map<i64(i64), [](i64 us) { return part(day_of(us)); }>},
}};
// A part of the time of day; a date is its midnight.
template <auto part>
constexpr std::array<Overload, 1> time_part = {{{"t", 'i', map<i64(i64), part>}}};

// --- truncation and differences ---

enum class Unit {
  kMicrosecond,
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear
};

struct UnitName {
  std::string_view name;
  Unit unit;
};
constexpr std::array<UnitName, 24> kUnits = {{
    {"microsecond", Unit::kMicrosecond},
    {"microseconds", Unit::kMicrosecond},
    {"us", Unit::kMicrosecond},
    {"millisecond", Unit::kMillisecond},
    {"milliseconds", Unit::kMillisecond},
    {"ms", Unit::kMillisecond},
    {"second", Unit::kSecond},
    {"seconds", Unit::kSecond},
    {"s", Unit::kSecond},
    {"minute", Unit::kMinute},
    {"minutes", Unit::kMinute},
    {"m", Unit::kMinute},
    {"hour", Unit::kHour},
    {"hours", Unit::kHour},
    {"h", Unit::kHour},
    {"day", Unit::kDay},
    {"days", Unit::kDay},
    {"d", Unit::kDay},
    {"week", Unit::kWeek},
    {"weeks", Unit::kWeek},
    {"month", Unit::kMonth},
    {"months", Unit::kMonth},
    {"quarter", Unit::kQuarter},
    {"year", Unit::kYear},
}};

i64 micros_of(Unit unit) {
  switch (unit) {
    case Unit::kMicrosecond:
      return 1;
    case Unit::kMillisecond:
      return 1000;
    case Unit::kSecond:
      return kSecondUs;
    case Unit::kMinute:
      return 60 * kSecondUs;
    case Unit::kHour:
      return 3600 * kSecondUs;
    default:
      return kDayUs;
  }
}

i64 months_since_epoch(i64 days) {
  Civil civil = civil_from_days(days);
  return (civil.year - 1970) * 12 + civil.month - 1;
}

// Number of the unit that a time falls into, counted from 1970 (weeks from a Monday).
i64 unit_number(Unit unit, i64 us) {
  i64 days = day_of(us);
  switch (unit) {
    case Unit::kWeek:
      return floor_divide(days + 3, 7);
    case Unit::kMonth:
      return months_since_epoch(days);
    case Unit::kQuarter:
      return floor_divide(months_since_epoch(days), 3);
    case Unit::kYear:
      return year(days);
    default:
      return floor_divide(us, micros_of(unit));
  }
}

i64 truncate(Unit unit, i64 us) {
  i64 days = day_of(us);
  switch (unit) {
    case Unit::kWeek:
      return monday_before(days) * kDayUs;
    case Unit::kMonth:
      return (days - day(days) + 1) * kDayUs;
    case Unit::kQuarter: {
      Civil civil = civil_from_days(days);
      return days_from_civil(civil.year, (civil.month - 1) / 3 * 3 + 1, 1) * kDayUs;
    }
    case Unit::kYear:
      return first_of_year(year(days)) * kDayUs;
    default:
      return us - (us - floor_divide(us, micros_of(unit)) * micros_of(unit));
  }
}

i64 truncate_rows(Call& call) {
  Unit unit = *static_cast<const Unit*>(call.node->prepared.get());
  const i64* in = call.arguments[1]->as<i64>();
  for (i64 i = 0; i < call.rows; ++i)
    call.out->as<i64>()[i] = call.wanted(i) ? truncate(unit, in[i]) : 0;
  return -1;
}

i64 difference_rows(Call& call) {
  Unit unit = *static_cast<const Unit*>(call.node->prepared.get());
  const i64* from = call.arguments[1]->as<i64>();
  const i64* to = call.arguments[2]->as<i64>();
  for (i64 i = 0; i < call.rows; ++i)
    call.out->as<i64>()[i] =
        call.wanted(i) ? unit_number(unit, to[i]) - unit_number(unit, from[i]) : 0;
  return -1;
}

Result<std::shared_ptr<const Unit>> constant_unit(const Request& request) {
  const Literal* literal = request.size() > 0 ? request.constant(0) : nullptr;
  const std::string* name =
      literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
  if (name == nullptr)
    return fail(Code::kInvalid, "{} takes the name of a unit first, such as 'hour'", request.name);
  std::string word = *name;
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const UnitName& unit : kUnits)
    if (unit.name == word) return std::make_shared<const Unit>(unit.unit);
  if (word == "years") return std::make_shared<const Unit>(Unit::kYear);
  if (word == "quarters") return std::make_shared<const Unit>(Unit::kQuarter);
  return fail(Code::kInvalid,
              "'{}' is not a unit of time; known are microsecond, millisecond, second, "
              "minute, hour, day, week, month, quarter, year",
              *name);
}

bool is_time(const Request& request, std::size_t i) {
  const ValueType& type = request.type(i);
  bool text = request.constant(i) != nullptr && type.is(TypeId::kString);
  return type.is(TypeId::kTimestamp) || type.is(TypeId::kDate) || type.is_null() || text;
}

Result<Resolution> resolve_truncate(const Request& request) {
  TRY(std::shared_ptr<const Unit> unit, constant_unit(request));
  if (request.size() != 2 || !is_time(request, 1)) return no_overload(request);
  ValueType timestamp{Type::timestamp()};
  return Resolution{.parameters = {request.type(0), timestamp},
                    .result = timestamp,
                    .kernel = &truncate_rows,
                    .prepared = unit};
}

Result<Resolution> resolve_difference(const Request& request) {
  TRY(std::shared_ptr<const Unit> unit, constant_unit(request));
  if (request.size() != 3 || !is_time(request, 1) || !is_time(request, 2))
    return no_overload(request);
  ValueType timestamp{Type::timestamp()};
  return Resolution{.parameters = {request.type(0), timestamp, timestamp},
                    .result = ValueType{Type::int64()},
                    .kernel = &difference_rows,
                    .prepared = unit};
}

// --- making dates and times ---

bool make_date(i64 y, i64 m, i64 d, Days& out) {
  constexpr i64 kFurthest = 2'000'000;
  if (y < -kFurthest || y > kFurthest || m < 1 || m > 12 || d < 1) return false;
  if (d > days_in_month(y, static_cast<int>(m))) return false;
  out = static_cast<Days>(days_from_civil(y, static_cast<int>(m), static_cast<int>(d)));
  return true;
}
constexpr Overload kMakeDate[] = {{"iii", 'a', map_or_fail<Days(i64, i64, i64), make_date>}};

bool make_timestamp(i64 y, i64 m, i64 d, i64 h, i64 min, double s, i64& out) {
  Days days = 0;
  if (!make_date(y, m, d, days) || h < 0 || h > 23 || min < 0 || min > 59 || !(s >= 0 && s < 60))
    return false;
  double us = s * 1e6;
  auto whole = static_cast<i64>(us);
  whole += us - static_cast<double>(whole) >= 0.5 ? 1 : 0;
  return !__builtin_mul_overflow(i64{days}, kDayUs, &out) &&
         !__builtin_add_overflow(out, ((h * 60 + min) * 60) * kSecondUs + whole, &out);
}
constexpr Overload kMakeTimestamp[] = {
    {"i", 't', map<i64(i64), [](i64 us) { return us; }>},
    {"iiiiid", 't', map_or_fail<i64(i64, i64, i64, i64, i64, double), make_timestamp>},
};

bool seconds_to_micros(double s, i64& out) {
  double us = __builtin_nearbyint(s * 1e6);
  if (!(us >= -0x1p63 && us < 0x1p63)) return false;
  out = static_cast<i64>(us);
  return true;
}
constexpr Overload kToTimestamp[] = {{"d", 't', map_or_fail<i64(double), seconds_to_micros>}};

double to_seconds(i64 us) { return static_cast<double>(us) / 1e6; }
constexpr Overload kEpoch[] = {
    {"t", 'd', map<double(i64), to_seconds>},
    {"u", 'd', map<double(i64), to_seconds>},
};
constexpr Overload kEpochUs[] = {
    {"t", 'i', map<i64(i64), [](i64 us) { return us; }>},
    {"u", 'i', map<i64(i64), [](i64 us) { return us; }>},
};
constexpr Overload kEpochMs[] = {
    {"t", 'i', map<i64(i64), [](i64 us) { return us / 1000; }>},
    {"u", 'i', map<i64(i64), [](i64 us) { return us / 1000; }>},
};

Days last_day(i64 days) {
  Civil civil = civil_from_days(days);
  return static_cast<Days>(days - civil.day + days_in_month(civil.year, civil.month));
}
constexpr Overload kLastDay[] = {
    {"a", 'a', map<Days(Days), [](Days days) { return last_day(days); }>},
    {"t", 'a', map<Days(i64), [](i64 us) { return last_day(day_of(us)); }>},
};

constexpr std::array<Text, 7> kDayNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};
constexpr std::array<Text, 12> kMonthNames = {"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};
Text day_name(i64 days) { return kDayNames[static_cast<std::size_t>(weekday(days))]; }
Text month_name(i64 days) { return kMonthNames[static_cast<std::size_t>(month(days) - 1)]; }
template <auto name>
constexpr std::array<Overload, 2> name_part = {{
    {"a", 's', map<Text(Days), [](Days days) { return name(days); }>},
    {"t", 's', map<Text(i64), [](i64 us) { return name(day_of(us)); }>},
}};

Result<Resolution> only_in_binder(const Request& request) { return no_overload(request); }

constexpr std::string_view kGroup = "Dates and times";

#define LODE_TIME_FUNCTION(id, name, signature, overloads, summary, example)                    \
  constexpr Function id##Function = {kGroup, signature, overloads};                             \
  constexpr Component id##Component = function_component(name, summary, example, id##Function); \
  const Registration id##Registration(id##Component)

LODE_TIME_FUNCTION(kYear, "year", "year(t)", date_part<year>, "Year.", "year(date)");
LODE_TIME_FUNCTION(kQuarter, "quarter", "quarter(t)", date_part<quarter>,
                   "Quarter of the year, 1 to 4.", "quarter(date)");
LODE_TIME_FUNCTION(kMonth, "month", "month(t)", date_part<month>, "Month, 1 to 12.", "month(date)");
LODE_TIME_FUNCTION(kDayOfMonth, "day", "day(t)", date_part<day>, "Day of the month, 1 to 31.",
                   "day(date)");
LODE_TIME_FUNCTION(kDayOfWeek, "dayofweek", "dayofweek(t)", date_part<weekday>,
                   "Day of the week, 0 (Sunday) to 6.", "dayofweek(local(date))");
LODE_TIME_FUNCTION(kIsoDow, "isodow", "isodow(t)", date_part<iso_weekday>,
                   "Day of the week, 1 (Monday) to 7, ISO 8601.", "isodow(date)");
LODE_TIME_FUNCTION(kDayOfYear, "dayofyear", "dayofyear(t)", date_part<day_of_year>,
                   "Day of the year, 1 to 366.", "dayofyear(date)");
LODE_TIME_FUNCTION(kWeek, "week", "week(t)", date_part<week>,
                   "Week of the year, 1 to 53, ISO 8601.", "week(date)");
LODE_TIME_FUNCTION(kIsoYear, "isoyear", "isoyear(t)", date_part<iso_year>,
                   "Year that the week belongs to, ISO 8601.", "isoyear(date)");
LODE_TIME_FUNCTION(kHour, "hour", "hour(t)", time_part<hour>, "Hour, 0 to 23.",
                   "hour(local(date))");
LODE_TIME_FUNCTION(kMinute, "minute", "minute(t)", time_part<minute>, "Minute, 0 to 59.",
                   "minute(date)");
LODE_TIME_FUNCTION(kSecondPart, "second", "second(t)", time_part<second>, "Whole second, 0 to 59.",
                   "second(date)");
LODE_TIME_FUNCTION(kMillisecond, "millisecond", "millisecond(t)", time_part<millisecond>,
                   "Milliseconds in the minute, 0 to 59999.", "millisecond(date)");
LODE_TIME_FUNCTION(kMicrosecond, "microsecond", "microsecond(t)", time_part<microsecond>,
                   "Microseconds in the minute, 0 to 59999999.", "microsecond(date)");
LODE_TIME_FUNCTION(kDayName, "dayname", "dayname(t)", name_part<day_name>,
                   "English name of the day.", "dayname(date)");
LODE_TIME_FUNCTION(kMonthName, "monthname", "monthname(t)", name_part<month_name>,
                   "English name of the month.", "monthname(date)");
LODE_TIME_FUNCTION(kLastDay, "last_day", "last_day(t)", kLastDay, "Last day of the month, a date.",
                   "last_day(date)");
LODE_TIME_FUNCTION(kEpoch, "epoch", "epoch(t)", kEpoch,
                   "Seconds since 1970-01-01 UTC, or of a duration, as a double.", "epoch(date)");
LODE_TIME_FUNCTION(kEpochMs, "epoch_ms", "epoch_ms(t)", kEpochMs,
                   "Milliseconds since 1970-01-01 UTC, or of a duration, rounded towards 0.",
                   "epoch_ms(date)");
LODE_TIME_FUNCTION(kEpochUs, "epoch_us", "epoch_us(t)", kEpochUs,
                   "Microseconds since 1970-01-01 UTC, or of a duration.", "epoch_us(date)");

#undef LODE_TIME_FUNCTION

constexpr Function kTruncateFunction = {
    .group = kGroup,
    .signature = "date_trunc(unit, t)",
    .overloads = {},
    .resolve = resolve_truncate,
    .nulls = NullRule::kPropagate,
    .fails = {},
    .difference =
        "The unit is a constant from microsecond to year; DuckDB also has decade and longer."};
constexpr Component kTruncateComponent = function_component(
    "date_trunc", "The beginning of the unit that t is in, a timestamp; weeks begin on Monday.",
    "date_trunc('hour', date)", kTruncateFunction);
const Registration truncate_registration(kTruncateComponent);

constexpr Function kDifferenceFunction = {
    .group = kGroup,
    .signature = "date_diff(unit, from, to)",
    .overloads = {},
    .resolve = resolve_difference,
    .nulls = NullRule::kPropagate,
    .fails = {},
    .difference =
        "The unit is a constant from microsecond to year. Weeks begin on Monday; DuckDB 1.5 counts "
        "Thursdays here. Quarters before year 1 are counted like the others."};
constexpr Component kDifferenceComponent =
    function_component("date_diff", "How many beginnings of the unit lie between the two times.",
                       "date_diff('day', opened, closed)", kDifferenceFunction);
const Registration difference_registration(kDifferenceComponent);

constexpr Function kMakeDateFunction = {.group = kGroup,
                                        .signature = "make_date(year, month, day)",
                                        .overloads = kMakeDate,
                                        .resolve = nullptr,
                                        .nulls = NullRule::kPropagate,
                                        .fails = "is not a date"};
constexpr Component kMakeDateComponent =
    function_component("make_date", "A date from its parts; parts that are none are an error.",
                       "make_date(2001, 1, 29)", kMakeDateFunction);
const Registration make_date_registration(kMakeDateComponent);

constexpr Function kMakeTimestampFunction = {
    .group = kGroup,
    .signature = "make_timestamp(us), make_timestamp(year, month, day, hour, minute, seconds)",
    .overloads = kMakeTimestamp,
    .resolve = nullptr,
    .nulls = NullRule::kPropagate,
    .fails = "is not a time"};
constexpr Component kMakeTimestampComponent = function_component(
    "make_timestamp", "A timestamp from microseconds since 1970-01-01 UTC, or from its parts.",
    "make_timestamp(ticks)", kMakeTimestampFunction);
const Registration make_timestamp_registration(kMakeTimestampComponent);

constexpr Function kToTimestampFunction = {
    .group = kGroup,
    .signature = "to_timestamp(seconds)",
    .overloads = kToTimestamp,
    .resolve = nullptr,
    .nulls = NullRule::kPropagate,
    .fails = "is out of range of a timestamp",
    .difference =
        "A timestamp in UTC, which every timestamp of lode is; DuckDB says WITH TIME ZONE."};
constexpr Component kToTimestampComponent = function_component(
    "to_timestamp", "A timestamp from seconds since 1970-01-01 UTC, to the nearest microsecond.",
    "to_timestamp(unix_time)", kToTimestampFunction);
const Registration to_timestamp_registration(kToTimestampComponent);

constexpr Function kLocalFunction = {.group = kGroup,
                                     .signature = "local(t)",
                                     .overloads = {},
                                     .resolve = only_in_binder,
                                     .nulls = NullRule::kPropagate,
                                     .fails = {},
                                     .difference = "DuckDB has none."};
constexpr Component kLocalComponent =
    function_component("local",
                       "The wall clock's time in the row's own zone, as a timestamp to take parts "
                       "of. t is the source's "
                       "time column; the source declares the zone.",
                       "hour(local(date))", kLocalFunction);
const Registration local_registration(kLocalComponent);

}  // namespace
}  // namespace lode
