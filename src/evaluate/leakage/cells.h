// How leak detectors see a table: rows worth looking at, cells as numbers or codes, hashes of
// cells.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "evaluate/leakage.h"
#include "table/column.h"

namespace lode {

// The rows of the split, or all rows where there is none; if they are more than the options'
// most_rows, so many of them, drawn without replacement by Random(seed) (Knuth's algorithm S).
// Ascending. O(rows).
std::vector<std::int64_t> rows_to_look_at(const LeakageInput& input, const LeakageOptions& options);

// The targets of `rows`.
std::vector<std::uint8_t> targets_of(const LeakageInput& input, std::span<const std::int64_t> rows);

// Whether the column holds one value a cell (lists and structs do not; no detector looks at them).
bool has_plain_cells(const Column& column);

// Null, or a double that is not a number.
bool is_missing(const Column& column, std::int64_t row);

// Bool, integer, double, decimal, date and timestamp columns as doubles, NaN where missing;
// integers beyond 2^53 are rounded. Nothing for other types.
std::optional<std::vector<double>> numbers_of(const Column& column,
                                              std::span<const std::int64_t> rows);

// Cells as codes 0, 1, ... in order of first appearance, -1 where missing. Equal codes mean equal
// 64-bit hashes of cells. O(rows).
struct Codes {
  std::vector<std::int32_t> of_row;
  std::int32_t count = 0;
};
Codes codes_of(const Column& column, std::span<const std::int64_t> rows);

// Equal for equal cells of one column: -0.0 is 0.0, all that is missing is one value. The column
// must have plain cells.
std::uint64_t cell_hash(const Column& column, std::int64_t row);

}  // namespace lode
