// The state of one key: a ring of entries in fold order and exact running parts for each window. A
// read at any time not below what the key has settled moves the windows' cursors there, forward or
// back; since parts are integers, the way a cursor took cannot show in a value.
//
// Meaning: docs/semantics.md 6. Entries are single visible versions; keys touched by corrections
// are answered by features/replay.h.
//
// Threads: one at a time. Cost: insertion in order O(1) amortised, out of order O(displacement); a
// read O(entries the cursors pass); least and greatest are rescanned only when the extreme left.
// Memory: (block_words + entry_words * capacity) * 8 bytes, capacity a power of two.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "features/layout.h"

namespace lode {

// Words at the start of a key's block, before the cursors (one word a window) and the parts.
inline constexpr int kKeyHeaderWords = 6;

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

  // Empties the state but keeps its memory for the next key.
  void clear(const Layout& layout);
  // Errors: kLimit when a key would hold 2^31 entries.
  Status insert(const Layout& layout, const Entry& entry);
  // From here on reads below t are answered by replay; entries no window can see again may go.
  void settle(const Layout& layout, std::int64_t t);
  std::int64_t settled() const { return block_ == nullptr ? kNoValue : header().settled; }

  // Answers layout.parts at (t0, k) into out[layout.parts.size()]. False when t0 is below settled
  // or k hides what has been settled: the caller replays.
  bool read(const Layout& layout, std::int64_t t0, std::int64_t k, std::span<Parts> out);

  std::int64_t entries() const { return block_ == nullptr ? 0 : header().size; }
  std::int64_t memory_bytes(const Layout& layout) const;
  void prefetch() const { __builtin_prefetch(block_); }
  void prefetch_ring(const Layout& layout) const;

  // Position-independent bytes: docs/formats/key-state.md. load replaces; hostile bytes give
  // kCorrupt and leave the state empty.
  std::string save(const Layout& layout) const;
  Status load(const Layout& layout, std::string_view bytes, TextPool& texts);
  // Adds the entries of another state of the same key (disjoint records) whose texts are in the
  // same pool.
  Status merge(const Layout& layout, const KeyState& other);

  void swap(KeyState& other) noexcept;

 private:
  struct Header {
    std::int64_t* ring;
    std::uint32_t capacity;  // a power of two, or 0
    std::uint32_t begin;     // slot of the first entry
    std::uint32_t size;
    std::uint32_t unused;    // keeps the words whole
    std::int64_t settled;    // kNoValue = nothing
    std::int64_t at;         // t0 the cursors stand at; kNoValue = nowhere
    std::int64_t max_known;  // over the entries
  };
  struct Cursor {
    std::uint32_t tail;
    std::uint32_t head;
  };

  Header& header() const { return *reinterpret_cast<Header*>(block_); }
  Cursor& cursor(int window) const {
    return *reinterpret_cast<Cursor*>(block_ + kKeyHeaderWords + window);
  }
  std::int64_t* entry(const Layout& layout, std::uint32_t index) const {
    const Header& h = header();
    return h.ring + std::size_t{(h.begin + index) & (h.capacity - 1)} *
                        static_cast<std::size_t>(layout.entry_words);
  }
  std::int64_t known_of(const Layout& layout, const std::int64_t* entry) const;

  void allocate(const Layout& layout);
  void reset_windows(const Layout& layout);
  Status make_room(const Layout& layout);
  std::uint32_t out_of_sight(const Layout& layout, int window) const;
  void drop_front(const Layout& layout, std::uint32_t count);
  void write(const Layout& layout, std::uint32_t index, const Entry& entry);
  void insert_into_windows(const Layout& layout, std::uint32_t index);
  void add(const Layout& layout, int window, std::uint32_t index);
  void remove(const Layout& layout, int window, std::uint32_t index);
  void move(const Layout& layout, int window, std::int64_t t0);
  void refresh(const Layout& layout, const KeptParts& kept);
  void answer(const Layout& layout, const KeptParts& kept, Parts& out);
  void answer_hiding(const Layout& layout, const KeptParts& kept, std::int64_t k, Parts& out) const;
  bool before(const Layout& layout, const Entry& a, const std::int64_t* b) const;

  std::int64_t* block_ = nullptr;
};

}  // namespace lode
