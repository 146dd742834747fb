// What an aggregate takes and gives, as far as a project has to know it to be typed. The behaviour
// is features/'s; a test holds the two against each other.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "table/type.h"

namespace lode {

struct AggregateSignature {
  std::string_view name;
  bool takes_argument;
  bool sums;  // of exact quanta: a double argument needs a declared quantum (docs/semantics.md 7.2)
  // Type of the value. kInvalid, "needs a number or a bool", when the argument does not fit.
  Result<Type> (*result)(const std::optional<Type>& argument);
};

// By name; nullptr if there is none.
const AggregateSignature* find_aggregate_signature(std::string_view name);
// Sorted.
std::vector<std::string_view> aggregate_signature_names();

}  // namespace lode
