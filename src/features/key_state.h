// The state of one key: entries in fold order, and exact running parts for each window. A read at
// any time not below what the key has settled moves the windows' cursors there, forward or back;
// since parts are integers, the way a cursor took cannot show in a value. What is settled and
// stands in no exact window any more is folded into cells (features/cells.h) or let go.
//
// Meaning: docs/semantics.md 6. Entries are single visible versions; how corrections come in is
// said in features/replay.h.
//
// Most keys of a large set have few records. Such a key is its records alone, in a line or three of
// memory, and a read folds them; it gets cursors and parts with its ninth record.
//
// Threads: one at a time. Cost: an entry in order O(1) amortised, out of order O(displacement); a
// read O(entries the cursors pass). Extremes and distinct counts of windows with more than 64
// entries have their own structures, O(1) amortised for windows that move forward; of `last n`
// windows, and of reads that go back in time, they are found again by O(entries in the window).
// Memory: (block_words + entry_words * capacity) * 8 bytes, capacity at most 1.7 times what is
// kept, and what memory_bytes() adds for cells; of a key with few records kKeyHeaderWords instead
// of block_words.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "features/block_pool.h"
#include "features/cells.h"
#include "features/extreme_chain.h"
#include "features/layout.h"
#include "features/value_counter.h"

namespace lode {

// One entry to insert; `values` holds layout.slots.size() kept values.
struct Entry {
  std::int64_t time = 0;  // τ
  std::int64_t known = 0;
  std::int64_t id = 0;  // order of ids within the source
  std::int64_t seq = 0;
  const std::int64_t* values = nullptr;
};

class KeyState {
 public:
  KeyState() = default;
  KeyState(KeyState&& other) noexcept { swap(other); }
  KeyState& operator=(KeyState&& other) noexcept {
    swap(other);
    return *this;
  }
  ~KeyState();

  // Makes an empty state whose block comes from `pool`, which must outlive it; others have theirs
  // from the heap.
  void start(const Layout& layout, BlockPool& pool) { allocate(layout, kFirstCapacity, &pool); }
  // Empties the state but keeps its memory for the next key.
  void clear(const Layout& layout);
  // Errors: kLimit when a key would hold 2^31 entries.
  Status insert(const Layout& layout, const Entry& entry);
  // Takes an entry out again, found by all it was inserted with: a version that is visible no more.
  // Only while nothing is settled; false if there is no such entry. Cost: O(entries behind it).
  bool erase(const Layout& layout, const Entry& entry);
  // From here on reads below t are answered by replay; entries no window can see again may go.
  void settle(const Layout& layout, std::int64_t t) {
    if (block_ == nullptr) allocate(layout, kFirstCapacity);
    if (t > header().settled) header().settled = t;
  }
  std::int64_t settled() const { return block_ == nullptr ? kNoValue : header().settled; }

  // Answers layout.parts at (t0, k) into out[layout.parts.size()]. False when t0 is below settled
  // or k hides what has been settled: the caller replays.
  bool read(const Layout& layout, std::int64_t t0, std::int64_t k, std::span<Parts> out);

  // Records kept one by one, not in cells.
  std::int64_t entries() const { return block_ == nullptr ? 0 : header().size; }
  std::int64_t cells() const;
  // What it holds outside a pool.
  std::int64_t memory_bytes(const Layout& layout) const;
  // Brings the header into the cache, then what a read at a later time will touch.
  [[gnu::always_inline]] void prefetch() const { __builtin_prefetch(block_, 1); }
  [[gnu::always_inline]] void prefetch_entries(const Layout& layout) const {
    if (block_ == nullptr) return;
    const Header& h = header();
    if (!h.windows) {
      const std::int64_t* end = entry(layout, h.capacity - h.begin);
      for (const std::int64_t* line = block_ + kLineWords; line < end; line += kLineWords)
        __builtin_prefetch(line, 1);
      return;
    }
    for (int word = kLineWords; word < kPrefetchedWords; word += kLineWords)
      __builtin_prefetch(block_ + word, 1);
    const std::int64_t* next = entry(layout, h.size);
    __builtin_prefetch(next - layout.entry_words, 1);
    __builtin_prefetch(next + layout.entry_words - 1, 1);
  }
  // Once these are there: the lower edges.
  [[gnu::always_inline]] void prefetch_tails(const Layout& layout) const {
    if (block_ == nullptr || !header().windows) return;
    auto windows = static_cast<int>(layout.edges.size());
    for (int w = 0; w < windows; ++w) {
      const std::int64_t* tail = entry(layout, cursor(w).tail);
      __builtin_prefetch(tail);
      __builtin_prefetch(tail + 2 * layout.entry_words);
    }
  }

  // Position-independent bytes: docs/formats/key-state.md. load replaces; hostile bytes give
  // kCorrupt and leave the state empty.
  std::string save(const Layout& layout) const;
  Status load(const Layout& layout, std::string_view bytes, TextPool& texts);
  // Adds the records of another state of the same key (disjoint records) whose texts are in the
  // same pool.
  Status merge(const Layout& layout, const KeyState& other);

  void swap(KeyState& other) noexcept;

 private:
  static constexpr int kLineWords = 8;
  static constexpr int kPrefetchedWords = 3 * kLineWords;
  static constexpr std::uint32_t kFirstCapacity = 1;
  // A key with room for more has cursors and parts.
  static constexpr std::uint32_t kFew = 8;

  // What a window of many entries has beside its parts.
  struct Support {
    std::unique_ptr<ExtremeChain> least;
    std::unique_ptr<ExtremeChain> greatest;
    std::unique_ptr<ValueCounter> distinct;
  };
  struct Extras {
    std::vector<Cells> cells;       // of each window with cells
    std::vector<Support> supports;  // of each part
  };

