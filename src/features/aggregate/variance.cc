// sample variance of the values not null
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
  if (parts.count < 2) return Answer::null();
  return Answer::of(round_variance(parts.count, parts.sum, parts.squares, kept.quantum));
}

constexpr Aggregate kAggregate = {{true, true, AggregateUnit::kNumber, result_type},
                                  kPartCount | kPartSum | kPartSquares,
                                  finish};

constexpr Component kComponent = {
    .kind = "aggregate",
    .name = "variance",
    .summary = "sample variance of the values not null",
    .description =
        "Divides by n - 1; exact until one rounding, so it is never negative. Null below two "
        "values.",
    .example = "spread: variance(amount)",
    .options = {},
    .factory = &kAggregate,
    .signature = &kAggregate.signature,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
