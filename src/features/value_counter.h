// How often each value stands in a window: its distinct count in O(1) a read. Only windows with
// many entries have one; the others sort.
//
// Threads: one at a time. Cost: O(1) a value. Memory: 16 bytes a slot, at most two thirds full.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.h"

namespace lode {

class ValueCounter {
 public:
  ValueCounter() : slots_(16) {}

  // `by` more of a value, or less; a value that is there no more costs no memory.
  void add(std::int64_t value, std::int64_t by);
  // Values that are there at least once.
  std::int64_t distinct() const { return static_cast<std::int64_t>(used_); }
  std::int64_t memory_bytes() const {
    return static_cast<std::int64_t>(slots_.size() * sizeof(Slot));
  }

 private:
  struct Slot {
    std::int64_t value = 0;
    std::int64_t count = 0;  // 0 = free
  };
  std::size_t home(std::int64_t value) const {
    return hash64(static_cast<std::uint64_t>(value)) & (slots_.size() - 1);
  }
  std::size_t find(std::int64_t value) const;
  void grow();
  void free_slot(std::size_t i);

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace lode
