#include "monitor/bins.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "evaluate/leakage/cells.h"

namespace lode {
namespace {

constexpr std::size_t kSampled = 65'536;
constexpr std::size_t kFewValues = 15;
constexpr std::size_t kQuantiles = 20;
constexpr std::size_t kMostLevels = 30;
constexpr std::int64_t kLeastOfLevel = 20;      // rows of the sample that a level must have
constexpr std::int64_t kLeastShareOfOne = 200;  // and one in so many
constexpr std::size_t kPiece = 16'384;          // rows that are numbers at a time

std::vector<std::string> frequent_levels(const Column& column,
                                         std::span<const std::int64_t> sample) {
  std::map<std::string_view, std::int64_t> count;
  for (std::int64_t row : sample)
    if (!column.is_null(row)) ++count[column.string(row)];
  std::vector<std::pair<std::string_view, std::int64_t>> order(count.begin(), count.end());
  std::ranges::stable_sort(order, std::ranges::greater{},
                           &std::pair<std::string_view, std::int64_t>::second);
  std::int64_t least = std::max(kLeastOfLevel, std::ssize(sample) / kLeastShareOfOne);
  std::vector<std::string> levels;
  for (const auto& [level, rows] : order)
    if (rows >= least && levels.size() < kMostLevels) levels.emplace_back(level);
  std::ranges::sort(levels);
  return levels;
}

}  // namespace

std::vector<std::int64_t> every_nth(std::span<const std::int64_t> rows, std::size_t most) {
  std::vector<std::int64_t> out;
  std::size_t step = std::max<std::size_t>(1, (rows.size() + most - 1) / most);
  for (std::size_t i = 0; i < rows.size(); i += step) out.push_back(rows[i]);
  return out;
}

NumberBins NumberBins::fit(std::vector<double> sample) {
  std::erase_if(sample, [](double x) { return std::isnan(x); });
  std::ranges::sort(sample);
  std::vector<double> values = sample;
  values.erase(std::ranges::unique(values).begin(), values.end());
  std::vector<double> edges;
  if (values.size() <= kFewValues) {
    for (double value : values) {
      edges.push_back(value);
      edges.push_back(std::nextafter(value, std::numeric_limits<double>::infinity()));
    }
  } else {
    for (std::size_t q = 1; q < kQuantiles; ++q)
      edges.push_back(sample[q * sample.size() / kQuantiles]);
  }
  edges.erase(std::ranges::unique(edges).begin(), edges.end());
  NumberBins out;
  out.edges_.fill(std::numeric_limits<double>::infinity());
  std::ranges::copy(edges, out.edges_.begin());
  out.count_ = edges.size();
  return out;
}

std::optional<ColumnBins> ColumnBins::fit(const Column& column,
                                          std::span<const std::int64_t> reference) {
  if (!has_plain_cells(column)) return std::nullopt;
  std::vector<std::int64_t> sample = every_nth(reference, kSampled);
  ColumnBins out;
  if (std::optional<std::vector<double>> numbers = numbers_of(column, sample))
    out.numbers_ = NumberBins::fit(*std::move(numbers));
  else
    out.levels_ = frequent_levels(column, sample);
  return out;
}

std::uint8_t ColumnBins::bin_of_level(std::string_view level) const {
  auto found = std::ranges::lower_bound(
      *levels_, level, {}, [](const std::string& known) { return std::string_view(known); });
  if (found == levels_->end() || *found != level)
    return static_cast<std::uint8_t>(levels_->size() + 1);
  return static_cast<std::uint8_t>(1 + (found - levels_->begin()));
}

void ColumnBins::place_numbers(const Column& column, std::span<const std::int64_t> rows,
                               std::span<std::uint8_t> out) const {
  auto place_as = [&](const auto* values) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      out[i] = column.is_null(rows[i]) ? std::uint8_t{0}
                                       : numbers_.bin(static_cast<double>(values[rows[i]]));
  };
  // The most common types straight from their values.
  if (column.type.id == TypeId::kDouble) return place_as(column.values.as<double>());
  if (column.type.id == TypeId::kInt64) return place_as(column.values.as<std::int64_t>());
  for (std::size_t at = 0; at < rows.size(); at += kPiece) {
    std::span<const std::int64_t> piece = rows.subspan(at, std::min(kPiece, rows.size() - at));
    const std::vector<double> numbers = *numbers_of(column, piece);
    for (std::size_t i = 0; i < piece.size(); ++i) out[at + i] = numbers_.bin(numbers[i]);
  }
}

void ColumnBins::place(const Column& column, std::span<const std::int64_t> rows,
                       std::span<std::uint8_t> out) const {
  if (!levels_) return place_numbers(column, rows, out);
  if (!column.dictionary) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      out[i] = column.is_null(rows[i]) ? std::uint8_t{0} : bin_of_level(column.string(rows[i]));
    return;
  }
  std::vector<std::uint8_t> of_code;
  for (std::int64_t code = 0; code < column.dictionary->length; ++code)
    of_code.push_back(column.dictionary->is_null(code)
                          ? std::uint8_t{0}
                          : bin_of_level(column.dictionary->string(code)));
  const auto* codes = column.values.as<std::int32_t>();
  for (std::size_t i = 0; i < rows.size(); ++i)
    out[i] = column.is_null(rows[i]) ? std::uint8_t{0}
                                     : of_code[static_cast<std::size_t>(codes[rows[i]])];
}

}  // namespace lode
