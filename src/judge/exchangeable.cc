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
constexpr double kLeastExpected = 5;  // rows of either label in a stretch

Status check(std::span<const Timestamp> times, std::span<const std::uint8_t> labels, double alpha) {
  if (times.size() != labels.size())
    return fail(Code::kInvalid, "{} times for {} labels", times.size(), labels.size());
  if (!(alpha > 0 && alpha <= 0.05))
    return fail(Code::kInvalid, "alpha {} is not above 0 and at most 0.05", alpha);
  for (std::uint8_t label : labels)
    if (label > 1) return fail(Code::kInvalid, "label {} is not 0 or 1", label);
  return {};
}

// Rows in order of time with the sizes of runs of one time.
struct Ordered {
  std::vector<std::uint8_t> label;
  std::vector<std::size_t> run_end;
  double positives = 0;
};

Ordered in_order(std::span<const Timestamp> times, std::span<const std::uint8_t> labels) {
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return times[i]; });
  Ordered out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && times[order[i]] != times[order[i - 1]]) out.run_end.push_back(i);
    out.label.push_back(labels[order[i]]);
    out.positives += labels[order[i]];
  }
  out.run_end.push_back(order.size());
  return out;
}

// Mann and Whitney's U as a share, with its normal approximation corrected for ties.
void test_trend(const Ordered& rows, Exchangeability& out) {
  auto n = static_cast<double>(rows.label.size());
  double rank_sum = 0;
  double tie_term = 0;
  std::size_t begin = 0;
  for (std::size_t end : rows.run_end) {
    auto size = static_cast<double>(end - begin);
    double rank = static_cast<double>(begin) + (size + 1) / 2;
    for (std::size_t i = begin; i < end; ++i) rank_sum += rows.label[i] != 0 ? rank : 0;
    tie_term += size * size * size - size;
    begin = end;
  }
  double ones = rows.positives;
  double zeros = n - ones;
  double u = rank_sum - ones * (ones + 1) / 2;
  double variance = ones * zeros / 12 * (n + 1 - tie_term / (n * (n - 1)));
  out.trend = u / (ones * zeros);
  if (variance > 0)
    out.trend_p = 2 * normal_cdf(-std::abs(u - ones * zeros / 2) / std::sqrt(variance));
}

// Upper tail of chi-square by Wilson and Hilferty, 1931: good to about 0.001 of p.
double chi_square_tail(double x, double freedom) {
  double scale = 2 / (9 * freedom);
  return normal_cdf(-(portable_pow(x / freedom, 1.0 / 3) - (1 - scale)) / std::sqrt(scale));
}

// Equal stretches of rows; rows of one time may lie in two of them.
void test_spread(const Ordered& rows, Exchangeability& out) {
  auto n = static_cast<double>(rows.label.size());
  double p = rows.positives / n;
  double rarer = std::min(rows.positives, n - rows.positives);
  auto stretches = static_cast<std::size_t>(
      std::min(static_cast<double>(kMostStretches), std::floor(rarer / kLeastExpected)));
  if (stretches < 2) return;
  out.stretches = static_cast<int>(stretches);
  double chi = 0;
  double excess = 0;
  for (std::size_t s = 0; s < stretches; ++s) {
    std::size_t begin = rows.label.size() * s / stretches;
    std::size_t end = rows.label.size() * (s + 1) / stretches;
    auto size = static_cast<double>(end - begin);
    double share = std::accumulate(rows.label.begin() + static_cast<std::ptrdiff_t>(begin),
                                   rows.label.begin() + static_cast<std::ptrdiff_t>(end), 0.0) /
                   size;
    double squared = (share - p) * (share - p) / (p * (1 - p));
    chi += size * squared;
    excess += (squared - 1 / size) / static_cast<double>(stretches);
  }
  out.spread = std::sqrt(std::max(0.0, excess));
  out.spread_p = chi_square_tail(chi, static_cast<double>(stretches) - 1);
}

}  // namespace

Result<Exchangeability> test_exchangeable(std::span<const Timestamp> times,
                                          std::span<const std::uint8_t> labels, double alpha) {
  TRY_VOID(check(times, labels, alpha));
  Exchangeability out;
  if (times.empty()) return out;
  Ordered rows = in_order(times, labels);
  if (rows.run_end.size() < 2 || rows.positives == 0 ||
      rows.positives == static_cast<double>(labels.size()))
    return out;
  out.looked = true;
  test_trend(rows, out);
  test_spread(rows, out);
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

}  // namespace lode
