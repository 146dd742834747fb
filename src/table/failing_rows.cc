#include "table/failing_rows.h"

namespace lode {

Result<std::vector<FailingRow>> failing_rows(const BoundExpression& expression,
                                             const Table& table) {
  Evaluator evaluator(expression);
  std::vector<FailingRow> failing;
  for (std::int64_t row = 0; row < table.rows; ++row) {
    auto value = evaluator.evaluate(table, row, 1);
    if (value) continue;
    if (value.error().where().offset < 0) return fail(value.error());
    failing.push_back({row, value.error().message()});
  }
  return failing;
}

}  // namespace lode
