#include "mine/linear/loss.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"

namespace lode {
namespace {

void add_row(const std::vector<double>& dense, const std::size_t* indicators, std::size_t count,
             double residual, double curvature, LossSums& sums) {
  for (std::size_t i = 0; i < dense.size(); ++i) {
    sums.gradient[i] += residual * dense[i];
    double scaled = curvature * dense[i];
    double* row = sums.hessian.row(i);
    for (std::size_t j = 0; j <= i; ++j) row[j] += scaled * dense[j];
  }
  for (std::size_t k = 0; k < count; ++k) {
    sums.gradient[indicators[k]] += residual;
    double* row = sums.hessian.row(indicators[k]);
    for (std::size_t j = 0; j < dense.size(); ++j) row[j] += curvature * dense[j];
    for (std::size_t l = 0; l <= k; ++l) row[indicators[l]] += curvature;
  }
}

RowLoss logistic(double eta, bool positive) {
  double e = portable_exp(-std::abs(eta));
  double rare = e / (1 + e);  // probability of the less likely label
  double p = eta >= 0 ? 1 / (1 + e) : rare;
  bool likely = (eta >= 0) == positive;
  return {.loss = portable_log1p(e) + (likely ? 0 : std::abs(eta)),
          .slope = positive ? p - 1 : p,
          .curvature = rare / (1 + e)};
}

RowLoss squared(double eta, double label) {
  double distance = eta - label;
  return {.loss = distance * distance / 2, .slope = distance, .curvature = 1};
}

}  // namespace

RowLoss row_loss(Family family, double margin, double label) {
  return family == Family::kLogistic ? logistic(margin, label == 1) : squared(margin, label);
}

DesignRows::DesignRows(const LabelledMatrix& data, const Terms& terms)
    : data_(data), terms_(terms) {
  for (const NumericTerm& term : terms.numeric) scale_.push_back(1 / term.deviation);
}

std::size_t DesignRows::read(std::int64_t row, double* dense, std::size_t* indicators) const {
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

LinearLoss::LinearLoss(const LabelledMatrix& data, const Terms& terms, Family family)
    : data_(data),
      family_(family),
      rows_(data, terms),
      lanes_(Lanes::of(data.features.rows, terms.parameters * (terms.parameters + 1) / 2)),
      parts_(lanes_.count, LossSums(terms.parameters)) {
  if (family == Family::kLogistic) return;
  label_mean_ = terms.label_sum / terms.weight;
  label_scale_ = 1 / terms.label_deviation;
}

Result<LossSums*> LinearLoss::evaluate(const std::vector<double>& beta, ThreadPool& pool,
                                       const CancelToken& cancel) {
  TRY_VOID(
      parallel_for(pool, lanes_.count, [&](std::size_t lane) { sum_lane(lane, beta); }, cancel));
  std::vector<std::span<double>> gradients;
  std::vector<std::span<double>> hessians;
  std::vector<std::span<double>> losses;
  for (LossSums& part : parts_) {
    gradients.emplace_back(part.gradient);
    hessians.push_back(part.hessian.cells());
    losses.emplace_back(&part.loss, 1);
  }
  join_lanes(gradients);
  join_lanes(hessians);
  join_lanes(losses);
  return parts_.data();
}

void LinearLoss::sum_lane(std::size_t lane, const std::vector<double>& beta) {
  LossSums& sums = parts_[lane];
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
    double label = data_.label[static_cast<std::size_t>(i)];
    RowLoss row = row_loss(family_, eta, (label - label_mean_) * label_scale_);
    sums.loss += weight * row.loss;
    add_row(dense, indicators.data(), count, weight * row.slope, weight * row.curvature, sums);
  }
}

}  // namespace lode
