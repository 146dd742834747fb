// Cells: settled records of one key folded into the parts a window needs, one cell for each pane of
// a paned window, each width of a tumbling one, and one for all time. A window's lower edge never
// cuts a cell, so values are what they were with the records (docs/semantics.md 6.4); memory no
// longer grows with them.
//
// Threads: one at a time. Cost: a record folded O(log cells), its distinct values O(values of a
// cell).
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "features/layout.h"

namespace lode {

// A value and how many records of a cell have it, ascending by value. More values than an `all`
// window's limit are one entry {kNoValue, -1}: no later read can be within the limit again.
using ValueCounts = std::vector<std::pair<std::int64_t, std::int64_t>>;
inline constexpr std::int64_t kOverLimitCount = -1;

// The cells of one window of one key, ascending by number.
class Cells {
 public:
  Cells(const Layout& layout, int window)
      : layout_(&layout),
        shape_(&layout.cells[static_cast<std::size_t>(window)]),
        window_(window) {}

  const RingWindow& window() const { return layout_->windows[static_cast<std::size_t>(window_)]; }
  std::size_t size() const { return words_.size() / width(); }
  std::span<const std::int64_t> cell(std::size_t i) const {
    return std::span(words_).subspan(i * width(), width());
  }
  // Counts of the values of cell i, for KeptParts::distinct_at.
  const ValueCounts& values(std::size_t i, int distinct_at) const {
    return values_[i * distincts() + static_cast<std::size_t>(distinct_at)];
  }
  std::span<const ValueCounts> all_values(std::size_t i) const {
    return std::span(values_).subspan(i * distincts(), distincts());
  }
  bool over_limit(std::size_t i, int distinct_at) const {
    const ValueCounts& counts = values(i, distinct_at);
    return !counts.empty() && counts.front().second == kOverLimitCount;
  }
  // Order of the first record of a cell (where the shape keeps it) and of the last.
  FoldOrder first_order(std::size_t i) const {
    return order_at(&words_[i * width()], shape_->first_at);
  }
  FoldOrder last_order(std::size_t i) const { return order_at(&words_[i * width()], kCellLast); }

  // Entries [0, count) of a key, in a row, come in; those before `low` are left out.
  void fold(const std::int64_t* entries, std::size_t count, std::int64_t low);
  // A whole cell comes in: of another state of the same key, or from its bytes.
  void merge(std::span<const std::int64_t> cell, std::span<const ValueCounts> values);
  // Cells that end before `low` go. The caller sets `tail` and `rows` again.
  void drop_before(std::int64_t low);
  // How many cells there are not yet for these entries, those before `low` left out.
  std::int64_t missing(const std::int64_t* entries, std::size_t count, std::int64_t low) const;

  // Cells [tail, size) are in sight where the window's cursors stand, and hold so many records.
  // Moved by features/key_state.h.
  std::size_t tail = 0;
  std::int64_t rows = 0;

  std::int64_t memory_bytes() const;

 private:
  std::size_t width() const { return static_cast<std::size_t>(shape_->words); }
  std::size_t distincts() const { return static_cast<std::size_t>(shape_->distincts); }
  std::span<const KeptParts> parts() const;
  void put(const std::int64_t* entry, std::span<std::int64_t> cell,
           std::span<ValueCounts> values) const;
  FoldOrder order_at(const std::int64_t* cell, int at) const;
  std::size_t position(std::int64_t number) const;  // of the first cell not below it
  void merge_into(std::size_t i, std::span<const std::int64_t> cell,
                  std::span<const ValueCounts> values);

  const Layout* layout_;
  const CellShape* shape_;
  int window_;
  std::vector<std::int64_t> words_;
  std::vector<ValueCounts> values_;
};

}  // namespace lode
