#include "mine/linear/newton.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/math.h"
#include "mine/linear/cholesky.h"

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

// The rows seen as a linear model sees them.
class DesignRows {
 public:
  DesignRows(const LabelledMatrix& data, const Terms& terms) : data_(data), terms_(terms) {
    for (const NumericTerm& term : terms.numeric) scale_.push_back(1 / term.deviation);
  }

  std::size_t dense_size() const { return 1 + terms_.numeric.size(); }
  std::size_t most_indicators() const { return terms_.categories.size(); }

  // Fills `dense` with 1 and the standardised values, `indicators` with the parameters of the row's
  // levels, ascending; returns how many there are.
  std::size_t read(std::int64_t row, double* dense, std::size_t* indicators) const {
    std::span<const double> values = data_.features.values_of(row);
    dense[0] = 1;
    for (std::size_t j = 0; j < terms_.numeric.size(); ++j) {
      const NumericTerm& term = terms_.numeric[j];
      dense[1 + j] = (values[term.column] - term.mean) * scale_[j];
    }
    std::span<const std::int32_t> codes = data_.features.codes_of(row);
    std::size_t count = 0;
    for (const CategoryTerm& term : terms_.categories) {
      std::int32_t parameter = term.parameter[static_cast<std::size_t>(codes[term.column])];
      if (parameter >= 0) indicators[count++] = static_cast<std::size_t>(parameter);
    }
    return count;
  }

 private:
  const LabelledMatrix& data_;
  const Terms& terms_;
  std::vector<double> scale_;
};

// Loss, gradient and Hessian at a point; l2 is not in them yet.
struct Sums {
  explicit Sums(std::size_t parameters) : gradient(parameters), hessian(parameters) {}
  double loss = 0;
  std::vector<double> gradient;
  PackedMatrix hessian;
};

void add_row(const double* dense, std::size_t dense_size, const std::size_t* indicators,
             std::size_t count, double residual, double curvature, Sums& sums) {
  for (std::size_t i = 0; i < dense_size; ++i) {
    sums.gradient[i] += residual * dense[i];
    double scaled = curvature * dense[i];
    double* row = sums.hessian.row(i);
    for (std::size_t j = 0; j <= i; ++j) row[j] += scaled * dense[j];
  }
  for (std::size_t k = 0; k < count; ++k) {
    sums.gradient[indicators[k]] += residual;
    double* row = sums.hessian.row(indicators[k]);
    for (std::size_t j = 0; j < dense_size; ++j) row[j] += curvature * dense[j];
    for (std::size_t l = 0; l <= k; ++l) row[indicators[l]] += curvature;
  }
}

class Likelihood {
 public:
  Likelihood(const LabelledMatrix& data, const Terms& terms)
      : data_(data),
        rows_(data, terms),
        lanes_(Lanes::of(data.features.rows, terms.parameters * (terms.parameters + 1) / 2)),
        parts_(lanes_.count, Sums(terms.parameters)) {}

  // The sums at `beta`, valid until the next call.
  Result<Sums*> evaluate(const std::vector<double>& beta, ThreadPool& pool,
                         const CancelToken& cancel) {
    TRY_VOID(
        parallel_for(pool, lanes_.count, [&](std::size_t lane) { sum_lane(lane, beta); }, cancel));
    std::vector<std::span<double>> gradients;
    std::vector<std::span<double>> hessians;
    std::vector<std::span<double>> losses;
    for (Sums& part : parts_) {
      gradients.emplace_back(part.gradient);
      hessians.push_back(part.hessian.cells());
      losses.emplace_back(&part.loss, 1);
    }
    join_lanes(gradients);
    join_lanes(hessians);
    join_lanes(losses);
    return parts_.data();
  }

