#include "mine/trees/tree_rows.h"

#include <cmath>
#include <limits>

namespace lode {

void tree_row(const DesignMatrix& rows, std::int64_t row, float* out) {
  for (double value : rows.values_of(row)) *out++ = static_cast<float>(value);
  for (std::int32_t code : rows.codes_of(row))
    *out++ = code < 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(code);
}

Status check_tree_row(const DesignMatrix& rows, std::int64_t row, const float* converted) {
  for (std::size_t i = 0; i < rows.schema->numeric.size(); ++i) {
    if (!std::isinf(converted[i])) continue;
    return fail(Code::kInvalid,
                "row {}, column '{}': {} is too large for float32, in which boosted "
                "trees compare; cap it or set the row aside",
                row, rows.schema->numeric[i], rows.values_of(row)[i]);
  }
  return {};
}

Result<std::vector<float>> tree_rows(const DesignMatrix& rows) {
  std::size_t width = rows.schema->numeric.size() + rows.schema->categories.size();
  std::vector<float> values(static_cast<std::size_t>(rows.rows) * width);
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    float* row = values.data() + static_cast<std::size_t>(i) * width;
    tree_row(rows, i, row);
    TRY_VOID(check_tree_row(rows, i, row));
  }
  return values;
}

}  // namespace lode
