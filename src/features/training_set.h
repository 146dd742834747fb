// Point-in-time training sets: rows in their last version at the cut, each column as it could have
// been known at the row's own time, and the target (docs/semantics.md 8).
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "features/history.h"
#include "features/set_columns.h"

namespace lode {

struct TrainingTable {
  Table columns;                    // the declared columns, view reads expanded
  std::vector<double> target;       // no row without one
  bool timed = true;                // rows have times that mean something
  std::vector<std::int64_t> time;   // t0
  std::vector<std::int64_t> known;  // when the target became known
  std::vector<std::int64_t> seq;    // of the row's record
  MemoryBudget::Hold hold;          // of the history's budget: must not outlive it
  // Rows of the source not here, and why.
  std::int64_t retracted = 0;
  std::int64_t left_out_by_where = 0;
  std::int64_t without_label = 0;
  // Values over their limit in the reads its columns are made of, read for this set or before.
  std::int64_t over_limit = 0;
};

// Errors: an expression that fails on a row (with its place in the project and the row's seq),
// kLimit, kCancelled. Cost: O(rows + facts) for each view and key expression.
Result<TrainingTable> build_training_set(const TrainingSet& set, History& history,
                                         ReadCache& cache);

}  // namespace lode
