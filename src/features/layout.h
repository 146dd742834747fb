// How the records of one key are kept: one ring of entries shared by all features of an entity over
// one origin, and for each window a pair of cursors and the parts its features need.
//
// A Layout is made once from the declarations and is read-only afterwards.
#pragma once

#include <cstdint>
#include <vector>

#include "features/aggregate.h"
#include "features/text_pool.h"
#include "project/window.h"

namespace lode {

// One window over the ring. Two views that ask for the same window share it.
struct RingWindow {
  Window window;
  bool include_current = false;

  // Least τ inside at t0; INT64_MIN for windows without a lower edge in time.
  std::int64_t lowest(std::int64_t t0) const;
  // Greatest τ inside at t0.
  std::int64_t highest(std::int64_t t0) const { return include_current ? t0 : t0 - 1; }
  bool operator==(const RingWindow& other) const;
};

// The parts one window keeps of one slot, and where in the key's block they stand (in 8-byte words
// from the block's start; -1 = not kept).
struct KeptParts {
  int window = 0;
  int slot = -1;  // -1: only rows and last time, which need no words
  PartSet parts = 0;
  std::int64_t distinct_limit = 0;  // 0 = none
  int count_word = -1;
  int sum_word = -1;      // two words
  int squares_word = -1;  // four words
  int least_word = -1;
  int greatest_word = -1;
  int flags_word = -1;  // bit 0: least is stale, bit 1: greatest is stale
};

struct Layout {
  std::vector<RingWindow> windows;
  std::vector<Kept> slots;          // value expressions kept in every entry
  std::vector<KeptParts> parts;     // sorted by window, then slot
  std::vector<int> first_part;      // of each window into `parts`, and one past the last
  const TextPool* texts = nullptr;  // where kText slots and text ids live
  bool text_ids = false;            // ids are numbers of texts and order by their bytes

  bool store_known = false;  // known may differ from τ
  bool store_order = false;  // id and seq decide ties (first, last, last n)

  // Words of an entry: τ, [known], [id, seq], slots...
  int known_at = -1;
  int id_at = -1;
  int seq_at = -1;
  int slots_at = 1;
  int entry_words = 1;
  int block_words = 0;  // of the fixed part of a key

  // Adds a window (or finds it) and asks parts of a slot over it; returns the index into `parts`.
  int add_window(const RingWindow& window);
  void add_parts(int window, int slot, PartSet parts, std::int64_t distinct_limit);
  // Sorts `parts` and computes all offsets; call once, after the last add.
  void finish(bool known_differs);
  // Position in `parts` of (window, slot); it must have been added.
  int part_index(int window, int slot) const;
};

}  // namespace lode
