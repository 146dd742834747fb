// A read of a key by the letter of docs/semantics.md 6, from nothing but rows: what every state of
// a key must equal; and random rows to hold it against.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "base/random.h"
#include "features/fold.h"
#include "features/key_state.h"

namespace lode {

inline constexpr std::int64_t kHour = 3'600'000'000;

struct Row {
  std::int64_t time, known, id, seq;
  std::array<std::int64_t, 2> values;
  Entry entry() const { return {time, known, id, seq, values.data()}; }
};

inline Window sliding(std::int64_t us, bool exact = false) {
  return {.kind = Window::Kind::kSliding, .width = {us}, .exact = exact};
}

inline Parts plain_read(const Layout& layout, const std::vector<Row>& rows, const KeptParts& kept,
                        std::int64_t t0, std::int64_t k) {
  const RingWindow& window = layout.windows[static_cast<std::size_t>(kept.window)];
  std::vector<const Row*> seen;
  for (const Row& row : rows) {
    if (row.known > k) continue;
    if (window.include_current ? row.time > t0 : row.time >= t0) continue;
    const Window& w = window.window;
    if (w.kind == Window::Kind::kSliding) {
      Int128 edge = Int128{t0} - w.width.us;
      if (w.width.us > 24 * kHour && !w.exact) {
        Int128 pane = w.width.us / 256;
        edge = (edge >= 0 ? edge / pane : -((-edge + pane - 1) / pane)) * pane;
      }
      if (row.time <= edge) continue;
    }
    if (w.kind == Window::Kind::kTumbling) {
      Int128 width = w.width.us;
      Int128 start = (t0 >= 0 ? t0 / width : -((-t0 + width - 1) / width)) * width;
      if (row.time < start) continue;
    }
    seen.push_back(&row);
  }
  std::ranges::sort(seen, {}, [](const Row* r) { return std::tuple(r->time, r->id, r->seq); });
  if (window.window.kind == Window::Kind::kLast &&
      std::cmp_greater(seen.size(), window.window.count))
    seen.erase(seen.begin(), seen.end() - window.window.count);
  Parts out;
  out.rows = static_cast<std::int64_t>(seen.size());
  if (!seen.empty()) out.last_time = seen.back()->time;
  std::vector<std::int64_t> values;
  if (kept.slot >= 0)
    for (const Row* row : seen) values.push_back(row->values[static_cast<std::size_t>(kept.slot)]);
  if (kept.slot >= 0) fold_values(values, kept, out);
  return out;
}

inline ::testing::AssertionResult same(const Parts& a, const Parts& b, const KeptParts& kept) {
  auto has = [&](Part part) { return (kept.parts & part) != 0; };
  bool equal = a.rows == b.rows && (!has(kPartLastTime) || a.last_time == b.last_time) &&
               (!has(kPartCount) || a.count == b.count) && (!has(kPartSum) || a.sum == b.sum) &&
               (!has(kPartSquares) || a.squares == b.squares) &&
               (!has(kPartLeast) || a.least == b.least) &&
               (!has(kPartGreatest) || a.greatest == b.greatest) &&
               (!has(kPartFirst) || a.first == b.first) && (!has(kPartLast) || a.last == b.last) &&
               (!has(kPartDistinct) ||
                (a.distinct == b.distinct && a.distinct_over_limit == b.distinct_over_limit));
  if (equal) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "window " << kept.window << " slot " << kept.slot << ": rows " << a.rows << " / "
         << b.rows << ", count " << a.count << " / " << b.count << ", least " << a.least << " / "
         << b.least << ", first " << a.first << " / " << b.first << ", last " << a.last << " / "
         << b.last << ", distinct " << a.distinct << " / " << b.distinct;
}

// Rows near each other, with ties, nulls, extremes and times on both sides of 1970.
inline Row random_row(Random& random, std::int64_t seq, bool known_differs) {
  Row row{};
  std::int64_t unit = random.chance(0.5) ? 1 : kHour / 4;
  row.time = (static_cast<std::int64_t>(random.below(400)) - 200) * unit;
  row.known = row.time + (known_differs ? static_cast<std::int64_t>(random.below(3)) * kHour : 0);
  row.id = static_cast<std::int64_t>(random.below(1000));
  row.seq = seq;
  for (std::int64_t& value : row.values) {
    std::uint64_t kind = random.below(10);
    value = kind == 0   ? kNoValue
            : kind == 1 ? std::numeric_limits<std::int64_t>::max()
            : kind == 2 ? kNoValue + 1
                        : static_cast<std::int64_t>(random.below(7)) - 3;
  }
  return row;
}

}  // namespace lode
