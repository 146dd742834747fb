// Rows to be judged: a score each and what came of them, a label of 0 and 1 or a number; checked
// once, cut into blocks that are drawn together, and ranked by score when a metric asks. Every
// metric and interval starts from a Sample.
//
// Threads: immutable once made. Memory: 8 bytes a row for the ranking, and 32 more while it sorts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace lode {

// What a target is, and so what a score is to be: a probability of label 1 (or a number that is
// larger where 1 is likelier), or a guess of the number.
enum class Task : std::uint8_t { kBinary, kNumber };
std::string_view task_name(Task task);  // "binary", "number"

// Columns of equal length, owned by the caller for as long as they are judged. Either labels or
// numbers are given.
struct ScoredRows {
  std::span<const double> score;        // finite; higher speaks for label 1
  std::span<const std::uint8_t> label;  // 0 or 1
  std::span<const double> weight = {};  // finite, not negative; empty = 1 each
  std::span<const double> number = {};  // finite

  Task task() const { return number.empty() ? Task::kBinary : Task::kNumber; }
};

// What came of some rows, whichever the task: to be held against the scores of several models.
struct Outcomes {
  Task task = Task::kBinary;
  std::vector<std::uint8_t> label{};  // of a binary task
  std::vector<double> number{};       // of the other

  std::size_t size() const { return task == Task::kBinary ? label.size() : number.size(); }
  ScoredRows with(std::span<const double> score) const {
    return {.score = score, .label = label, .number = number};
  }
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
    std::vector<std::uint32_t> row;  // row number at each rank
    // block << 2 | ties with the rank before << 1 | label (0 where targets are numbers)
    std::vector<std::uint32_t> cell;
  };

  // kInvalid: columns of different length, labels and numbers both, no rows, a score, label, number
  // or weight out of range, a block number >= count. kLimit: more than 2^32 - 1 rows or 2^30
  // blocks.
  static Result<Sample> make(const ScoredRows& rows, const Blocks& blocks);
  // The same, with the ranking. O(rows): a radix sort.
  static Result<Sample> make_ranked(const ScoredRows& rows, const Blocks& blocks);

  std::size_t rows() const { return rows_.score.size(); }
  std::uint32_t blocks() const { return blocks_; }
  double score(std::size_t row) const { return rows_.score[row]; }
  Task task() const { return rows_.task(); }
  std::uint8_t label(std::size_t row) const { return rows_.label[row]; }  // of a binary task
  // The number, or the label as one.
  double target(std::size_t row) const {
    return rows_.number.empty() ? static_cast<double>(rows_.label[row]) : rows_.number[row];
  }
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
