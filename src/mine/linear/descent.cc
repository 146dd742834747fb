#include "mine/linear/descent.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "mine/linear/loss.h"

namespace lode {
namespace {

constexpr int kMostSweeps = 20'000;
// How near a step comes to the optimum of its quadratic model, as a share of where it starts and of
// what is asked for in the end.
constexpr double kShareOfStart = 1e-2;
constexpr double kShareOfEnd = 0.1;

// The matrix by columns, in the order of Terms. Dense ones hold a number for each row, the others
// only what is not 0.
class Columns {
 public:
  Columns(const LabelledMatrix& data, const Terms& terms)
      : rows_(static_cast<std::size_t>(data.features.rows)) {
    dense_.emplace_back(rows_, 1.0);  // the intercept
    for (const NumericTerm& term : terms.numeric) add_dense(data, term);
    count_entries(data, terms);
    fill_entries(data, terms);
  }

  std::size_t size() const { return dense_.size() + begin_.size() - 1; }

  // Calls take(row, value) for what is not 0, rows ascending.
  template <typename Take>
  void each(std::size_t column, Take&& take) const {
    if (column < dense_.size()) {
      const std::vector<double>& values = dense_[column];
      for (std::size_t i = 0; i < rows_; ++i) take(i, values[i]);
      return;
    }
    std::size_t sparse = column - dense_.size();
    for (std::size_t k = begin_[sparse]; k < begin_[sparse + 1]; ++k) take(row_[k], value_[k]);
  }

 private:
  void add_dense(const LabelledMatrix& data, const NumericTerm& term) {
    std::vector<double>& out = dense_.emplace_back(rows_);
    for (std::size_t i = 0; i < rows_; ++i)
      out[i] = (data.features.values_of(static_cast<std::int64_t>(i))[term.column] - term.mean) /
               term.deviation;
  }

  // Calls take(parameter, value) for every entry of a row that is not dense.
  template <typename Take>
  static void each_of_row(const LabelledMatrix& data, const Terms& terms, std::int64_t row,
                          Take&& take) {
    std::span<const std::int32_t> codes = data.features.codes_of(row);
    for (const CategoryTerm& term : terms.categories) {
      std::int32_t parameter = term.parameter[static_cast<std::size_t>(codes[term.column])];
      if (parameter >= 0) take(static_cast<std::size_t>(parameter), 1.0);
    }
    for (const BagTerms& term : terms.bags)
      each_entry(data.features.bags[term.column], row,
                 [&](std::uint32_t t, double weight) { take(term.first + t, weight); });
  }

  // begin_[c + 2] becomes how many entries column c has, then where those before it end, so that
  // filling moves begin_[c + 1] from where c begins to where it ends.
  void count_entries(const LabelledMatrix& data, const Terms& terms) {
    begin_.assign(terms.parameters - dense_.size() + 2, 0);
    for (std::size_t i = 0; i < rows_; ++i)
      each_of_row(data, terms, static_cast<std::int64_t>(i),
                  [&](std::size_t parameter, double) { ++begin_[parameter - dense_.size() + 2]; });
    for (std::size_t c = 2; c < begin_.size(); ++c) begin_[c] += begin_[c - 1];
    row_.resize(begin_.back());
    value_.resize(begin_.back());
  }
  void fill_entries(const LabelledMatrix& data, const Terms& terms) {
    for (std::size_t i = 0; i < rows_; ++i)
      each_of_row(data, terms, static_cast<std::int64_t>(i),
                  [&](std::size_t parameter, double value) {
                    std::size_t at = begin_[parameter - dense_.size() + 1]++;
                    row_[at] = static_cast<std::uint32_t>(i);
                    value_[at] = value;
                  });
    begin_.pop_back();
  }

  std::size_t rows_;
  std::vector<std::vector<double>> dense_;
  std::vector<std::size_t> begin_;  // of each other column
  std::vector<std::uint32_t> row_;
  std::vector<double> value_;
};

class Descent {
 public:
  Descent(const LabelledMatrix& data, const Terms& terms, const NewtonOptions& options,
          const CancelToken& cancel)
      : data_(data),
        terms_(terms),
        options_(options),
        net_{.l1 = options.net.l1 / terms.label_deviation, .l2 = options.net.l2},
        cancel_(cancel),
        columns_(data, terms),
        margin_(static_cast<std::size_t>(data.features.rows)),
        slope_(margin_.size()),
        curvature_(margin_.size()),
        gradient_(terms.parameters) {}

  Result<LinearFit> run() {
    fit_.beta.assign(terms_.parameters, 0.0);
    if (logistic()) {
      fit_.beta[0] = portable_log(terms_.label_sum / (terms_.weight - terms_.label_sum));
      std::ranges::fill(margin_, fit_.beta[0]);
    }
    double loss = loss_at(margin_, fit_.beta);
    while (true) {
      differentiate();
      double distance = distance_from_optimum(fit_.beta, gradient_, net_.l1);
      fit_.gradient = distance / terms_.weight;
      if (fit_.gradient <= options_.tolerance) return finish(loss);
      if (fit_.iterations == options_.max_iterations)
        return fail(Code::kInvalid,
                    "no optimum after {} iterations: the gradient is {:.2g}, and {:.2g} is asked "
                    "for; raise max_iterations, tolerance or the penalty",
                    fit_.iterations, fit_.gradient, options_.tolerance);
      TRY_VOID(descend(distance));
      TRY(loss, advance(loss));
      ++fit_.iterations;
    }
  }

