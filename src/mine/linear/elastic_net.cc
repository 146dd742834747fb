#include "mine/linear/elastic_net.h"

#include <algorithm>
#include <cmath>

namespace lode {
namespace {

constexpr int kMostSweeps = 20'000;

class QuadraticDescent {
 public:
  QuadraticDescent(const PackedMatrix& hessian, std::span<const double> gradient,
                   std::span<const double> beta, double l1)
      : hessian_(hessian),
        l1_(l1),
        gradient_(gradient.begin(), gradient.end()),
        at_(beta.begin(), beta.end()) {}

  // One visit of each parameter, or of those that are not 0; the largest change of a gradient
  // element by its own parameter.
  double sweep(bool all) {
    double most = 0;
    for (std::size_t j = 0; j < at_.size(); ++j)
      if (all || j == 0 || at_[j] != 0) most = std::max(most, visit(j));
    return most;
  }
  std::vector<double> take() { return std::move(at_); }

 private:
  double visit(std::size_t j) {
    double curvature = hessian_.row(j)[j];
    if (!(curvature > 0)) return 0;  // no row with weight has it
    double best = at_[j] - gradient_[j] / curvature;
    if (j > 0) best = shrunk(curvature * at_[j] - gradient_[j], l1_) / curvature;
    double change = best - at_[j];
    if (change == 0) return 0;
    at_[j] = best;
    const double* row = hessian_.row(j);
    for (std::size_t i = 0; i <= j; ++i) gradient_[i] += change * row[i];
    for (std::size_t i = j + 1; i < at_.size(); ++i) gradient_[i] += change * hessian_.row(i)[j];
    return std::abs(change) * curvature;
  }

  const PackedMatrix& hessian_;
  double l1_;
  std::vector<double> gradient_;
  std::vector<double> at_;
};

}  // namespace

double shrunk(double x, double l1) {
  if (x > l1) return x - l1;
  if (x < -l1) return x + l1;
  return 0;
}

double ElasticNet::penalty(std::span<const double> beta) const {
  double squares = 0;
  double absolute = 0;
  for (std::size_t j = 1; j < beta.size(); ++j) {
    squares += beta[j] * beta[j];
    absolute += std::abs(beta[j]);
  }
  return l2 / 2 * squares + l1 * absolute;
}

double distance_from_optimum(double beta, double gradient, double l1) {
  if (beta > 0) return std::abs(gradient + l1);
  if (beta < 0) return std::abs(gradient - l1);
  return std::max(0.0, std::abs(gradient) - l1);
}

double distance_from_optimum(std::span<const double> beta, std::span<const double> gradient,
                             double l1) {
  double most = std::abs(gradient[0]);
  for (std::size_t j = 1; j < beta.size(); ++j)
    most = std::max(most, distance_from_optimum(beta[j], gradient[j], l1));
  return most;
}

Result<std::vector<double>> minimise_quadratic(const PackedMatrix& hessian,
                                               std::span<const double> gradient,
                                               std::span<const double> beta, double l1,
                                               double tolerance, const CancelToken& cancel) {
  QuadraticDescent descent(hessian, gradient, beta, l1);
  bool all = true;
  for (int sweeps = 0; sweeps < kMostSweeps; ++sweeps) {
    TRY_VOID(cancel.check());
    bool settled = descent.sweep(all) <= tolerance;
    if (settled && all) break;
    all = settled;
  }
  return descent.take();
}

}  // namespace lode
