#include "project/aggregate_signature.h"

#include <array>

namespace lode {
namespace {

using Argument = std::optional<Type>;

bool summable(const Argument& x) { return x && (x->numeric() || x->id == TypeId::kBool); }
bool nested(const Argument& x) { return x->id == TypeId::kList || x->id == TypeId::kStruct; }
bool textual(const Argument& x) { return x->id == TypeId::kString || x->id == TypeId::kBytes; }
Type undecimal(const Type& type) { return type.id == TypeId::kDecimal ? Type::float64() : type; }

Result<Type> plain_type(const Argument& x) {
  if (x) return fail(Code::kInvalid, "takes no argument");
  return Type::int64();
}

Result<Type> sum_type(const Argument& x) {
  if (!summable(x)) return fail(Code::kInvalid, "needs a number or a bool");
  return x->id == TypeId::kInt64 || x->id == TypeId::kBool ? Type::int64() : Type::float64();
}

Result<Type> mean_type(const Argument& x) {
  if (!summable(x)) return fail(Code::kInvalid, "needs a number or a bool");
  return Type::float64();
}

Result<Type> extreme_type(const Argument& x) {
  if (!x || nested(x) || textual(x))
    return fail(Code::kInvalid, "needs a number, a bool, a date or a timestamp");
  return undecimal(*x);
}

Result<Type> member_type(const Argument& x) {
  if (!x || nested(x)) return fail(Code::kInvalid, "needs a plain value, not a list or a struct");
  return undecimal(*x);
}

Result<Type> distinct_type(const Argument& x) {
  if (!x || nested(x)) return fail(Code::kInvalid, "needs a plain value, not a list or a struct");
  return Type::int64();
}

constexpr std::array<AggregateSignature, 10> kSignatures = {{
    {"count", false, false, plain_type},
    {"distinct", true, false, distinct_type},
    {"first", true, false, member_type},
    {"last", true, false, member_type},
    {"max", true, false, extreme_type},
    {"mean", true, true, mean_type},
    {"min", true, false, extreme_type},
    {"sum", true, true, sum_type},
    {"time_since", false, false, plain_type},
    {"variance", true, true, mean_type},
}};

}  // namespace

const AggregateSignature* find_aggregate_signature(std::string_view name) {
  for (const AggregateSignature& signature : kSignatures)
    if (signature.name == name) return &signature;
  return nullptr;
}

std::vector<std::string_view> aggregate_signature_names() {
  std::vector<std::string_view> names;
  for (const AggregateSignature& signature : kSignatures) names.push_back(signature.name);
  return names;
}

}  // namespace lode
