// Slices that a gate looks at: the values of columns that a hundredth of its rows have.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluate/gate.h"
#include "table/column.h"

namespace lode {

// Of `rows` of the table by each of the columns, which must be there; the largest first, at
// most 64. Rows of a slice are places in `rows`. Null is no value. O(rows x columns).
std::vector<GateSlice> gate_slices(const Table& table, std::span<const std::int64_t> rows,
                                   std::span<const std::string> columns);

}  // namespace lode
