#include "evaluate/leakage/rank_sum.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "judge/distributions.h"

namespace lode {
namespace {

// What pairs of one stratum add up to, kept apart until all strata are in.
struct Pairs {
  double won = 0;  // ties count half
  double all = 0;
  double variance = 0;  // of `won`, if the score says nothing
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
};

// `order` lists rows of one stratum by score.
void add_stratum(std::span<const std::uint32_t> order, std::span<const double> score,
                 std::span<const std::uint8_t> label, Pairs& sum) {
  double won = 0;
  double ties = 0;  // sum of t^3 - t
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    std::int64_t tied[2] = {0, 0};
    for (; end < order.size() && score[order[end]] == score[order[begin]]; ++end)
      ++tied[label[order[end]]];
    won += static_cast<double>(tied[1]) *
           (static_cast<double>(negatives) + 0.5 * static_cast<double>(tied[0]));
    auto t = static_cast<double>(end - begin);
    ties += t * t * t - t;
    negatives += tied[0];
    positives += tied[1];
    begin = end;
  }
  sum.positives += positives;
  sum.negatives += negatives;
  if (positives == 0 || negatives == 0) return;
  auto n = static_cast<double>(order.size());
  double pairs = static_cast<double>(positives) * static_cast<double>(negatives);
  sum.won += won;
  sum.all += pairs;
  sum.variance += pairs / 12 * (n + 1 - ties / (n * (n - 1)));
}

RankSum result(const Pairs& sum) {
  RankSum out{.pairs = sum.all, .positives = sum.positives, .negatives = sum.negatives};
  if (sum.all == 0) return out;
  out.auc = sum.won / sum.all;
  out.error = std::sqrt(sum.variance) / sum.all;
  if (out.error > 0) out.p = 2 * normal_cdf(-std::abs(out.auc - 0.5) / out.error);
  return out;
}

}  // namespace

double RankSum::strength_low(double alpha) const {
  return std::max(0.5, strength() + error * normal_quantile(alpha / 2));
}

RankSum stratified_rank_sum(std::span<const double> score, std::span<const std::uint8_t> label,
                            std::span<const std::int64_t> stratum) {
  std::vector<std::uint32_t> order(score.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    if (!stratum.empty() && stratum[a] != stratum[b]) return stratum[a] < stratum[b];
    return score[a] < score[b];
  });
  Pairs sum;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = order.size();
    if (!stratum.empty())
      for (end = begin + 1; end < order.size() && stratum[order[end]] == stratum[order[begin]];)
        ++end;
    add_stratum(std::span(order).subspan(begin, end - begin), score, label, sum);
    begin = end;
  }
  return result(sum);
}

RankSum rank_sum(std::span<const double> score, std::span<const std::uint8_t> label) {
  return stratified_rank_sum(score, label, {});
}

ShareLimits share_limits(std::int64_t hits, std::int64_t of, double alpha) {
  if (of == 0) return {};
  double z = -normal_quantile(alpha / 2);
  auto n = static_cast<double>(of);
  double share = static_cast<double>(hits) / n;
  double middle = share + z * z / (2 * n);
  double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  double scale = 1 + z * z / n;
  return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

}  // namespace lode
