// How the records of one key are kept: a run of entries in fold order shared by all features of an
// entity over one origin; for each window a pair of cursors and the parts its features need; and
// for windows whose lower edge moves in steps (paned, tumbling, all time) cells: settled stretches
// of entries folded into parts (features/cells.h).
//
// A Layout is made once from the declarations and is read-only afterwards.
#pragma once

#include <cstdint>
#include <vector>

#include "features/aggregate.h"
#include "features/text_pool.h"
#include "project/window.h"

namespace lode {

// Words at the start of a key's block; and before the cursors (one word a window) and the parts, in
// keys that have them.
inline constexpr int kKeyHeaderWords = 4;
inline constexpr int kKeyCursorsAt = 6;

// One window over the entries. Two views that ask for the same window share it.
struct RingWindow {
  Window window;
  bool include_current = false;

  // Least τ inside at t0; INT64_MIN for windows without a lower edge in time.
  std::int64_t lowest(std::int64_t t0) const {
    if (window.kind != Window::Kind::kSliding || window.paned()) return lowest_in_steps(t0);
    return saturating_add(saturating_subtract(t0, window.width.us), 1);
  }
  // Greatest τ inside at t0.
  std::int64_t highest(std::int64_t t0) const { return include_current ? t0 : t0 - 1; }
  // True when the lower edge is always the edge of a cell, so that cells are wholly in or out
  // there.
  bool has_cells() const {
    return window.paned() || window.kind == Window::Kind::kTumbling ||
           window.kind == Window::Kind::kAll;
  }
  // The cell τ lies in, and the last τ of a cell; of windows with cells only.
  std::int64_t cell_of(std::int64_t time) const;
  std::int64_t cell_last(std::int64_t cell) const;
  bool operator==(const RingWindow& other) const;

 private:
  std::int64_t lowest_in_steps(std::int64_t t0) const;
};

// Where the parts of one slot stand in a block of words (-1 = not kept). Extremes, first and last
// are kNoValue when there is none.
struct PartWords {
  int count = -1;
  int sum = -1;      // two words
  int squares = -1;  // four words
  int least = -1;
  int greatest = -1;
  int first = -1;  // in cells only: a window reads them from its entries
  int last = -1;
};

// Takes the values of `count` entries into the running parts that begin at `base`, or out of them:
// `value` is the slot of the first entry, `stride` words apart. features/part_runs.h has one for
// each set of parts.
using RunKernel = void (*)(std::int64_t* base, const std::int64_t* value, std::size_t stride,
                           std::uint32_t count);
// Reads the running parts that begin at `base`; true when an extreme among them is stale.
using ReadKernel = bool (*)(const std::int64_t* base, Parts& out);
struct RunKernels {
  RunKernel add = nullptr;
  RunKernel remove = nullptr;
  ReadKernel read = nullptr;
};

// The parts one window keeps of one slot.
struct KeptParts {
  int window = 0;
  int slot = -1;  // -1: only rows and last time
  PartSet parts = 0;
  std::int64_t distinct_limit = 0;  // 0 = none
  PartWords in_block;               // from the start of a key's block
  PartWords in_cell;                // from the start of a cell
  int distinct_at = -1;             // among the parts of its window that count distinct values
  int base = 0;                     // where in_block begins
  RunKernels run;                   // null for slot -1
  bool ends = false;                // asks for first, last or last time
};

// The same for what moves a window: a part with a slot.
struct RunParts {
  RunKernel add = nullptr;
  RunKernel remove = nullptr;
  int base = 0;
  int value = 0;  // the word of an entry
  int part = 0;
};

// The words of one cell of a window: its number, how many records, the time (and id and seq, where
// the layout keeps order) of the last and of the first record, then parts.
struct CellShape {
  int words = 0;   // 0: the window has no cells
  int index = -1;  // among the layout's windows with cells
  int first_at = -1;
  int distincts = 0;
};
inline constexpr int kCellNumber = 0;
inline constexpr int kCellRows = 1;
inline constexpr int kCellLast = 2;  // τ, then id and seq

// What a window's edges are made of, without its names: read for every entry and read.
struct WindowEdges {
  std::int64_t width = 0;  // of a sliding window whose edge is exact; 0: ask the RingWindow
  std::int64_t ahead = 0;  // 0 with include_current, else 1: the upper edge is t0 - ahead
  int first_run = 0;       // of its parts among the layout's runs, and one past the last
  int end_run = 0;
  int window = 0;
  bool last_n = false;
  bool has_cells = false;
};

// What fold order compares (docs/semantics.md 6.3); id and seq are zero where the layout keeps no
// order.
struct FoldOrder {
  std::int64_t time = 0;
  std::int64_t id = 0;
  std::int64_t seq = 0;
};

struct Layout {
  std::vector<RingWindow> windows;
  std::vector<WindowEdges> edges;  // of each window
  std::vector<Kept> slots;         // value expressions kept in every entry
  std::vector<KeptParts> parts;    // sorted by window, then slot
  std::vector<RunParts> runs;      // those with a slot, in the same order
  std::vector<int> first_part;     // of each window into `parts`, and one past the last
  std::vector<CellShape> cells;    // of each window
  int cell_windows = 0;
  const TextPool* texts = nullptr;  // where kText slots and text ids live
  bool text_ids = false;            // ids are numbers of texts and order by their bytes

  bool store_known = false;    // known may differ from τ
  bool counts_values = false;  // some part is a distinct count
  bool store_order = false;    // id and seq decide ties (first, last, last n)

  // Words of an entry: τ, [known], [id, seq], slots...
  int known_at = -1;
  int id_at = -1;
  int seq_at = -1;
  int slots_at = 1;
  int entry_words = 1;
  int block_words = 0;              // of the fixed part of a key with cursors and parts
  std::vector<std::int64_t> fresh;  // that part in a key without entries

  bool before(const FoldOrder& a, const FoldOrder& b) const {
    if (a.time != b.time || !store_order) return a.time < b.time;  // unkept ties cannot show
    if (a.id == b.id) return a.seq < b.seq;
    return text_ids ? texts->text(a.id) < texts->text(b.id) : a.id < b.id;
  }
  FoldOrder order_of(const std::int64_t* entry) const {
    if (!store_order) return {entry[0], 0, 0};
    return {entry[0], entry[id_at], entry[seq_at]};
  }

  // Adds a window (or finds it) and asks parts of a slot over it; returns the index into `parts`.
  int add_window(const RingWindow& window);
  void add_parts(int window, int slot, PartSet parts, std::int64_t distinct_limit);
  // Sorts `parts` and computes all offsets; call once, after the last add.
  void finish(bool known_differs);
  // Position in `parts` of (window, slot); it must have been added.
  int part_index(int window, int slot) const;

 private:
  void place_entry_words();
  void place_block_words();
  void place_edges();
  void place_cell_words(int window);
};

}  // namespace lode