  struct Header {
    std::int64_t settled;  // kNoValue = nothing
    std::int64_t max_known;
    std::uint32_t begin;  // entries [begin, begin + size) of `capacity`
    std::uint32_t size;
    std::uint32_t capacity;
    std::uint16_t place;  // 0: from the heap; else one more than the pool's number of its size
    bool windows;         // what follows; else entries follow at once
  };
  static_assert(sizeof(Header) == kKeyHeaderWords * 8);

  // Then cursors and parts.
  struct Windows {
    std::int64_t at;  // t0 the cursors stand at; kNoValue = nowhere
    Extras* extras;   // most keys have none
  };
  static_assert(sizeof(Header) + sizeof(Windows) == kKeyCursorsAt * 8);

  // Entries [tail, head) are in the window.
  struct Cursor {
    std::uint32_t tail;
    std::uint32_t head;
  };

  Header& header() const { return *reinterpret_cast<Header*>(block_); }
  // Of a key that has them.
  Windows& windows() const { return *reinterpret_cast<Windows*>(block_ + kKeyHeaderWords); }
  Cursor& cursor(int window) const {
    return *reinterpret_cast<Cursor*>(block_ + kKeyCursorsAt + window);
  }
  Extras* extras_or_none() const { return header().windows ? windows().extras : nullptr; }
  static std::size_t fixed_words(const Layout& layout, bool windows) {
    return static_cast<std::size_t>(windows ? layout.block_words : kKeyHeaderWords);
  }
  std::int64_t* entry(const Layout& layout, std::uint32_t index) const {
    return block_ + fixed_words(layout, header().windows) +
           std::size_t{header().begin + index} * static_cast<std::size_t>(layout.entry_words);
  }
  std::int64_t known_of(const Layout& layout, const std::int64_t* entry) const {
    return layout.store_known ? entry[layout.known_at] : entry[0];
  }
  Cells* cells_of(const Layout& layout, int window) const;
  Support* support_of(int part) const;
  Extras& extras(const Layout& layout);

  // key_room.cc: memory.
  static std::size_t block_bytes(const Layout& layout, bool windows, std::uint32_t capacity);
  static Header* new_block(const Layout& layout, bool windows, std::uint32_t capacity,
                           BlockPool* pool);
  void allocate(const Layout& layout, std::uint32_t capacity, BlockPool* pool = nullptr);
  void reset(const Layout& layout);
  void resize(const Layout& layout, std::uint32_t capacity);
  void move_to_block(const Layout& layout, bool windows, std::uint32_t capacity);
  void give_windows(const Layout& layout);
  Status make_room(const Layout& layout);
  void release(const Layout& layout);
  std::uint32_t first_in_sight(const Layout& layout, int window) const;
  std::uint32_t first_not_foldable(const Layout& layout) const;
  bool folding_pays(const Layout& layout, std::uint32_t count) const;
  void fold_front(const Layout& layout, std::uint32_t count);
  void drop_front(const Layout& layout, std::uint32_t count);
  void place_cells(const Layout& layout, int window);
  std::uint32_t first_at_or_after(const Layout& layout, std::int64_t time) const;

  // key_few.cc: reads without cursors and parts.
  Cursor cursor_of_few(const Layout& layout, const WindowEdges& edges, std::int64_t t0) const;
  void read_few(const Layout& layout, std::int64_t t0, std::int64_t k, std::span<Parts> out) const;
  void answer_few(const Layout& layout, int part, Cursor c, Parts& out) const;

  // key_window.cc: cursors and parts.
  void insert_into_windows(const Layout& layout, std::uint32_t index);
  void erase_from_windows(const Layout& layout, std::uint32_t index);
  void add(const Layout& layout, int window, std::uint32_t from, std::uint32_t count);
  void remove(const Layout& layout, int window, std::uint32_t from, std::uint32_t count);
  void count_values(int part, const std::int64_t* value, std::size_t stride, std::uint32_t count,
                    std::int64_t by);
  void move_all(const Layout& layout, std::int64_t t0);
  void move(const Layout& layout, const WindowEdges& edges, std::int64_t t0);
  void move_back(const Layout& layout, int window, std::int64_t low, std::int64_t high);
  void chain_values(int part, const std::int64_t* entry, int value, std::size_t stride,
                    std::uint32_t count);
  void chain_cell(int part, const PartWords& at, std::int64_t last, const std::int64_t* cell);
  void move_last(const Layout& layout, int window, std::int64_t high);
  void move_cells(const Layout& layout, int window, Cells& cells, std::int64_t low);
  void count_cell(const Layout& layout, int window, Cells& cells, std::size_t i, int sign);
  void forget_chains(const Layout& layout, int window);
  void find_extremes(const Layout& layout, int part);
  std::int64_t extreme(const Layout& layout, int part, int sign);
  std::int64_t scan_extreme(const Layout& layout, int part, int sign) const;
  std::int64_t stale_extreme(const Layout& layout, int part, int sign);
  void answer(const Layout& layout, int part, Parts& out);
  void answer_ends(const Layout& layout, int part, const std::int64_t* first,
                   const std::int64_t* last, Parts& out) const;
  void answer_distinct(const Layout& layout, int part, Parts& out);
  void answer_hiding(const Layout& layout, int part, Cursor c, std::int64_t k, Parts& out) const;
  void add_cells(const Layout& layout, int part, std::vector<std::int64_t>& values,
                 Parts& out) const;

  std::int64_t* block_ = nullptr;
};

}  // namespace lode
