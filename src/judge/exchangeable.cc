#include "judge/exchangeable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/math.h"
#include "judge/distributions.h"

namespace lode {
namespace {

constexpr double kTrend = 0.02;
constexpr double kSpread = 0.05;
constexpr std::size_t kMostStretches = 50;
constexpr double kLeastExpected = 5;    // rows of either label in a stretch
constexpr double kTrendOfRanks = 0.03;  // a rank correlation of 0.06
constexpr double kLeastRanked = 10;     // rows in a stretch

Status check(std::size_t times, std::size_t targets, double alpha) {
  if (times != targets) return fail(Code::kInvalid, "{} times for {} targets", times, targets);
  if (!(alpha > 0 && alpha <= 0.05))
    return fail(Code::kInvalid, "alpha {} is not above 0 and at most 0.05", alpha);
  return {};
}

// Rows in order of time with the ends of runs of one time. Targets are labels, or numbers' ranks.
struct Ordered {
  std::vector<double> target;
  std::vector<std::size_t> run_end;
  double sum = 0;

  double rows() const { return static_cast<double>(target.size()); }
  double mean() const { return sum / rows(); }
};

template <typename T>
Ordered in_order(std::span<const Timestamp> times, std::span<const T> targets) {
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return times[i]; });
  Ordered out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && times[order[i]] != times[order[i - 1]]) out.run_end.push_back(i);
    out.target.push_back(static_cast<double>(targets[order[i]]));
    out.sum += out.target.back();
  }
  out.run_end.push_back(order.size());
  return out;
}

// 1, 2, ... in ascending order; equal numbers share the mean of theirs.
std::vector<double> ranks_of(std::span<const double> numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::size_t i) { return numbers[i]; });
  std::vector<double> ranks(numbers.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && numbers[order[end]] == numbers[order[begin]]) ++end;
    double rank = static_cast<double>(begin + 1 + end) / 2;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

double variance_of(const Ordered& rows) {
  double mean = rows.mean();
  double squares = 0;
  for (double target : rows.target) squares += (target - mean) * (target - mean);
  return squares / rows.rows();
}

// Mann and Whitney's U as a share, with its normal approximation corrected for ties.
void test_trend(const Ordered& rows, Exchangeability& out) {
  double n = rows.rows();
  double rank_sum = 0;
  double tie_term = 0;
  std::size_t begin = 0;
  for (std::size_t end : rows.run_end) {
    auto size = static_cast<double>(end - begin);
    double rank = static_cast<double>(begin) + (size + 1) / 2;
    for (std::size_t i = begin; i < end; ++i) rank_sum += rows.target[i] != 0 ? rank : 0;
    tie_term += size * size * size - size;
    begin = end;
  }
  double ones = rows.sum;
  double zeros = n - ones;
  double u = rank_sum - ones * (ones + 1) / 2;
  double variance = ones * zeros / 12 * (n + 1 - tie_term / (n * (n - 1)));
  out.trend = u / (ones * zeros);
  if (variance > 0)
    out.trend_p = 2 * normal_cdf(-std::abs(u - ones * zeros / 2) / std::sqrt(variance));
}

// Spearman's correlation of time and rank, which under exchange has variance 1 / (n - 1).
void test_trend_of_ranks(const Ordered& rows, double variance, Exchangeability& out) {
  double n = rows.rows();
  double mean = (n + 1) / 2;  // of both ranks
  double together = 0;
  double squares = 0;  // of the ranks of time
  std::size_t begin = 0;
  for (std::size_t end : rows.run_end) {
    double from = static_cast<double>(begin + 1 + end) / 2 - mean;
    for (std::size_t i = begin; i < end; ++i) together += from * (rows.target[i] - mean);
    squares += static_cast<double>(end - begin) * from * from;
    begin = end;
  }
  double correlation = together / std::sqrt(squares * variance * n);
  out.trend = (1 + correlation) / 2;
  out.trend_p = 2 * normal_cdf(-std::abs(correlation) * std::sqrt(n - 1));
}

// Upper tail of chi-square by Wilson and Hilferty, 1931: good to about 0.001 of p.
double chi_square_tail(double x, double freedom) {
  double scale = 2 / (9 * freedom);
  return normal_cdf(-(portable_pow(x / freedom, 1.0 / 3) - (1 - scale)) / std::sqrt(scale));
}

