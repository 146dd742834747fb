// How a model's answers go with one column: accumulated local effects (Apley and Zhu, 2020). Rows
// are cut by the column's quantiles; within a piece, each row is scored with the column at either
// edge, and the mean differences are added up. So no row is given a value far from its own, as
// partial dependence does where columns go together.
//
// The curve says what the model does, not what the column does in the world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "judge/bootstrap.h"
#include "judge/sample.h"
#include "mine/algorithm.h"

namespace lode {

struct AlePoint {
  double at = 0;      // a value of the column
  Estimate effect{};  // on the score, in its unit; the mean over the rows is 0
};

struct AleCurve {
  std::vector<AlePoint> points{};  // ascending; none where all rows have one value
  std::int64_t missing = 0;        // rows without a value, left out
};

struct AleOptions {
  std::size_t pieces = 20;  // at most so many; at least 1
  BootstrapOptions draws{};
};

// Of numeric column `column` of the rows' schema. Intervals draw blocks of rows; a replicate that
// leaves a piece without rows takes the piece's effect from all rows. kInvalid: a column that is
// not numeric, not a block for each row, fewer than 2 blocks, options out of range, what predict()
// refuses. kCancelled. Cost: two predictions a row. The same bytes on any number of threads.
Result<AleCurve> ale_curve(const FittedModel& model, const DesignMatrix& rows, std::size_t column,
                           const Blocks& blocks, const AleOptions& options, ThreadPool& pool,
                           const CancelToken& cancel = {});

}  // namespace lode
