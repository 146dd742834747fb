// How much each column counts for a model, over rows that it was not fitted on.
//
// Two questions, two answers, and they may differ:
//   - mean_contributions: how far a column moves the answers, whether rightly or not (the mean size
//     of its Shapley values; Lundberg and Lee, 2017).
//   - permutation_importance: how much worse the answers get when a column's values are dealt out
//     anew among the rows, so that it says nothing about the label any more (Breiman, 2001; model
//     reliance of Fisher, Rudin and Dominici, 2019). Below 0 within its interval where the column
//     brought only noise. Two columns that say the same stand in for each other, and both look
//     unimportant; and rows with values dealt out anew may be such as never come.
//
// Intervals draw blocks of rows with the draws of judge/bootstrap.h. They say what other rows would
// have shown of this model, not what other training rows would have made of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "evaluate/attributions.h"
#include "judge/bootstrap.h"
#include "judge/sample.h"
#include "mine/algorithm.h"

namespace lode {

// Of each column the mean of |contribution|, in the margin's unit. kInvalid: not a block for each
// row, fewer than 2 blocks, options out of range. kCancelled. O(values + replicates x blocks x
// columns).
Result<std::vector<Estimate>> mean_contributions(const Attributions& attributions,
                                                 const Blocks& blocks,
                                                 const BootstrapOptions& options, ThreadPool& pool,
                                                 const CancelToken& cancel = {});

// Rows of the model's schema with what came of them.
struct LabelledRows {
  DesignMatrix rows;
  std::span<const double> label;  // one a row
};

// Of each of `columns` (numbers in the schema: numeric ones, then categories) the mean loss with
// the column dealt out anew, less the mean loss as the rows stand; the mean of `repeats` deals.
// Loss: log-loss where the model's scores are probabilities (clipped as judge's log_loss), else the
// squared error. Each column has its own stream of random numbers, so the bytes are the same on any
// number of threads. kInvalid: not a label and a block for each row, a column that is not there,
// fewer than 2 blocks, repeats below 1, options out of range, what predict() refuses. kCancelled.
// Cost: columns x repeats predictions of all rows; memory: a copy of the rows a thread.
Result<std::vector<Estimate>> permutation_importance(const FittedModel& model,
                                                     const LabelledRows& data, const Blocks& blocks,
                                                     std::span<const std::size_t> columns,
                                                     int repeats, const BootstrapOptions& options,
                                                     ThreadPool& pool,
                                                     const CancelToken& cancel = {});

}  // namespace lode
