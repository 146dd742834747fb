// cast(x as t), x::t and try_cast: every conversion between types, with DuckDB's roundings. The
// implicit conversions of overloads use the same kernels.
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "table/expression/decimal_arithmetic.h"
#include "table/expression/function.h"
#include "table/expression/loops.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

using Byte = std::uint8_t;
using i64 = std::int64_t;

// Scales of the two sides, for those that are decimals.
struct Scales {
  int from = 0;
  int to = 0;
  int precision = 0;  // of the target
  int from_precision = 0;
};

// operation(const Scales&, From, To&) -> bool; false fails the row, or makes it null for try_cast.
template <typename From, typename To, auto operation, bool to_null>
i64 cast_rows(Call& call) {
  const From* in = call.arguments[0]->as<From>();
  To* out = call.out->as<To>();
  const Type& from = call.node->arguments[0]->type.type;
  const Type& to = call.node->type.type;
  Scales scales{from.scale, to.scale, to.precision, from.precision};
  for (i64 i = 0; i < call.rows; ++i) {
    out[i] = To{};
    if (!call.wanted(i) || operation(scales, in[i], out[i])) continue;
    out[i] = To{};
    if (!to_null) return i;
    call.make_valid()[i] = 0;
  }
  return -1;
}

// operation(const Scales&, From) -> std::string, never failing.
template <typename From, auto operation>
i64 text_rows(Call& call) {
  const From* in = call.arguments[0]->as<From>();
  Text* out = call.out->as<Text>();
  Scales scales{call.node->arguments[0]->type.type.scale};
  for (i64 i = 0; i < call.rows; ++i) {
    out[i] = {};
    if (!call.wanted(i)) continue;
    std::string text = operation(scales, in[i]);
    char* room = call.arena->allocate(text.size());
    std::memcpy(room, text.data(), text.size());
    out[i] = {room, text.size()};
  }
  return -1;
}

// --- numbers ---

bool within(Int128 value, int precision) {
  Int128 limit = power_of_ten(precision);
  return value < limit && value > -limit;
}

bool double_to_int(const Scales&, double value, i64& out) {
  double whole = std::nearbyint(value);  // ties to even, as in DuckDB
  if (!(whole >= -0x1p63 && whole < 0x1p63)) return false;
  out = static_cast<i64>(whole);
  return true;
}

bool int_to_decimal(const Scales& s, i64 value, Int128& out) {
  return !__builtin_mul_overflow(Int128{value}, power_of_ten(s.to), &out) &&
         within(out, s.precision);
}

bool double_to_decimal(const Scales& s, double value, Int128& out) {
  double scaled = std::round(value * static_cast<double>(power_of_ten(s.to)));
  double limit = static_cast<double>(power_of_ten(s.precision));
  if (!(scaled > -limit && scaled < limit)) return false;
  out = static_cast<Int128>(scaled);
  return true;
}

bool decimal_to_decimal(const Scales& s, Int128 value, Int128& out) {
  if (s.to < s.from)
    out = divide_rounded(value, s.from - s.to);
  else if (__builtin_mul_overflow(value, power_of_ten(s.to - s.from), &out))
    return false;
  return within(out, s.precision);
}

bool decimal_to_int(const Scales& s, Int128 value, i64& out) {
  Int128 whole = divide_rounded(value, s.from);
  out = static_cast<i64>(whole);
  return out == whole;
}

// As DuckDB converts its integers of 128 bits, which hold decimals of more than 18 digits: for most
// values the nearest double, for some the one beside it.
double wide_to_double(Int128 value) {
  auto low = static_cast<std::uint64_t>(value);
  auto high = static_cast<i64>(value >> 64);
  if (high == -1) return -static_cast<double>(~low) - 1;
  return static_cast<double>(low) + static_cast<double>(high) * 0x1p64;
}

