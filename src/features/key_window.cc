// Windows of a key's state: cursors, running parts, and reads.
#include <algorithm>
#include <cstring>
#include <utility>

#include "features/fold.h"
#include "features/key_state.h"
#include "features/running_parts.h"

namespace lode {
namespace {

// A window of more records than this gets a chain and a counter when it is asked for what they
// give; it loses them when it has less than a quarter of that.
constexpr std::int64_t kMany = 64;

}  // namespace

Cells* KeyState::cells_of(const Layout& layout, int window) const {
  const CellShape& shape = layout.cells[static_cast<std::size_t>(window)];
  Extras* extras = extras_or_none();
  if (shape.words == 0 || extras == nullptr) return nullptr;
  return &extras->cells[static_cast<std::size_t>(shape.index)];
}

KeyState::Support* KeyState::support_of(int part) const {
  Extras* extras = windows().extras;
  return extras == nullptr ? nullptr : &extras->supports[static_cast<std::size_t>(part)];
}

// Entries [from, from + count) come into a window at its upper edge.
inline void KeyState::add(const Layout& layout, int window, std::uint32_t from,
                          std::uint32_t count) {
  const WindowEdges& edges = layout.edges[static_cast<std::size_t>(window)];
  const std::int64_t* words = entry(layout, from);
  auto stride = static_cast<std::size_t>(layout.entry_words);
  for (int r = edges.first_run; r < edges.end_run; ++r) {
    const RunParts& run = layout.runs[static_cast<std::size_t>(r)];
    run.add(block_ + run.base, words + run.value, stride, count);
    const Support* support = support_of(run.part);
    if (support == nullptr) continue;
    if (support->least || support->greatest)
      chain_values(run.part, words, run.value, stride, count);
    if (layout.counts_values) count_values(run.part, words + run.value, stride, count, 1);
  }
}

inline void KeyState::remove(const Layout& layout, int window, std::uint32_t from,
                             std::uint32_t count) {
  const WindowEdges& edges = layout.edges[static_cast<std::size_t>(window)];
  const std::int64_t* words = entry(layout, from);
  auto stride = static_cast<std::size_t>(layout.entry_words);
  for (int r = edges.first_run; r < edges.end_run; ++r) {
    const RunParts& run = layout.runs[static_cast<std::size_t>(r)];
    run.remove(block_ + run.base, words + run.value, stride, count);
    if (layout.counts_values) count_values(run.part, words + run.value, stride, count, -1);
  }
}

void KeyState::count_values(int part, const std::int64_t* value, std::size_t stride,
                            std::uint32_t count, std::int64_t by) {
  Support* support = support_of(part);
  if (support == nullptr || !support->distinct) return;
  for (; count > 0; --count, value += stride)
    if (*value != kNoValue) support->distinct->add(*value, by);
}

// Tells a part's chains of the values of entries.
void KeyState::chain_values(int part, const std::int64_t* entry, int value, std::size_t stride,
                            std::uint32_t count) {
  Support& support = *support_of(part);
  for (; count > 0; --count, entry += stride) {
    if (entry[value] == kNoValue) continue;
    if (support.least) support.least->add(entry[0], entry[value]);
    if (support.greatest) support.greatest->add(entry[0], entry[value]);
  }
}

void KeyState::insert_into_windows(const Layout& layout, std::uint32_t index) {
  std::int64_t time = *entry(layout, index);
  std::int64_t at = windows().at;
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    const RingWindow& window = layout.windows[w];
    auto number = static_cast<int>(w);
    Cursor& c = cursor(number);
    if (time > window.highest(at)) continue;
    ++c.head;
    bool last = window.window.kind == Window::Kind::kLast;
    if (last ? index < c.tail : time < window.lowest(at)) {
      ++c.tail;
      continue;
    }
    add(layout, number, index, 1);
    if (last && c.head - c.tail > window.window.count) remove(layout, number, c.tail++, 1);
  }
}

void KeyState::erase_from_windows(const Layout& layout, std::uint32_t index) {
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    auto number = static_cast<int>(w);
    Cursor& c = cursor(number);
    if (index >= c.head) continue;
    if (index >= c.tail) {
      remove(layout, number, index, 1);
      forget_chains(layout, number);
      bool last = layout.windows[w].window.kind == Window::Kind::kLast;
      if (last && c.tail > 0) add(layout, number, --c.tail, 1);
    } else {
      --c.tail;
    }
    --c.head;
  }
}

