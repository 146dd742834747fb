// Windows of a key's state: cursors, running parts, and reads.
#include <algorithm>
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
  if (shape.words == 0 || header().extras == nullptr) return nullptr;
  return &header().extras->cells[static_cast<std::size_t>(shape.index)];
}

KeyState::Support* KeyState::support_of(int part) const {
  Extras* extras = header().extras;
  return extras == nullptr ? nullptr : &extras->supports[static_cast<std::size_t>(part)];
}

void KeyState::insert_into_windows(const Layout& layout, std::uint32_t index) {
  std::int64_t time = *entry(layout, index);
  std::int64_t at = header().at;
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
    add(layout, number, index);
    if (last && c.head - c.tail > window.window.count) remove(layout, number, c.tail++);
  }
}

void KeyState::erase_from_windows(const Layout& layout, std::uint32_t index) {
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    auto number = static_cast<int>(w);
    Cursor& c = cursor(number);
    if (index >= c.head) continue;
    if (index >= c.tail) {
      remove(layout, number, index);
      forget_chains(layout, number);
      bool last = layout.windows[w].window.kind == Window::Kind::kLast;
      if (last && c.tail > 0) add(layout, number, --c.tail);
    } else {
      --c.tail;
    }
    --c.head;
  }
}

void KeyState::add(const Layout& layout, int window, std::uint32_t index) {
  const std::int64_t* e = entry(layout, index);
  const std::int64_t* slots = e + layout.slots_at;
  int end = layout.first_part[static_cast<std::size_t>(window) + 1];
  for (int p = layout.first_part[static_cast<std::size_t>(window)]; p < end; ++p) {
    const KeptParts& kept = layout.parts[static_cast<std::size_t>(p)];
    if (kept.slot < 0 || slots[kept.slot] == kNoValue) continue;
    std::int64_t value = slots[kept.slot];
    add_value(block_, kept.in_block, value);
    Support* support = support_of(p);
    if (support == nullptr) continue;
    if (support->least) support->least->add(e[0], value);
    if (support->greatest) support->greatest->add(e[0], value);
    if (support->distinct) support->distinct->add(value, 1);
  }
}

void KeyState::remove(const Layout& layout, int window, std::uint32_t index) {
  const std::int64_t* slots = entry(layout, index) + layout.slots_at;
  int end = layout.first_part[static_cast<std::size_t>(window) + 1];
  for (int p = layout.first_part[static_cast<std::size_t>(window)]; p < end; ++p) {
    const KeptParts& kept = layout.parts[static_cast<std::size_t>(p)];
    if (kept.slot < 0 || slots[kept.slot] == kNoValue) continue;
    subtract_value(block_, kept.in_block, slots[kept.slot]);
    Support* support = support_of(p);
    if (support != nullptr && support->distinct) support->distinct->add(slots[kept.slot], -1);
  }
}

void KeyState::move_last(const Layout& layout, int number, std::int64_t high) {
  Cursor& c = cursor(number);
  std::int64_t count = layout.windows[static_cast<std::size_t>(number)].window.count;
  while (c.head < header().size && *entry(layout, c.head) <= high) {
    add(layout, number, c.head++);
    if (c.head - c.tail > count) remove(layout, number, c.tail++);
  }
  while (c.head > 0 && *entry(layout, c.head - 1) > high) {
    remove(layout, number, --c.head);
    if (c.tail > 0) add(layout, number, --c.tail);
  }
}

