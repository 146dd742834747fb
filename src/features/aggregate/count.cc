// number of records in the window
#include "features/aggregate.h"

namespace lode {
namespace {

Result<Type> result_type(const std::optional<Type>& argument) {
  if (argument) return fail(Code::kInvalid, "takes no argument");
  return Type::int64();
}

Answer finish(const Parts& parts, const Kept& kept, std::int64_t t0) {
  (void)kept;
  (void)t0;
  return Answer::of(parts.rows);
}

constexpr Aggregate kAggregate = {
    {false, false, AggregateUnit::kNumber, result_type}, kPartRows, finish};

constexpr Component kComponent = {
    .kind = "aggregate",
    .name = "count",
    .summary = "number of records in the window",
    .description = "Counts every record, whatever its columns hold. Exact.",
    .example = "n: count()",
    .options = {},
    .factory = &kAggregate,
    .signature = &kAggregate.signature,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
