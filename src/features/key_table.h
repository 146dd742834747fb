// The keys of one shard of one group: an open-addressing table from a key's number to its state.
//
// Threads: one at a time. Cost: one probe and one cache line a look-up at most loads; prefetch()
// lets a batch of look-ups overlap (docs/performance.md). Memory: 16 bytes a slot, at most half
// full, and the blocks of the states in a pool; both in huge pages once they are large.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/huge_pages.h"
#include "features/block_pool.h"
#include "features/key_state.h"

namespace lode {

class KeyTable {
 public:
  KeyTable() : pool_(std::make_unique<BlockPool>()), slots_(kFirstSlots) {}

  KeyTable(KeyTable&&) = default;
  KeyTable& operator=(KeyTable&&) = delete;  // it would let the pool go before what is in it

  // The state of a key, made if it is new.
  KeyState& at(std::int64_t key, const Layout& layout) {
    if (key == kNoKey) {
      if (!std::exchange(has_odd_key_, true)) odd_.start(layout, *pool_);
      return odd_;
    }
    if ((size_ + 1) * 2 > slots_.size()) grow();
    std::size_t i = probe(key);
    if (slots_[i].key == kNoKey) {
      slots_[i].key = key;
      slots_[i].state.start(layout, *pool_);
      ++size_;
    }
    return slots_[i].state;
  }

  // nullptr for an unknown key.
  KeyState* find(std::int64_t key) {
    if (key == kNoKey) return has_odd_key_ ? &odd_ : nullptr;
    std::size_t i = probe(key);
    return slots_[i].key == kNoKey ? nullptr : &slots_[i].state;
  }

  // Four steps of one look-up, to be run a few events ahead of each other. GCC takes a function
  // that only prefetches for one without effect and drops its calls, unless it is inlined first.
  [[gnu::always_inline]] void prefetch_slot(std::int64_t key) const {
    __builtin_prefetch(&slots_[home(key)]);
  }
  [[gnu::always_inline]] void prefetch_state(std::int64_t key) const {
    const Slot& slot = slots_[home(key)];
    if (slot.key == key) slot.state.prefetch();
  }
  [[gnu::always_inline]] void prefetch_entries(std::int64_t key, const Layout& layout) const {
    const Slot& slot = slots_[home(key)];
    if (slot.key == key) slot.state.prefetch_entries(layout);
  }
  [[gnu::always_inline]] void prefetch_tails(std::int64_t key, const Layout& layout) const {
    const Slot& slot = slots_[home(key)];
    if (slot.key == key) slot.state.prefetch_tails(layout);
  }

  std::int64_t size() const { return static_cast<std::int64_t>(size_) + (has_odd_key_ ? 1 : 0); }
  std::int64_t memory_bytes(const Layout& layout) const {
    std::int64_t bytes = pool_->memory_bytes() + odd_.memory_bytes(layout) +
                         static_cast<std::int64_t>(slots_.size() * sizeof(Slot));
    for (const Slot& slot : slots_) bytes += slot.state.memory_bytes(layout);
    return bytes;
  }

  // Calls see(key, state) for every key, in no order that means anything: sort what goes out.
  template <typename See>
  void each(See see) const {
    if (has_odd_key_) see(kNoKey, odd_);
    for (const Slot& slot : slots_)
      if (slot.key != kNoKey) see(slot.key, slot.state);
  }

 private:
  static constexpr std::int64_t kNoKey = kNoValue;  // marks a free slot; as a key it has a place
  static constexpr std::size_t kFirstSlots = 16;
  struct Slot {
    std::int64_t key = kNoKey;
    KeyState state;
  };

  using Slots = std::vector<Slot, HugePageAllocator<Slot>>;

  // Multiplicative hashing by the golden ratio (Knuth 6.4): four are computed for a record.
  std::size_t home(std::int64_t key) const {
    auto bits = static_cast<std::uint64_t>(key);
    return (bits ^ bits >> 32) * 0x9e3779b97f4a7c15U >> shift_;
  }
  std::size_t probe(std::int64_t key) const {
    std::size_t i = home(key);
    while (slots_[i].key != key && slots_[i].key != kNoKey) i = (i + 1) & (slots_.size() - 1);
    return i;
  }
  void grow() {
    Slots old(slots_.size() * 2);
    old.swap(slots_);
    --shift_;
    for (Slot& slot : old)
      if (slot.key != kNoKey) {
        Slot& place = slots_[probe(slot.key)];
        place.key = slot.key;
        place.state.swap(slot.state);
      }
  }

  std::unique_ptr<BlockPool> pool_;  // before the states, which give back to it
  Slots slots_;
  int shift_ = 60;  // 64 less the logarithm of slots
  std::size_t size_ = 0;
  KeyState odd_;
  bool has_odd_key_ = false;
};

}  // namespace lode