// Brings one window's cursors from wherever they stand to t0.
void KeyState::move(const Layout& layout, int number, std::int64_t t0) {
  const RingWindow& window = layout.windows[static_cast<std::size_t>(number)];
  std::int64_t high = window.highest(t0);
  if (window.window.kind == Window::Kind::kLast) return move_last(layout, number, high);
  std::int64_t low = window.lowest(t0);
  Cursor& c = cursor(number);
  std::uint32_t size = header().size;
  while (c.head < size && *entry(layout, c.head) <= high) add(layout, number, c.head++);
  if (c.head > 0 && *entry(layout, c.head - 1) > high) {
    forget_chains(layout, number);
    while (c.head > 0 && *entry(layout, c.head - 1) > high) {
      --c.head;
      if (c.head >= c.tail)
        remove(layout, number, c.head);
      else
        c.tail = c.head;
    }
  }
  while (c.tail < c.head && *entry(layout, c.tail) < low) remove(layout, number, c.tail++);
  while (c.tail > 0 && *entry(layout, c.tail - 1) >= low) add(layout, number, --c.tail);
  if (Cells* cells = cells_of(layout, number)) move_cells(layout, number, *cells, low);
}

void KeyState::move_cells(const Layout& layout, int number, Cells& cells, std::int64_t low) {
  const RingWindow& window = cells.window();
  auto last = [&](std::size_t i) { return window.cell_last(cells.cell(i)[kCellNumber]); };
  while (cells.tail < cells.size() && last(cells.tail) < low)
    count_cell(layout, number, cells, cells.tail++, -1);
  while (cells.tail > 0 && last(cells.tail - 1) >= low)
    count_cell(layout, number, cells, --cells.tail, 1);
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
    Support& support = *support_of(p);
    auto chain = [&](std::unique_ptr<ExtremeChain>& candidates, int word) {
      if (candidates && sign > 0 && cell[word] != kNoValue) candidates->add(last, cell[word]);
    };
    if (kept.in_cell.least >= 0) chain(support.least, kept.in_cell.least);
    if (kept.in_cell.greatest >= 0) chain(support.greatest, kept.in_cell.greatest);
    if (!support.distinct) continue;
    for (const auto& [value, count] : cells.values(i, kept.distinct_at))
      if (count != kOverLimitCount) support.distinct->add(value, sign * count);
  }
}

// ---- extremes

// A chain cannot give back what it dropped when later values hid it: it is made anew when needed.
void KeyState::forget_chains(const Layout& layout, int window) {
  if (header().extras == nullptr) return;
  int end = layout.first_part[static_cast<std::size_t>(window) + 1];
  for (int p = layout.first_part[static_cast<std::size_t>(window)]; p < end; ++p) {
    const PartWords& at = layout.parts[static_cast<std::size_t>(p)].in_block;
    Support& support = *support_of(p);
    if (std::exchange(support.least, nullptr)) block_[at.least] = kStaleLeast;
    if (std::exchange(support.greatest, nullptr)) block_[at.greatest] = kStaleGreatest;
  }
}

// Finds the extremes of a part again, and chains for a window of many records.
void KeyState::find_extremes(const Layout& layout, int part) {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  const PartWords& at = kept.in_block;
  Cursor c = cursor(kept.window);
  Cells* cells = cells_of(layout, kept.window);
  bool last_n =
      layout.windows[static_cast<std::size_t>(kept.window)].window.kind == Window::Kind::kLast;
  std::int64_t rows = c.head - c.tail;
  if (cells != nullptr) rows += static_cast<std::int64_t>(cells->size() - cells->tail);
  if (rows > kMany && !last_n) {
    Support& support = extras(layout).supports[static_cast<std::size_t>(part)];
    if (at.least >= 0) support.least = std::make_unique<ExtremeChain>(-1);
    if (at.greatest >= 0) support.greatest = std::make_unique<ExtremeChain>(1);
  }
  Support* support = support_of(part);
  std::int64_t least = kNoValue;
  std::int64_t greatest = kNoValue;
  auto see = [&](std::int64_t time, std::int64_t low, std::int64_t high) {
    if (low != kNoValue) add_least(least, low);
    add_greatest(greatest, high);
    if (support == nullptr) return;
    if (support->least && low != kNoValue) support->least->add(time, low);
    if (support->greatest && high != kNoValue) support->greatest->add(time, high);
  };
  for (std::size_t i = cells == nullptr ? 0 : cells->tail; cells != nullptr && i < cells->size();
       ++i) {
    const std::int64_t* cell = cells->cell(i).data();
    see(cells->window().cell_last(cell[kCellNumber]),
        at.least >= 0 ? cell[kept.in_cell.least] : kNoValue,
        at.greatest >= 0 ? cell[kept.in_cell.greatest] : kNoValue);
  }
  int slot = layout.slots_at + kept.slot;
  for (std::uint32_t i = c.tail; i < c.head; ++i) {
    const std::int64_t* e = entry(layout, i);
    see(e[0], e[slot], e[slot]);
  }
  if (at.least >= 0) block_[at.least] = least;
  if (at.greatest >= 0) block_[at.greatest] = greatest;
}

