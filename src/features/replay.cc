#include "features/replay.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "features/fold.h"

namespace lode {
namespace {

// Keys are handed to threads in runs of about this many facts and reads.
constexpr std::int64_t kTaskItems = 65'536;

std::int64_t seen_from(const Facts& facts, std::size_t i) {
  return std::max(facts.time[i], facts.visible_from[i]);
}

// Positions [0, keys.size()) grouped by key, in their order within a key; keys of -1 left out.
struct ByKey {
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> item;
};

ByKey group_by_key(const std::vector<std::int64_t>& keys, std::int64_t key_count) {
  ByKey by;
  by.first.assign(static_cast<std::size_t>(key_count) + 1, 0);
  for (std::int64_t key : keys)
    if (key >= 0) ++by.first[static_cast<std::size_t>(key) + 1];
  std::partial_sum(by.first.begin(), by.first.end(), by.first.begin());
  by.item.resize(static_cast<std::size_t>(by.first.back()));
  std::vector<std::int64_t> next(by.first.begin(), by.first.end() - 1);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] >= 0)
      by.item[static_cast<std::size_t>(next[static_cast<std::size_t>(keys[i])]++)] =
          static_cast<std::int64_t>(i);
  return by;
}

// Runs of keys of about kTaskItems items: boundaries, the same for any number of threads.
std::vector<std::int64_t> task_bounds(const std::vector<std::int64_t>& a,
                                      const std::vector<std::int64_t>& b) {
  std::vector<std::int64_t> bounds = {0};
  auto keys = static_cast<std::int64_t>(a.size()) - 1;
  std::int64_t items = 0;
  for (std::int64_t key = 0; key < keys; ++key) {
    auto i = static_cast<std::size_t>(key);
    items += a[i + 1] - a[i] + b[i + 1] - b[i];
    if (items >= kTaskItems || key + 1 == keys) {
      bounds.push_back(key + 1);
      items = 0;
    }
  }
  return bounds;
}

template <typename T>
std::vector<T> permuted(const std::vector<T>& values, const std::vector<std::int64_t>& order,
                        std::size_t width = 1) {
  std::vector<T> out;
  if (values.empty()) return out;
  out.resize(order.size() * width);
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t w = 0; w < width; ++w)
      out[i * width + w] = values[static_cast<std::size_t>(order[i]) * width + w];
  return out;
}

bool ever_hidden(const Facts& facts, std::int64_t begin, std::int64_t end) {
  if (facts.visible_to.empty()) return false;
  for (std::int64_t i = begin; i < end; ++i)
    if (facts.visible_to[static_cast<std::size_t>(i)] < kForever) return true;
  return false;
}

// One key: facts in the order they can be seen, reads in the order of their times.
class KeySweep {
 public:
  KeySweep(const Layout& layout, const SortedFacts& sorted, const Reads& reads,
           const ReadSink& sink)
      : layout_(layout), sorted_(sorted), reads_(reads), sink_(sink), parts_(layout.parts.size()) {}

  Status run(std::int64_t key, std::span<std::int64_t> items) {
    std::int64_t begin = sorted_.first[static_cast<std::size_t>(key)];
    std::int64_t end = sorted_.first[static_cast<std::size_t>(key) + 1];
    if (ever_hidden(sorted_.facts, begin, end)) return run_changing(begin, end, items);
    auto t0 = [&](std::int64_t i) { return reads_.t0[static_cast<std::size_t>(i)]; };
    if (!std::ranges::is_sorted(items, {}, t0)) std::ranges::stable_sort(items, {}, t0);
    state_.clear(layout_);
    std::int64_t next = begin;
    for (std::int64_t item : items) {
      auto i = static_cast<std::size_t>(item);
      // What k lets be known may lie past t0: it waits in the ring ahead of the windows.
      std::int64_t seen = std::max(t0(item), reads_.k[i]);
      for (; next < end && seen_from(sorted_.facts, static_cast<std::size_t>(next)) <= seen; ++next)
        TRY_VOID(state_.insert(layout_, entry(next)));
      // A k below t0 can hide facts that settling would have to keep.
      if (reads_.k[i] >= t0(item)) state_.settle(layout_, t0(item));
      if (reads_.k[i] < t0(item) || !state_.read(layout_, t0(item), reads_.k[i], parts_)) {
        fold_facts(layout_, sorted_.facts, begin, end, t0(item), reads_.k[i], parts_);
        ++counts_.refolded;
      }
      sink_(i, parts_);
    }
    counts_.folded += next - begin;
    counts_.answered += std::ssize(items);
    return {};
  }

