// Metrics that are a weighted mean of one term a row (log-loss, Brier score, accuracy, absolute
// error): their sums by block are all a replicate needs.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "judge/metric.h"

namespace lode {

// Sum of draws * total over sum of draws * weight. NaN when nothing was drawn.
class RowMean final : public PreparedMetric {
 public:
  explicit RowMean(std::size_t blocks) : total_(blocks), weight_(blocks) {}
  void add(std::size_t block, double weight, double term) {
    total_[block] += weight * term;
    weight_[block] += weight;
  }
  double value(std::span<const double> draws) const override {
    double total = 0;
    double weight = 0;
    for (std::size_t b = 0; b < draws.size(); ++b) {
      total += draws[b] * total_[b];
      weight += draws[b] * weight_[b];
    }
    return total / weight;
  }

 private:
  std::vector<double> total_;
  std::vector<double> weight_;
};

// term(score, label) of every row of a binary task, added in row order.
template <typename Term>
std::unique_ptr<PreparedMetric> row_mean(const Sample& sample, Term term) {
  auto mean = std::make_unique<RowMean>(sample.blocks());
  for (std::size_t i = 0; i < sample.rows(); ++i)
    mean->add(sample.block(i), sample.weight(i), term(sample.score(i), sample.label(i)));
  return mean;
}

// term(score, target) of every row, whatever the task. Of a row of weight 0 it may be no number.
template <typename Term>
std::unique_ptr<PreparedMetric> target_mean(const Sample& sample, Term term) {
  auto mean = std::make_unique<RowMean>(sample.blocks());
  for (std::size_t i = 0; i < sample.rows(); ++i)
    if (sample.weight(i) > 0)
      mean->add(sample.block(i), sample.weight(i), term(sample.score(i), sample.target(i)));
  return mean;
}

}  // namespace lode
