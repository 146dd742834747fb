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
  if (matrix.bags.size() != matrix.schema->bags.size())
    return fail(Code::kInvalid, "{} bags for {} columns of them", matrix.bags.size(),
                matrix.schema->bags.size());
  return {};
}

// Entries are looked at only once it is sure that they are there.
Status check_bag(const BagRows& bag, const BagColumn& column, std::int64_t rows) {
  auto malformed = [&] {
    return fail(Code::kInvalid, "column '{}': its entries are no {} rows of {} terms", column.name,
                rows, column.terms.size());
  };
  if (std::ssize(bag.begin) != rows + 1 || bag.term.size() != bag.weight.size() ||
      bag.begin.front() < 0 || bag.begin.back() > std::ssize(bag.term) ||
      !std::ranges::is_sorted(bag.begin))
    return malformed();
  for (std::int64_t i = 0; i < rows; ++i) {
    std::int64_t last = -1;
    bool ascending = true;
    bool finite = true;
    each_entry(bag, i, [&](std::uint32_t term, double weight) {
      ascending = ascending && std::int64_t{term} > last;
      finite = finite && std::isfinite(weight);
      last = term;
    });
    if (!ascending || last >= std::ssize(column.terms)) return malformed();
    if (!finite) return fail(Code::kInvalid, "row {}, column '{}': not finite", i, column.name);
  }
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
  for (const BagColumn& column : schema.bags) names.push_back(column.name);
  std::ranges::sort(names);
  auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) return fail(Code::kInvalid, "two columns are named '{}'", *twice);
  return {};
}

}  // namespace

Status check(const DesignMatrix& matrix, bool missing_values, bool unknown_levels) {
  TRY_VOID(check_shape(matrix));
  TRY_VOID(check_values(matrix, missing_values));
  for (std::size_t b = 0; b < matrix.bags.size(); ++b)
    TRY_VOID(check_bag(matrix.bags[b], matrix.schema->bags[b], matrix.rows));
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
