#include "features/layout.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "features/part_runs.h"

namespace lode {
namespace {

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  std::int64_t quotient = a / b;
  return quotient * b > a ? quotient - 1 : quotient;
}

}  // namespace

std::int64_t RingWindow::lowest_in_steps(std::int64_t t0) const {
  if (window.kind == Window::Kind::kTumbling)
    return floor_divide(t0, window.width.us) * window.width.us;
  if (window.kind != Window::Kind::kSliding) return std::numeric_limits<std::int64_t>::min();
  std::int64_t pane = window.width.us / 256;
  std::int64_t edge = 0;
  std::int64_t number = floor_divide(saturating_subtract(t0, window.width.us), pane);
  if (__builtin_mul_overflow(number, pane, &edge)) return std::numeric_limits<std::int64_t>::min();
  return saturating_add(edge, 1);
}

std::int64_t RingWindow::cell_of(std::int64_t time) const {
  if (window.kind == Window::Kind::kTumbling) return floor_divide(time, window.width.us);
  if (window.kind == Window::Kind::kAll) return 0;
  return floor_divide(time - 1, window.width.us / 256);  // panes are open below, closed above
}

std::int64_t RingWindow::cell_last(std::int64_t cell) const {
  if (window.kind == Window::Kind::kTumbling) return (cell + 1) * window.width.us - 1;
  if (window.kind == Window::Kind::kAll) return std::numeric_limits<std::int64_t>::max();
  return (cell + 1) * (window.width.us / 256);
}

bool RingWindow::operator==(const RingWindow& other) const {
  return window.kind == other.window.kind && window.width == other.window.width &&
         window.count == other.window.count && window.exact == other.window.exact &&
         include_current == other.include_current;
}

int Layout::add_window(const RingWindow& window) {
  auto found = std::ranges::find(windows, window);
  if (found != windows.end()) return static_cast<int>(found - windows.begin());
  windows.push_back(window);
  return static_cast<int>(windows.size()) - 1;
}

void Layout::add_parts(int window, int slot, PartSet wanted, std::int64_t distinct_limit) {
  for (KeptParts& kept : parts) {
    if (kept.window != window || kept.slot != slot) continue;
    kept.parts = static_cast<PartSet>(kept.parts | wanted);
    if (distinct_limit > 0) kept.distinct_limit = distinct_limit;
    return;
  }
  KeptParts kept;
  kept.window = window;
  kept.slot = slot;
  kept.parts = wanted;
  kept.distinct_limit = distinct_limit;
  parts.push_back(kept);
}

void Layout::finish(bool known_differs) {
  std::ranges::sort(parts, {}, [](const KeptParts& k) { return std::tuple(k.window, k.slot); });
  store_known = known_differs;
  for (const KeptParts& kept : parts)
    if ((kept.parts & (kPartFirst | kPartLast)) != 0) store_order = true;
  for (const RingWindow& window : windows)
    if (window.window.kind == Window::Kind::kLast) store_order = true;

  first_part.assign(windows.size() + 1, static_cast<int>(parts.size()));
  for (int i = static_cast<int>(parts.size()) - 1; i >= 0; --i)
    first_part[static_cast<std::size_t>(parts[static_cast<std::size_t>(i)].window)] = i;
  for (std::size_t w = windows.size(); w-- > 0;)
    first_part[w] = std::min(first_part[w], first_part[w + 1]);

  place_entry_words();
  place_block_words();
  cells.assign(windows.size(), {});
  for (std::size_t w = 0; w < windows.size(); ++w)
    if (windows[w].has_cells()) place_cell_words(static_cast<int>(w));
  place_edges();
}

void Layout::place_edges() {
  edges.clear();
  runs.clear();
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const Window& window = windows[w].window;
    bool exact = window.kind == Window::Kind::kSliding && !window.paned();
    edges.push_back({.width = exact ? window.width.us : 0,
                     .ahead = windows[w].include_current ? 0 : 1,
                     .first_run = static_cast<int>(runs.size()),
                     .window = static_cast<int>(w),
                     .last_n = window.kind == Window::Kind::kLast,
                     .has_cells = windows[w].has_cells()});
    for (int p = first_part[w]; p < first_part[w + 1]; ++p) {
      const KeptParts& kept = parts[static_cast<std::size_t>(p)];
      if (kept.slot >= 0)
        runs.push_back({kept.run.add, kept.run.remove, kept.base, slots_at + kept.slot, p});
    }
    edges.back().end_run = static_cast<int>(runs.size());
  }
}

void Layout::place_entry_words() {
  entry_words = 1;
  if (store_known) known_at = entry_words++;
  if (store_order) {
    id_at = entry_words++;
    seq_at = entry_words++;
  }
  slots_at = entry_words;
  entry_words += static_cast<int>(slots.size());
}

namespace {

// Gives the next words to a part that is wanted.
class Words {
 public:
  explicit Words(int first) : next_(first) {}
  int take(bool wanted, int words = 1) {
    int at = wanted ? next_ : -1;
    if (wanted) next_ += words;
    return at;
  }
  // In the order features/part_runs.h has compiled in.
  PartWords take_running(PartSet parts) {
    PartWords at;
    at.sum = take((parts & kPartSum) != 0, 2);
    at.squares = take((parts & kPartSquares) != 0, 4);
    at.count = take((parts & kPartCount) != 0);
    at.least = take((parts & kPartLeast) != 0);
    at.greatest = take((parts & kPartGreatest) != 0);
    return at;
  }
  int next() const { return next_; }

 private:
  int next_;
};

}  // namespace

void Layout::place_block_words() {
  Words words(kKeyCursorsAt + static_cast<int>(windows.size()));
  for (KeptParts& kept : parts) {
    kept.ends = (kept.parts & (kPartFirst | kPartLast | kPartLastTime)) != 0;
    if (kept.slot < 0) continue;
    kept.base = words.next();
    kept.in_block = words.take_running(kept.parts);
    kept.run = run_kernels(kept.parts);
    counts_values = counts_values || (kept.parts & kPartDistinct) != 0;
  }
  block_words = words.next();
  fresh.assign(static_cast<std::size_t>(block_words), 0);
  for (const KeptParts& kept : parts)
    for (int at : {kept.in_block.least, kept.in_block.greatest})
      if (at >= 0) fresh[static_cast<std::size_t>(at)] = kNoValue;
}

void Layout::place_cell_words(int window) {
  CellShape& shape = cells[static_cast<std::size_t>(window)];
  shape.index = cell_windows++;
  int order_words = store_order ? 3 : 1;
  Words words(kCellLast + order_words);
  auto begin = static_cast<std::size_t>(first_part[static_cast<std::size_t>(window)]);
  auto end = static_cast<std::size_t>(first_part[static_cast<std::size_t>(window) + 1]);
  bool wants_first = false;
  for (std::size_t p = begin; p < end; ++p)
    wants_first = wants_first || (parts[p].parts & kPartFirst) != 0;
  shape.first_at = words.take(wants_first, order_words);
  for (std::size_t p = begin; p < end; ++p) {
    KeptParts& kept = parts[p];
    if (kept.slot < 0) continue;
    kept.in_cell = words.take_running(kept.parts);
    kept.in_cell.first = words.take((kept.parts & kPartFirst) != 0);
    kept.in_cell.last = words.take((kept.parts & kPartLast) != 0);
    if ((kept.parts & kPartDistinct) != 0) kept.distinct_at = shape.distincts++;
  }
  shape.words = words.next();
}

int Layout::part_index(int window, int slot) const {
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].window == window && parts[i].slot == slot) return static_cast<int>(i);
  return -1;
}

}  // namespace lode
