// The optimum of a linear model by Newton's method with the exact Hessian (for logistic regression
// iteratively re-weighted least squares): quadratic near the optimum, and a clear sign when there
// is none. Of squares one step is the optimum, and a second takes away its rounding. Under l1 a
// step is the optimum of the quadratic model with the penalty (proximal Newton, elastic_net.h).
//
// Nelder and Wedderburn, 1972; separation: Albert and Anderson, 1984; Lee, Sun and Saunders, 2014.
// Determinism: same bytes on any thread count. Memory: one packed Hessian a lane, at most 256 MiB.
// Cost an iteration: rows x (numeric + categories)^2 / 2 multiplications, then parameters^3 / 6 or
// sweeps x parameters^2.
#pragma once

#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "mine/design.h"
#include "mine/linear/elastic_net.h"
#include "mine/linear/terms.h"

namespace lode {

struct NewtonOptions {
  Family family = Family::kLogistic;
  ElasticNet net;        // added to the sum of losses; of squares, to half their sum
  double tolerance = 0;  // on the largest distance from the optimum, divided by the total weight
  int max_iterations = 0;
};

struct LinearFit {
  std::vector<double> beta;            // on standardised terms, in Terms' order
  std::vector<std::size_t> dependent;  // parameters left out (0): combinations of those before
  int iterations = 0;
  double loss = 0;      // weighted mean over the training rows without the penalty: log-loss in
                        // nats, or squared error
  double gradient = 0;  // largest distance from the optimum / weight, where it stopped; of squares
                        // in deviations of the label
};

// kInvalid: the classes can be separated, so that a coefficient grows for ever (it is named), or no
// optimum within max_iterations. kCancelled between lanes and sweeps.
Result<LinearFit> fit_by_newton(const LabelledMatrix& data, const Terms& terms,
                                const NewtonOptions& options, ThreadPool& pool,
                                const CancelToken& cancel);

}  // namespace lode
