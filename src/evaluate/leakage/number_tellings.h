// How far one column tells a target that is a number: by its order, by intervals of it, or value by
// value. What is fitted is fitted on one half of the rows and judged on the other, and back.
//
// Threads: pure functions. The same bytes everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "table/column.h"

namespace lode {

struct NumberTelling {
  std::string_view figure;  // "rank correlation", "R2 of ..., held out"
  std::string_view how;     // "the larger, the larger"
  double strength = 0;      // of the figure, without its sign; not above 1
  std::int64_t rows = 0;    // where the column is not missing
  double p = 1;             // of no correlation; 1 where there is no test
};

struct NumberRows {
  std::span<const std::int64_t> rows;  // of the column
  std::span<const double> number;      // of each of them
  std::span<const std::int64_t> fold;  // 0 or 1, of each
};

// What can be asked of the column's type: nothing of lists. O(rows log rows).
std::vector<NumberTelling> number_tellings(const Column& column, const NumberRows& rows);

}  // namespace lode