  const ReplayCounts& counts() const { return counts_; }

  void empty(std::size_t read) {
    std::ranges::fill(parts_, Parts{});
    sink_(read, parts_);
    ++counts_.answered;
  }

 private:
  // A key with versions that are hidden again: they go out as they came in. Reads in the order of
  // k, at which the state holds just what is visible; nothing settles, so t0 may lie anywhere.
  Status run_changing(std::int64_t begin, std::int64_t end, std::span<std::int64_t> items) {
    const Facts& facts = sorted_.facts;
    auto k = [&](std::int64_t i) { return reads_.k[static_cast<std::size_t>(i)]; };
    if (!std::ranges::is_sorted(items, {}, k)) std::ranges::stable_sort(items, {}, k);
    appears_.clear();
    for (std::int64_t f = begin; f < end; ++f) {
      auto i = static_cast<std::size_t>(f);
      if (facts.visible_from[i] < facts.visible_to[i]) appears_.push_back(f);
    }
    hides_ = appears_;
    std::ranges::stable_sort(appears_, {}, [&](std::int64_t f) {
      return facts.visible_from[static_cast<std::size_t>(f)];
    });
    std::ranges::stable_sort(
        hides_, {}, [&](std::int64_t f) { return facts.visible_to[static_cast<std::size_t>(f)]; });
    state_.clear(layout_);
    std::size_t in = 0;
    std::size_t out = 0;
    for (std::int64_t item : items) {
      auto i = static_cast<std::size_t>(item);
      for (; in < appears_.size() &&
             facts.visible_from[static_cast<std::size_t>(appears_[in])] <= reads_.k[i];
           ++in)
        TRY_VOID(state_.insert(layout_, entry(appears_[in])));
      for (; out < hides_.size() &&
             facts.visible_to[static_cast<std::size_t>(hides_[out])] <= reads_.k[i];
           ++out)
        if (!state_.erase(layout_, entry(hides_[out])))
          return fail(Code::kInternal, "a version that was visible is not in its key's state");
      state_.read(layout_, reads_.t0[i], reads_.k[i], parts_);
      sink_(i, parts_);
    }
    counts_.folded += static_cast<std::int64_t>(in);
    counts_.hidden += static_cast<std::int64_t>(out);
    counts_.answered += std::ssize(items);
    return {};
  }

  Entry entry(std::int64_t fact) const {
    auto i = static_cast<std::size_t>(fact);
    const Facts& f = sorted_.facts;
    Entry e{.time = f.time[i],
            .known = f.visible_from[i],
            .values = f.values.data() + i * layout_.slots.size()};
    if (layout_.store_order) {
      e.id = f.id[i];
      e.seq = f.seq[i];
    }
    return e;
  }

  const Layout& layout_;
  const SortedFacts& sorted_;
  const Reads& reads_;
  const ReadSink& sink_;
  KeyState state_;
  std::vector<Parts> parts_;
  ReplayCounts counts_;
  std::vector<std::int64_t> appears_;  // facts of a changing key by the time they appear
  std::vector<std::int64_t> hides_;    // and by the time they are hidden
};

}  // namespace

SortedFacts sort_facts(const Facts& facts, std::int64_t key_count, const Layout& layout,
                       ThreadPool& pool) {
  ByKey by = group_by_key(facts.key, key_count);
  std::vector<std::int64_t> bounds = task_bounds(by.first, by.first);
  auto seen = [&](std::int64_t i) { return seen_from(facts, static_cast<std::size_t>(i)); };
  // Sorting cannot fail.
  (void)parallel_for(pool, bounds.size() - 1, [&](std::size_t task) {
    for (std::int64_t key = bounds[task]; key < bounds[task + 1]; ++key) {
      auto run = std::span(by.item).subspan(
          static_cast<std::size_t>(by.first[static_cast<std::size_t>(key)]),
          static_cast<std::size_t>(by.first[static_cast<std::size_t>(key) + 1] -
                                   by.first[static_cast<std::size_t>(key)]));
      if (!std::ranges::is_sorted(run, {}, seen)) std::ranges::stable_sort(run, {}, seen);
    }
  });
  SortedFacts sorted;
  sorted.facts.time = permuted(facts.time, by.item);
  sorted.facts.visible_from = permuted(facts.visible_from, by.item);
  sorted.facts.visible_to = permuted(facts.visible_to, by.item);
  sorted.facts.id = permuted(facts.id, by.item);
  sorted.facts.seq = permuted(facts.seq, by.item);
  sorted.facts.row = permuted(facts.row, by.item);
  sorted.facts.values = permuted(facts.values, by.item, layout.slots.size());
  sorted.first = std::move(by.first);
  return sorted;
}

