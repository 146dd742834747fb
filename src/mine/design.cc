#include "mine/design.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace lode {
namespace {

Status check_shape(const DesignMatrix& matrix) {
  if (!matrix.schema) return fail(Code::kInternal, "a matrix without a schema");
  auto rows = static_cast<std::size_t>(matrix.rows);
  if (matrix.rows < 0 || matrix.values.size() != rows * matrix.schema->numeric.size() ||
      matrix.codes.size() != rows * matrix.schema->categories.size())
    return fail(Code::kInvalid, "{} values and {} codes do not make {} rows of {} + {} columns",
                matrix.values.size(), matrix.codes.size(), matrix.rows,
                matrix.schema->numeric.size(), matrix.schema->categories.size());
  return {};
}

Status check_values(const DesignMatrix& matrix, bool missing_values) {
  std::size_t width = matrix.schema->numeric.size();
  for (std::size_t i = 0; i < matrix.values.size(); ++i) {
    double value = matrix.values[i];
    if (std::isfinite(value) || (missing_values && std::isnan(value))) continue;
    return fail(
        Code::kInvalid, "row {}, column '{}': {}", i / width, matrix.schema->numeric[i % width],
        std::isnan(value) ? "missing; give its training column a value for then, such as "
                            "coalesce(x, 0), or choose an algorithm that takes missing values"
                          : "infinite; cap it or set the row aside");
  }
  return {};
}

Status check_codes(const DesignMatrix& matrix, bool unknown_levels) {
  std::size_t width = matrix.schema->categories.size();
  for (std::size_t i = 0; i < matrix.codes.size(); ++i) {
    const CategoryColumn& column = matrix.schema->categories[i % width];
    std::int32_t code = matrix.codes[i];
    if (code >= 0 && static_cast<std::size_t>(code) < column.levels.size()) continue;
    if (code == -1 && unknown_levels) continue;
    if (code == -1)
      return fail(Code::kInvalid,
                  "row {}, column '{}': no known level; give missing values a level of their own",
                  i / width, column.name);
    return fail(Code::kInvalid, "row {}, column '{}': code {} of {} levels", i / width, column.name,
                code, column.levels.size());
  }
  return {};
}

Status check_names(const DesignSchema& schema) {
  std::vector<std::string_view> names(schema.numeric.begin(), schema.numeric.end());
  for (const CategoryColumn& column : schema.categories) names.push_back(column.name);
  std::ranges::sort(names);
  auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) return fail(Code::kInvalid, "two columns are named '{}'", *twice);
  return {};
}

}  // namespace

Status check(const DesignMatrix& matrix, bool missing_values, bool unknown_levels) {
  TRY_VOID(check_shape(matrix));
  TRY_VOID(check_values(matrix, missing_values));
  return check_codes(matrix, unknown_levels);
}

Status check(const LabelledMatrix& data, bool missing, bool binary) {
  TRY_VOID(check_shape(data.features));
  if (data.features.rows == 0) return fail(Code::kInvalid, "there are no rows to learn from");
  auto rows = static_cast<std::size_t>(data.features.rows);
  if (data.label.size() != rows || (!data.weight.empty() && data.weight.size() != rows))
    return fail(Code::kInvalid, "{} rows, {} labels and {} weights differ", rows, data.label.size(),
                data.weight.size());
  TRY_VOID(check_names(*data.features.schema));
  double total = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    double label = data.label[i];
    if (!std::isfinite(label) || (binary && label != 0 && label != 1))
      return fail(Code::kInvalid, "row {}: label {} is not {}", i, label,
                  binary ? "0 or 1" : "a finite number");
    double weight = data.weight_of(static_cast<std::int64_t>(i));
    if (!std::isfinite(weight) || weight < 0)
      return fail(Code::kInvalid, "row {}: weight {} is not a finite number >= 0", i, weight);
    total += weight;
  }
  if (!(total > 0) || !std::isfinite(total))
    return fail(Code::kInvalid, "the weights of {} rows sum to {}", rows, total);
  return check(data.features, missing, missing);
}

}  // namespace lode
