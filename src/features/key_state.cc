#include "features/key_state.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

#include "features/fold.h"

namespace lode {
namespace {

constexpr std::uint32_t kFirstCapacity = 4;
constexpr std::uint32_t kMostEntries = std::uint32_t{1} << 31;
constexpr std::int64_t kStaleLeast = 1;
constexpr std::int64_t kStaleGreatest = 2;

// Words hold 128-bit numbers at any 8-byte boundary.
void add_wide(std::int64_t* word, Int128 value) {
  Int128 sum = 0;
  std::memcpy(&sum, word, sizeof sum);
  sum += value;
  std::memcpy(word, &sum, sizeof sum);
}

std::int64_t* allocate_words(std::size_t words) {
  return static_cast<std::int64_t*>(std::malloc(words * sizeof(std::int64_t)));
}

}  // namespace

KeyState::~KeyState() {
  if (block_ == nullptr) return;
  std::free(header().ring);
  std::free(block_);
}

void KeyState::swap(KeyState& other) noexcept { std::swap(block_, other.block_); }

void KeyState::allocate(const Layout& layout) {
  static_assert(sizeof(Header) == kKeyHeaderWords * 8);
  block_ = allocate_words(static_cast<std::size_t>(layout.block_words));
  Header& h = header();
  h = Header{};
  h.settled = h.at = h.max_known = kNoValue;
  reset_windows(layout);
}

void KeyState::clear(const Layout& layout) {
  if (block_ == nullptr) return allocate(layout);
  Header& h = header();
  h.begin = h.size = 0;
  h.settled = h.max_known = kNoValue;
  reset_windows(layout);
}

void KeyState::reset_windows(const Layout& layout) {
  header().at = kNoValue;
  std::memset(block_ + kKeyHeaderWords, 0,
              static_cast<std::size_t>(layout.block_words - kKeyHeaderWords) * 8);
}

std::int64_t KeyState::known_of(const Layout& layout, const std::int64_t* entry) const {
  return layout.store_known ? entry[layout.known_at] : entry[0];
}

void KeyState::prefetch_ring(const Layout& layout) const {
  if (block_ == nullptr || header().capacity == 0) return;
  __builtin_prefetch(entry(layout, header().size), 1);
  for (std::size_t w = 0; w < layout.windows.size(); ++w)
    __builtin_prefetch(entry(layout, cursor(static_cast<int>(w)).tail));
}

std::int64_t KeyState::memory_bytes(const Layout& layout) const {
  if (block_ == nullptr) return 0;
  return 8 *
         (std::int64_t{layout.block_words} + std::int64_t{layout.entry_words} * header().capacity);
}

// ---- insertion
// -----------------------------------------------------------------------------------

bool KeyState::before(const Layout& layout, const Entry& a, const std::int64_t* b) const {
  if (a.time != b[0]) return a.time < b[0];
  if (!layout.store_order) return false;  // ties cannot show: behind its equals, nothing moves
  std::int64_t id = b[layout.id_at];
  if (a.id != id) {
    if (layout.text_ids) return layout.texts->text(a.id) < layout.texts->text(id);
    return a.id < id;
  }
  return a.seq < b[layout.seq_at];
}

void KeyState::write(const Layout& layout, std::uint32_t index, const Entry& e) {
  std::int64_t* at = entry(layout, index);
  at[0] = e.time;
  if (layout.store_known) at[layout.known_at] = e.known;
  if (layout.store_order) {
    at[layout.id_at] = e.id;
    at[layout.seq_at] = e.seq;
  }
  for (std::size_t s = 0; s < layout.slots.size(); ++s)
    at[layout.slots_at + static_cast<int>(s)] = e.values[s];
}

Status KeyState::insert(const Layout& layout, const Entry& e) {
  if (block_ == nullptr) allocate(layout);
  TRY_VOID(make_room(layout));
  Header& h = header();
  std::uint32_t index = h.size++;
  for (; index > 0 && before(layout, e, entry(layout, index - 1)); --index)
    std::memcpy(entry(layout, index), entry(layout, index - 1),
                static_cast<std::size_t>(layout.entry_words) * 8);
  write(layout, index, e);
  h.max_known = std::max(h.max_known, layout.store_known ? e.known : e.time);
  if (h.at != kNoValue) insert_into_windows(layout, index);
  return {};
}

// Keeps cursors and parts right for the time they stand at.
void KeyState::insert_into_windows(const Layout& layout, std::uint32_t index) {
  std::int64_t time = *entry(layout, index);
  std::int64_t at = header().at;
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    const RingWindow& window = layout.windows[w];
    auto number = static_cast<int>(w);
    Cursor& c = cursor(number);
    if (time > window.highest(at)) continue;
    ++c.head;
    bool inside =
        window.window.kind == Window::Kind::kLast ? index >= c.tail : time >= window.lowest(at);
    if (!inside) {
      ++c.tail;
      continue;
    }
    add(layout, number, index);
    if (window.window.kind == Window::Kind::kLast && c.head - c.tail > window.window.count)
      remove(layout, number, c.tail++);
  }
}

