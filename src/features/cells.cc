#include "features/cells.h"

#include <algorithm>

#include "features/running_parts.h"

namespace lode {
namespace {

void count_values(ValueCounts& into, const ValueCounts& from, std::int64_t limit) {
  for (const auto& [value, count] : from) {
    if (!into.empty() && into.front().second == kOverLimitCount) return;
    if (count == kOverLimitCount) {
      into = from;
      return;
    }
    auto place = std::ranges::lower_bound(into, value, {}, &ValueCounts::value_type::first);
    if (place != into.end() && place->first == value)
      place->second += count;
    else
      into.insert(place, {value, count});
    if (limit > 0 && std::cmp_greater(into.size(), limit)) into = {{kNoValue, kOverLimitCount}};
  }
}

}  // namespace

std::span<const KeptParts> Cells::parts() const {
  auto w = static_cast<std::size_t>(window_);
  auto begin = static_cast<std::size_t>(layout_->first_part[w]);
  return std::span(layout_->parts)
      .subspan(begin, static_cast<std::size_t>(layout_->first_part[w + 1]) - begin);
}

FoldOrder Cells::order_at(const std::int64_t* cell, int at) const {
  if (!layout_->store_order) return {cell[at], 0, 0};
  return {cell[at], cell[at + 1], cell[at + 2]};
}

std::size_t Cells::position(std::int64_t number) const {
  std::size_t low = 0;
  std::size_t high = size();
  if (high > 0 && words_[(high - 1) * width()] < number) return high;  // the common case
  while (low < high) {
    std::size_t middle = low + (high - low) / 2;
    if (words_[middle * width() + kCellNumber] < number)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void Cells::fold(const std::int64_t* entries, std::size_t count, std::int64_t low) {
  std::vector<std::int64_t> cell(width());
  std::vector<ValueCounts> values(distincts());
  for (std::size_t e = 0; e < count; ++e) {
    const std::int64_t* entry = entries + e * static_cast<std::size_t>(layout_->entry_words);
    if (entry[0] < low) continue;
    put(entry, cell, values);
    merge(cell, values);
  }
}

// One record as a cell.
void Cells::put(const std::int64_t* entry, std::span<std::int64_t> cell,
                std::span<ValueCounts> values) const {
  std::ranges::fill(cell, 0);
  cell[kCellNumber] = window().cell_of(entry[0]);
  cell[kCellRows] = 1;
  FoldOrder order = layout_->order_of(entry);
  for (int at : {kCellLast, shape_->first_at}) {
    if (at < 0) continue;
    auto place = static_cast<std::size_t>(at);
    cell[place] = order.time;
    if (!layout_->store_order) continue;
    cell[place + 1] = order.id;
    cell[place + 2] = order.seq;
  }
  for (const KeptParts& kept : parts()) {
    if (kept.slot < 0) continue;
    std::int64_t value = entry[layout_->slots_at + kept.slot];
    const PartWords& at = kept.in_cell;
    for (int extreme : {at.least, at.greatest})
      if (extreme >= 0) cell[static_cast<std::size_t>(extreme)] = kNoValue;
    for (int end : {at.first, at.last})
      if (end >= 0) cell[static_cast<std::size_t>(end)] = value;
    if (kept.distinct_at >= 0) values[static_cast<std::size_t>(kept.distinct_at)].clear();
    if (value == kNoValue) continue;
    add_value(cell.data(), at, value);
    if (kept.distinct_at >= 0)
      values[static_cast<std::size_t>(kept.distinct_at)].emplace_back(value, 1);
  }
}

void Cells::merge(std::span<const std::int64_t> cell, std::span<const ValueCounts> values) {
  std::size_t i = position(cell[kCellNumber]);
  if (i < size() && words_[i * width() + kCellNumber] == cell[kCellNumber])
    return merge_into(i, cell, values);
  words_.insert(words_.begin() + static_cast<std::ptrdiff_t>(i * width()), cell.begin(),
                cell.end());
  values_.insert(values_.begin() + static_cast<std::ptrdiff_t>(i * distincts()), values.begin(),
                 values.end());
}

void Cells::merge_into(std::size_t i, std::span<const std::int64_t> cell,
                       std::span<const ValueCounts> values) {
  std::int64_t* into = &words_[i * width()];
  auto order_words = static_cast<std::size_t>(layout_->store_order ? 3 : 1);
  auto take = [&](int at, bool last) {
    if (at < 0) return;
    FoldOrder mine = order_at(into, at);
    FoldOrder other = order_at(cell.data(), at);
    if (last ? !layout_->before(mine, other) : !layout_->before(other, mine)) return;
    std::copy_n(cell.data() + at, order_words, into + at);
    for (const KeptParts& kept : parts()) {
      int word = last ? kept.in_cell.last : kept.in_cell.first;
      if (word >= 0) into[word] = cell[static_cast<std::size_t>(word)];
    }
  };
  take(kCellLast, true);
  take(shape_->first_at, false);
  into[kCellRows] += cell[kCellRows];
  for (const KeptParts& kept : parts()) {
    if (kept.slot < 0) continue;
    add_words(into, kept.in_cell, cell.data(), kept.in_cell, 1);
    if (kept.distinct_at < 0) continue;
    auto d = static_cast<std::size_t>(kept.distinct_at);
    count_values(values_[i * distincts() + d], values[d], kept.distinct_limit);
  }
}

void Cells::drop_before(std::int64_t low) {
  std::size_t gone = 0;
  while (gone < size() && window().cell_last(words_[gone * width() + kCellNumber]) < low) ++gone;
  words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(gone * width()));
  values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(gone * distincts()));
}

std::int64_t Cells::missing(const std::int64_t* entries, std::size_t count,
                            std::int64_t low) const {
  std::int64_t missing = 0;
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (std::size_t e = 0; e < count; ++e) {
    std::int64_t time = entries[e * static_cast<std::size_t>(layout_->entry_words)];
    if (time < low) continue;
    std::int64_t number = window().cell_of(time);
    if (number == last) continue;
    last = number;
    std::size_t i = position(number);
    if (i == size() || words_[i * width() + kCellNumber] != number) ++missing;
  }
  return missing;
}

std::int64_t Cells::memory_bytes() const {
  std::size_t bytes = words_.capacity() * 8 + values_.capacity() * sizeof(ValueCounts);
  for (const ValueCounts& values : values_)
    bytes += values.capacity() * sizeof(ValueCounts::value_type);
  return static_cast<std::int64_t>(bytes);
}

}  // namespace lode
