// abs, sign, floor, ceil, round, trunc: of int64, double and decimal.
#include <cmath>
#include <cstdlib>

#include "base/math.h"
#include "table/expression/decimal_arithmetic.h"
#include "table/expression/function.h"
#include "table/expression/loops.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

using i64 = std::int64_t;

bool is_decimal(const Request& request) {
  return request.size() >= 1 && request.type(0).is(TypeId::kDecimal);
}

bool absolute(i64 x, i64& out) {
  if (x >= 0) {
    out = x;
    return true;
  }
  return !__builtin_sub_overflow(i64{0}, x, &out);
}
constexpr Overload kAbs[] = {
    {"i", 'i', map_or_fail<i64(i64), absolute>},
    {"d", 'd', map<double(double), [](double x) { return std::fabs(x); }>},
    {"u", 'u', map_or_fail<i64(i64), absolute>},
};
Result<Resolution> absolute_decimal(const Request& request) {
  if (!is_decimal(request) || request.size() != 1) return Resolution{};
  return Resolution{.parameters = {request.type(0)},
                    .result = request.type(0),
                    .kernel = map<Int128(Int128), [](Int128 x) { return x < 0 ? -x : x; }>};
}

i64 sign_of_int(i64 x) { return (x > 0 ? 1 : 0) - (x < 0 ? 1 : 0); }
i64 sign_of_double(double x) { return (x > 0 ? 1 : 0) - (x < 0 ? 1 : 0); }
constexpr Overload kSign[] = {
    {"i", 'i', map<i64(i64), sign_of_int>},
    {"d", 'i', map<i64(double), sign_of_double>},
};

constexpr Overload kFloor[] = {
    {"d", 'd', map<double(double), [](double x) { return std::floor(x); }>}};
constexpr Overload kCeil[] = {
    {"d", 'd', map<double(double), [](double x) { return std::ceil(x); }>}};
constexpr Overload kTrunc[] = {
    {"i", 'i', map<i64(i64), [](i64 x) { return x; }>},
    {"d", 'd', map<double(double), [](double x) { return std::trunc(x); }>},
};

enum class Toward { kDown, kUp, kZero, kNearest };

// To a whole number of units of 10^digits of the last place.
template <Toward toward>
Int128 round_to(Int128 value, int digits) {
  if (toward == Toward::kNearest) return divide_rounded(value, digits);
  Int128 power = power_of_ten(digits);
  Int128 quotient = value / power;
  bool exact = value % power == 0;
  if (toward == Toward::kDown && !exact && value < 0) --quotient;
  if (toward == Toward::kUp && !exact && value > 0) ++quotient;
  return quotient;
}

template <Toward toward>
i64 round_decimals(Call& call) {
  const Int128* in = call.arguments[0]->as<Int128>();
  Int128* out = call.out->as<Int128>();
  int digits = call.node->arguments[0]->type.type.scale - call.node->type.type.scale;
  for (i64 i = 0; i < call.rows; ++i) out[i] = call.wanted(i) ? round_to<toward>(in[i], digits) : 0;
  return -1;
}

template <Toward toward>
Result<Resolution> whole_decimal(const Request& request) {
  if (!is_decimal(request) || request.size() != 1) return Resolution{};
  ValueType result{Type::decimal(request.type(0).type.precision, 0)};
  return Resolution{
      .parameters = {request.type(0)}, .result = result, .kernel = &round_decimals<toward>};
}

// round(int64, digits) with digits < 0: to tens, hundreds, ...; ties away from zero.
bool round_int(i64 x, i64 digits, i64& out) {
  out = x;
  if (digits >= 0) return true;
  if (digits < -19) {
    out = 0;
    return true;
  }
  int places = static_cast<int>(-digits);
  Int128 rounded = divide_rounded(x, places) * power_of_ten(places);
  out = static_cast<i64>(rounded);
  return out == rounded;
}

// As DuckDB: by way of a power of ten, so 2.345 at 2 digits is what the double nearest to it gives.
double round_double(double x, i64 digits) {
  bool negative = digits < 0;
  i64 places = std::min<i64>(negative ? -std::max<i64>(digits, -400) : digits, 400);
  double power = portable_pow(10.0, static_cast<double>(places));
  double rounded = negative ? std::round(x / power) * power : std::round(x * power) / power;
  if (std::isfinite(rounded)) return rounded;
  return negative ? 0 : x;
}

constexpr Overload kRound[] = {
    {"i", 'i', map<i64(i64), [](i64 x) { return x; }>},
    {"d", 'd', map<double(double), [](double x) { return std::round(x); }>},
    {"ii", 'i', map_or_fail<i64(i64, i64), round_int>},
    {"di", 'd', map<double(double, i64), round_double>},
};