// One rounding where the digits fit a double; else the whole part and the fraction apart, as
// DuckDB.
bool decimal_to_double(const Scales& s, Int128 value, double& out) {
  constexpr Int128 kExact = Int128{1} << 53;
  bool wide = s.from_precision > 18;
  auto convert = [&](Int128 x) { return wide ? wide_to_double(x) : static_cast<double>(x); };
  double divisor = static_cast<double>(power_of_ten(s.from));
  if (s.from == 0 || (value <= kExact && value >= -kExact)) {
    out = convert(value) / divisor;
  } else {
    Int128 power = power_of_ten(s.from);
    out = convert(value / power) + convert(value % power) / divisor;
  }
  return true;
}

// --- text ---

template <auto parse, typename To>
bool parse_with(const Scales&, Text text, To& out) {
  auto value = parse(text);
  if (!value) return false;
  out = static_cast<To>(*value);
  return true;
}

bool text_to_decimal(const Scales& s, Text text, Int128& out) {
  auto value = parse_decimal(text, s.precision, s.to);
  if (!value) return false;
  out = *value;
  return true;
}

bool text_to_date(const Scales&, Text text, std::int32_t& out) {
  auto days = parse_date_days(text);
  if (!days) return false;
  out = static_cast<std::int32_t>(*days);
  return true;
}

// --- times ---

constexpr i64 kDay = 86'400'000'000;

bool date_to_timestamp(const Scales&, std::int32_t days, i64& out) {
  return !__builtin_mul_overflow(i64{days}, kDay, &out);
}
std::int32_t timestamp_to_date(i64 us) {
  return static_cast<std::int32_t>(us / kDay - (us % kDay < 0 ? 1 : 0));
}

struct Row {
  TypeId from;
  TypeId to;
  BatchKernel strict;
  BatchKernel lenient;  // for try_cast
  bool can_fail;
};

template <typename From, typename To, auto operation>
constexpr Row checked(TypeId from, TypeId to) {
  return {from, to, &cast_rows<From, To, operation, false>, &cast_rows<From, To, operation, true>,
          true};
}
constexpr Row total(TypeId from, TypeId to, BatchKernel kernel) {
  return {from, to, kernel, kernel, false};
}

using enum TypeId;
constexpr std::array kRows = {
    total(kBool, kInt64, map<i64(Byte), [](Byte x) { return i64{x}; }>),
    total(kBool, kDouble, map<double(Byte), [](Byte x) { return double(x); }>),
    total(
        kBool, kString,
        &text_rows<Byte,
                   [](const Scales&, Byte x) -> std::string { return x != 0 ? "true" : "false"; }>),
    total(kInt64, kBool, map<Byte(i64), [](i64 x) { return x != 0; }>),
    total(kInt64, kDouble, map<double(i64), [](i64 x) { return static_cast<double>(x); }>),
    checked<i64, Int128, int_to_decimal>(kInt64, kDecimal),
    total(kInt64, kString,
          &text_rows<i64, [](const Scales&, i64 x) { return fmt::format("{}", x); }>),
    total(kDouble, kBool, map<Byte(double), [](double x) { return x != 0; }>),
    checked<double, i64, double_to_int>(kDouble, kInt64),
    checked<double, Int128, double_to_decimal>(kDouble, kDecimal),
    total(kDouble, kString,
          &text_rows<double, [](const Scales&, double x) { return double_text(x); }>),
    total(kDecimal, kBool, map<Byte(Int128), [](Int128 x) { return x != 0; }>),
    checked<Int128, i64, decimal_to_int>(kDecimal, kInt64),
    total(kDecimal, kDouble, &cast_rows<Int128, double, decimal_to_double, false>),
    checked<Int128, Int128, decimal_to_decimal>(kDecimal, kDecimal),
    total(kDecimal, kString,
          &text_rows<Int128, [](const Scales& s, Int128 x) { return decimal_text(x, s.from); }>),
    checked<Text, Byte, parse_with<parse_bool, Byte>>(kString, kBool),
    checked<Text, i64, parse_with<parse_integer, i64>>(kString, kInt64),
    checked<Text, double, parse_with<parse_double, double>>(kString, kDouble),
    checked<Text, Int128, text_to_decimal>(kString, kDecimal),
    checked<Text, std::int32_t, text_to_date>(kString, kDate),
    checked<Text, i64, parse_with<parse_timestamp_us, i64>>(kString, kTimestamp),
    total(kString, kBytes, map<Text(Text), [](Text x) { return x; }>),
    checked<std::int32_t, i64, date_to_timestamp>(kDate, kTimestamp),
    total(kDate, kString,
          &text_rows<std::int32_t, [](const Scales&, std::int32_t x) { return date_text(x); }>),
    total(kTimestamp, kDate, map<std::int32_t(i64), timestamp_to_date>),
    total(kTimestamp, kString,
          &text_rows<i64, [](const Scales&, i64 x) { return timestamp_text(x); }>),
};