Status KeyState::make_room(const Layout& layout) {
  Header& h = header();
  if (h.size < h.capacity) return {};
  if (h.settled != kNoValue && h.size > 0) {
    // What no read from `settled` on can see: behind every window's tail there.
    for (std::size_t w = 0; w < layout.windows.size(); ++w)
      move(layout, static_cast<int>(w), h.settled);
    h.at = h.settled;
    std::uint32_t dead = h.size;
    for (std::size_t w = 0; w < layout.windows.size(); ++w)
      dead = std::min(dead, out_of_sight(layout, static_cast<int>(w)));
    if (dead > 0 && dead >= h.size / 4) {
      drop_front(layout, dead);
      return {};
    }
  }
  if (h.capacity >= kMostEntries)
    return fail(Code::kLimit, "a key holds {} records in its windows; use panes or shorter windows",
                h.size);
  std::uint32_t capacity = h.capacity == 0 ? kFirstCapacity : h.capacity * 2;
  auto words = static_cast<std::size_t>(layout.entry_words);
  std::int64_t* ring = allocate_words(words * capacity);
  for (std::uint32_t i = 0; i < h.size; ++i)
    std::memcpy(ring + words * i, entry(layout, i), words * 8);
  std::free(h.ring);
  h.ring = ring;
  h.capacity = capacity;
  h.begin = 0;
  return {};
}

// How many of the first entries no read from `settled` on can see in a window, whose cursors stand
// there. The n last are counted among what is known by then: a newer entry that is not known yet
// must not push an older one out.
std::uint32_t KeyState::out_of_sight(const Layout& layout, int window) const {
  const RingWindow& w = layout.windows[static_cast<std::size_t>(window)];
  Cursor c = cursor(window);
  if (w.window.kind != Window::Kind::kLast || !layout.store_known) return c.tail;
  std::int64_t visible = 0;
  for (std::uint32_t i = c.head; i-- > 0;)
    if (known_of(layout, entry(layout, i)) <= header().settled && ++visible == w.window.count)
      return i;
  return 0;
}

void KeyState::drop_front(const Layout& layout, std::uint32_t count) {
  Header& h = header();
  h.begin = (h.begin + count) & (h.capacity - 1);
  h.size -= count;
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    Cursor& c = cursor(static_cast<int>(w));
    c.tail -= count;
    c.head -= count;
  }
}

void KeyState::settle(const Layout& layout, std::int64_t t) {
  if (block_ == nullptr) allocate(layout);
  header().settled = std::max(header().settled, t);
}

// ---- windows
// -------------------------------------------------------------------------------------

