// microseconds since the last record in the window
#include "features/aggregate.h"

namespace lode {
namespace {

Result<Type> result_type(const std::optional<Type>& argument) {
  if (argument) return fail(Code::kInvalid, "takes no argument");
  return Type::int64();
}

Answer finish(const Parts& parts, const Kept& kept, std::int64_t t0) {
  (void)kept;
  return parts.last_time == kNoValue ? Answer::null() : Answer::of(t0 - parts.last_time);
}

constexpr Aggregate kAggregate = {
    {false, false, AggregateUnit::kDuration, result_type}, kPartLastTime, finish};

constexpr Component kComponent = {
    .kind = "aggregate",
    .name = "time_since",
    .summary = "microseconds since the last record in the window",
    .description = "t0 minus the time of the last record; null for none.",
    .example = "idle: time_since()",
    .options = {},
    .factory = &kAggregate,
    .signature = &kAggregate.signature,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
