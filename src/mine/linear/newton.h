// Maximum likelihood of a logistic model by Newton's method with the exact Hessian (iteratively
// re-weighted least squares): quadratic near the optimum, and a clear sign when there is none.
//
// Nelder and Wedderburn, 1972; separation: Albert and Anderson, 1984. Determinism: same bytes on
// any thread count. Memory: one packed Hessian a lane, at most 256 MiB. Cost an iteration: rows x
// (numeric + categories)^2 / 2 multiplications, then parameters^3 / 6.
#pragma once

#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "mine/design.h"
#include "mine/linear/terms.h"

namespace lode {

struct NewtonOptions {
  double l2 = 0;         // minimises sum of losses + l2 / 2 * sum of squares, intercept free
  double tolerance = 0;  // on the largest gradient element, divided by the total weight
  int max_iterations = 0;
};

struct LogisticFit {
  std::vector<double> beta;            // on standardised terms, in Terms' order
  std::vector<std::size_t> dependent;  // parameters left out (0): combinations of those before
  int iterations = 0;
  double log_loss = 0;  // weighted mean over the training rows, without the penalty
  double gradient = 0;  // largest element / weight, where it stopped
};

// kInvalid: the classes can be separated, so that a coefficient grows for ever (it is named), or no
// optimum within max_iterations. kCancelled between lanes.
Result<LogisticFit> fit_logistic(const LabelledMatrix& data, const Terms& terms,
                                 const NewtonOptions& options, ThreadPool& pool,
                                 const CancelToken& cancel);

}  // namespace lode