void KeyState::add(const Layout& layout, int window, std::uint32_t index) {
  const std::int64_t* e = entry(layout, index) + layout.slots_at;
  int end = layout.first_part[static_cast<std::size_t>(window) + 1];
  for (int p = layout.first_part[static_cast<std::size_t>(window)]; p < end; ++p) {
    const KeptParts& kept = layout.parts[static_cast<std::size_t>(p)];
    if (kept.slot < 0) continue;
    std::int64_t value = e[kept.slot];
    if (value == kNoValue) continue;
    if (kept.count_word >= 0) ++block_[kept.count_word];
    if (kept.sum_word >= 0) add_wide(block_ + kept.sum_word, value);
    if (kept.squares_word >= 0) {
      Int256 squares;
      std::memcpy(squares.limb, block_ + kept.squares_word, sizeof squares.limb);
      squares += Int256::from(Int128{value} * value);
      std::memcpy(block_ + kept.squares_word, &squares, sizeof squares);
    }
    if (kept.flags_word < 0) continue;
    // An extreme is kept shifted by kNoValue so that zeroed words mean "no value yet".
    if (kept.least_word >= 0) {
      std::int64_t& least = block_[kept.least_word];
      if (least == 0 || value < (least ^ kNoValue)) least = value ^ kNoValue;
    }
    if (kept.greatest_word >= 0) {
      std::int64_t& greatest = block_[kept.greatest_word];
      if (greatest == 0 || value > (greatest ^ kNoValue)) greatest = value ^ kNoValue;
    }
  }
}

void KeyState::remove(const Layout& layout, int window, std::uint32_t index) {
  const std::int64_t* e = entry(layout, index) + layout.slots_at;
  int end = layout.first_part[static_cast<std::size_t>(window) + 1];
  for (int p = layout.first_part[static_cast<std::size_t>(window)]; p < end; ++p) {
    const KeptParts& kept = layout.parts[static_cast<std::size_t>(p)];
    if (kept.slot < 0) continue;
    std::int64_t value = e[kept.slot];
    if (value == kNoValue) continue;
    if (kept.count_word >= 0) --block_[kept.count_word];
    if (kept.sum_word >= 0) add_wide(block_ + kept.sum_word, -Int128{value});
    if (kept.squares_word >= 0) {
      Int256 squares;
      std::memcpy(squares.limb, block_ + kept.squares_word, sizeof squares.limb);
      squares -= Int256::from(Int128{value} * value);
      std::memcpy(block_ + kept.squares_word, &squares, sizeof squares);
    }
    if (kept.flags_word < 0) continue;
    if (kept.least_word >= 0 && value == (block_[kept.least_word] ^ kNoValue))
      block_[kept.flags_word] |= kStaleLeast;
    if (kept.greatest_word >= 0 && value == (block_[kept.greatest_word] ^ kNoValue))
      block_[kept.flags_word] |= kStaleGreatest;
  }
}

// Brings one window's cursors from wherever they stand to t0.
void KeyState::move(const Layout& layout, int number, std::int64_t t0) {
  const RingWindow& window = layout.windows[static_cast<std::size_t>(number)];
  Cursor& c = cursor(number);
  std::uint32_t size = header().size;
  std::int64_t high = window.highest(t0);
  if (window.window.kind == Window::Kind::kLast) {
    while (c.head < size && *entry(layout, c.head) <= high) {
      add(layout, number, c.head++);
      if (c.head - c.tail > window.window.count) remove(layout, number, c.tail++);
    }
    while (c.head > 0 && *entry(layout, c.head - 1) > high) {
      remove(layout, number, --c.head);
      if (c.tail > 0) add(layout, number, --c.tail);
    }
    return;
  }
  std::int64_t low = window.lowest(t0);
  while (c.head < size && *entry(layout, c.head) <= high) add(layout, number, c.head++);
  while (c.head > 0 && *entry(layout, c.head - 1) > high) {
    --c.head;
    if (c.head >= c.tail)
      remove(layout, number, c.head);
    else
      c.tail = c.head;
  }
  while (c.tail < c.head && *entry(layout, c.tail) < low) remove(layout, number, c.tail++);
  while (c.tail > 0 && *entry(layout, c.tail - 1) >= low) {
    add(layout, number, --c.tail);
  }
}

