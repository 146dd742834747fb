#include "table/expression/decimal_arithmetic.h"

#include <algorithm>

#include "table/expression/loops.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

struct Width {
  int precision;
  int scale;
};

// int64 counts as decimal(19,0), as BIGINT does in DuckDB.
Width width_of(const ValueType& type) {
  if (type.is(TypeId::kDecimal)) return {type.type.precision, type.type.scale};
  return {19, 0};
}

ValueType decimal_type(int precision, int scale) {
  return ValueType{
      Type::decimal(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale))};
}

// Whether all arguments are decimal, int64 or null, and one is decimal.
bool concerns_decimals(const Request& request) {
  bool one = false;
  for (std::size_t i = 0; i < request.size(); ++i) {
    const ValueType& type = request.type(i);
    if (type.is(TypeId::kDecimal))
      one = true;
    else if (!type.is(TypeId::kInt64) && !type.is_null())
      return false;
  }
  return one;
}

// A null counts as the decimal beside it.
Width width_at(const Request& request, std::size_t i) {
  if (!request.type(i).is_null()) return width_of(request.type(i));
  return width_of(request.type(1 - i));
}

enum class Operation { kAdd, kSubtract, kMultiply, kModulo };

bool compute(Operation operation, Int128 a, Int128 b, Int128& out) {
  switch (operation) {
    case Operation::kAdd:
      return !__builtin_add_overflow(a, b, &out);
    case Operation::kSubtract:
      return !__builtin_sub_overflow(a, b, &out);
    case Operation::kMultiply:
      return !__builtin_mul_overflow(a, b, &out);
    case Operation::kModulo:
      out = b == -1 ? 0 : a % b;
      return true;
  }
  return false;
}

template <Operation operation>
std::int64_t run(Call& call) {
  const Int128* a = call.arguments[0]->as<Int128>();
  const Int128* b = call.arguments[1]->as<Int128>();
  Int128* out = call.out->as<Int128>();
  Int128 limit = power_of_ten(call.node->type.type.precision);
  for (std::int64_t i = 0; i < call.rows; ++i) {
    out[i] = 0;
    if (!call.wanted(i)) continue;
    if (operation == Operation::kModulo && b[i] == 0) {
      call.make_valid()[i] = 0;
      continue;
    }
    bool fits = compute(operation, a[i], b[i], out[i]) && out[i] < limit && out[i] > -limit;
    if (!fits) return i;
  }
  return -1;
}

std::int64_t negate(Call& call) {
  const Int128* a = call.arguments[0]->as<Int128>();
  Int128* out = call.out->as<Int128>();
  for (std::int64_t i = 0; i < call.rows; ++i) out[i] = call.wanted(i) ? -a[i] : 0;
  return -1;
}

// Both sides at the larger scale, one digit more than the wider; DuckDB does not go from 18 digits
// to 19 (its types of 64 and 128 bits) of its own accord.
Resolution sum_types(const Request& request, BatchKernel kernel) {
  Width a = width_at(request, 0);
  Width b = width_at(request, 1);
  int scale = std::max(a.scale, b.scale);
  int widest = std::max(a.precision, b.precision);
  int whole = std::max(a.precision - a.scale, b.precision - b.scale);
  int precision = std::max(widest, whole + scale) + 1;
  if (precision > 18 && widest <= 18) precision = 18;
  precision = std::min(precision, 38);
  ValueType type = decimal_type(precision, scale);
  return {.parameters = {type, type}, .result = type, .kernel = kernel, .can_fail = true};
}

}  // namespace

Int128 divide_rounded(Int128 value, int digits) {
  Int128 divisor = power_of_ten(digits);
  Int128 quotient = value / divisor;
  Int128 rest = value % divisor;
  if (rest < 0) rest = -rest;
  if (digits > 0 && rest >= divisor / 2) quotient += value < 0 ? -1 : 1;
  return quotient;
}

Result<Resolution> add_decimals(const Request& request) {
  if (request.size() != 2 || !concerns_decimals(request)) return Resolution{};
  return sum_types(request, &run<Operation::kAdd>);
}

Result<Resolution> subtract_decimals(const Request& request) {
  if (!concerns_decimals(request)) return Resolution{};
  if (request.size() == 1)
    return Resolution{
        .parameters = {request.type(0)}, .result = request.type(0), .kernel = &negate};
  if (request.size() != 2) return Resolution{};
  return sum_types(request, &run<Operation::kSubtract>);
}

Result<Resolution> multiply_decimals(const Request& request) {
  if (request.size() != 2 || !concerns_decimals(request)) return Resolution{};
  Width a = width_at(request, 0);
  Width b = width_at(request, 1);
  int scale = a.scale + b.scale;
  int precision = a.precision + b.precision;
  if (scale > 38)
    return fail(Code::kInvalid,
                "the product would have {} digits behind the point; at most 38 fit. "
                "Cast one side to double or to fewer digits",
                scale);
  if (precision > 18 && std::max(a.precision, b.precision) <= 18 && scale < 18) precision = 18;
  precision = std::min(precision, 38);
  // The sides keep their scales: the product of the integers is the product at the sum of scales.
  return Resolution{.parameters = {decimal_type(std::max(a.precision, a.scale), a.scale),
                                   decimal_type(std::max(b.precision, b.scale), b.scale)},
                    .result = decimal_type(precision, scale),
                    .kernel = &run<Operation::kMultiply>,
                    .can_fail = true};
}

Result<Resolution> modulo_decimals(const Request& request) {
  if (request.size() != 2 || !concerns_decimals(request)) return Resolution{};
  Width a = width_at(request, 0);
  Width b = width_at(request, 1);
  // No decimal holds both: the remainder of doubles is taken.
  if (std::max(a.precision - a.scale, b.precision - b.scale) + std::max(a.scale, b.scale) > 38)
    return Resolution{};
  std::optional<ValueType> type = common_type(request.arguments);
  return Resolution{.parameters = {*type, *type},
                    .result = *type,
                    .kernel = &run<Operation::kModulo>,
                    .can_fail = true};
}

}  // namespace lode
