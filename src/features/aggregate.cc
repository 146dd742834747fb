#include "features/aggregate.h"

#include <bit>

namespace lode {

const Aggregate* find_aggregate(std::string_view name) {
  const Component* component = find_component("aggregate", name);
  return component == nullptr ? nullptr : static_cast<const Aggregate*>(component->factory);
}

std::vector<std::string_view> aggregate_names() {
  std::vector<std::string_view> names;
  for (const Component* component : components("aggregate")) names.push_back(component->name);
  return names;
}

std::int64_t ordered_of_double(double value) {
  if (value == 0) value = 0;  // -0.0
  auto bits = std::bit_cast<std::int64_t>(value);
  // Negative doubles order backwards as integers; flip all bits but the sign.
  return bits >= 0 ? bits : bits ^ std::numeric_limits<std::int64_t>::max();
}

double double_of_ordered(std::int64_t ordered) {
  std::int64_t bits = ordered >= 0 ? ordered : ordered ^ std::numeric_limits<std::int64_t>::max();
  return std::bit_cast<double>(bits);
}

Answer answer_of_kept(std::int64_t value, const Kept& kept) {
  if (value == kNoValue) return Answer::null();
  switch (kept.keep) {
    case Keep::kOrdered:
      return Answer::of(double_of_ordered(value));
    case Keep::kText:
      return {Answer::Kind::kText, value};
    case Keep::kInteger:
      return Answer::of(value);
    case Keep::kQuanta:
      break;
  }
  if (kept.type.id == TypeId::kInt64 || kept.type.id == TypeId::kBool) return Answer::of(value);
  return Answer::of(round_ratio(value, kept.quantum, 1));
}

}  // namespace lode
