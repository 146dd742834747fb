// Rows on which an expression fails, all of them at once: evaluate() names the first alone, and to
// try again without it, once for every failing row, would cost the square of their number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "table/column.h"
#include "table/expression.h"

namespace lode {

struct FailingRow {
  std::int64_t row = 0;
  std::string reason;
};

// Ascending. Each row is evaluated once, by itself: O(rows), about 50 times dearer a row than a
// batch, so ask after evaluate() has failed. An error that is no row's is returned.
Result<std::vector<FailingRow>> failing_rows(const BoundExpression& expression, const Table& table);

}  // namespace lode