// Equal stretches of rows, at most so many; rows of one time may lie in two of them.
void test_spread(const Ordered& rows, double variance, double most, Exchangeability& out) {
  double mean = rows.mean();
  auto stretches =
      static_cast<std::size_t>(std::min(static_cast<double>(kMostStretches), std::floor(most)));
  if (stretches < 2) return;
  out.stretches = static_cast<int>(stretches);
  double chi = 0;
  double excess = 0;
  for (std::size_t s = 0; s < stretches; ++s) {
    std::size_t begin = rows.target.size() * s / stretches;
    std::size_t end = rows.target.size() * (s + 1) / stretches;
    auto size = static_cast<double>(end - begin);
    double here = std::accumulate(rows.target.begin() + static_cast<std::ptrdiff_t>(begin),
                                  rows.target.begin() + static_cast<std::ptrdiff_t>(end), 0.0) /
                  size;
    double squared = (here - mean) * (here - mean) / variance;
    chi += size * squared;
    excess += (squared - 1 / size) / static_cast<double>(stretches);
  }
  out.spread = std::sqrt(std::max(0.0, excess));
  out.spread_p = chi_square_tail(chi, static_cast<double>(stretches) - 1);
}

}  // namespace

Result<Exchangeability> test_exchangeable(std::span<const Timestamp> times,
                                          std::span<const std::uint8_t> labels, double alpha) {
  TRY_VOID(check(times.size(), labels.size(), alpha));
  for (std::uint8_t label : labels)
    if (label > 1) return fail(Code::kInvalid, "label {} is not 0 or 1", label);
  Exchangeability out;
  if (times.empty()) return out;
  Ordered rows = in_order(times, labels);
  if (rows.run_end.size() < 2 || rows.sum == 0 || rows.sum == rows.rows()) return out;
  out.looked = true;
  test_trend(rows, out);
  test_spread(rows, rows.mean() * (1 - rows.mean()),
              std::min(rows.sum, rows.rows() - rows.sum) / kLeastExpected, out);
  bool trend = out.trend_p < alpha / 2 && std::abs(out.trend - 0.5) > kTrend;
  bool spread = out.spread_p < alpha / 2 && out.spread > kSpread;
  out.rejected = trend || spread;
  if (trend)
    out.why =
        fmt::format("rows of label 1 come {} than the others (rank AUC of time {:.3f}, p {:.2g})",
                    out.trend > 0.5 ? "later" : "sooner", out.trend, out.trend_p);
  else if (spread)
    out.why = fmt::format(
        "the share of label 1 changes over time: between {} stretches by {:.0f} % of a label's own "
        "standard deviation beyond chance (p {:.2g})",
        out.stretches, 100 * out.spread, out.spread_p);
  return out;
}

Result<Exchangeability> test_exchangeable(std::span<const Timestamp> times,
                                          std::span<const double> numbers, double alpha) {
  TRY_VOID(check(times.size(), numbers.size(), alpha));
  for (double number : numbers)
    if (!std::isfinite(number))
      return fail(Code::kInvalid, "target {} is not a finite number", number);
  Exchangeability out;
  if (times.empty()) return out;
  std::vector<double> ranks = ranks_of(numbers);
  Ordered rows = in_order(times, std::span<const double>(ranks));
  double variance = variance_of(rows);
  if (rows.run_end.size() < 2 || variance == 0) return out;
  out.looked = true;
  test_trend_of_ranks(rows, variance, out);
  test_spread(rows, variance, rows.rows() / kLeastRanked, out);
  bool trend = out.trend_p < alpha / 2 && std::abs(out.trend - 0.5) > kTrendOfRanks;
  bool spread = out.spread_p < alpha / 2 && out.spread > kSpread;
  out.rejected = trend || spread;
  if (trend)
    out.why = fmt::format("targets {} with time (rank correlation {:+.3f}, p {:.2g})",
                          out.trend > 0.5 ? "rise" : "fall", 2 * out.trend - 1, out.trend_p);
  else if (spread)
    out.why = fmt::format(
        "targets change over time: between {} stretches by {:.0f} % of their ranks' own standard "
        "deviation beyond chance (p {:.2g})",
        out.stretches, 100 * out.spread, out.spread_p);
  return out;
}

}  // namespace lode
