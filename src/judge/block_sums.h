// Metrics that are a function of a few sums over the rows (RMSE, R2, precision): the sums by block
// are all a replicate needs.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "judge/metric.h"

namespace lode {

// of(sums over the rows that were drawn); NaN there where the metric has no value.
template <std::size_t kSums, typename Of>
class OfBlockSums final : public PreparedMetric {
 public:
  OfBlockSums(std::size_t blocks, Of of) : sums_(blocks), of_(std::move(of)) {}
  void add(std::size_t block, double weight, const std::array<double, kSums>& terms) {
    for (std::size_t k = 0; k < kSums; ++k) sums_[block][k] += weight * terms[k];
  }
  double value(std::span<const double> draws) const override {
    std::array<double, kSums> total{};
    for (std::size_t b = 0; b < draws.size(); ++b)
      for (std::size_t k = 0; k < kSums; ++k) total[k] += draws[b] * sums_[b][k];
    return of_(total);
  }

 private:
  std::vector<std::array<double, kSums>> sums_;
  Of of_;
};

// terms(score, target) of every row, added in row order with the row's weight.
template <std::size_t kSums, typename Terms, typename Of>
std::unique_ptr<PreparedMetric> of_block_sums(const Sample& sample, Terms terms, Of of) {
  auto sums = std::make_unique<OfBlockSums<kSums, Of>>(sample.blocks(), std::move(of));
  for (std::size_t i = 0; i < sample.rows(); ++i)
    sums->add(sample.block(i), sample.weight(i), terms(sample.score(i), sample.target(i)));
  return sums;
}

// What came of calling every row with a probability of at least 0.5 label 1.
struct Called {
  double hits = 0;    // called 1, and 1
  double false1 = 0;  // called 1, and 0
  double missed = 0;  // called 0, and 1
};

template <typename Of>
std::unique_ptr<PreparedMetric> of_called(const Sample& sample, Of of) {
  auto terms = [](double score, double label) -> std::array<double, 3> {
    double called = score >= 0.5 ? 1 : 0;
    return {called * label, called * (1 - label), (1 - called) * label};
  };
  return of_block_sums<3>(sample, terms, [of](const std::array<double, 3>& sums) {
    return of(Called{.hits = sums[0], .false1 = sums[1], .missed = sums[2]});
  });
}

}  // namespace lode
