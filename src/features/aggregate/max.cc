// greatest value not null
#include "features/aggregate.h"

namespace lode {
namespace {

Result<Type> result_type(const std::optional<Type>& argument) {
  if (!argument || argument->id == TypeId::kList || argument->id == TypeId::kStruct ||
      argument->id == TypeId::kString || argument->id == TypeId::kBytes)
    return fail(Code::kInvalid, "needs a number, a bool, a date or a timestamp");
  if (argument->id == TypeId::kDecimal) return Type::float64();
  return *argument;
}

Answer finish(const Parts& parts, const Kept& kept, std::int64_t t0) {
  (void)t0;
  return answer_of_kept(parts.greatest, kept);
}

constexpr Aggregate kAggregate = {
    {true, false, AggregateUnit::kOfArgument, result_type}, kPartGreatest, finish};

constexpr Component kComponent = {
    .kind = "aggregate",
    .name = "max",
    .summary = "greatest value not null",
    .description = "Doubles compare numerically; null for none.",
    .example = "largest: max(amount)",
    .options = {},
    .factory = &kAggregate,
    .signature = &kAggregate.signature,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
