// The optimum of a penalised linear model of any number of terms, most of them 0 in most rows: the
// words of texts, levels by the thousand. Coordinate descent over columns, each visit in the time
// of its own entries; for logistic regression on the quadratic model of the loss, made anew at each
// step (proximal Newton).
//
// Friedman, Hastie and Tibshirani, Regularization paths for generalized linear models via
// coordinate descent, 2010. Determinism: one thread, sums in the order of rows. Memory: 8 bytes for
// each number of a row, 12 for each entry of a level or a bag, 32 a row. Cost of a sweep: the same
// count.
#pragma once

#include "base/error.h"
#include "base/parallel.h"
#include "mine/design.h"
#include "mine/linear/newton.h"
#include "mine/linear/terms.h"

namespace lode {

// As fit_by_newton, with the same options, optimum and stopping rule; there must be a penalty.
// kInvalid: no optimum within max_iterations. kCancelled between sweeps.
Result<LinearFit> fit_by_descent(const LabelledMatrix& data, const Terms& terms,
                                 const NewtonOptions& options, const CancelToken& cancel);

}  // namespace lode