ReplayCounts& ReplayCounts::operator+=(const ReplayCounts& other) {
  folded += other.folded;
  hidden += other.hidden;
  answered += other.answered;
  refolded += other.refolded;
  return *this;
}

Result<ReplayCounts> replay_reads(const Layout& layout, const SortedFacts& sorted,
                                  const Reads& reads, ThreadPool& pool, const CancelToken& cancel,
                                  const ReadSink& sink) {
  ByKey by = group_by_key(reads.key, sorted.key_count());
  std::vector<std::int64_t> bounds = task_bounds(sorted.first, by.first);
  std::vector<ReplayCounts> counts(bounds.size() - 1);
  TRY_VOID(parallel_for(
      pool, bounds.size() - 1,
      [&](std::size_t task) -> Status {
        KeySweep sweep(layout, sorted, reads, sink);
        for (std::int64_t key = bounds[task]; key < bounds[task + 1]; ++key) {
          auto i = static_cast<std::size_t>(key);
          TRY_VOID(sweep.run(key, std::span(by.item).subspan(
                                      static_cast<std::size_t>(by.first[i]),
                                      static_cast<std::size_t>(by.first[i + 1] - by.first[i]))));
        }
        counts[task] = sweep.counts();
        return {};
      },
      cancel));
  KeySweep sweep(layout, sorted, reads, sink);
  for (std::size_t i = 0; i < reads.size(); ++i)
    if (reads.key[i] < 0) sweep.empty(i);
  ReplayCounts all = sweep.counts();
  for (const ReplayCounts& task : counts) all += task;
  return all;
}

std::vector<std::int64_t> facts_in_window(const Layout& layout, const Facts& facts,
                                          std::int64_t begin, std::int64_t end,
                                          const RingWindow& window, std::int64_t t0,
                                          std::int64_t k) {
  std::vector<std::int64_t> inside;
  std::int64_t low = window.lowest(t0);
  std::int64_t high = window.highest(t0);
  for (std::int64_t f = begin; f < end; ++f) {
    auto i = static_cast<std::size_t>(f);
    if (facts.time[i] < low || facts.time[i] > high || facts.visible_from[i] > k) continue;
    if (!facts.visible_to.empty() && facts.visible_to[i] <= k) continue;
    inside.push_back(f);
  }
  auto before = [&](std::int64_t a, std::int64_t b) {
    auto i = static_cast<std::size_t>(a);
    auto j = static_cast<std::size_t>(b);
    if (facts.time[i] != facts.time[j]) return facts.time[i] < facts.time[j];
    if (!layout.store_order) return false;
    if (facts.id[i] != facts.id[j]) {
      if (layout.text_ids) return layout.texts->text(facts.id[i]) < layout.texts->text(facts.id[j]);
      return facts.id[i] < facts.id[j];
    }
    return facts.seq[i] < facts.seq[j];
  };
  std::ranges::stable_sort(inside, before);
  if (window.window.kind == Window::Kind::kLast &&
      std::cmp_greater(inside.size(), window.window.count))
    inside.erase(inside.begin(), inside.end() - window.window.count);
  return inside;
}

void fold_facts(const Layout& layout, const Facts& facts, std::int64_t begin, std::int64_t end,
                std::int64_t t0, std::int64_t k, std::span<Parts> out) {
  std::size_t part = 0;
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    std::vector<std::int64_t> inside =
        facts_in_window(layout, facts, begin, end, layout.windows[w], t0, k);
    for (; part < layout.parts.size() && std::cmp_equal(layout.parts[part].window, w); ++part) {
      const KeptParts& kept = layout.parts[part];
      Parts& parts = out[part] = Parts{};
      parts.rows = static_cast<std::int64_t>(inside.size());
      if (!inside.empty()) parts.last_time = facts.time[static_cast<std::size_t>(inside.back())];
      if (kept.slot < 0) continue;
      std::vector<std::int64_t> values;
      for (std::int64_t f : inside)
        values.push_back(facts.values[static_cast<std::size_t>(f) * layout.slots.size() +
                                      static_cast<std::size_t>(kept.slot)]);
      fold_values(values, kept, parts);
    }
  }
}

}  // namespace lode
