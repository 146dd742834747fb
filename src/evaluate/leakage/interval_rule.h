// The best decision tree of depth 2 on one column: at most four intervals with alternating labels.
// It finds targets that hide in a column without any order, where a rank sum sees nothing.
//
// Method: exact maximum of the balanced accuracy by dynamic programming over sorted values, not a
// greedy search, which fails on a symmetric interval (Fulton, Kasif, Salzberg, 1995, Efficient
// algorithms for finding multi-way splits). Threads: pure functions. O(n log n), whole numbers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/leakage/rank_sum.h"

namespace lode {

struct IntervalRule {
  std::vector<double> cuts;      // ascending, at most 3: an interval begins at its cut
  std::uint8_t first_label = 0;  // below the first cut; alternates

  std::uint8_t label(double value) const;
};

// Columns of equal length, no NaN. Without both labels the rule has no cuts.
IntervalRule fit_interval_rule(std::span<const double> value, std::span<const std::uint8_t> label);

// How well the rule of each of two folds (0 or 1 a row) tells the labels of the other: the AUC is
// the balanced accuracy, and p is honest although the rule was fitted.
RankSum held_out_intervals(std::span<const double> value, std::span<const std::uint8_t> label,
                           std::span<const std::int64_t> fold);

}  // namespace lode