void KeyState::move_last(const Layout& layout, int number, std::int64_t high) {
  Cursor& c = cursor(number);
  std::int64_t count = layout.windows[static_cast<std::size_t>(number)].window.count;
  while (c.head < header().size && *entry(layout, c.head) <= high) {
    add(layout, number, c.head++, 1);
    if (c.head - c.tail > count) remove(layout, number, c.tail++, 1);
  }
  while (c.head > 0 && *entry(layout, c.head - 1) > high) {
    remove(layout, number, --c.head, 1);
    if (c.tail > 0) add(layout, number, --c.tail, 1);
  }
}

// Brings one window's cursors from wherever they stand to t0.
[[gnu::always_inline]] inline void KeyState::move(const Layout& layout, const WindowEdges& edges,
                                                  std::int64_t t0) {
  std::int64_t high = t0 - edges.ahead;
  if (edges.last_n) return move_last(layout, edges.window, high);
  std::int64_t low = edges.width > 0
                         ? saturating_add(saturating_subtract(t0, edges.width), 1)
                         : layout.windows[static_cast<std::size_t>(edges.window)].lowest(t0);
  Cursor& c = cursor(edges.window);
  const std::int64_t* first = entry(layout, 0);
  auto stride = static_cast<std::size_t>(layout.entry_words);
  std::uint32_t size = header().size;
  std::uint32_t head = c.head;
  while (head < size && first[head * stride] <= high) ++head;
  if (head > c.head) {
    std::uint32_t from = std::exchange(c.head, head);
    add(layout, edges.window, from, head - from);
  }
  if (t0 < windows().at) move_back(layout, edges.window, low, high);
  std::uint32_t tail = c.tail;
  while (tail < c.head && first[tail * stride] < low) ++tail;
  if (tail > c.tail) {
    std::uint32_t from = std::exchange(c.tail, tail);
    remove(layout, edges.window, from, tail - from);
  }
  if (!edges.has_cells) return;
  if (Cells* cells = cells_of(layout, edges.window)) move_cells(layout, edges.window, *cells, low);
}

// The edges of a window in time go back.
void KeyState::move_back(const Layout& layout, int number, std::int64_t low, std::int64_t high) {
  Cursor& c = cursor(number);
  if (c.head > 0 && *entry(layout, c.head - 1) > high) forget_chains(layout, number);
  while (c.head > 0 && *entry(layout, c.head - 1) > high) {
    --c.head;
    if (c.head >= c.tail)
      remove(layout, number, c.head, 1);
    else
      c.tail = c.head;
  }
  while (c.tail > 0 && *entry(layout, c.tail - 1) >= low) add(layout, number, --c.tail, 1);
}

void KeyState::move_all(const Layout& layout, std::int64_t t0) {
  for (const WindowEdges& edges : layout.edges) move(layout, edges, t0);
  windows().at = t0;
}

void KeyState::move_cells(const Layout& layout, int number, Cells& cells, std::int64_t low) {
  const RingWindow& window = cells.window();
  auto last = [&](std::size_t i) { return window.cell_last(cells.cell(i)[kCellNumber]); };
  while (cells.tail < cells.size() && last(cells.tail) < low)
    count_cell(layout, number, cells, cells.tail++, -1);
  while (cells.tail > 0 && last(cells.tail - 1) >= low)
    count_cell(layout, number, cells, --cells.tail, 1);
}

// Tells a part's chains of the extremes of a cell, as of its last time.
void KeyState::chain_cell(int part, const PartWords& at, std::int64_t last,
                          const std::int64_t* cell) {
  Support& support = *support_of(part);
  if (support.least && cell[at.least] != kNoValue) support.least->add(last, cell[at.least]);
  if (support.greatest && cell[at.greatest] != kNoValue)
    support.greatest->add(last, cell[at.greatest]);
}

