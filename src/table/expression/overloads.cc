// Finding functions and choosing among their overloads, and what types values are brought to when
// they meet: PostgreSQL's way reduced to the types of lode.
#include <algorithm>
#include <map>

#include "table/expression/function.h"

namespace lode {
namespace {

std::optional<ValueType> type_of_letter(char letter) {
  switch (letter) {
    case 'b':
      return ValueType{Type::boolean()};
    case 'i':
      return ValueType{Type::int64()};
    case 'd':
      return ValueType{Type::float64()};
    case 's':
      return ValueType{Type::string()};
    case 'y':
      return ValueType{Type::bytes()};
    case 'a':
      return ValueType{Type::date()};
    case 't':
      return ValueType{Type::timestamp()};
    case 'u':
      return ValueType::duration();
    default:
      return std::nullopt;
  }
}

bool is_constant_text(const BoundNode& node) {
  return node.kind == BoundNode::Kind::kConstant && node.type.is(TypeId::kString);
}

// What it costs to pass `argument` for a parameter, or nothing if it cannot be.
std::optional<int> conversion_cost(const BoundNode& argument, const ValueType& parameter) {
  const ValueType& type = argument.type;
  if (type == parameter) return 0;
  if (type.is_null()) return 1;
  if (parameter.is(TypeId::kDouble)) {
    if (type.is(TypeId::kDecimal)) return 1;
    if (type.is(TypeId::kInt64)) return 2;
  }
  if (parameter.is(TypeId::kTimestamp) && type.is(TypeId::kDate)) return 1;
  bool is_time = parameter.is(TypeId::kTimestamp) || parameter.is(TypeId::kDate);
  if (is_time && is_constant_text(argument)) return 3;
  return std::nullopt;
}

const std::map<std::string_view, const Function*>& function_table() {
  static const std::map<std::string_view, const Function*> table = [] {
    std::map<std::string_view, const Function*> out;
    for (const Component* component : components("function"))
      out[component->name] = static_cast<const Function*>(component->factory);
    return out;
  }();
  return table;
}

int whole_digits(const Type& type) {
  return type.id == TypeId::kDecimal ? type.precision - type.scale : 19;
}

Type common_decimal(const Type& a, const Type& b) {
  int scale =
      std::max<int>(a.id == TypeId::kDecimal ? a.scale : 0, b.id == TypeId::kDecimal ? b.scale : 0);
  int whole = std::max(whole_digits(a), whole_digits(b));
  if (whole + scale > 38) scale = 38 - whole;
  return Type::decimal(static_cast<std::uint8_t>(whole + scale), static_cast<std::uint8_t>(scale));
}

std::optional<ValueType> common(const ValueType& a, const ValueType& b) {
  if (a == b) return a;
  if (a.is_null()) return b;
  if (b.is_null()) return a;
  if (a.special != ValueType::Special::kNone || b.special != ValueType::Special::kNone)
    return std::nullopt;
  if (a.type.numeric() && b.type.numeric()) {
    if (a.is(TypeId::kDouble) || b.is(TypeId::kDouble)) return ValueType{Type::float64()};
    return ValueType{common_decimal(a.type, b.type)};
  }
  if ((a.is(TypeId::kDate) && b.is(TypeId::kTimestamp)) ||
      (b.is(TypeId::kDate) && a.is(TypeId::kTimestamp)))
    return ValueType{Type::timestamp()};
  return std::nullopt;
}

// A constant string takes the type of what it meets.
bool text_becomes(const ValueType& type) {
  return type.special == ValueType::Special::kNone && type.type.id != TypeId::kList &&
         type.type.id != TypeId::kStruct && type.type.id != TypeId::kBytes;
}

}  // namespace

const Function* find_function(std::string_view name) {
  auto found = function_table().find(name);
  return found == function_table().end() ? nullptr : found->second;
}

std::optional<ValueType> common_type(const BoundPtr& a, const BoundPtr& b) {
  if (is_constant_text(*a) && !b->type.is(TypeId::kString) && text_becomes(b->type)) return b->type;
  if (is_constant_text(*b) && !a->type.is(TypeId::kString) && text_becomes(a->type)) return a->type;
  return common(a->type, b->type);
}

std::optional<ValueType> common_type(std::span<const BoundPtr> values) {
  // Constant strings last: they take the type that the others agree on.
  std::optional<ValueType> type;
  for (const BoundPtr& value : values) {
    if (is_constant_text(*value)) continue;
    type = type ? common(*type, value->type) : value->type;
    if (!type) return std::nullopt;
  }
  for (const BoundPtr& value : values) {
    if (!is_constant_text(*value)) continue;
    if (!type || type->is_null()) type = ValueType{Type::string()};
    if (!text_becomes(*type)) return std::nullopt;
  }
  return type;
}

std::unexpected<Error> no_overload(const Request& request) {
  std::string types;
  for (std::size_t i = 0; i < request.size(); ++i)
    types += (i > 0 ? ", " : "") + request.type(i).text();
  std::string expected;
  if (const Function* function = find_function(request.name))
    if (!function->signature.empty()) expected = fmt::format("; it is {}", function->signature);
  auto any = [&](TypeId id) {
    return std::ranges::any_of(request.arguments,
                               [&](const BoundPtr& a) { return a->type.is(id); });
  };
  if (any(TypeId::kTimestamp) && any(TypeId::kInt64))
    expected += "; a length of time is written minutes(30), days(2) or interval '2 days'";
  return fail(Code::kInvalid, "'{}' does not take ({}){}", request.name, types, expected);
}

Result<Resolution> resolve_call(const Function& function, const Request& request) {
  if (function.resolve != nullptr) {
    TRY(Resolution resolution, function.resolve(request));
    resolution.can_fail = resolution.can_fail || !function.fails.empty();
    if (!resolution.parameters.empty() || function.overloads.empty()) return resolution;
  }
  const Overload* best = nullptr;
  int best_cost = 1000;
  for (const Overload& overload : function.overloads) {
    if (overload.parameters.size() != request.size()) continue;
    int cost = 0;
    bool fits = true;
    for (std::size_t i = 0; i < request.size() && fits; ++i) {
      auto step = conversion_cost(*request.arguments[i], *type_of_letter(overload.parameters[i]));
      fits = step.has_value();
      cost += step.value_or(0);
    }
    if (!fits || cost >= best_cost) continue;
    best = &overload;
    best_cost = cost;
  }
  if (best == nullptr) return no_overload(request);
  Resolution resolution;
  for (char letter : best->parameters) resolution.parameters.push_back(*type_of_letter(letter));
  resolution.result = *type_of_letter(best->result);
  resolution.kernel = best->kernel;
  resolution.fails = best->fails;
  resolution.can_fail = !function.fails.empty() || !best->fails.empty();
  return resolution;
}

}  // namespace lode
