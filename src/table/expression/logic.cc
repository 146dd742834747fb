// and, or, not in three-valued logic; coalesce, ifnull and if. The parts of these that a row does
// not want are not evaluated for it, so they may guard an operation that would fail.
#include "table/expression/function.h"
#include "table/expression/loops.h"

namespace lode {
namespace {

using Byte = std::uint8_t;

// The left side is looked at first: where it decides, the right may hold anything.
template <bool is_and>
std::int64_t combine_rows(Call& call) {
  const Vector& a = *call.arguments[0];
  const Vector& b = *call.arguments[1];
  Byte* out = call.out->as<Byte>();
  bool nulls = a.valid != nullptr || b.valid != nullptr;
  if (!nulls && !call.node->arguments[1]->can_fail)
    return map<Byte(Byte, Byte), [](Byte x, Byte y) -> Byte { return is_and ? x & y : x | y; }>(
        call);
  for (std::int64_t i = 0; i < call.rows; ++i) {
    bool va = a.valid == nullptr || a.valid[i] != 0;
    bool vb = b.valid == nullptr || b.valid[i] != 0;
    bool decides_a = va && (a.as<Byte>()[i] != 0) != is_and;
    bool decides_b = !decides_a && vb && (b.as<Byte>()[i] != 0) != is_and;
    out[i] = (decides_a || decides_b) != is_and;
    if (!decides_a && !decides_b && !(va && vb)) call.make_valid()[i] = 0;
  }
  return -1;
}

bool is_condition(const ValueType& type) { return type.is(TypeId::kBool) || type.is_null(); }

template <bool is_and>
Result<Resolution> combine(const Request& request) {
  if (request.size() != 2 || !is_condition(request.type(0)) || !is_condition(request.type(1)))
    return no_overload(request);
  ValueType boolean{Type::boolean()};
  return Resolution{.parameters = {boolean, boolean},
                    .result = boolean,
                    .kernel = &combine_rows<is_and>,
                    .kind = is_and ? BoundNode::Kind::kAnd : BoundNode::Kind::kOr};
}

Result<Resolution> coalesce(const Request& request) {
  std::optional<ValueType> type = common_type(request.arguments);
  if (!type || request.size() == 0 || vector_width(type->type.id) == 0) return no_overload(request);
  Resolution resolution;
  resolution.parameters.assign(request.size(), *type);
  resolution.result = *type;
  resolution.kind = BoundNode::Kind::kCoalesce;
  return resolution;
}

Result<Resolution> only_in_binder(const Request& request) { return no_overload(request); }

constexpr Overload kNot[] = {{"b", 'b', map<Byte(Byte), [](Byte x) -> Byte { return x ^ 1; }>}};

constexpr std::string_view kGroup = "Logic and choice";
constexpr std::string_view kLazy =
    "The right side is evaluated only where the left does not decide, so it may be guarded; DuckDB "
    "promises no order. Conditions are bool: numbers and text are not taken for truth.";

constexpr Function kAndFunction = {kGroup, "a and b", {}, combine<true>, NullRule::kOwn, {}, kLazy};
constexpr Component kAndComponent =
    function_component("and", "True if both are, false if one is false, else null.",
                       "delay > 15 and distance < 500", kAndFunction);
const Registration and_registration(kAndComponent);

constexpr Function kOrFunction = {kGroup, "a or b", {}, combine<false>, NullRule::kOwn, {}, kLazy};
constexpr Component kOrComponent =
    function_component("or", "True if one is, false if both are false, else null.",
                       "origin = 'ATL' or delay > 60", kOrFunction);
const Registration or_registration(kOrComponent);

constexpr Function kNotFunction = {kGroup, "not a", kNot};
constexpr Component kNotComponent =
    function_component("not", "The opposite; null of null.", "not cancelled", kNotFunction);
const Registration not_registration(kNotComponent);

constexpr Function kCoalesceFunction = {
    kGroup, "coalesce(a, b, ...)", {}, coalesce, NullRule::kOwn};
constexpr Component kCoalesceComponent = function_component(
    "coalesce", "The first value that is not null; later ones are evaluated only where needed.",
    "coalesce(delay, 0)", kCoalesceFunction);
const Registration coalesce_registration(kCoalesceComponent);

constexpr Component kIfnullComponent =
    function_component("ifnull", "coalesce of two values.", "ifnull(delay, 0)", kCoalesceFunction);
const Registration ifnull_registration(kIfnullComponent);

constexpr Function kIfFunction = {
    kGroup, "if(condition, a, b)", {}, only_in_binder, NullRule::kOwn};
constexpr Component kIfComponent = function_component(
    "if",
    "a where the condition is true, b where it is false or null; only that one is evaluated. "
    "The same as case when condition then a else b end.",
    "if(delay > 15, 'late', 'on time')", kIfFunction);
const Registration if_registration(kIfComponent);

constexpr Function kBetweenFunction = {
    kGroup, "x between a and b, x not between a and b", {}, only_in_binder, NullRule::kOwn};
constexpr Component kBetweenComponent =
    function_component("between", "x >= a and x <= b, with x evaluated once.",
                       "delay between -120 and 2000", kBetweenFunction);
const Registration between_registration(kBetweenComponent);

}  // namespace
}  // namespace lode
