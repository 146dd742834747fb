// The rank-sum test behind most leak detectors: does a score tell the two classes apart, by how
// much, and could it be chance.
//
// Method: Mann and Whitney (1947) by midranks, normal approximation with the variance for ties;
// strata are joined by adding their pairs and variances (van Elteren, 1960, with weights that make
// the sum a count of pairs). Limits of proportions by Wilson (1927).
// Threads: pure functions. Exact counts; the same bytes everywhere.
#pragma once

#include <cstdint>
#include <span>

namespace lode {

struct RankSum {
  double auc = 0.5;  // share of pairs in which the positive scores higher, ties counting half
  double error = 0;  // standard, of the AUC if the score says nothing; 0 = nothing to compare
  double p = 1;      // two-sided, of an AUC of one half
  double pairs = 0;  // of a positive and a negative row
  std::int64_t positives = 0;
  std::int64_t negatives = 0;

  double strength() const { return auc < 0.5 ? 1 - auc : auc; }  // whichever way it points
  // A lower limit for the strength, two-sided at `alpha`, not below one half. By the error under
  // no effect, which is the larger one for strong scores.
  double strength_low(double alpha) const;
};

// Columns of equal length, no NaN. O(n log n).
RankSum rank_sum(std::span<const double> score, std::span<const std::uint8_t> label);

// Only pairs within one stratum count. O(n log n).
RankSum stratified_rank_sum(std::span<const double> score, std::span<const std::uint8_t> label,
                            std::span<const std::int64_t> stratum);

// Limits of a share of `hits` in `of` trials, two-sided at alpha; 0 and 1 for no trials. By Wilson.
struct ShareLimits {
  double low = 0;
  double high = 1;
};
ShareLimits share_limits(std::int64_t hits, std::int64_t of, double alpha);

}  // namespace lode
