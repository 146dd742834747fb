// Durations: microseconds(n) to days(n). A duration is int64 microseconds with a type of its own
// inside an expression, so that a timestamp cannot be added to a bare number by mistake.
#include "table/expression/function.h"
#include "table/expression/loops.h"

namespace lode {
namespace {

using i64 = std::int64_t;

template <i64 us>
bool whole(i64 n, i64& out) {
  return !__builtin_mul_overflow(n, us, &out);
}

// A fraction of a unit is kept to the nearest microsecond, ties to even.
template <i64 us>
bool fractional(double n, i64& out) {
  double exact = __builtin_nearbyint(n * static_cast<double>(us));
  if (!(exact >= -0x1p63 && exact < 0x1p63)) return false;
  out = static_cast<i64>(exact);
  return true;
}

template <i64 us>
constexpr Overload kUnit[] = {
    {"i", 'u', map_or_fail<i64(i64), whole<us>>},
    {"d", 'u', map_or_fail<i64(double), fractional<us>>},
};

constexpr std::string_view kDifference =
    "DuckDB says to_minutes and so on, and its INTERVAL keeps days apart from hours; here a day is "
    "24 h.";

template <i64 us>
constexpr Function duration_function(std::string_view signature) {
  return {.group = "Durations",
          .signature = signature,
          .overloads = kUnit<us>,
          .resolve = nullptr,
          .nulls = NullRule::kPropagate,
          .fails = "is out of range of a duration",
          .difference = kDifference};
}

constexpr Function kMicroseconds = duration_function<1>("microseconds(n)");
constexpr Function kMilliseconds = duration_function<1'000>("milliseconds(n)");
constexpr Function kSeconds = duration_function<1'000'000>("seconds(n)");
constexpr Function kMinutes = duration_function<60'000'000>("minutes(n)");
constexpr Function kHours = duration_function<3'600'000'000>("hours(n)");
constexpr Function kDays = duration_function<86'400'000'000>("days(n)");

constexpr Component kMicrosecondsComponent = function_component(
    "microseconds", "A duration of n microseconds.", "date + microseconds(1)", kMicroseconds);
constexpr Component kMillisecondsComponent = function_component(
    "milliseconds", "A duration of n milliseconds.", "date + milliseconds(250)", kMilliseconds);
constexpr Component kSecondsComponent =
    function_component("seconds", "A duration of n seconds.", "date + seconds(1.5)", kSeconds);
constexpr Component kMinutesComponent = function_component(
    "minutes", "A duration of n minutes.", "date + minutes(30 + floor(distance / 7.5))", kMinutes);
constexpr Component kHoursComponent =
    function_component("hours", "A duration of n hours.", "landed - departed > hours(2)", kHours);
constexpr Component kDaysComponent =
    function_component("days", "A duration of n times 24 hours.", "date + days(7)", kDays);

const Registration microseconds_registration(kMicrosecondsComponent);
const Registration milliseconds_registration(kMillisecondsComponent);
const Registration seconds_registration(kSecondsComponent);
const Registration minutes_registration(kMinutesComponent);
const Registration hours_registration(kHoursComponent);
const Registration days_registration(kDaysComponent);

}  // namespace
}  // namespace lode
