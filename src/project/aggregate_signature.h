// What an aggregate takes and gives, as far as a project has to know it to be typed. It is part of
// the component's own declaration in features/aggregate/, and found here through its descriptor.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "table/type.h"

namespace lode {

// What the number that an aggregate gives is a number of.
enum class AggregateUnit : std::uint8_t {
  kNumber,      // of things: records, values; or of no unit that has a name
  kOfArgument,  // what its argument is: a sum of durations is a duration
  kDuration,    // microseconds
};

struct AggregateSignature {
  bool takes_argument;
  bool sums;  // of exact quanta: a double argument needs a declared quantum (docs/semantics.md 7.2)
  AggregateUnit unit;
  // Type of the value; kInvalid, such as "needs a number or a bool", when the argument does not
  // fit.
  Result<Type> (*result)(const std::optional<Type>& argument);
};

// By name; nullptr if there is none.
const AggregateSignature* find_aggregate_signature(std::string_view name);

}  // namespace lode
