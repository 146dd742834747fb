// mean of the values not null
#include "features/aggregate.h"

namespace lode {
namespace {

Result<Type> result_type(const std::optional<Type>& argument) {
  if (!argument || !(argument->numeric() || argument->id == TypeId::kBool))
    return fail(Code::kInvalid, "needs a number or a bool");
  return Type::float64();
}

Answer finish(const Parts& parts, const Kept& kept, std::int64_t t0) {
  (void)t0;
  if (parts.count == 0) return Answer::null();
  return Answer::of(round_ratio(parts.sum, kept.quantum, parts.count));
}

constexpr Aggregate kAggregate = {
    {true, true, AggregateUnit::kOfArgument, result_type}, kPartCount | kPartSum, finish};

constexpr Component kComponent = {
    .kind = "aggregate",
    .name = "mean",
    .summary = "mean of the values not null",
    .description = "The exact sum over the count, rounded once. Null for none.",
    .example = "usual: mean(amount)",
    .options = {},
    .factory = &kAggregate,
    .signature = &kAggregate.signature,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
