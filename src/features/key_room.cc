// Memory of a key's state: its block, entries coming in and being let go, folding into cells.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "features/key_state.h"

namespace lode {
namespace {

constexpr std::uint32_t kMostEntries = std::uint32_t{1} << 31;
constexpr std::uint32_t kLeastFolded = 4;

}  // namespace

KeyState::~KeyState() {
  if (block_ == nullptr) return;
  delete extras_or_none();
  if (header().place == 0)
    std::free(block_);
  else
    BlockPool::give_back(block_, int{header().place} - 1);
}

void KeyState::swap(KeyState& other) noexcept { std::swap(block_, other.block_); }

std::size_t KeyState::block_bytes(const Layout& layout, bool windows, std::uint32_t capacity) {
  return (fixed_words(layout, windows) + static_cast<std::size_t>(layout.entry_words) * capacity) *
         sizeof(std::int64_t);
}

// A block with room for at least `capacity` entries; only its capacity, place and windows are set.
KeyState::Header* KeyState::new_block(const Layout& layout, bool windows, std::uint32_t capacity,
                                      BlockPool* pool) {
  std::size_t bytes = block_bytes(layout, windows, capacity);
  if (pool == nullptr || bytes > BlockPool::kMostBytes) {
    auto* header = static_cast<Header*>(std::malloc(bytes));
    header->capacity = capacity;
    header->place = 0;
    header->windows = windows;
    return header;
  }
  int size = BlockPool::size_for(bytes);
  std::size_t words = BlockPool::bytes_of(size) / sizeof(std::int64_t);
  auto* header = static_cast<Header*>(pool->take(size));
  auto room = static_cast<std::uint32_t>((words - fixed_words(layout, windows)) /
                                         static_cast<std::size_t>(layout.entry_words));
  header->capacity = windows ? room : std::min(room, kFew);
  header->place = static_cast<std::uint16_t>(size + 1);
  header->windows = windows;
  return header;
}

void KeyState::allocate(const Layout& layout, std::uint32_t capacity, BlockPool* pool) {
  Header* made = new_block(layout, false, capacity, pool);
  *made = Header{.settled = kNoValue,
                 .max_known = kNoValue,
                 .begin = 0,
                 .size = 0,
                 .capacity = made->capacity,
                 .place = made->place,
                 .windows = false};
  block_ = reinterpret_cast<std::int64_t*>(made);
}

void KeyState::clear(const Layout& layout) {
  if (block_ == nullptr) return allocate(layout, kFirstCapacity);
  Header& h = header();
  if (h.windows) delete std::exchange(windows().extras, nullptr);
  h.begin = h.size = 0;
  h.settled = h.max_known = kNoValue;
  reset(layout);
}

// Cursors nowhere, parts of nothing.
void KeyState::reset(const Layout& layout) {
  if (!header().windows) return;
  windows().at = kNoValue;
  std::memcpy(block_ + kKeyCursorsAt, layout.fresh.data() + kKeyCursorsAt,
              static_cast<std::size_t>(layout.block_words - kKeyCursorsAt) * 8);
  if (windows().extras == nullptr) return;
  for (Support& support : windows().extras->supports) support = Support{};
  for (std::size_t w = 0; w < layout.windows.size(); ++w) place_cells(layout, static_cast<int>(w));
}

KeyState::Extras& KeyState::extras(const Layout& layout) {
  give_windows(layout);
  Extras*& extras = windows().extras;
  if (extras != nullptr) return *extras;
  extras = new Extras;
  for (std::size_t w = 0; w < layout.windows.size(); ++w)
    if (layout.cells[w].words > 0) extras->cells.emplace_back(layout, static_cast<int>(w));
  extras->supports.resize(layout.parts.size());
  return *extras;
}

std::int64_t KeyState::cells() const {
  std::int64_t total = 0;
  if (block_ == nullptr || extras_or_none() == nullptr) return total;
  for (const Cells& cells : windows().extras->cells)
    total += static_cast<std::int64_t>(cells.size());
  return total;
}

std::int64_t KeyState::memory_bytes(const Layout& layout) const {
  if (block_ == nullptr) return 0;
  std::int64_t bytes = 0;
  if (header().place == 0)
    bytes = static_cast<std::int64_t>(block_bytes(layout, header().windows, header().capacity));
  const Extras* extras = extras_or_none();
  if (extras == nullptr) return bytes;
  bytes += static_cast<std::int64_t>(sizeof(Extras) + extras->cells.size() * sizeof(Cells) +
                                     extras->supports.size() * sizeof(Support));
  for (const Cells& cells : extras->cells) bytes += cells.memory_bytes();
  for (const Support& support : extras->supports) {
    if (support.least) bytes += support.least->memory_bytes();
    if (support.greatest) bytes += support.greatest->memory_bytes();
    if (support.distinct) bytes += support.distinct->memory_bytes();
  }
  return bytes;
}

// ---- in

namespace {

void write(const Layout& layout, const Entry& e, std::int64_t* place) {
  place[0] = e.time;
  if (layout.store_known) place[layout.known_at] = e.known;
  if (layout.store_order) {
    place[layout.id_at] = e.id;
    place[layout.seq_at] = e.seq;
  }
  std::int64_t* slots = place + layout.slots_at;
  for (std::size_t s = 0; s < layout.slots.size(); ++s) slots[s] = e.values[s];
}

}  // namespace

Status KeyState::insert(const Layout& layout, const Entry& e) {
  if (block_ == nullptr) allocate(layout, kFirstCapacity);
  if (header().begin + header().size == header().capacity) TRY_VOID(make_room(layout));
  Header& h = header();
  std::uint32_t index = h.size;
  std::int64_t* place = entry(layout, index);
  auto words = static_cast<std::ptrdiff_t>(layout.entry_words);
  if (index > 0 && e.time <= *(place - words)) {
    FoldOrder order{e.time, e.id, e.seq};
    std::int64_t* end = place;
    for (; index > 0 && layout.before(order, layout.order_of(place - words)); --index)
      place -= words;
    std::memmove(place + words, place, static_cast<std::size_t>(end - place) * 8);
  }
  ++h.size;
  write(layout, e, place);
  h.max_known = std::max(h.max_known, layout.store_known ? e.known : e.time);
  // Cursors and parts stay right for the time they stand at.
  if (h.windows && e.time <= windows().at) insert_into_windows(layout, index);
  return {};
}

bool KeyState::erase(const Layout& layout, const Entry& e) {
  if (block_ == nullptr) return false;
  Header& h = header();
  FoldOrder order{e.time, e.id, e.seq};
  std::uint32_t low = 0;
  std::uint32_t high = h.size;
  while (low < high) {
    std::uint32_t middle = low + (high - low) / 2;
    if (layout.before(layout.order_of(entry(layout, middle)), order))
      low = middle + 1;
    else
      high = middle;
  }
  auto words = static_cast<std::size_t>(layout.entry_words);
  std::vector<std::int64_t> wanted(words);
  write(layout, e, wanted.data());
  for (; low < h.size && !layout.before(order, layout.order_of(entry(layout, low))); ++low) {
    std::int64_t* place = entry(layout, low);
    if (!std::equal(wanted.begin(), wanted.end(), place)) continue;
    if (h.windows) erase_from_windows(layout, low);
    std::memmove(place, place + words, words * (h.size - low - 1) * 8);
    --h.size;
    return true;
  }
  return false;
}

// ---- room

Status KeyState::make_room(const Layout& layout) {
  if (header().settled != kNoValue && header().size > 0) release(layout);
  Header& h = header();
  if (h.begin + h.size < h.capacity && h.begin == 0) return {};
  bool few = h.size < h.capacity / 4 && h.capacity > 16;
  if (few) {
    resize(layout, std::max(h.size * 2, kFirstCapacity));
  } else if (h.begin >= std::max(1U, h.capacity / 4)) {
    resize(layout, h.capacity);
  } else {
    if (h.size >= kMostEntries)
      return fail(Code::kLimit,
                  "a key holds {} records in its windows; use panes or shorter windows", h.size);
    resize(layout, h.capacity + std::max(2U, h.capacity / 2));
  }
  return {};
}

// Entries to the front of a block with room for this many; with cursors and parts if these are not
// few, or have more than that already.
void KeyState::resize(const Layout& layout, std::uint32_t capacity) {
  Header& h = header();
  bool windows = capacity > kFew || extras_or_none() != nullptr;
  if (windows != h.windows) return move_to_block(layout, windows, capacity);
  if (capacity != h.capacity && h.place != 0) return move_to_block(layout, windows, capacity);
  if (h.begin > 0)
    std::memmove(entry(layout, 0) - h.begin * static_cast<std::size_t>(layout.entry_words),
                 entry(layout, 0), static_cast<std::size_t>(layout.entry_words) * h.size * 8);
  h.begin = 0;
  if (capacity == h.capacity) return;
  h.capacity = capacity;
  block_ = static_cast<std::int64_t*>(std::realloc(block_, block_bytes(layout, windows, capacity)));
}

void KeyState::move_to_block(const Layout& layout, bool windows, std::uint32_t capacity) {
  Header& h = header();
  BlockPool* pool = h.place == 0 ? nullptr : &BlockPool::owner(block_);
  Header* made = new_block(layout, windows, capacity, pool);
  Header copy = h;
  copy.begin = 0;
  copy.capacity = made->capacity;
  copy.place = made->place;
  copy.windows = windows;
  *made = copy;
  auto* next = reinterpret_cast<std::int64_t*>(made);
  if (windows && h.windows)
    std::memcpy(next + kKeyHeaderWords, block_ + kKeyHeaderWords,
                static_cast<std::size_t>(layout.block_words - kKeyHeaderWords) * 8);
  std::memcpy(next + fixed_words(layout, windows), entry(layout, 0),
              static_cast<std::size_t>(layout.entry_words) * h.size * 8);
  bool fresh = windows && !h.windows;
  if (pool == nullptr)
    std::free(block_);
  else
    BlockPool::give_back(block_, int{h.place} - 1);
  block_ = next;
  if (!fresh) return;
  this->windows().extras = nullptr;
  reset(layout);
}

void KeyState::give_windows(const Layout& layout) {
  if (!header().windows) move_to_block(layout, true, std::max(header().capacity, 1U));
}

// Lets go what no read from `settled` on can see, and folds what none can tell apart.
void KeyState::release(const Layout& layout) {
  Header& h = header();
  if (h.windows && windows().at != kNoValue && windows().at < h.settled)
    move_all(layout, h.settled);
  std::uint32_t sight = h.size;
  for (std::size_t w = 0; w < layout.windows.size(); ++w)
    sight = std::min(sight, first_in_sight(layout, static_cast<int>(w)));
  if (sight > 0 && sight >= h.size / 4) drop_front(layout, sight);
  if (layout.cell_windows == 0 || !h.windows) return;
  std::uint32_t foldable = first_not_foldable(layout);
  if (foldable >= kLeastFolded && foldable >= h.size / 4 && folding_pays(layout, foldable))
    fold_front(layout, foldable);
}

std::uint32_t KeyState::first_at_or_after(const Layout& layout, std::int64_t time) const {
  std::uint32_t low = 0;
  std::uint32_t high = header().size;
  while (low < high) {
    std::uint32_t middle = low + (high - low) / 2;
    if (*entry(layout, middle) < time)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// The first entry some read from `settled` on can see in a window. The n last are counted among
// what is known by then: a newer entry that is not known yet must not push an older one out.
std::uint32_t KeyState::first_in_sight(const Layout& layout, int window) const {
  const RingWindow& w = layout.windows[static_cast<std::size_t>(window)];
  std::int64_t settled = header().settled;
  if (w.window.kind != Window::Kind::kLast) return first_at_or_after(layout, w.lowest(settled));
  std::int64_t visible = 0;
  for (std::uint32_t i = first_at_or_after(layout, w.highest(settled) + 1); i-- > 0;)
    if (known_of(layout, entry(layout, i)) <= settled && ++visible == w.window.count) return i;
  return 0;
}

// Entries before it are past and known at any read from `settled` on, and in no exact window.
std::uint32_t KeyState::first_not_foldable(const Layout& layout) const {
  std::uint32_t end = first_at_or_after(layout, header().settled);
  for (std::size_t w = 0; w < layout.windows.size(); ++w)
    if (layout.cells[w].words == 0)
      end = std::min(end, first_in_sight(layout, static_cast<int>(w)));
  if (!layout.store_known) return end;
  for (std::uint32_t i = 0; i < end; ++i)
    if (known_of(layout, entry(layout, i)) > header().settled) return i;
  return end;
}

bool KeyState::folding_pays(const Layout& layout, std::uint32_t count) const {
  std::int64_t words = 0;
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    if (layout.cells[w].words == 0) continue;
    std::int64_t low = layout.windows[w].lowest(header().settled);
    const Cells* cells = cells_of(layout, static_cast<int>(w));
    std::int64_t missing =
        cells != nullptr ? cells->missing(entry(layout, 0), count, low)
                         : Cells(layout, static_cast<int>(w)).missing(entry(layout, 0), count, low);
    words += missing * layout.cells[w].words;
  }
  return std::int64_t{count} * layout.entry_words >= 2 * words;
}

void KeyState::fold_front(const Layout& layout, std::uint32_t count) {
  for (Cells& cells : extras(layout).cells) {
    std::int64_t low = cells.window().lowest(header().settled);
    cells.drop_before(low);
    cells.fold(entry(layout, 0), count, low);
  }
  drop_front(layout, count);
  for (std::size_t w = 0; w < layout.windows.size(); ++w) place_cells(layout, static_cast<int>(w));
}

void KeyState::drop_front(const Layout& layout, std::uint32_t count) {
  Header& h = header();
  h.begin += count;
  h.size -= count;
  if (h.size == 0) h.begin = 0;
  if (!h.windows) return;
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    Cursor& c = cursor(static_cast<int>(w));
    c.tail -= std::min(c.tail, count);
    c.head -= std::min(c.head, count);
  }
}

// Which cells are in sight where the cursors stand.
void KeyState::place_cells(const Layout& layout, int window) {
  Cells* cells = cells_of(layout, window);
  if (cells == nullptr) return;
  cells->rows = 0;
  cells->tail = cells->size();
  if (windows().at == kNoValue) return;
  const RingWindow& w = cells->window();
  std::int64_t low = w.lowest(windows().at);
  while (cells->tail > 0 && w.cell_last(cells->cell(cells->tail - 1)[kCellNumber]) >= low)
    cells->rows += cells->cell(--cells->tail)[kCellRows];
}

}  // namespace lode
