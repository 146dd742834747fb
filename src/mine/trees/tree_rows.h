// Rows as boosted trees compare them: float32, the numeric columns, then the codes of categories;
// missing numbers and unknown levels are NaN. A number is rounded once, to nearest.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "mine/design.h"

namespace lode {

// One row into room for numeric.size() + categories.size() values.
void tree_row(const DesignMatrix& rows, std::int64_t row, float* out);
// kInvalid, with row and column, where a number was too large for float32 and became infinite.
Status check_tree_row(const DesignMatrix& rows, std::int64_t row, const float* converted);
// All rows one after the other, each checked. O(values).
Result<std::vector<float>> tree_rows(const DesignMatrix& rows);

}  // namespace lode
