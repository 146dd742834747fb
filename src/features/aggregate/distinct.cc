// number of different values not null
#include "features/aggregate.h"

namespace lode {
namespace {

Result<Type> result_type(const std::optional<Type>& argument) {
  if (!argument || argument->id == TypeId::kList || argument->id == TypeId::kStruct)
    return fail(Code::kInvalid, "needs a plain value, not a list or a struct");
  return Type::int64();
}

Answer finish(const Parts& parts, const Kept& kept, std::int64_t t0) {
  (void)kept;
  (void)t0;
  return parts.distinct_over_limit ? Answer::over_limit() : Answer::of(parts.distinct);
}

constexpr Aggregate kAggregate = {
    {true, false, AggregateUnit::kNumber, result_type}, kPartDistinct, finish};

constexpr Component kComponent = {
    .kind = "aggregate",
    .name = "distinct",
    .summary = "number of different values not null",
    .description =
        "Exact. Over all time at most distinct_limit values are kept; more is OVER_LIMIT.",
    .example = "devices: distinct(device)",
    .options = {},
    .factory = &kAggregate,
    .signature = &kAggregate.signature,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
