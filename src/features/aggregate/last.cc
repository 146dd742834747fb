// value of the last record in the window
#include "features/aggregate.h"

namespace lode {
namespace {

Result<Type> result_type(const std::optional<Type>& argument) {
  if (!argument || argument->id == TypeId::kList || argument->id == TypeId::kStruct)
    return fail(Code::kInvalid, "needs a plain value, not a list or a struct");
  if (argument->id == TypeId::kDecimal) return Type::float64();
  return *argument;
}

Answer finish(const Parts& parts, const Kept& kept, std::int64_t t0) {
  (void)t0;
  return answer_of_kept(parts.last, kept);
}

constexpr Aggregate kAggregate = {
    {true, false, AggregateUnit::kOfArgument, result_type}, kPartLast, finish};

constexpr Component kComponent = {
    .kind = "aggregate",
    .name = "last",
    .summary = "value of the last record in the window",
    .description =
        "In the order (time, source, id). Null if there is no record, or if its value is null.",
    .example = "last_amount: last(amount)",
    .options = {},
    .factory = &kAggregate,
    .signature = &kAggregate.signature,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
