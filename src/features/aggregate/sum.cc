// sum of the values not null
#include "features/aggregate.h"

namespace lode {
namespace {

Result<Type> result_type(const std::optional<Type>& argument) {
  if (!argument || !(argument->numeric() || argument->id == TypeId::kBool))
    return fail(Code::kInvalid, "needs a number or a bool");
  return argument->id == TypeId::kInt64 || argument->id == TypeId::kBool ? Type::int64()
                                                                         : Type::float64();
}

Answer finish(const Parts& parts, const Kept& kept, std::int64_t t0) {
  (void)t0;
  if (kept.type.id != TypeId::kInt64 && kept.type.id != TypeId::kBool)
    return Answer::of(round_ratio(parts.sum, kept.quantum, 1));
  if (parts.sum > std::numeric_limits<std::int64_t>::max() ||
      parts.sum < std::numeric_limits<std::int64_t>::min())
    return Answer::over_limit();
  return Answer::of(static_cast<std::int64_t>(parts.sum));
}

constexpr Aggregate kAggregate = {
    {true, true, AggregateUnit::kOfArgument, result_type}, kPartCount | kPartSum, finish};

constexpr Component kComponent = {
    .kind = "aggregate",
    .name = "sum",
    .summary = "sum of the values not null",
    .description =
        "Exact in 128 bits; the result of a double or decimal is rounded once, at the read. 0 for "
        "none.",
    .example = "late: sum(value)",
    .options = {},
    .factory = &kAggregate,
    .signature = &kAggregate.signature,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
