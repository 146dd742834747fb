#include "evaluate/slicing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include "base/time.h"

namespace lode {
namespace {

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMostSorted = 20'000;  // values that quantiles are taken of

double decimal_number(Int128 value, int scale) {
  auto number = static_cast<double>(value);
  for (int i = 0; i < scale; ++i) number /= 10;
  return number;
}

double number_at(const Column& column, std::int64_t row) {
  if (column.is_null(row)) return kNull;
  switch (column.type.id) {
    case TypeId::kBool:
      return column.boolean(row) ? 1 : 0;
    case TypeId::kDate:
      return column.date(row);
    case TypeId::kDouble:
      return column.float64(row);
    case TypeId::kDecimal:
      return decimal_number(column.decimal(row), column.type.scale);
    default:
      return static_cast<double>(column.int64(row));
  }
}

std::string number_text(const Type& type, double value) {
  switch (type.id) {
    case TypeId::kBool:
      return value != 0 ? "true" : "false";
    case TypeId::kDate:
      return text(Timestamp{} + days(static_cast<std::int64_t>(value))).substr(0, 10);
    case TypeId::kTimestamp:
      return text(Timestamp{static_cast<std::int64_t>(value)}).substr(0, 16);
    default:
      return fmt::format("{:.6g}", value);
  }
}

// Names of single values and their rows: the most frequent of them become slices.
template <typename Value, typename Name>
void slice_values(const std::vector<Value>& value_of_row, const std::vector<bool>& null_of_row,
                  std::size_t most, Name name, SlicedColumn& out) {
  std::unordered_map<Value, std::int64_t> count;
  std::int64_t nulls = 0;
  for (std::size_t i = 0; i < value_of_row.size(); ++i)
    null_of_row[i] ? ++nulls : ++count[value_of_row[i]];
  std::vector<std::pair<Value, std::int64_t>> order(count.begin(), count.end());
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  out.other_values = std::max<std::int64_t>(0, std::ssize(order) - static_cast<std::int64_t>(most));
  if (order.size() > most) order.resize(most);
  std::unordered_map<Value, std::int32_t> number;
  for (const auto& [value, rows] : order) {
    number.emplace(value, static_cast<std::int32_t>(out.slices.size()));
    out.slices.push_back(name(value));
  }
  auto null = static_cast<std::int32_t>(out.slices.size());
  if (nulls > 0) out.slices.emplace_back("(null)");
  for (std::size_t i = 0; i < value_of_row.size(); ++i) {
    auto found = number.find(value_of_row[i]);
    out.of_row[i] = null_of_row[i] ? null : found == number.end() ? -1 : found->second;
  }
}

// Inner edges at quantiles of the values, ascending, no two equal.
std::vector<double> edges_of(std::vector<double> sorted, std::size_t quantiles) {
  std::vector<double> edges;
  for (std::size_t q = 1; q < quantiles; ++q) {
    double edge = sorted[q * sorted.size() / quantiles];
    if (edge > sorted.front() && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  return edges;
}

void slice_quantiles(const Type& type, const std::vector<double>& values,
                     const std::vector<double>& sorted, std::size_t quantiles, SlicedColumn& out) {
  std::vector<double> edges = edges_of(sorted, quantiles);
  auto text_of = [&](std::size_t i) { return number_text(type, edges[i]); };
  if (edges.empty()) {
    out.slices.emplace_back("(any)");
  } else {
    out.slices.push_back("below " + text_of(0));
    for (std::size_t i = 0; i + 1 < edges.size(); ++i)
      out.slices.push_back(fmt::format("{} to {}", text_of(i), text_of(i + 1)));
    out.slices.push_back(text_of(edges.size() - 1) + " and above");
  }
  auto null = static_cast<std::int32_t>(out.slices.size());
  if (std::ranges::any_of(values, [](double v) { return std::isnan(v); }))
    out.slices.emplace_back("(null)");
  for (std::size_t i = 0; i < values.size(); ++i)
    out.of_row[i] =
        std::isnan(values[i])
            ? null
            : static_cast<std::int32_t>(std::ranges::upper_bound(edges, values[i]) - edges.begin());
}

}  // namespace

bool can_slice(const Type& type) {
  switch (type.id) {
    case TypeId::kString:
    case TypeId::kBool:
    case TypeId::kInt64:
    case TypeId::kDouble:
    case TypeId::kDecimal:
    case TypeId::kDate:
    case TypeId::kTimestamp:
      return true;
    default:
      return false;
  }
}

SlicedColumn slice_column(const Field& field, const Column& column,
                          std::span<const std::int64_t> rows, const SlicingOptions& options) {
  SlicedColumn out;
  out.column = field.name;
  out.of_row.resize(rows.size(), -1);
  if (rows.empty() || !can_slice(field.type)) return out;
  std::vector<bool> null(rows.size());
  if (field.type.id == TypeId::kString) {
    std::vector<std::string_view> values(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      null[i] = column.is_null(rows[i]);
      if (!null[i]) values[i] = column.string(rows[i]);
    }
    slice_values(
        values, null, options.most_values, [](std::string_view v) { return std::string(v); }, out);
    return out;
  }
  std::vector<double> values(rows.size());
  std::vector<double> sorted;  // some of them, at equal distances
  std::size_t step = 1 + rows.size() / kMostSorted;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    values[i] = number_at(column, rows[i]);
    null[i] = std::isnan(values[i]);
    if (!null[i] && i % step == 0) sorted.push_back(values[i]);
  }
  std::ranges::sort(sorted);
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < sorted.size() && distinct <= options.few_values; ++i)
    if (i == 0 || sorted[i] != sorted[i - 1]) ++distinct;
  if (distinct > options.few_values)
    slice_quantiles(field.type, values, sorted, options.quantiles, out);
  else
    slice_values(
        values, null, options.most_values, [&](double v) { return number_text(field.type, v); },
        out);
  return out;
}

}  // namespace lode
