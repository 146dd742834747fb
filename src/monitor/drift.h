// Drift: how far rows of a period have moved from those of a reference, as numbers. A drift
// detector is a component (kind "drift", one .cc in monitor/drift/) that turns two sets of binned
// rows into one number. It knows nothing of chance: monitor/block_null.h says how large the number
// is among days of the reference itself, and monitor/watch.h when that is an alarm.
//
// Threads: detectors are immutable; each may be asked from any thread. Cost: O(bins).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lode {

// Sums of rows by bin. Bin 0 holds rows without a value; the others stand in order of the values
// where there is one, and the last holds what is rare or new where there is none.
struct BinnedRows {
  std::span<const double> rows;       // counts
  std::span<const double> predicted;  // sums of scores (of losses: DriftOf); empty of a column
  std::span<const double> observed;   // sums of labels; empty of a column
  bool ordered = true;
};

// What a detector looks at, and so which alarm it can raise.
enum class DriftOf : std::uint8_t {
  kValues,       // of a column, or of the scores
  kLabels,       // how often the label is 1
  kPredictions,  // what was predicted against what came true, whatever it was in the reference
  kLosses,       // how wrong predictions were; their sums stand where those of scores do
};

// What the Component of a detector points to with `factory`.
struct DriftDetector {
  std::string_view name;
  DriftOf of = DriftOf::kValues;
  bool ordered_only = false;  // means nothing of categories
  bool upward = false;        // only a positive value is an alarm
  // How it grows with a small shift: 1 in proportion, 2 with its square.
  int degree = 1;
  double least = 0;  // smaller ones are no alarm however unlikely they are: nobody would act
  double usual = 0;  // where people commonly draw the line, whatever the sample; 0: nowhere
  // Signed where the direction means something; the size counts. Finite for any counts, also where
  // one side has no rows.
  double (*statistic)(const BinnedRows& reference, const BinnedRows& now);
};

// What of a statistic counts as its size.
inline double size_of(const DriftDetector& detector, double value) {
  return detector.upward ? std::max(0.0, value) : std::abs(value);
}

// By name, and all of them in order of name.
std::vector<const DriftDetector*> all_drift_detectors();
// kNotFound with the nearest name, or all of them.
Result<const DriftDetector*> find_drift_detector(std::string_view name);

double sum_of(std::span<const double> values);
// part / whole, 0 of nothing.
double share_of(double part, double whole);

}  // namespace lode
