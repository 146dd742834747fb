#include "orchestrate/gate_slices.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace lode {
namespace {

constexpr std::int64_t kMostSlices = 64;
constexpr double kLeastShare = 0.01;

std::string column_text(const Column& column, std::int64_t row) {
  switch (column.type.id) {
    case TypeId::kString:
    case TypeId::kBytes:
      return std::string(column.string(row));
    case TypeId::kBool:
      return column.boolean(row) ? "true" : "false";
    case TypeId::kDouble:
      return fmt::format("{}", column.float64(row));
    case TypeId::kDate:
      return fmt::format("{}", column.date(row));
    default:
      return fmt::format("{}", column.int64(row));
  }
}

}  // namespace

std::vector<GateSlice> gate_slices(const Table& table, std::span<const std::int64_t> rows,
                                   std::span<const std::string> columns) {
  std::vector<GateSlice> out;
  for (const std::string& name : columns) {
    const Column& column = *table.find(name);
    std::map<std::string, std::vector<std::uint32_t>> by_value;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (!column.is_null(rows[i]))
        by_value[column_text(column, rows[i])].push_back(static_cast<std::uint32_t>(i));
    for (auto& [value, of] : by_value)
      if (static_cast<double>(of.size()) >= kLeastShare * static_cast<double>(rows.size()))
        out.push_back({fmt::format("{} = {}", name, value), std::move(of)});
  }
  std::ranges::stable_sort(out, std::ranges::greater{},
                           [](const GateSlice& s) { return s.rows.size(); });
  if (std::ssize(out) > kMostSlices) out.resize(kMostSlices);
  return out;
}

}  // namespace lode
