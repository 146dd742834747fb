#include "evaluate/leakage/number_tellings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "evaluate/leakage/cells.h"
#include "judge/distributions.h"

namespace lode {
namespace {

constexpr double kRowsAnInterval = 10;
constexpr double kMostIntervals = 512;

// Rows where the column has a value.
struct Filled {
  std::vector<double> value;
  std::vector<double> number;
  std::vector<std::int64_t> fold;
};

// 1, 2, ... in ascending order; equal values share the mean of theirs.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    double rank = static_cast<double>(begin + 1 + end) / 2;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

// Pearson's; 0 where either does not vary.
double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  auto n = static_cast<double>(x.size());
  double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0;
  double yy = 0;
  double xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

// R2 of the mean of the other fold's rows with the same code, drawn towards the mean of all by
// `towards` rows: with one, a code that occurs once says nothing. Codes below 0 are missing.
double held_out_r2(const std::vector<std::int32_t>& code, std::size_t codes,
                   std::span<const double> number, std::span<const std::int64_t> fold,
                   double towards) {
  struct Sum {
    double rows = 0;
    double numbers = 0;
  };
  std::vector<std::array<Sum, 2>> sums(codes);
  Sum all;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] < 0) continue;
    Sum& sum = sums[static_cast<std::size_t>(code[i])][static_cast<std::size_t>(fold[i])];
    sum.rows += 1;
    sum.numbers += number[i];
    all.rows += 1;
    all.numbers += number[i];
  }
  double mean = all.numbers / all.rows;
  double left = 0;
  double spread = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] < 0) continue;
    const Sum& other =
        sums[static_cast<std::size_t>(code[i])][static_cast<std::size_t>(1 - fold[i])];
    double rows = other.rows + towards;
    double guess = rows > 0 ? (other.numbers + towards * mean) / rows : mean;
    left += (number[i] - guess) * (number[i] - guess);
    spread += (number[i] - mean) * (number[i] - mean);
  }
  return spread > 0 ? std::clamp(1 - left / spread, 0.0, 1.0) : 0;
}

Filled filled_of(const std::vector<double>& values, const NumberRows& rows) {
  Filled out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    out.value.push_back(values[i]);
    out.number.push_back(rows.number[i]);
    out.fold.push_back(rows.fold[i]);
  }
  return out;
}

void tell_numbers(const std::vector<double>& values, const NumberRows& rows,
                  std::vector<NumberTelling>& found) {
  Filled filled = filled_of(values, rows);
  if (filled.value.size() < 2) return;
  auto n = static_cast<double>(filled.value.size());
  std::vector<double> ranks = ranks_of(filled.value);
  double together = correlation(ranks, ranks_of(filled.number));
  found.push_back({.figure = "rank correlation",
                   .how = together > 0 ? "the larger, the larger" : "the larger, the smaller",
                   .strength = std::min(1.0, std::fabs(together)),
                   .rows = std::ssize(filled.value),
                   .p = 2 * normal_cdf(-std::fabs(together) * std::sqrt(n - 1))});
  double intervals = std::clamp(std::floor(n / kRowsAnInterval), 1.0, kMostIntervals);
  std::vector<std::int32_t> interval;
  for (double rank : ranks)
    interval.push_back(static_cast<std::int32_t>((rank - 0.5) / n * intervals));
  found.push_back({.figure = "R2 of the means of its intervals, held out",
                   .how = "each of its intervals has nearly one target",
                   .strength = held_out_r2(interval, static_cast<std::size_t>(intervals),
                                           filled.number, filled.fold, 0),
                   .rows = std::ssize(filled.value)});
}

}  // namespace

std::vector<NumberTelling> number_tellings(const Column& column, const NumberRows& rows) {
  std::vector<NumberTelling> found;
  if (auto numbers = numbers_of(column, rows.rows)) tell_numbers(*numbers, rows, found);
  TypeId type = column.type.id;
  if (type == TypeId::kString || type == TypeId::kBytes || type == TypeId::kInt64) {
    Codes codes = codes_of(column, rows.rows);
    auto filled = std::ranges::count_if(codes.of_row, [](std::int32_t code) { return code >= 0; });
    found.push_back({.figure = "R2 of the means of its values, held out",
                     .how = "each of its values has nearly one target",
                     .strength = held_out_r2(codes.of_row, static_cast<std::size_t>(codes.count),
                                             rows.number, rows.fold, 1),
                     .rows = filled});
  }
  return found;
}

}  // namespace lode
