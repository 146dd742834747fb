#include "orchestrate/walk_candidate.h"

#include <algorithm>

#include "base/time.h"

namespace lode {

RowsByTime::RowsByTime(const TrainingTable& training)
    : training_(&training), order_(training.time.size()) {
  for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::int64_t>(i);
  std::ranges::stable_sort(order_, {}, [&](std::int64_t row) { return time(row); });
}

std::int64_t RowsByTime::end() const { return order_.empty() ? 0 : time(order_.back()) + 1; }

std::vector<std::int64_t> RowsByTime::between(std::int64_t begin, std::int64_t end,
                                              std::int64_t known_at) const {
  auto by_time = [&](std::int64_t row) { return time(row); };
  auto from = std::ranges::lower_bound(order_, begin, {}, by_time);
  auto to = std::ranges::lower_bound(order_, end, {}, by_time);
  std::vector<std::int64_t> rows;
  for (auto at = from; at < to; ++at)
    if (known(*at) <= known_at) rows.push_back(*at);
  std::ranges::sort(rows);
  return rows;
}

std::vector<std::int64_t> WalkCandidate::training_rows(const RowsByTime& rows,
                                                       std::int64_t begin) const {
  constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::min();
  if (challenger == nullptr) {
    const TimeRange& range = model->split.train;
    std::int64_t from = range.begin ? range.begin->us : kEver;
    std::int64_t to = range.end ? std::min(range.end->us, begin) : begin;
    return rows.between(from, to, begin);
  }
  std::int64_t back = challenger->train.us;
  return rows.between(back > 0 ? saturating_subtract(begin, back) : kEver, begin, begin);
}

}  // namespace lode
