#include "mine/linear/newton.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/math.h"
#include "mine/linear/loss.h"

namespace lode {
namespace {

// A column is called a combination of others when they leave less than 1e-5 of its deviation.
constexpr double kDependent = 1e-10;
// Later the weights p (1 - p) shrink the matrix; a pivot this small says that they vanish.
constexpr double kVanished = 1e-13;
// Near an optimum a step is far smaller than the one before. On separable classes the gradient goes
// to 0 while the steps stay as long as they were.
constexpr double kSettledStep = 1e-3;
constexpr double kStillAsLong = 0.5;
// Under l1 a step is the optimum of the quadratic model; how near, as a share of where it starts
// and of what is asked for in the end.
constexpr double kShareOfStart = 1e-3;
constexpr double kShareOfEnd = 0.1;

double largest(std::span<const double> values) {
  double most = 0;
  for (double value : values) most = std::max(most, std::abs(value));
  return most;
}

class Newton {
 public:
  Newton(const LabelledMatrix& data, const Terms& terms, const NewtonOptions& options,
         ThreadPool& pool, const CancelToken& cancel)
      : data_(data),
        terms_(terms),
        options_(options),
        // The label is standardised, and with it every parameter but not its square's loss.
        net_{.l1 = options.net.l1 / terms.label_deviation, .l2 = options.net.l2},
        pool_(pool),
        cancel_(cancel),
        loss_(data, terms, options.family),
        active_(terms.parameters, true) {}

  Result<LinearFit> run() {
    fit_.beta.assign(terms_.parameters, 0.0);
    if (logistic())
      fit_.beta[0] = portable_log(terms_.label_sum / (terms_.weight - terms_.label_sum));
    TRY(LossSums * sums, at(fit_.beta));
    double last_length = std::numeric_limits<double>::infinity();
    while (true) {
      TRY(std::vector<double> step, step_from(*sums));
      fit_.gradient = distance_from_optimum(fit_.beta, sums->gradient, net_.l1) / terms_.weight;
      double length = largest(step);
      if (fit_.gradient <= options_.tolerance) {
        if (!logistic() || net_.l1 > 0 || length <= kSettledStep) return finish(*sums);
        if (length > kStillAsLong * last_length) return separated(step);
      }
      last_length = length;
      if (fit_.iterations == options_.max_iterations)
        return fail(
            Code::kInvalid,
            "no optimum after {} iterations: the gradient is {:.2g}, and {:.2g} is asked for; "
            "raise max_iterations or tolerance, or set l2",
            fit_.iterations, fit_.gradient, options_.tolerance);
      TRY(sums, advance(step, sums->loss));
      ++fit_.iterations;
    }
  }

 private:
  bool logistic() const { return options_.family == Family::kLogistic; }

  // In units of the label.
  LinearFit finish(const LossSums& sums) {
    double scale = terms_.label_deviation;
    fit_.loss = (sums.loss - net_.penalty(fit_.beta)) / terms_.weight;
    if (!logistic()) {
      fit_.loss *= 2 * scale * scale;
      for (double& beta : fit_.beta) beta *= scale;
      fit_.beta[0] += terms_.label_sum / terms_.weight;
    }
    return std::move(fit_);
  }

  // The sums with the penalty in them, l1 in the loss alone, and nothing of parameters that are
  // left out.
  Result<LossSums*> at(const std::vector<double>& beta) {
    TRY(LossSums * sums, loss_.evaluate(beta, pool_, cancel_));
    sums->loss += net_.penalty(beta);
    for (std::size_t j = 1; j < beta.size(); ++j) {
      sums->gradient[j] += net_.l2 * beta[j];
      sums->hessian.row(j)[j] += net_.l2;
    }
    for (std::size_t j = 0; j < beta.size(); ++j)
      if (!active_[j]) sums->gradient[j] = 0;
    return sums;
  }

  // To be subtracted from beta.
  Result<std::vector<double>> step_from(LossSums& sums) {
    if (net_.l1 == 0) return newton_step(sums);
    double distance = distance_from_optimum(fit_.beta, sums.gradient, net_.l1);
    double tolerance =
        std::max(kShareOfStart * distance, kShareOfEnd * options_.tolerance * terms_.weight);
    TRY(std::vector<double> step,
        minimise_quadratic(sums.hessian, sums.gradient, fit_.beta, net_.l1, tolerance, cancel_));
    for (std::size_t j = 0; j < step.size(); ++j) step[j] = fit_.beta[j] - step[j];
    return step;
  }

  // Factors the Hessian in place. At the first point all rows have the same weight, so that
  // dependent rows of the Hessian are dependent columns of the data; later on they mean that
  // weights vanish.
  Result<std::vector<double>> newton_step(LossSums& sums) {
    bool first = fit_.iterations == 0;
    std::vector<std::size_t> dependent =
        factor_in_place(sums.hessian, active_, first ? kDependent : kVanished);
    if (first) {
      fit_.dependent = dependent;
      for (std::size_t j : dependent) sums.gradient[j] = 0;
    } else if (!dependent.empty()) {
      std::vector<double> direction = fit_.beta;
      direction[0] = 0;
      return separated(direction);
    }
    std::vector<double> step = sums.gradient;
    solve_in_place(sums.hessian, active_, step);
    return step;
  }

  // Goes along -step, halved until the loss does not rise.
  Result<LossSums*> advance(const std::vector<double>& step, double loss) {
    constexpr int kMostHalvings = 30;
    constexpr double kRounding = 1e-12;  // of a loss summed over many rows
    // Squares can fall to nothing, but not the rounding of labels that were standardised.
    double allowed = kRounding * (logistic() ? loss : loss + terms_.weight);
    double length = 1;
    for (int halving = 0; halving < kMostHalvings; ++halving, length /= 2) {
      std::vector<double> beta = fit_.beta;
      for (std::size_t j = 0; j < beta.size(); ++j) beta[j] -= length * step[j];
      TRY(LossSums * sums, at(beta));
      if (!(sums->loss <= loss + allowed)) continue;
      fit_.beta = std::move(beta);
      return sums;
    }
    return fail(Code::kInvalid,
                "no step lowers the loss of {:.17g} any more, with a gradient of "
                "{:.2g}; raise tolerance or set l2",
                loss, fit_.gradient);
  }

  std::unexpected<Error> separated(std::span<const double> direction) const {
    std::size_t fastest = 0;
    for (std::size_t j = 1; j < direction.size(); ++j)
      if (std::abs(direction[j]) > std::abs(direction[fastest])) fastest = j;
    return fail(
        Code::kInvalid,
        "the labels can be separated without error on some rows, so that coefficients grow for "
        "ever, that of '{}' fastest; is it made from the label? Leave it out, or set the "
        "option l2",
        terms_.parameter_name(*data_.features.schema, fastest));
  }

  const LabelledMatrix& data_;
  const Terms& terms_;
  const NewtonOptions& options_;
  ElasticNet net_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  LinearLoss loss_;
  std::vector<bool> active_;
  LinearFit fit_;
};

}  // namespace

Result<LinearFit> fit_by_newton(const LabelledMatrix& data, const Terms& terms,
                                const NewtonOptions& options, ThreadPool& pool,
                                const CancelToken& cancel) {
  return Newton(data, terms, options, pool, cancel).run();
}

}  // namespace lode