std::string_view reason_for(TypeId to) {
  switch (to) {
    case kBool:
      return "cannot be cast to bool";
    case kInt64:
      return "cannot be cast to int64";
    case kDouble:
      return "cannot be cast to double";
    case kDecimal:
      return "does not fit the decimal it is cast to";
    case kDate:
      return "is not a date; write 2001-01-29";
    case kTimestamp:
      return "is not a timestamp; write 2001-01-29 00:01:02";
    default:
      return "cannot be cast";
  }
}

Result<Resolution> only_in_binder(const Request& request) { return no_overload(request); }

constexpr Function kCastFunction = {
    .group = "Types",
    .signature = "cast(x as type), x::type",
    .overloads = {},
    .resolve = only_in_binder,
    .nulls = NullRule::kPropagate,
    .fails = {},
    .difference =
        "Every integer type is int64. Dates and timestamps are read in ISO 8601 alone (no "
        "2001/1/9, no "
        "'infinity', no more than 6 digits of fraction), and an offset such as +02:00 is applied, "
        "which "
        "DuckDB's cast to TIMESTAMP drops. Numbers are read without 0x and _. Text becomes bytes "
        "as it "
        "is. A constant text that cannot be cast is an error before any row is read."};
constexpr Component kCastComponent =
    function_component("cast",
                       "Converts to bool, int64 (bigint), double, decimal(p,s), string (varchar), "
                       "bytes (blob), date or "
                       "timestamp. double to int64 rounds ties to even, decimal to int64 away from "
                       "0. A value that does "
                       "not fit is an error.",
                       "cast(code as int64)", kCastFunction);
const Registration cast_registration(kCastComponent);

constexpr Function kTryCastFunction = {.group = "Types",
                                       .signature = "try_cast(x as type)",
                                       .overloads = {},
                                       .resolve = only_in_binder};
constexpr Component kTryCastComponent =
    function_component("try_cast", "Like cast, with null for a value that does not fit.",
                       "try_cast(code as int64)", kTryCastFunction);
const Registration try_cast_registration(kTryCastComponent);

}  // namespace

Cast find_cast(const ValueType& from, const ValueType& to, bool try_cast) {
  using Special = ValueType::Special;
  bool duration_to_int = from.special == Special::kDuration && to.is(kInt64);
  bool null_of_int = from.is_null() && vector_width(to.type.id) == 8;
  if (duration_to_int || null_of_int) return {map<i64(i64), [](i64 x) { return x; }>};
  if (from.special != Special::kNone || to.special != Special::kNone) return {};
  if (from.type.id == to.type.id && from.type.id != kDecimal && vector_width(to.type.id) == 16)
    return {map<Text(Text), [](Text x) { return x; }>};
  for (const Row& row : kRows) {
    if (row.from != from.type.id || row.to != to.type.id) continue;
    return {try_cast ? row.lenient : row.strict, row.can_fail && !try_cast, reason_for(row.to)};
  }
  return {};
}

}  // namespace lode