// The least (sign -1) or greatest (1) value of a part where the cursors stand.
std::int64_t KeyState::extreme(const Layout& layout, int part, int sign) {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  std::int64_t& word = block_[sign > 0 ? kept.in_block.greatest : kept.in_block.least];
  Support* support = support_of(part);
  auto chained = [&]() -> std::unique_ptr<ExtremeChain>* {
    if (support == nullptr) return nullptr;
    std::unique_ptr<ExtremeChain>& chain = sign > 0 ? support->greatest : support->least;
    return chain ? &chain : nullptr;
  };
  if (auto* chain = chained()) {
    const RingWindow& window = layout.windows[static_cast<std::size_t>(kept.window)];
    word = (*chain)->from(window.lowest(header().at)).value_or(kNoValue);
    Cursor c = cursor(kept.window);
    if (c.head - c.tail < kMany / 4 && cells_of(layout, kept.window) == nullptr) chain->reset();
    return word;
  }
  if (word == (sign > 0 ? kStaleGreatest : kStaleLeast)) find_extremes(layout, part);
  return word;
}

// ---- reads

bool KeyState::read(const Layout& layout, std::int64_t t0, std::int64_t k, std::span<Parts> out) {
  if (block_ == nullptr) allocate(layout, 0);
  Header& h = header();
  if (h.settled != kNoValue && (t0 < h.settled || k < h.settled)) return false;
  for (std::size_t w = 0; w < layout.windows.size(); ++w) move(layout, static_cast<int>(w), t0);
  h.at = t0;
  bool hiding = k < h.max_known;
  for (std::size_t p = 0; p < layout.parts.size(); ++p) {
    out[p] = Parts{};
    if (hiding)
      answer_hiding(layout, static_cast<int>(p), k, out[p]);
    else
      answer(layout, static_cast<int>(p), out[p]);
  }
  return true;
}

void KeyState::answer(const Layout& layout, int part, Parts& out) {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  Cursor c = cursor(kept.window);
  const Cells* cells = cells_of(layout, kept.window);
  out.rows = std::int64_t{c.head} - c.tail + (cells != nullptr ? cells->rows : 0);
  if (out.rows == 0) return;
  answer_ends(layout, part, c.head > c.tail ? entry(layout, c.tail) : nullptr,
              c.head > c.tail ? entry(layout, c.head - 1) : nullptr, out);
  if (kept.slot < 0) return;
  add_to(block_, kept.in_block, out);
  if (kept.in_block.least >= 0) out.least = extreme(layout, part, -1);
  if (kept.in_block.greatest >= 0) out.greatest = extreme(layout, part, 1);
  if ((kept.parts & kPartDistinct) != 0) answer_distinct(layout, part, out);
}

// First and last among entries (null when there are none) and cells in sight.
void KeyState::answer_ends(const Layout& layout, int part, const std::int64_t* first,
                           const std::int64_t* last, Parts& out) const {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  if (last != nullptr) {
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
void KeyState::answer_hiding(const Layout& layout, int part, std::int64_t k, Parts& out) const {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  const RingWindow& window = layout.windows[static_cast<std::size_t>(kept.window)];
  Cursor c = cursor(kept.window);
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