// A whole cell comes in or goes out.
void KeyState::count_cell(const Layout& layout, int number, Cells& cells, std::size_t i, int sign) {
  const std::int64_t* cell = cells.cell(i).data();
  cells.rows += sign * cell[kCellRows];
  std::int64_t last = cells.window().cell_last(cell[kCellNumber]);
  int end = layout.first_part[static_cast<std::size_t>(number) + 1];
  for (int p = layout.first_part[static_cast<std::size_t>(number)]; p < end; ++p) {
    const KeptParts& kept = layout.parts[static_cast<std::size_t>(p)];
    if (kept.slot < 0) continue;
    add_words(block_, kept.in_block, cell, kept.in_cell, sign);
    if (sign > 0) chain_cell(p, kept.in_cell, last, cell);
    Support& support = *support_of(p);
    if (!support.distinct) continue;
    for (const auto& [value, count] : cells.values(i, kept.distinct_at))
      if (count != kOverLimitCount) support.distinct->add(value, sign * count);
  }
}

// ---- extremes

// A chain cannot give back what it dropped when later values hid it: it is made anew when needed.
void KeyState::forget_chains(const Layout& layout, int window) {
  if (windows().extras == nullptr) return;
  int end = layout.first_part[static_cast<std::size_t>(window) + 1];
  for (int p = layout.first_part[static_cast<std::size_t>(window)]; p < end; ++p) {
    const PartWords& at = layout.parts[static_cast<std::size_t>(p)].in_block;
    Support& support = *support_of(p);
    if (std::exchange(support.least, nullptr)) block_[at.least] = kStaleLeast;
    if (std::exchange(support.greatest, nullptr)) block_[at.greatest] = kStaleGreatest;
  }
}

// Finds the extremes of a part again, and makes chains for a window of many records.
void KeyState::find_extremes(const Layout& layout, int part) {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  const PartWords& at = kept.in_block;
  const RingWindow& window = layout.windows[static_cast<std::size_t>(kept.window)];
  Cursor c = cursor(kept.window);
  const Cells* cells = cells_of(layout, kept.window);
  std::size_t slot = static_cast<std::size_t>(layout.slots_at + kept.slot);
  auto words = static_cast<std::size_t>(layout.entry_words);
  const std::int64_t* first = entry(layout, 0);
  bool many = c.head - c.tail > kMany && window.window.kind != Window::Kind::kLast;
  Support* support =
      many ? &extras(layout).supports[static_cast<std::size_t>(part)] : support_of(part);
  if (support != nullptr) {
    std::int64_t until = many ? first[(c.head - 1) * words] : 0;
    support->least = many && at.least >= 0 ? std::make_unique<ExtremeChain>(-1, until) : nullptr;
    support->greatest =
        many && at.greatest >= 0 ? std::make_unique<ExtremeChain>(1, until) : nullptr;
  }
  std::int64_t least = kNoValue;
  std::int64_t greatest = kNoValue;
  for (std::uint32_t i = c.head; i-- > c.tail;) {
    std::int64_t value = first[i * words + slot];
    if (value == kNoValue) continue;
    add_least(least, value);
    add_greatest(greatest, value);
    if (!many) continue;
    if (support->least) support->least->add_older(first[i * words], value);
    if (support->greatest) support->greatest->add_older(first[i * words], value);
  }
  for (std::size_t i = cells == nullptr ? 0 : cells->size(); i-- > (cells ? cells->tail : 0);) {
    const std::int64_t* cell = cells->cell(i).data();
    if (at.least >= 0 && cell[kept.in_cell.least] != kNoValue)
      add_least(least, cell[kept.in_cell.least]);
    if (at.greatest >= 0) add_greatest(greatest, cell[kept.in_cell.greatest]);
    chain_cell(part, kept.in_cell, window.cell_last(cell[kCellNumber]), cell);
  }
  if (at.least >= 0) block_[at.least] = least;
  if (at.greatest >= 0) block_[at.greatest] = greatest;
}

// The least (sign -1) or greatest (1) value of a part where the cursors stand.
inline std::int64_t KeyState::extreme(const Layout& layout, int part, int sign) {
  const PartWords& at = layout.parts[static_cast<std::size_t>(part)].in_block;
  std::int64_t word = block_[sign > 0 ? at.greatest : at.least];
  if (word != (sign > 0 ? kStaleGreatest : kStaleLeast)) return word;
  return stale_extreme(layout, part, sign);
}

