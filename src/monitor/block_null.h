// How large a drift statistic is where nothing drifts: periods put together from whole days of the
// reference, held against a reference put together from whole days of itself.
//
// Rows of one day share its weather, so chance is drawn by days (or runs of days), not by rows: in
// a replicate the period is as many days as the real one has, drawn with replacement, and the
// reference as many as it has. A period of fewer rows than its days would have is made of eighths
// of days, so that the noise of few rows is in it too. A period of more rows is held against too
// much noise: the alarm is then too slow, never too eager.
//
// Neighbouring days may be alike too. Then runs of them are drawn: where the autocorrelation from a
// day to the next is above 1.64 / root(days), runs of about the cube root of the days (the order
// that Hall, Horowitz and Jing, 1995, show for variances). Runs of single days are too eager then.
//
// The n runs of a reference also say little of how much runs differ. So a replicate's statistic is
// multiplied by root(n / (n - 1) * f / chi-square of f), f = n - 1 rounded down to even (to the
// statistic's degree): of a mean this is Student's interval (1908) instead of the normal one, and
// of what is better known than that it is a little too wide.
//
// Threads: immutable once drawn. Determinism: by seed. Memory: 4 bytes a day drawn.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "monitor/drift.h"

namespace lode {

inline constexpr std::size_t kSlices = 8;  // of a day

// What a period is made of when it is drawn.
struct DrawnShape {
  std::size_t days = 7;
  std::size_t slices = kSlices;  // of each of its days: 1 .. kSlices
  auto operator<=>(const DrawnShape&) const = default;
};

// Sums by day and slice of the reference: unit u = day * per_day + slice. A unit's sums are `bins`
// counts, then, if judged, `bins` sums of scores and of labels.
struct DayCells {
  std::size_t days = 0;
  std::size_t per_day = kSlices;  // or 1, where no period is drawn of parts of days
  std::size_t bins = 0;
  bool judged = false;
  bool ordered = true;
  std::vector<double> slices;
  std::vector<double> whole;  // of days: the sums of their slices, once all are there

  std::size_t stride() const { return judged ? 3 * bins : bins; }
  void sum_days();
};

// Autocorrelation from a day to the next of what a detector looks at: shares of bins, all together;
// the share of label 1; the gap of predictions. 0 where days do not differ.
double days_alike(const DayCells& cells, DriftOf of);
// The days to be drawn in a run where neighbouring days are so alike.
std::size_t run_length(std::size_t days, double alike);

// A unit's sums as a detector sees them.
BinnedRows binned(std::span<const double> sums, const DayCells& cells);

class NullDraws {
 public:
  // `days` of the reference; `run` of them are drawn together, 1 to half of them.
  NullDraws(std::size_t days, std::size_t run, DrawnShape shape, std::size_t replicates,
            std::uint64_t seed);

  std::size_t replicates() const { return spread_.size(); }
  // The size of each statistic in each replicate, [detector][replicate]. O(replicates * days *
  // bins).
  std::vector<std::vector<double>> sizes(const DayCells& cells,
                                         std::span<const DriftDetector* const> detectors) const;

 private:
  struct Unit {
    std::uint32_t day;
    std::uint32_t slice;  // the first of it
  };
  void add_period(const DayCells& cells, std::size_t replicate, std::span<double> sums) const;

  std::size_t days_;
  DrawnShape shape_;
  std::vector<Unit> period_;              // replicates x shape.days
  std::vector<std::uint32_t> reference_;  // replicates x days
  std::vector<double> spread_;            // of each replicate, as above
};

}  // namespace lode