 private:
  void sum_lane(std::size_t lane, const std::vector<double>& beta) {
    Sums& sums = parts_[lane];
    sums.loss = 0;
    std::ranges::fill(sums.gradient, 0.0);
    std::ranges::fill(sums.hessian.cells(), 0.0);
    std::vector<double> dense(rows_.dense_size());
    std::vector<std::size_t> indicators(rows_.most_indicators());
    for (std::int64_t i = lanes_.begin(lane); i < lanes_.end(lane); ++i) {
      double weight = data_.weight_of(i);
      if (weight == 0) continue;
      std::size_t count = rows_.read(i, dense.data(), indicators.data());
      double eta = 0;
      for (std::size_t j = 0; j < dense.size(); ++j) eta += beta[j] * dense[j];
      for (std::size_t k = 0; k < count; ++k) eta += beta[indicators[k]];
      bool positive = data_.label[static_cast<std::size_t>(i)] == 1;
      double e = portable_exp(-std::abs(eta));
      double rare = e / (1 + e);  // probability of the less likely label
      double p = eta >= 0 ? 1 / (1 + e) : rare;
      bool likely = (eta >= 0) == positive;
      sums.loss += weight * (portable_log1p(e) + (likely ? 0 : std::abs(eta)));
      add_row(dense.data(), dense.size(), indicators.data(), count, weight * (positive ? p - 1 : p),
              weight * (rare / (1 + e)), sums);
    }
  }

  const LabelledMatrix& data_;
  DesignRows rows_;
  Lanes lanes_;
  std::vector<Sums> parts_;
};

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
        pool_(pool),
        cancel_(cancel),
        likelihood_(data, terms),
        active_(terms.parameters, true) {}

  Result<LogisticFit> run() {
    fit_.beta.assign(terms_.parameters, 0.0);
    fit_.beta[0] = portable_log(terms_.positive / (terms_.weight - terms_.positive));
    TRY(Sums * sums, at(fit_.beta));
    double last_length = std::numeric_limits<double>::infinity();
    while (true) {
      TRY(std::vector<double> step, newton_step(*sums));
      fit_.gradient = largest(sums->gradient) / terms_.weight;
      double length = largest(step);
      if (fit_.gradient <= options_.tolerance) {
        if (length <= kSettledStep) {
          fit_.log_loss = (sums->loss - penalty(fit_.beta)) / terms_.weight;
          return std::move(fit_);
        }
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
  double penalty(const std::vector<double>& beta) const {
    double squares = 0;
    for (std::size_t j = 1; j < beta.size(); ++j) squares += beta[j] * beta[j];
    return options_.l2 / 2 * squares;
  }

  // The likelihood's sums with the penalty in them, and nothing of parameters that are left out.
  Result<Sums*> at(const std::vector<double>& beta) {
    TRY(Sums * sums, likelihood_.evaluate(beta, pool_, cancel_));
    sums->loss += penalty(beta);
    for (std::size_t j = 1; j < beta.size(); ++j) {
      sums->gradient[j] += options_.l2 * beta[j];
      sums->hessian.row(j)[j] += options_.l2;
    }
    for (std::size_t j = 0; j < beta.size(); ++j)
      if (!active_[j]) sums->gradient[j] = 0;
    return sums;
  }

  // Factors the Hessian in place. At the first point all rows have the same p, so that dependent
  // rows of the Hessian are dependent columns of the data; later on they mean that weights vanish.
  Result<std::vector<double>> newton_step(Sums& sums) {
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
  Result<Sums*> advance(const std::vector<double>& step, double loss) {
    constexpr int kMostHalvings = 30;
    constexpr double kRounding = 1e-12;  // of a loss summed over many rows
    double length = 1;
    for (int halving = 0; halving < kMostHalvings; ++halving, length /= 2) {
      std::vector<double> beta = fit_.beta;
      for (std::size_t j = 0; j < beta.size(); ++j) beta[j] -= length * step[j];
      TRY(Sums * sums, at(beta));
      if (!(sums->loss <= loss * (1 + kRounding))) continue;
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
  ThreadPool& pool_;
  const CancelToken& cancel_;
  Likelihood likelihood_;
  std::vector<bool> active_;
  LogisticFit fit_;
};

}  // namespace

Result<LogisticFit> fit_logistic(const LabelledMatrix& data, const Terms& terms,
                                 const NewtonOptions& options, ThreadPool& pool,
                                 const CancelToken& cancel) {
  return Newton(data, terms, options, pool, cancel).run();
}

}  // namespace lode
