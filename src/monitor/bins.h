// Bins of a column or of scores, fitted on reference rows and then asked of any rows: bin 0 is no
// value, the others are stretches of numbers or levels of a category.
//
// Numbers of at most 15 values have a bin for each and one for each gap between; others about 20
// bins of equal count, ends open. Categories have a bin for each of the 30 most frequent levels
// that at least 20 and one in 200 of the rows looked at have; one more holds what is rarer or new.
// So a level that is always new (a number of an order) is no drift. Fitted on every n-th row, at
// most 65,536. Deterministic. Threads: immutable once fitted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "table/column.h"

namespace lode {

inline constexpr std::size_t kMostBins = 64;

class NumberBins {
 public:
  // NaN is no value.
  static NumberBins fit(std::vector<double> sample);
  std::size_t bins() const { return count_ + 2; }
  // About 5 ns, whatever the value: no branches to guess.
  std::uint8_t bin(double value) const {
    std::size_t at = 0;  // edges that are not above it
    for (std::size_t step : {16U, 8U, 4U, 2U, 1U}) at += edges_[at + step - 1] <= value ? step : 0;
    at = at < count_ ? at : count_;
    return static_cast<std::uint8_t>(value == value ? 1 + at : 0);
  }

 private:
  static constexpr std::size_t kMostEdges = 31;
  std::array<double, kMostEdges> edges_{};  // ascending, infinite behind the last
  std::size_t count_ = 0;
};

class ColumnBins {
 public:
  // Nothing for lists and structs.
  static std::optional<ColumnBins> fit(const Column& column,
                                       std::span<const std::int64_t> reference);
  std::size_t bins() const { return levels_ ? levels_->size() + 2 : numbers_.bins(); }
  bool ordered() const { return !levels_; }
  // The bins of `rows` of a column of the same type into `out`, of the same length. O(rows).
  void place(const Column& column, std::span<const std::int64_t> rows,
             std::span<std::uint8_t> out) const;

 private:
  void place_numbers(const Column& column, std::span<const std::int64_t> rows,
                     std::span<std::uint8_t> out) const;
  std::uint8_t bin_of_level(std::string_view level) const;
  NumberBins numbers_;
  std::optional<std::vector<std::string>> levels_;  // sorted
};

// Every n-th of them, at most `most`.
std::vector<std::int64_t> every_nth(std::span<const std::int64_t> rows, std::size_t most);

}  // namespace lode