// It left: the chain knows the next, if the window has one that still covers it.
std::int64_t KeyState::stale_extreme(const Layout& layout, int part, int sign) {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  const PartWords& at = kept.in_block;
  std::int64_t& word = block_[sign > 0 ? at.greatest : at.least];
  if (Support* support = support_of(part)) {
    ExtremeChain* chain = (sign > 0 ? support->greatest : support->least).get();
    std::int64_t low = layout.windows[static_cast<std::size_t>(kept.window)].lowest(windows().at);
    if (chain != nullptr && chain->covers(low)) return word = chain->from(low);
  } else if (Cursor c = cursor(kept.window); c.head - c.tail <= kMany) {
    return word = scan_extreme(layout, part, sign);
  }
  find_extremes(layout, part);
  return word;
}

// Of a window without cells, among all its entries.
std::int64_t KeyState::scan_extreme(const Layout& layout, int part, int sign) const {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  Cursor c = cursor(kept.window);
  auto stride = static_cast<std::size_t>(layout.entry_words);
  const std::int64_t* value = entry(layout, c.tail) + layout.slots_at + kept.slot;
  const std::int64_t* end = value + std::size_t{c.head - c.tail} * stride;
  std::int64_t found = kNoValue;
  if (sign > 0) {
    for (; value != end; value += stride) add_greatest(found, *value);
    return found;
  }
  for (; value != end; value += stride)
    if (*value != kNoValue) add_least(found, *value);
  return found;
}

// ---- reads

bool KeyState::read(const Layout& layout, std::int64_t t0, std::int64_t k, std::span<Parts> out) {
  if (block_ == nullptr) allocate(layout, 0);
  Header& h = header();
  if (h.settled != kNoValue && (t0 < h.settled || k < h.settled)) return false;
  if (!h.windows) {
    read_few(layout, t0, k, out);
    return true;
  }
  move_all(layout, t0);
  bool hiding = k < h.max_known;
  for (std::size_t p = 0; p < layout.parts.size(); ++p) {
    out[p] = Parts{};
    if (hiding)
      answer_hiding(layout, static_cast<int>(p), cursor(layout.parts[p].window), k, out[p]);
    else
      answer(layout, static_cast<int>(p), out[p]);
  }
  return true;
}

[[gnu::always_inline]] inline void KeyState::answer(const Layout& layout, int part, Parts& out) {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  Cursor c = cursor(kept.window);
  out.rows = std::int64_t{c.head} - c.tail;
  if (layout.edges[static_cast<std::size_t>(kept.window)].has_cells)
    if (const Cells* cells = cells_of(layout, kept.window)) out.rows += cells->rows;
  if (out.rows == 0) return;
  if (kept.ends)
    answer_ends(layout, part, c.head > c.tail ? entry(layout, c.tail) : nullptr,
                c.head > c.tail ? entry(layout, c.head - 1) : nullptr, out);
  if (kept.slot < 0) return;
  if (kept.run.read(block_ + kept.base, out)) {
    if (kept.in_block.least >= 0) out.least = extreme(layout, part, -1);
    if (kept.in_block.greatest >= 0) out.greatest = extreme(layout, part, 1);
  }
  if ((kept.parts & kPartDistinct) != 0) answer_distinct(layout, part, out);
}

// First and last among entries (both null when there are none) and cells in sight.
void KeyState::answer_ends(const Layout& layout, int part, const std::int64_t* first,
                           const std::int64_t* last, Parts& out) const {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  if (first != nullptr && last != nullptr) {
    out.last_time = last[0];
    if ((kept.parts & kPartFirst) != 0) out.first = first[layout.slots_at + kept.slot];
    if ((kept.parts & kPartLast) != 0) out.last = last[layout.slots_at + kept.slot];
  }
  const Cells* cells = cells_of(layout, kept.window);
  if (cells == nullptr || cells->tail == cells->size()) return;
  std::size_t newest = cells->size() - 1;
  if (last == nullptr || layout.before(layout.order_of(last), cells->last_order(newest))) {
    out.last_time = cells->last_order(newest).time;
    if ((kept.parts & kPartLast) != 0) out.last = cells->cell(newest)[kept.in_cell.last];
  }
  if ((kept.parts & kPartFirst) == 0) return;
  if (first == nullptr || layout.before(cells->first_order(cells->tail), layout.order_of(first)))
    out.first = cells->cell(cells->tail)[kept.in_cell.first];
}