 private:
  bool logistic() const { return options_.family == Family::kLogistic; }
  double weight_of(std::size_t i) const { return data_.weight_of(static_cast<std::int64_t>(i)); }
  double label_of(std::size_t i) const {
    if (logistic()) return data_.label[i];
    return (data_.label[i] - terms_.label_sum / terms_.weight) / terms_.label_deviation;
  }

  double loss_at(const std::vector<double>& margin, const std::vector<double>& beta) const {
    double sum = 0;
    for (std::size_t i = 0; i < margin.size(); ++i)
      sum += weight_of(i) * row_loss(options_.family, margin[i], label_of(i)).loss;
    return sum + net_.penalty(beta);
  }

  // The loss at beta by its rows, and the gradient with l2 in it.
  void differentiate() {
    for (std::size_t i = 0; i < margin_.size(); ++i) {
      RowLoss row = row_loss(options_.family, margin_[i], label_of(i));
      slope_[i] = weight_of(i) * row.slope;
      curvature_[i] = weight_of(i) * row.curvature;
    }
    for (std::size_t j = 0; j < gradient_.size(); ++j) {
      double sum = j == 0 ? 0 : net_.l2 * fit_.beta[j];
      columns_.each(j, [&](std::size_t i, double x) { sum += slope_[i] * x; });
      gradient_[j] = sum;
    }
  }

  // Sets at_ to the optimum of the quadratic model, and moved_ to how it moves the margins.
  Status descend(double distance) {
    at_ = fit_.beta;
    moved_.assign(margin_.size(), 0.0);
    diagonal_.assign(at_.size(), 0.0);
    for (std::size_t j = 0; j < at_.size(); ++j) {
      double sum = j == 0 ? 0 : net_.l2;
      columns_.each(j, [&](std::size_t i, double x) { sum += curvature_[i] * x * x; });
      diagonal_[j] = sum;
    }
    double tolerance =
        std::max(kShareOfStart * distance, kShareOfEnd * options_.tolerance * terms_.weight);
    bool all = true;
    for (int sweeps = 0; sweeps < kMostSweeps; ++sweeps) {
      TRY_VOID(cancel_.check());
      double most = 0;
      for (std::size_t j = 0; j < at_.size(); ++j)
        if (all || j == 0 || at_[j] != 0) most = std::max(most, visit(j));
      bool settled = most <= tolerance;
      if (settled && all) return {};
      all = settled;
    }
    return {};
  }

  // slope_ follows the margins of the quadratic model: slope + curvature x moved.
  double visit(std::size_t j) {
    double curvature = diagonal_[j];
    if (!(curvature > 0)) return 0;
    double gradient = j == 0 ? 0 : net_.l2 * at_[j];
    columns_.each(j, [&](std::size_t i, double x) { gradient += slope_[i] * x; });
    double best = at_[j] - gradient / curvature;
    if (j > 0) best = shrunk(curvature * at_[j] - gradient, net_.l1) / curvature;
    double change = best - at_[j];
    if (change == 0) return 0;
    at_[j] = best;
    columns_.each(j, [&](std::size_t i, double x) {
      moved_[i] += change * x;
      slope_[i] += curvature_[i] * change * x;
    });
    return std::abs(change) * curvature;
  }

  // Goes to at_, or half of the way there and so on, until the loss does not rise.
  Result<double> advance(double loss) {
    constexpr int kMostHalvings = 30;
    constexpr double kRounding = 1e-12;
    double allowed = kRounding * (logistic() ? loss : loss + terms_.weight);
    std::vector<double> beta(at_.size());
    std::vector<double> margin(margin_.size());
    double length = 1;
    for (int halving = 0; halving < kMostHalvings; ++halving, length /= 2) {
      for (std::size_t j = 0; j < beta.size(); ++j)
        beta[j] = length == 1 ? at_[j] : fit_.beta[j] + length * (at_[j] - fit_.beta[j]);
      for (std::size_t i = 0; i < margin.size(); ++i) margin[i] = margin_[i] + length * moved_[i];
      double there = loss_at(margin, beta);
      if (!(there <= loss + allowed)) continue;
      fit_.beta = std::move(beta);
      margin_ = std::move(margin);
      return there;
    }
    return fail(Code::kInvalid,
                "no step lowers the loss of {:.17g} any more, with a gradient of {:.2g}; raise "
                "tolerance or the penalty",
                loss, fit_.gradient);
  }

  LinearFit finish(double loss) {
    double scale = terms_.label_deviation;
    fit_.loss = (loss - net_.penalty(fit_.beta)) / terms_.weight;
    if (!logistic()) {
      fit_.loss *= 2 * scale * scale;
      for (double& beta : fit_.beta) beta *= scale;
      fit_.beta[0] += terms_.label_sum / terms_.weight;
    }
    return std::move(fit_);
  }

  const LabelledMatrix& data_;
  const Terms& terms_;
  const NewtonOptions& options_;
  ElasticNet net_;
  const CancelToken& cancel_;
  Columns columns_;
  std::vector<double> margin_;
  std::vector<double> slope_;
  std::vector<double> curvature_;
  std::vector<double> gradient_;
  std::vector<double> at_;
  std::vector<double> moved_;
  std::vector<double> diagonal_;
  LinearFit fit_;
};

}  // namespace

Result<LinearFit> fit_by_descent(const LabelledMatrix& data, const Terms& terms,
                                 const NewtonOptions& options, const CancelToken& cancel) {
  return Descent(data, terms, options, cancel).run();
}

}  // namespace lode