// Digits below zero of a decimal: divide and multiply again, at scale 0.
i64 round_decimals_to_tens(Call& call) {
  const Int128* in = call.arguments[0]->as<Int128>();
  Int128* out = call.out->as<Int128>();
  i64 digits = call.arguments[1]->as<i64>()[0];
  const Type& from = call.node->arguments[0]->type.type;
  Int128 limit = power_of_ten(call.node->type.type.precision);
  for (i64 i = 0; i < call.rows; ++i) {
    out[i] = 0;
    if (!call.wanted(i) || from.scale - digits > from.precision) continue;
    out[i] = divide_rounded(in[i], static_cast<int>(from.scale - digits)) *
             power_of_ten(static_cast<int>(-digits));
    if (out[i] >= limit || out[i] <= -limit) return i;
  }
  return -1;
}

Result<Resolution> round_decimal(const Request& request) {
  if (!is_decimal(request)) return Resolution{};
  if (request.size() == 1) return whole_decimal<Toward::kNearest>(request);
  const Literal* constant = request.size() == 2 ? request.constant(1) : nullptr;
  if (constant == nullptr || constant->is_null() || !request.type(1).is(TypeId::kInt64))
    return fail(Code::kInvalid,
                "round of a decimal needs a constant number of digits, which decides its "
                "type; cast the decimal to double for digits that vary");
  const Type& from = request.type(0).type;
  i64 digits = std::get<i64>(constant->value);
  Resolution resolution;
  resolution.parameters = {request.type(0), request.type(1)};
  auto scale = static_cast<std::uint8_t>(std::clamp<i64>(digits, 0, from.scale));
  resolution.result = ValueType{Type::decimal(from.precision, scale)};
  resolution.kernel = digits < 0 ? &round_decimals_to_tens : &round_decimals<Toward::kNearest>;
  return resolution;
}

constexpr std::string_view kGroup = "Numbers";

constexpr Function kAbsFunction = {.group = kGroup,
                                   .signature = "abs(x)",
                                   .overloads = kAbs,
                                   .resolve = absolute_decimal,
                                   .fails = "is out of range"};
constexpr Component kAbsComponent = function_component(
    "abs", "Absolute value of a number or duration. That of the least int64 is an error.",
    "abs(delay)", kAbsFunction);
const Registration abs_registration(kAbsComponent);

constexpr Function kSignFunction = {.group = kGroup,
                                    .signature = "sign(x)",
                                    .overloads = kSign,
                                    .difference = "int64; DuckDB's is a TINYINT."};
constexpr Component kSignComponent =
    function_component("sign", "-1, 0 or 1; 0 for NaN.", "sign(delay)", kSignFunction);
const Registration sign_registration(kSignComponent);

constexpr Function kFloorFunction = {.group = kGroup,
                                     .signature = "floor(x)",
                                     .overloads = kFloor,
                                     .resolve = whole_decimal<Toward::kDown>};
constexpr Component kFloorComponent = function_component(
    "floor", "The largest whole number not above x: a double, or a decimal of scale 0.",
    "floor(distance / 7.5)", kFloorFunction);
const Registration floor_registration(kFloorComponent);

constexpr Function kCeilFunction = {.group = kGroup,
                                    .signature = "ceil(x)",
                                    .overloads = kCeil,
                                    .resolve = whole_decimal<Toward::kUp>};
constexpr Component kCeilComponent = function_component(
    "ceil", "The smallest whole number not below x.", "ceil(distance / 100)", kCeilFunction);
const Registration ceil_registration(kCeilComponent);
constexpr Component kCeilingComponent =
    function_component("ceiling", "The same as ceil.", "ceiling(distance / 100)", kCeilFunction);
const Registration ceiling_registration(kCeilingComponent);

constexpr Function kTruncFunction = {
    .group = kGroup,
    .signature = "trunc(x)",
    .overloads = kTrunc,
    .resolve = whole_decimal<Toward::kZero>,
    .difference = "One argument; DuckDB takes a number of digits too."};
constexpr Component kTruncComponent =
    function_component("trunc", "x without its fraction.", "trunc(temperature)", kTruncFunction);
const Registration trunc_registration(kTruncComponent);

constexpr Function kRoundFunction = {.group = kGroup,
                                     .signature = "round(x [, digits])",
                                     .overloads = kRound,
                                     .resolve = round_decimal,
                                     .fails = "is out of range"};
constexpr Component kRoundComponent = function_component(
    "round",
    "The nearest whole number, or the nearest with that many digits behind the point (before it if "
    "negative); ties away from 0.",
    "round(distance / 7.5, 2)", kRoundFunction);
const Registration round_registration(kRoundComponent);

}  // namespace
}  // namespace lode
