// Loss, gradient and Hessian of a linear model at a point, summed over the rows.
//
// Determinism: same bytes on any number of threads (Lanes). Memory: one packed Hessian a lane, at
// most 256 MiB. Cost of an evaluation: rows x (numeric + categories)^2 / 2.
#pragma once

#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "mine/design.h"
#include "mine/linear/cholesky.h"
#include "mine/linear/terms.h"

namespace lode {

// Of one row, by its margin: the loss and its first two derivatives. kLogistic: the negative
// log-likelihood of a label 0 or 1. kSquared: half of the squared distance from the label.
struct RowLoss {
  double loss;
  double slope;
  double curvature;
};
RowLoss row_loss(Family family, double margin, double label);

// Of the terms standardised, without any penalty.
struct LossSums {
  explicit LossSums(std::size_t parameters) : gradient(parameters), hessian(parameters) {}
  double loss = 0;
  std::vector<double> gradient;
  PackedMatrix hessian;
};

// The rows seen as a linear model sees them.
class DesignRows {
 public:
  DesignRows(const LabelledMatrix& data, const Terms& terms);

  std::size_t dense_size() const { return 1 + terms_.numeric.size(); }
  std::size_t most_indicators() const { return terms_.categories.size(); }

  // Fills `dense` with 1 and the standardised values, `indicators` with the parameters of the row's
  // levels, ascending; returns how many there are.
  std::size_t read(std::int64_t row, double* dense, std::size_t* indicators) const;

 private:
  const LabelledMatrix& data_;
  const Terms& terms_;
  std::vector<double> scale_;
};

// The sum of row_loss; of squares, labels are standardised. Data and terms must outlive it; one
// call at a time.
class LinearLoss {
 public:
  LinearLoss(const LabelledMatrix& data, const Terms& terms, Family family);

  // The sums at `beta`, valid until the next call; the caller may change them. kCancelled.
  Result<LossSums*> evaluate(const std::vector<double>& beta, ThreadPool& pool,
                             const CancelToken& cancel);

 private:
  void sum_lane(std::size_t lane, const std::vector<double>& beta);

  const LabelledMatrix& data_;
  Family family_;
  double label_mean_ = 0;
  double label_scale_ = 1;
  DesignRows rows_;
  Lanes lanes_;
  std::vector<LossSums> parts_;
};

}  // namespace lode
