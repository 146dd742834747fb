// Rows to be judged: a score and a 0/1 label each, checked once, cut into blocks that are drawn
// together, and ranked by score when a metric asks. Every metric and interval starts from a Sample.
//
// Threads: immutable once made. Memory: 8 bytes a row for the ranking, and 32 more while it sorts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace lode {

// Columns of equal length, owned by the caller for as long as they are judged.
struct ScoredRows {
  std::span<const double> score;        // finite; higher speaks for label 1
  std::span<const std::uint8_t> label;  // 0 or 1
  std::span<const double> weight = {};  // finite, not negative; empty = 1 each
};

// Which rows belong together. Rows of a block are drawn or left out as one, so dependence within a
// block is kept in the interval; dependence between blocks is not.
struct Blocks {
  std::vector<std::uint32_t> of_row;  // block of each row, 0 .. count - 1
  std::uint32_t count = 0;
};

// A block for each UTC day on which there are rows, numbered in order of time.
Blocks blocks_by_day(std::span<const Timestamp> times);
// A block for each distinct key (a customer, a machine), numbered in order of the key.
Blocks blocks_by_key(std::span<const std::int64_t> keys);
// Blocks that are independent of each other, put together at random into at most `most` (1 or
// more): as good for an interval, and quicker to draw.
Blocks merge_blocks(Blocks blocks, std::uint32_t most, std::uint64_t seed);
// All rows in one block, and every row its own: independent rows.
Blocks one_block(std::size_t rows);
Blocks block_per_row(std::size_t rows);

class Sample {
 public:
  // Rows in order of ascending score; rows of equal score keep their order.
  struct Ranking {
    std::vector<std::uint32_t> row;   // row number at each rank
    std::vector<std::uint32_t> cell;  // block << 2 | ties with the rank before << 1 | label
  };

  // kInvalid: columns of different length, no rows, a score, label or weight out of range, a block
  // number >= count. kLimit: more than 2^32 - 1 rows or 2^30 blocks.
  static Result<Sample> make(const ScoredRows& rows, const Blocks& blocks);
  // The same, with the ranking. O(rows): a radix sort.
  static Result<Sample> make_ranked(const ScoredRows& rows, const Blocks& blocks);

  std::size_t rows() const { return rows_.score.size(); }
  std::uint32_t blocks() const { return blocks_; }
  double score(std::size_t row) const { return rows_.score[row]; }
  std::uint8_t label(std::size_t row) const { return rows_.label[row]; }
  double weight(std::size_t row) const { return rows_.weight.empty() ? 1.0 : rows_.weight[row]; }
  std::uint32_t block(std::size_t row) const { return block_of_row_[row]; }
  bool weighted() const { return !rows_.weight.empty(); }
  const Ranking& ranking() const { return ranking_; }  // empty unless made by make_ranked

 private:
  Sample() = default;

  ScoredRows rows_;
  std::span<const std::uint32_t> block_of_row_;
  std::uint32_t blocks_ = 0;
  Ranking ranking_;
};

}  // namespace lode
