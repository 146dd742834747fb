// What moves a model's answers: contributions, importance and curves of its columns over a sample
// of the rows it was tested on. evaluate/ says what each figure means.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/parallel.h"
#include "features/encoder_bytes.h"
#include "mine/algorithm.h"
#include "orchestrate/recipe.h"
#include "orchestrate/report.h"
#include "orchestrate/row_splitter.h"

namespace lode {

struct ExplainedRows {
  std::span<const std::int64_t> train;  // positions in the training table, ascending
  std::span<const std::int64_t> test;
  const RowSplitter& splitter;  // says which rows are drawn together
};

// Nothing but the number of columns for a model that cannot be explained column by column. The
// sample is drawn by the seed; the same bytes on any number of threads. Errors: kInvalid where the
// sample has too few blocks for an interval; kCancelled.
Result<DriversReport> explain_drivers(const Recipe& recipe, std::span<const ColumnEncoder> encoders,
                                      const FittedModel& model, const ExplainedRows& rows,
                                      std::uint64_t seed, ThreadPool& pool,
                                      const CancelToken& cancel);

}  // namespace lode
