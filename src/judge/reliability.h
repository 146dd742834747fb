// Reliability: rows in bins of about equal count by predicted probability, and what came true in
// each. Calibration errors are sums over these bins, and reports draw them as a curve.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "judge/sample.h"

namespace lode {

inline constexpr std::size_t kCalibrationBins = 15;  // as in Guo et al., 2017

struct ReliabilityBin {
  double weight = 0;     // of its rows; never 0 in reliability()
  double predicted = 0;  // mean probability
  double observed = 0;   // share of label 1
};

// Sums by block and bin. Bins are cut once, at the quantiles of the unweighted scores, and stay
// where they are when blocks are re-weighted; equal scores share a bin, so bins may be fewer and
// uneven.
class ReliabilityTable {
 public:
  // `sample` must be ranked and its scores lie in [0, 1]; bins >= 1.
  ReliabilityTable(const Sample& sample, std::size_t bins);
  // All bins with weight, from the lowest scores up, when block b counts draws[b] times.
  // `into` is filled and must have room for bins() entries; returns how many there were.
  std::size_t fill(std::span<const double> draws, std::span<ReliabilityBin> into) const;
  std::size_t bins() const { return bins_; }

 private:
  struct Sums {
    double weight = 0;
    double predicted = 0;
    double observed = 0;
  };
  std::size_t bins_;
  std::vector<Sums> sums_;  // blocks x bins
};

// The curve of the rows as they stand. kInvalid for what Sample::make refuses, scores outside [0,
// 1] and bins outside 1 .. 10000.
Result<std::vector<ReliabilityBin>> reliability(const ScoredRows& rows,
                                                std::size_t bins = kCalibrationBins);

}  // namespace lode
