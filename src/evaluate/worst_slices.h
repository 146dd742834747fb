// Where a model is worse than elsewhere: slices of the rows (evaluate/slicing.h) whose mean
// log-loss is above that of all other rows by more than luck explains.
//
// The difference of the two means is held against its standard error when whole blocks of rows
// (days, customers) are drawn, which is worked out (the sum of squares of each block's part in the
// difference) and not simulated, so that small p-values are not cut off by a number of replicates;
// p is one-sided, by Student's t with one degree of freedom less than there are blocks with rows of
// the slice. Holm's correction (1979) over all slices that were looked at holds the chance of even
// one false slice at `alpha` (tests/evaluate/worst_slices_test.cc: simulated).
//
// A higher log-loss is not yet a fault: rows that are as likely as not to be 1 have one by nature.
// So the mean of what was predicted stands beside what came true.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "evaluate/slicing.h"
#include "judge/bootstrap.h"
#include "judge/sample.h"

namespace lode {

struct SliceLoss {
  std::string column;
  std::string slice;
  std::int64_t rows = 0;
  double loss = 0;        // mean log-loss, in nats
  double elsewhere = 0;   // of all other rows
  Estimate difference{};  // the interval by drawn blocks
  double predicted = 0;   // mean score
  double observed = 0;    // share of label 1
  double p = 1;           // corrected
  bool worse = false;     // p <= alpha
};

struct ThinSlice {
  std::string column;
  std::string slice;
  std::int64_t rows = 0;
};

struct WorstSlices {
  std::int64_t rows = 0;    // looked at
  std::int64_t looked = 0;  // slices with enough rows
  std::int64_t worse = 0;   // slices shown to be worse
  std::int64_t thin = 0;    // slices with too few rows, of which `few` are those with most
  // Those that are worse, from the largest difference down; then others by p.
  std::vector<SliceLoss> worst{};
  std::vector<ThinSlice> few{};
};

struct SliceOptions {
  double alpha = 0.05;
  std::int64_t least_rows = 50;      // of a slice, and of the rows outside it
  std::int64_t least_of_label = 10;  // in the slice, of either
  std::uint32_t least_blocks = 5;    // with rows of the slice
  std::size_t most = 10;             // shown of each
  BootstrapOptions draws{.replicates = 500};
};

// `columns` are of these rows. kInvalid: what Sample::make refuses, scores outside [0, 1], fewer
// than two blocks, options out of range; kCancelled. O(rows x columns).
Result<WorstSlices> find_worst_slices(const ScoredRows& rows, const Blocks& blocks,
                                      std::span<const SlicedColumn> columns,
                                      const SliceOptions& options, ThreadPool& pool,
                                      const CancelToken& cancel = {});

}  // namespace lode
