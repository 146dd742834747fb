// Intervals of anything that is worked out from sums over rows (rates, means, their ratios), by
// drawing whole blocks as judge/bootstrap.h does: the same draws under the same seed.
//
// Threads: immutable once made. Cost: replicates x blocks x columns multiplications a table of
// sums. Memory: replicates x blocks numbers of 4 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "judge/bootstrap.h"
#include "judge/sample.h"

namespace lode {

// For each block of rows, some sums over its rows.
class BlockSums {
 public:
  BlockSums(std::uint32_t blocks, std::size_t columns)
      : blocks_(blocks), columns_(columns), sums_(std::size_t{blocks} * columns) {}

  double& at(std::uint32_t block, std::size_t column) {
    return sums_[std::size_t{block} * columns_ + column];
  }
  std::span<const double> of_block(std::uint32_t block) const {
    return std::span(sums_).subspan(std::size_t{block} * columns_, columns_);
  }
  std::uint32_t blocks() const { return blocks_; }
  std::size_t columns() const { return columns_; }
  std::vector<double> totals() const;

 private:
  std::uint32_t blocks_;
  std::size_t columns_;
  std::vector<double> sums_;
};

class BlockDraws {
 public:
  // kInvalid: options out of range, fewer than two blocks.
  static Result<BlockDraws> make(std::uint32_t blocks, const BootstrapOptions& options);

  std::uint32_t blocks() const { return blocks_; }

  // The sums as they stand, then under each draw: rows of `sums.columns()` numbers. `sums` must
  // have as many blocks as were drawn.
  std::vector<double> totals(const BlockSums& sums) const;

  // A figure of totals with its interval; NaN from `figure` means that there is none of those rows.
  // Nothing if there is none of the rows as they stand, or of more than one draw in twenty.
  std::optional<Estimate> estimate(
      std::span<const double> totals, std::size_t columns,
      const std::function<double(std::span<const double>)>& figure) const;

 private:
  BlockDraws() = default;
  std::uint32_t blocks_ = 0;
  std::size_t replicates_ = 0;
  double level_ = 0;
  std::vector<float> draws_;  // small whole numbers
};

}  // namespace lode
