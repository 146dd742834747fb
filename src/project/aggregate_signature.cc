#include "project/aggregate_signature.h"

#include "base/component.h"

namespace lode {

const AggregateSignature* find_aggregate_signature(std::string_view name) {
  const Component* component = find_component("aggregate", name);
  return component == nullptr ? nullptr
                              : static_cast<const AggregateSignature*>(component->signature);
}

}  // namespace lode