// Finds extremes again after theirs left the window.
void KeyState::refresh(const Layout& layout, const KeptParts& kept) {
  std::int64_t& flags = block_[kept.flags_word];
  if (flags == 0) return;
  Cursor c = cursor(kept.window);
  std::int64_t least = kNoValue;
  std::int64_t greatest = kNoValue;
  for (std::uint32_t i = c.tail; i < c.head; ++i) {
    std::int64_t value = entry(layout, i)[layout.slots_at + kept.slot];
    if (value == kNoValue) continue;
    if (least == kNoValue || value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (kept.least_word >= 0) block_[kept.least_word] = least ^ kNoValue;
  if (kept.greatest_word >= 0) block_[kept.greatest_word] = greatest ^ kNoValue;
  flags = 0;
}

// ---- reads
// ---------------------------------------------------------------------------------------

bool KeyState::read(const Layout& layout, std::int64_t t0, std::int64_t k, std::span<Parts> out) {
  if (block_ == nullptr) allocate(layout);
  Header& h = header();
  if (h.settled != kNoValue && (t0 < h.settled || k < h.settled)) return false;
  for (std::size_t w = 0; w < layout.windows.size(); ++w) move(layout, static_cast<int>(w), t0);
  h.at = t0;
  for (std::size_t p = 0; p < layout.parts.size(); ++p) {
    out[p] = Parts{};
    if (k >= h.max_known)
      answer(layout, layout.parts[p], out[p]);
    else
      answer_hiding(layout, layout.parts[p], k, out[p]);
  }
  return true;
}

void KeyState::answer(const Layout& layout, const KeptParts& kept, Parts& out) {
  Cursor c = cursor(kept.window);
  out.rows = c.head - c.tail;
  if (out.rows == 0) return;
  out.last_time = *entry(layout, c.head - 1);
  if (kept.slot < 0) return;
  int slot = layout.slots_at + kept.slot;
  if (kept.count_word >= 0) out.count = block_[kept.count_word];
  if (kept.sum_word >= 0) std::memcpy(&out.sum, block_ + kept.sum_word, sizeof out.sum);
  if (kept.squares_word >= 0)
    std::memcpy(out.squares.limb, block_ + kept.squares_word, sizeof out.squares.limb);
  if (kept.flags_word >= 0) refresh(layout, kept);
  if (kept.least_word >= 0) out.least = block_[kept.least_word] ^ kNoValue;
  if (kept.greatest_word >= 0) out.greatest = block_[kept.greatest_word] ^ kNoValue;
  if ((kept.parts & kPartFirst) != 0) out.first = entry(layout, c.tail)[slot];
  if ((kept.parts & kPartLast) != 0) out.last = entry(layout, c.head - 1)[slot];
  if ((kept.parts & kPartDistinct) != 0) {
    std::vector<std::int64_t> values;
    for (std::uint32_t i = c.tail; i < c.head; ++i) values.push_back(entry(layout, i)[slot]);
    count_distinct(values, kept.distinct_limit, out);
  }
}

// The same with entries known only after k left out: a fold over what is left. Rare: live reads and
// training rows bring entries in when they are known.
void KeyState::answer_hiding(const Layout& layout, const KeptParts& kept, std::int64_t k,
                             Parts& out) const {
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
  for (const std::int64_t* e : seen) {
    out.last_time = e[0];
    if (kept.slot >= 0) values.push_back(e[layout.slots_at + kept.slot]);
  }
  out.rows = static_cast<std::int64_t>(seen.size());
  if (kept.slot >= 0) fold_values(values, kept, out);
}

}  // namespace lode
