// The elastic net: what l1 and l2 add to a loss, when a point is its optimum, and the optimum of a
// quadratic loss under it, by cyclic coordinate descent.
//
// Zou and Hastie, 2005; Friedman, Hastie and Tibshirani, Regularization paths for generalized
// linear models via coordinate descent, 2010.
#pragma once

#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "mine/linear/cholesky.h"

namespace lode {

// Added to a summed loss: l1 * sum |beta_j| + l2 / 2 * sum beta_j^2; beta_0, the intercept, is
// free.
struct ElasticNet {
  double l1 = 0;
  double l2 = 0;

  bool any() const { return l1 > 0 || l2 > 0; }
  double penalty(std::span<const double> beta) const;
};

// x moved towards 0 by l1, at most to it.
double shrunk(double x, double l1);

// How far a parameter is from its optimum, where all are 0 at the optimum of a convex loss
// (Karush, Kuhn, Tucker): `gradient` is the loss's with l2 in it. |gradient + l1 sign(beta)|, and
// of a beta of 0 what |gradient| is above l1.
double distance_from_optimum(double beta, double gradient, double l1);
// The largest of all parameters, the first one without l1.
double distance_from_optimum(std::span<const double> beta, std::span<const double> gradient,
                             double l1);

// The point that minimises gradient' (x - beta) + (x - beta)' hessian (x - beta) / 2 + l1 times the
// sum of |x_j|, j >= 1. l2 is in gradient and hessian. Zeros are exact. Stops when no parameter
// moves the gradient by more than `tolerance`, or after a fixed number of sweeps: a caller looks at
// the distance from the optimum itself. kCancelled between sweeps. Cost of a sweep: size x
// parameters that move; after the first, those at 0 are visited only when the others stand still.
Result<std::vector<double>> minimise_quadratic(const PackedMatrix& hessian,
                                               std::span<const double> gradient,
                                               std::span<const double> beta, double l1,
                                               double tolerance, const CancelToken& cancel);

}  // namespace lode
