// The plain fold: parts of values in fold order, computed from nothing. What the running parts of
// features/key_state.h must equal, and how a read is answered when state cannot answer it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "features/layout.h"

namespace lode {

// Fills every part of `out` but rows and last_time from kept values in fold order. O(n), distinct
// O(n log n).
void fold_values(const std::vector<std::int64_t>& values, const KeptParts& kept, Parts& out);

// Number of different values not null, or over limit (limit 0: none). Reorders `values`.
void count_distinct(std::span<std::int64_t> values, std::int64_t limit, Parts& out);

// Sets out.distinct; above the limit it is limit + 1 and marked, whatever it would have been.
void set_distinct(std::int64_t distinct, std::int64_t limit, Parts& out);

}  // namespace lode
