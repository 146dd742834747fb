#include "serve/changes.h"

#include <algorithm>
#include <utility>

namespace lode {
namespace {

// Versions at the new cut, instance by instance: calls `each` with those of every instance that has
// a new one.
template <typename Each>
Status for_touched(const Table& records, const Arrivals& arrivals, Each&& each) {
  TRY(std::vector<Version> versions, versions_of(records, arrivals.through));
  const Column& seq = *records.find(kSeqColumn);
  for (std::size_t begin = 0; begin < versions.size();) {
    std::size_t end = begin + 1;
    while (end < versions.size() && versions[end].instance == versions[begin].instance) ++end;
    std::span<const Version> all(versions.data() + begin, end - begin);
    bool touched = std::ranges::any_of(
        all, [&](const Version& v) { return seq.int64(v.row) > arrivals.after; });
    if (touched) each(all);
    begin = end;
  }
  return {};
}

}  // namespace

void TouchedKeys::add(std::int64_t key, const TimeSpan& span) {
  if (key < 0 || span.first > span.last) return;
  auto at = static_cast<std::size_t>(key);
  if (at >= spans_.size()) spans_.resize(at + 1, {kForever, -kForever});
  spans_[at].first = std::min(spans_[at].first, span.first);
  spans_[at].last = std::max(spans_[at].last, span.last);
}

Result<TouchedKeys> TouchedKeys::find(const Project& project, const Group& group,
                                      const Table& records, const Arrivals& arrivals) {
  TouchedKeys out;
  TRY(std::vector<std::int64_t> reading,
      clock_readings(project, *group.source, clock_of(group), records));
  const Column& seq = *records.find(kSeqColumn);
  const Column& by = *records.find(group.by);
  TRY_VOID(for_touched(records, arrivals, [&](std::span<const Version> versions) {
    // Reads before the first new version was known are as they were; of a record that has but one
    // version, also those before its reading.
    TimeSpan span{kForever, -kForever};
    std::int64_t latest = -kForever;
    for (const Version& v : versions) {
      std::int64_t at = reading[static_cast<std::size_t>(v.row)];
      if (at != kForever && !v.retraction) latest = std::max(latest, at);
      if (seq.int64(v.row) <= arrivals.after) continue;
      std::int64_t from = versions.size() == 1 ? std::max(at, v.visible_from) : v.visible_from;
      span.first = std::min(span.first, from);
    }
    span.last = latest == -kForever ? latest : last_seeing(group, latest);
    for (const Version& v : versions)
      if (!v.retraction) out.add(out.keys_.add(by, v.row), span);
  }));
  return out;
}

void TouchedKeys::mark(const Column& keys, const std::vector<std::int64_t>& t0,
                       std::vector<std::uint8_t>& touched) const {
  std::vector<std::int64_t> number = find_keys(keys_, keys);
  for (std::size_t i = 0; i < number.size(); ++i) {
    auto key = static_cast<std::size_t>(number[i]);
    if (number[i] < 0 || key >= spans_.size()) continue;
    if (t0[i] >= spans_[key].first && t0[i] <= spans_[key].last) touched[i] = 1;
  }
}

Result<OwnChanges> own_changes(const Table& records, const Arrivals& arrivals) {
  OwnChanges out;
  const Column& seq = *records.find(kSeqColumn);
  TRY_VOID(for_touched(records, arrivals, [&](std::span<const Version> versions) {
    out.touched.push_back(versions.front().order_seq);
    for (const Version& v : versions)
      if (seq.int64(v.row) <= arrivals.after) out.older.push_back(seq.int64(v.row));
  }));
  std::ranges::sort(out.touched);
  std::ranges::sort(out.older);
  return out;
}

}  // namespace lode
