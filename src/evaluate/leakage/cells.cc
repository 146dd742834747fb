#include "evaluate/leakage/cells.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <unordered_map>

#include "base/hash.h"
#include "base/random.h"

namespace lode {
namespace {

constexpr std::uint64_t kSampleStream = 0x6c65616b;  // "leak"
constexpr std::uint64_t kMissingHash = 0x9ae16a3b2f90404fU;

double number_at(const Column& column, std::int64_t row) {
  switch (column.type.id) {
    case TypeId::kBool:
      return column.boolean(row) ? 1 : 0;
    case TypeId::kInt64:
    case TypeId::kTimestamp:
      return static_cast<double>(column.int64(row));
    case TypeId::kDouble:
      return column.float64(row);
    case TypeId::kDecimal:
      return static_cast<double>(column.decimal(row));  // in units of its last digit
    case TypeId::kDate:
      return column.date(row);
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

}  // namespace

std::vector<std::int64_t> rows_to_look_at(const LeakageInput& input,
                                          const LeakageOptions& options) {
  std::vector<std::int64_t> rows;
  if (input.train.empty()) {
    for (std::int64_t row = 0; row < input.features->rows; ++row) rows.push_back(row);
  } else {
    std::ranges::merge(input.train, input.test, std::back_inserter(rows));
  }
  if (std::ssize(rows) <= options.most_rows) return rows;
  Random random(options.seed, kSampleStream);
  std::vector<std::int64_t> drawn;
  auto wanted = static_cast<std::uint64_t>(options.most_rows);
  for (std::size_t i = 0; i < rows.size() && wanted > 0; ++i)
    if (random.below(rows.size() - i) < wanted) {
      drawn.push_back(rows[i]);
      --wanted;
    }
  return drawn;
}

std::vector<std::uint8_t> targets_of(const LeakageInput& input,
                                     std::span<const std::int64_t> rows) {
  std::vector<std::uint8_t> target;
  target.reserve(rows.size());
  for (std::int64_t row : rows) target.push_back(input.target[static_cast<std::size_t>(row)]);
  return target;
}

bool has_plain_cells(const Column& column) {
  return column.type.id != TypeId::kList && column.type.id != TypeId::kStruct;
}

bool is_missing(const Column& column, std::int64_t row) {
  return column.is_null(row) ||
         (column.type.id == TypeId::kDouble && std::isnan(column.float64(row)));
}

std::optional<std::vector<double>> numbers_of(const Column& column,
                                              std::span<const std::int64_t> rows) {
  if (!has_plain_cells(column) || column.type.id == TypeId::kString ||
      column.type.id == TypeId::kBytes)
    return std::nullopt;
  std::vector<double> numbers;
  numbers.reserve(rows.size());
  for (std::int64_t row : rows)
    numbers.push_back(column.is_null(row) ? std::numeric_limits<double>::quiet_NaN()
                                          : number_at(column, row));
  return numbers;
}

Codes codes_of(const Column& column, std::span<const std::int64_t> rows) {
  Codes codes;
  codes.of_row.reserve(rows.size());
  std::unordered_map<std::uint64_t, std::int32_t> known;  // asked, never walked
  for (std::int64_t row : rows) {
    if (is_missing(column, row)) {
      codes.of_row.push_back(-1);
      continue;
    }
    auto [place, is_new] = known.try_emplace(cell_hash(column, row), codes.count);
    if (is_new) ++codes.count;
    codes.of_row.push_back(place->second);
  }
  return codes;
}

std::uint64_t cell_hash(const Column& column, std::int64_t row) {
  if (is_missing(column, row)) return kMissingHash;
  switch (column.type.id) {
    case TypeId::kString:
    case TypeId::kBytes:
      return hash64(column.string(row));
    case TypeId::kDouble: {
      double value = column.float64(row);
      return hash64(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value));
    }
    case TypeId::kDecimal: {
      auto bits = static_cast<unsigned __int128>(column.decimal(row));
      return hash_combine(static_cast<std::uint64_t>(bits >> 64), static_cast<std::uint64_t>(bits));
    }
    case TypeId::kBool:
      return hash64(std::uint64_t{column.boolean(row)});
    case TypeId::kDate:
      return hash64(static_cast<std::uint64_t>(std::int64_t{column.date(row)}));
    default:
      return hash64(static_cast<std::uint64_t>(column.int64(row)));
  }
}

}  // namespace lode