void KeyState::answer_distinct(const Layout& layout, int part, Parts& out) {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  Cursor c = cursor(kept.window);
  int slot = layout.slots_at + kept.slot;
  const Cells* cells = cells_of(layout, kept.window);
  bool in_cells = cells != nullptr && cells->tail < cells->size();
  if (in_cells && cells->over_limit(cells->tail, kept.distinct_at))
    return set_distinct(kept.distinct_limit + 1, kept.distinct_limit, out);
  Support* support = support_of(part);
  if (support != nullptr && support->distinct) {
    set_distinct(support->distinct->distinct(), kept.distinct_limit, out);
    if (out.rows < kMany / 4) support->distinct.reset();
    return;
  }
  if (out.rows <= kMany && !in_cells) {
    std::int64_t values[kMany];
    std::size_t count = 0;
    for (std::uint32_t i = c.tail; i < c.head; ++i) values[count++] = entry(layout, i)[slot];
    return count_distinct(std::span(values, count), kept.distinct_limit, out);
  }
  support = &extras(layout).supports[static_cast<std::size_t>(part)];
  support->distinct = std::make_unique<ValueCounter>();
  for (std::uint32_t i = c.tail; i < c.head; ++i)
    if (entry(layout, i)[slot] != kNoValue) support->distinct->add(entry(layout, i)[slot], 1);
  for (std::size_t i = in_cells ? cells->tail : 0; in_cells && i < cells->size(); ++i)
    for (const auto& [value, count] : cells->values(i, kept.distinct_at))
      support->distinct->add(value, count);
  set_distinct(support->distinct->distinct(), kept.distinct_limit, out);
}

// The same with entries known only after k left out: a fold over what is left. Rare: live reads and
// training rows bring entries in when they are known. Cells hold only what is known at any such k.
void KeyState::answer_hiding(const Layout& layout, int part, Cursor c, std::int64_t k,
                             Parts& out) const {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  const RingWindow& window = layout.windows[static_cast<std::size_t>(kept.window)];
  bool last_n = window.window.kind == Window::Kind::kLast;
  std::vector<const std::int64_t*> seen;
  for (std::uint32_t i = c.head; i-- > (last_n ? 0 : c.tail);) {
    const std::int64_t* e = entry(layout, i);
    if (known_of(layout, e) > k) continue;
    seen.push_back(e);
    if (last_n && std::cmp_equal(seen.size(), window.window.count)) break;
  }
  std::ranges::reverse(seen);
  std::vector<std::int64_t> values;
  if (kept.slot >= 0)
    for (const std::int64_t* e : seen) values.push_back(e[layout.slots_at + kept.slot]);
  const Cells* cells = cells_of(layout, kept.window);
  out.rows = static_cast<std::int64_t>(seen.size()) + (cells != nullptr ? cells->rows : 0);
  if (out.rows == 0) return;
  if (kept.slot >= 0) fold_values(values, kept, out);
  if (cells != nullptr && kept.slot >= 0) add_cells(layout, part, values, out);
  answer_ends(layout, part, seen.empty() ? nullptr : seen.front(),
              seen.empty() ? nullptr : seen.back(), out);
}

// Adds the parts of the cells in sight to those of `values`.
void KeyState::add_cells(const Layout& layout, int part, std::vector<std::int64_t>& values,
                         Parts& out) const {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  const Cells& cells = *cells_of(layout, kept.window);
  bool over_limit = false;
  for (std::size_t i = cells.tail; i < cells.size(); ++i) {
    const std::int64_t* cell = cells.cell(i).data();
    add_to(cell, kept.in_cell, out);
    if (kept.in_cell.least >= 0 && cell[kept.in_cell.least] != kNoValue)
      add_least(out.least, cell[kept.in_cell.least]);
    if (kept.in_cell.greatest >= 0) add_greatest(out.greatest, cell[kept.in_cell.greatest]);
    if (kept.distinct_at < 0) continue;
    over_limit = over_limit || cells.over_limit(i, kept.distinct_at);
    for (const auto& [value, count] : cells.values(i, kept.distinct_at)) values.push_back(value);
  }
  if (kept.distinct_at < 0) return;
  if (over_limit) return set_distinct(kept.distinct_limit + 1, kept.distinct_limit, out);
  count_distinct(values, kept.distinct_limit, out);
}

}  // namespace lode
