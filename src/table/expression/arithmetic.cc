// + - * / // %: of int64 and double here, of decimals in decimal_arithmetic.cc, and of times: a
// timestamp and a duration, two timestamps, a date and a number of days.
#include <cmath>
#include <limits>

#include "table/expression/decimal_arithmetic.h"
#include "table/expression/function.h"
#include "table/expression/loops.h"

namespace lode {
namespace {

using i64 = std::int64_t;

bool add(i64 a, i64 b, i64& out) { return !__builtin_add_overflow(a, b, &out); }
bool subtract(i64 a, i64 b, i64& out) { return !__builtin_sub_overflow(a, b, &out); }
bool multiply(i64 a, i64 b, i64& out) { return !__builtin_mul_overflow(a, b, &out); }

// The wrapped sum (difference), with a negative `seen` if it wrapped.
template <bool minus>
inline i64 add_wrapping(i64 x, i64 y, i64& seen) {
  auto ux = static_cast<std::uint64_t>(x);
  auto uy = static_cast<std::uint64_t>(y);
  auto sum = static_cast<i64>(minus ? ux - uy : ux + uy);
  seen |= minus ? (x ^ y) & (x ^ sum) : (x ^ sum) & (y ^ sum);
  return sum;
}

// The sign bit of the result gathers whether any row wrapped.
template <bool minus>
i64 add_all(i64 rows, i64* __restrict out, const i64* x, const i64* y) {
  constexpr i64 kBlock = 64;
  i64 seen = 0;
  i64 i = 0;
  for (; i + kBlock <= rows; i += kBlock) {
    i64 here = 0;
    for (i64 j = 0; j < kBlock; ++j) out[i + j] = add_wrapping<minus>(x[i + j], y[i + j], here);
    seen |= here;
  }
  for (; i < rows; ++i) out[i] = add_wrapping<minus>(x[i], y[i], seen);
  return seen;
}

// Sums without a branch; only if one wrapped are the rows looked at one by one.
template <bool minus>
i64 add_rows(Call& call) {
  const i64* a = call.arguments[0]->as<i64>();
  const i64* b = call.arguments[1]->as<i64>();
  if (add_all<minus>(call.rows, call.out->as<i64>(), a, b) >= 0) [[likely]]
    return -1;
  for (i64 i = 0; i < call.rows; ++i) {
    i64 unused = 0;
    if (!(minus ? subtract(a[i], b[i], unused) : add(a[i], b[i], unused)) && call.wanted(i))
      return i;
  }
  return -1;
}

constexpr BatchKernel kAddInt = &add_rows<false>;
constexpr BatchKernel kSubtractInt = &add_rows<true>;

bool date_plus(std::int32_t days, i64 n, std::int32_t& out) {
  i64 sum = 0;
  if (!add(days, n, sum)) return false;
  out = static_cast<std::int32_t>(sum);
  return out == sum;
}
bool date_minus(std::int32_t days, i64 n, std::int32_t& out) {
  i64 difference = 0;
  if (!subtract(days, n, difference)) return false;
  out = static_cast<std::int32_t>(difference);
  return out == difference;
}
bool plus_date(i64 n, std::int32_t days, std::int32_t& out) { return date_plus(days, n, out); }
i64 days_between(std::int32_t a, std::int32_t b) { return i64{a} - i64{b}; }

// To the nearest microsecond, ties to even. False if it does not fit, or is NaN.
bool to_microseconds(double exact, i64& out) {
  double whole = __builtin_nearbyint(exact);
  if (!(whole >= -0x1p63 && whole < 0x1p63)) return false;
  out = static_cast<i64>(whole);
  return true;
}
bool scale(i64 us, double by, i64& out) {
  return to_microseconds(static_cast<double>(us) * by, out);
}
bool scaled(double by, i64 us, i64& out) { return scale(us, by, out); }

// Null for a zero divisor.
i64 divide_durations(Call& call) {
  const i64* us = call.arguments[0]->as<i64>();
  const double* by = call.arguments[1]->as<double>();
  i64* out = call.out->as<i64>();
  for (i64 i = 0; i < call.rows; ++i) {
    out[i] = 0;
    if (by[i] == 0)
      call.make_valid()[i] = 0;
    else if (!to_microseconds(static_cast<double>(us[i]) / by[i], out[i]) && call.wanted(i))
      return i;
  }
  return -1;
}

constexpr std::string_view kOverflows = "is out of range";

// A date is moved to its midnight by the conversion of overloads, so "tu" covers date + duration.
constexpr Overload kPlus[] = {
    {"ii", 'i', kAddInt},
    {"dd", 'd', map<double(double, double), [](double a, double b) { return a + b; }>},
    {"tu", 't', kAddInt},
    {"ut", 't', kAddInt},
    {"uu", 'u', kAddInt},
    {"ai", 'a', map_or_fail<std::int32_t(std::int32_t, i64), date_plus>},
    {"ia", 'a', map_or_fail<std::int32_t(i64, std::int32_t), plus_date>},
};
constexpr Overload kMinus[] = {
    {"ii", 'i', kSubtractInt},
    {"dd", 'd', map<double(double, double), [](double a, double b) { return a - b; }>},
    {"aa", 'i', map<i64(std::int32_t, std::int32_t), days_between>},
    {"tt", 'u', kSubtractInt},
    {"tu", 't', kSubtractInt},
    {"uu", 'u', kSubtractInt},
    {"ai", 'a', map_or_fail<std::int32_t(std::int32_t, i64), date_minus>},
    {"i", 'i', map_or_fail<i64(i64), [](i64 a, i64& out) { return subtract(0, a, out); }>},
    {"d", 'd', map<double(double), [](double a) { return -a; }>},
    {"u", 'u', map_or_fail<i64(i64), [](i64 a, i64& out) { return subtract(0, a, out); }>},
};
constexpr Overload kTimes[] = {
    {"ii", 'i', map_or_fail<i64(i64, i64), multiply>},
    {"dd", 'd', map<double(double, double), [](double a, double b) { return a * b; }>},
    {"ui", 'u', map_or_fail<i64(i64, i64), multiply>},
    {"iu", 'u', map_or_fail<i64(i64, i64), multiply>},
    {"ud", 'u', map_or_fail<i64(i64, double), scale>},
    {"du", 'u', map_or_fail<i64(double, i64), scaled>},
};

bool divide(double a, double b, double& out) {
  out = a / b;
  return b != 0;
}
constexpr Overload kDivide[] = {
    {"dd", 'd', map_or_null<double(double, double), divide>},
    {"uu", 'd',
     map_or_null<double(i64, i64),
                 [](i64 a, i64 b, double& out) {
                   return divide(static_cast<double>(a), static_cast<double>(b), out);
                 }>},
    {"ud", 'u', &divide_durations, kOverflows},
};

// Null for a zero divisor, a failure for the one quotient that does not fit.
template <bool remainder>
i64 divide_rows(Call& call) {
  const i64* a = call.arguments[0]->as<i64>();
  const i64* b = call.arguments[1]->as<i64>();
  i64* out = call.out->as<i64>();
  for (i64 i = 0; i < call.rows; ++i) {
    out[i] = 0;
    if (b[i] == 0) {
      call.make_valid()[i] = 0;
    } else if (b[i] == -1) {
      if (!remainder && !subtract(0, a[i], out[i]) && call.wanted(i)) return i;
    } else {
      out[i] = remainder ? a[i] % b[i] : a[i] / b[i];
    }
  }
  return -1;
}
constexpr Overload kIntegerDivide[] = {{"ii", 'i', &divide_rows<false>}};
// fmod is exact, so the C library's gives the same bytes everywhere.
constexpr Overload kModulo[] = {
    {"ii", 'i', &divide_rows<true>},
    {"dd", 'd',
     map_or_null<double(double, double),
                 [](double a, double b, double& out) {
                   out = std::fmod(a, b);
                   return b != 0;
                 }>},
};

constexpr Function kPlusFunction = {
    .group = "Operators",
    .signature = "a + b",
    .overloads = kPlus,
    .resolve = add_decimals,
    .fails = kOverflows,
    .difference =
        "date + int64 adds days as in DuckDB, for any int64 there. Decimals as in DuckDB."};
constexpr Component kPlusComponent = function_component(
    "+",
    "Sum of numbers; a timestamp or date plus a duration; a date plus days. Overflow is an error.",
    "date + minutes(30)", kPlusFunction);
const Registration plus_registration(kPlusComponent);

constexpr Function kMinusFunction = {
    .group = "Operators",
    .signature = "a - b, -a",
    .overloads = kMinus,
    .resolve = subtract_decimals,
    .fails = kOverflows,
    .difference =
        "timestamp - timestamp is a duration: int64 microseconds where it leaves the "
        "expression; DuckDB gives an INTERVAL of days and microseconds."};
constexpr Component kMinusComponent =
    function_component("-",
                       "Difference of numbers, of two times (a duration), of two dates (days); a "
                       "time minus a duration. "
                       "Overflow is an error.",
                       "landed - departed", kMinusFunction);
const Registration minus_registration(kMinusComponent);

constexpr std::string_view kOfDurations =
    "A duration times or by a number is rounded once, to the nearest microsecond, ties to even; "
    "DuckDB rounds an INTERVAL's days by themselves.";
constexpr Function kTimesFunction = {.group = "Operators",
                                     .signature = "a * b",
                                     .overloads = kTimes,
                                     .resolve = multiply_decimals,
                                     .fails = kOverflows,
                                     .difference = kOfDurations};
constexpr Component kTimesComponent =
    function_component("*", "Product of numbers; a duration times a number. Overflow is an error.",
                       "distance * 1.852", kTimesFunction);
const Registration times_registration(kTimesComponent);

constexpr Function kDivideFunction = {
    .group = "Operators",
    .signature = "a / b",
    .overloads = kDivide,
    .difference =
        "x / 0 is null, as DuckDB says with ieee_floating_point_ops = false; its default "
        "gives an infinity or NaN. duration / duration is a double, which DuckDB does not have; "
        "duration / number is rounded once, to the nearest microsecond; of more than a century "
        "DuckDB's may be one or two off."};
constexpr Component kDivideComponent = function_component(
    "/", "Quotient, a double also of two int64; a duration by a number. Null when b is 0.",
    "distance / 1000", kDivideFunction);
const Registration divide_registration(kDivideComponent);

constexpr Function kIntegerDivideFunction = {
    .group = "Operators",
    .signature = "a // b",
    .overloads = kIntegerDivide,
    .fails = "is out of int64's range",
    .difference =
        "int64 only; of doubles DuckDB's // is the same as /, so floor(a / b) is asked for."};
constexpr Component kIntegerDivideComponent =
    function_component("//", "Quotient of two int64, rounded towards 0. Null when b is 0.",
                       "hour(t) // 6", kIntegerDivideFunction);
const Registration integer_divide_registration(kIntegerDivideComponent);

constexpr Function kModuloFunction = {
    .group = "Operators",
    .signature = "a % b",
    .overloads = kModulo,
    .resolve = modulo_decimals,
    .difference =
        "x % 0 is null for doubles too, as in DuckDB with ieee_floating_point_ops = false. The "
        "least int64 % -1 is 0, where DuckDB fails."};
constexpr Component kModuloComponent = function_component(
    "%", "Remainder with the sign of a. Null when b is 0.", "minute(t) % 15", kModuloFunction);
const Registration modulo_registration(kModuloComponent);

constexpr Function kModFunction = {.group = "Numbers",
                                   .signature = "mod(a, b)",
                                   .overloads = kModulo,
                                   .resolve = modulo_decimals,
                                   .difference = kModuloFunction.difference};
constexpr Component kModComponent =
    function_component("mod", "The same as a % b.", "mod(id, 10)", kModFunction);
const Registration mod_registration(kModComponent);

}  // namespace
}  // namespace lode
