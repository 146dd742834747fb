// Which columns' drift moves a score: an alarm over scores, base rate or calibration says that
// something is different, and not what.
//
// A column's part is how far it has moved, in about the deviations it usually has (the root of its
// PSI beyond what is usual by chance), times how much the model makes of it (the mean size of its
// Shapley values): in the unit of the model's margin, the shift that it can have made. Parts are of
// all columns' together. That is a hint where to look, not a proof: columns that move together
// share a part by their weights, and where no column has moved the cause is not among them.
//
// Threads: a pure function. O(series).
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "monitor/watch.h"

namespace lode {

struct DriftCause {
  std::string column;
  double share = 0;   // of all columns' parts, 0 .. 1
  double psi = 0;     // of the period
  double weight = 0;  // mean size of its Shapley values
};

// A column and the mean size of its Shapley values.
using ColumnWeights = std::vector<std::pair<std::string, double>>;

// Of a period of the watch, the largest part first; columns that have not moved beyond chance, or
// that the model makes nothing of, are left out. Empty without a null.
std::vector<DriftCause> drift_causes(const Watch& watch, std::size_t period,
                                     const ColumnWeights& weights);

}  // namespace lode
