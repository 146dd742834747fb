#include "monitor/periods.h"

#include <algorithm>

namespace lode {
namespace {

constexpr std::int64_t kDay = days(1).us;

}  // namespace

WatchCalendar::WatchCalendar(const WatchedRows& rows, Duration period) {
  place_reference(rows);
  place_watched(rows, period);
}

void WatchCalendar::place_reference(const WatchedRows& rows) {
  std::vector<std::int64_t> days;
  for (std::int64_t row : rows.reference) {
    std::int64_t day = day_number({rows.time[static_cast<std::size_t>(row)]});
    if (days.empty() || days.back() != day) days.push_back(day);  // rows come in order, mostly
  }
  std::ranges::sort(days);
  days.erase(std::ranges::unique(days).begin(), days.end());
  reference_days_ = days.size();
  day_of_.reserve(rows.reference.size());
  std::size_t last = 0;
  for (std::int64_t row : rows.reference) {
    std::int64_t day = day_number({rows.time[static_cast<std::size_t>(row)]});
    if (days[last] != day)
      last = static_cast<std::size_t>(std::ranges::lower_bound(days, day) - days.begin());
    day_of_.push_back(static_cast<std::uint32_t>(last));
  }
}

void WatchCalendar::place_watched(const WatchedRows& rows, Duration period) {
  std::int64_t first = day_number({rows.time[static_cast<std::size_t>(rows.watched.front())]});
  std::int64_t last = first;
  for (std::int64_t row : rows.watched) {
    std::int64_t day = day_number({rows.time[static_cast<std::size_t>(row)]});
    first = std::min(first, day);
    last = std::max(last, day);
  }
  std::int64_t asked = std::max<std::int64_t>(1, period.us / kDay);
  std::int64_t length = asked;
  while ((last - first) / length + 1 > kMostWatched) length += asked;
  auto count = static_cast<std::size_t>((last - first) / length + 1);
  std::vector<WatchedPeriod> all(count);
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(last - first + 1));
  period_of_.reserve(rows.watched.size());
  for (std::int64_t row : rows.watched) {
    std::int64_t day = day_number({rows.time[static_cast<std::size_t>(row)]}) - first;
    auto p = static_cast<std::size_t>(day / length);
    ++all[p].rows;
    if (seen[static_cast<std::size_t>(day)]++ == 0) ++all[p].days;
    seen[static_cast<std::size_t>(day)] = 1;
    period_of_.push_back(static_cast<std::uint32_t>(p));
  }
  std::vector<std::uint32_t> number(count);
  for (std::size_t p = 0; p < count; ++p) {
    std::int64_t begin = first + static_cast<std::int64_t>(p) * length;
    all[p].begin = {begin * kDay};
    all[p].end = {(begin + length) * kDay};
    number[p] = static_cast<std::uint32_t>(periods_.size());
    if (all[p].rows > 0) periods_.push_back(all[p]);
  }
  for (std::uint32_t& p : period_of_) p = number[p];
}

DrawnShape WatchCalendar::shape(const WatchedPeriod& period) const {
  constexpr double kAsMany = 0.9;
  auto days = static_cast<std::size_t>(period.days);
  double usual = static_cast<double>(day_of_.size()) / static_cast<double>(reference_days_);
  double share = static_cast<double>(period.rows) / (usual * static_cast<double>(days));
  if (share >= kAsMany) return {days, kSlices};
  auto slices = static_cast<std::size_t>(share * kSlices);
  return {days, std::max<std::size_t>(1, slices)};
}

}  // namespace lode
