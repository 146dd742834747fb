// Which records no feature can be made of: a value off its quantum, NaN or infinite, past 63 bits,
// or an expression that fails. Such a record is broken (docs/semantics.md 2.4 and 7.2), so
// ingestion asks before it accepts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "features/plan.h"

namespace lode {

struct ValueFault {
  std::int64_t row = 0;  // of the table
  std::string field{};   // the value's expression
  std::string reason{};
};

// Belongs to one thread.
class ValueCheck {
 public:
  // For the records of one source; kInvalid as make_feature_plan.
  static Result<ValueCheck> make(const Project& project, const Source& source);

  // Faults among records with derived columns, at least one if there are any, in no order; after
  // taking those rows out, ask again. O(rows * values).
  Result<std::vector<ValueFault>> faults(const Table& records) const;

  // What the check depends on, as text: it is part of what an ingested source was made with.
  std::string definition() const;

 private:
  ValueCheck() = default;

  std::unique_ptr<TextPool> texts_;
  FeaturePlan plan_;
  std::vector<const Group*> groups_;  // of the source
};

}  // namespace lode
