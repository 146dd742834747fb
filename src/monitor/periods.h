// Days of a reference and periods behind it: where each row belongs.
//
// Threads: immutable once made.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "monitor/block_null.h"
#include "monitor/watch.h"

namespace lode {

class WatchCalendar {
 public:
  // `rows` must not be empty on either side. O(rows).
  WatchCalendar(const WatchedRows& rows, Duration period);

  const std::vector<WatchedPeriod>& periods() const { return periods_; }
  std::size_t reference_days() const { return reference_days_; }
  // Of each reference row, its day among those that have rows; of each watched row, its period.
  std::span<const std::uint32_t> day_of() const { return day_of_; }
  std::span<const std::uint32_t> period_of() const { return period_of_; }
  // What a period is drawn as: its days, and eighths of them where it has fewer rows than they.
  DrawnShape shape(const WatchedPeriod& period) const;

 private:
  void place_reference(const WatchedRows& rows);
  void place_watched(const WatchedRows& rows, Duration period);

  std::vector<WatchedPeriod> periods_;
  std::size_t reference_days_ = 0;
  std::vector<std::uint32_t> day_of_;
  std::vector<std::uint32_t> period_of_;
};

}  // namespace lode
