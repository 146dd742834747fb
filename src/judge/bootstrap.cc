#include "judge/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "base/random.h"

namespace lode {
namespace {

constexpr int kMaxReplicates = 1'000'000;

Status check(const Blocks& blocks, const BootstrapOptions& options) {
  if (blocks.count < 2)
    return fail(Code::kInvalid, "an interval needs at least 2 blocks of rows, there is {}",
                blocks.count);
  if (!(options.level > 0 && options.level < 1))
    return fail(Code::kInvalid, "level {} of the interval is not between 0 and 1", options.level);
  double least = std::ceil(2 / (1 - options.level) - 1e-9);
  if (options.replicates < least || options.replicates > kMaxReplicates)
    return fail(Code::kInvalid, "{} bootstrap replicates; an interval of level {} takes {} to {}",
                options.replicates, options.level, least, kMaxReplicates);
  return {};
}

// One metric over one model's rows: its value, and its replicates in order.
struct Track {
  std::unique_ptr<PreparedMetric> prepared;
  double value = 0;
  std::vector<double> replicates;
};

// tracks[model * metrics + metric]
using Tracks = std::vector<Track>;

Result<Tracks> prepare_tracks(std::span<const ScoredRows> models, const Blocks& blocks,
                              std::span<const Metric* const> metrics, ThreadPool& pool,
                              const CancelToken& cancel) {
  bool ranked = std::ranges::any_of(metrics, [](const Metric* m) { return m->needs_ranking; });
  std::vector<std::optional<Sample>> samples(models.size());
  TRY_VOID(parallel_for(
      pool, models.size(),
      [&](std::size_t i) -> Status {
        TRY(samples[i],
            ranked ? Sample::make_ranked(models[i], blocks) : Sample::make(models[i], blocks));
        return {};
      },
      cancel));
  Tracks tracks(models.size() * metrics.size());
  const std::vector<double> once(blocks.count, 1.0);
  TRY_VOID(parallel_for(
      pool, tracks.size(),
      [&](std::size_t i) -> Status {
        TRY(tracks[i].prepared,
            prepare_metric(*metrics[i % metrics.size()], *samples[i / metrics.size()]));
        tracks[i].value = tracks[i].prepared->value(once);
        return {};
      },
      cancel));
  return tracks;
}

Status draw_replicates(Tracks& tracks, std::uint32_t blocks, const BootstrapOptions& options,
                       ThreadPool& pool, const CancelToken& cancel) {
  auto replicates = static_cast<std::size_t>(options.replicates);
  for (Track& track : tracks) track.replicates.resize(replicates);
  return parallel_for(
      pool, replicates,
      [&](std::size_t r) {
        Random random(options.seed, r);
        std::vector<double> draws(blocks);
        for (double& count : draws) count = random.poisson1();
        for (Track& track : tracks) track.replicates[r] = track.prepared->replicate(draws);
      },
      cancel);
}

// The interval of `replicates` without the undefined ones, whose number goes to `undefined`.
Result<Estimate> estimate(const Metric& metric, double value, std::vector<double> replicates,
                          double level, int& undefined) {
  std::size_t all = replicates.size();
  std::erase_if(replicates, [](double x) { return std::isnan(x); });
  undefined = static_cast<int>(all - replicates.size());
  if (static_cast<std::size_t>(undefined) * 20 > all)
    return fail(
        Code::kInvalid,
        "{} is undefined in {} of {} replicates, so it has no interval: too few blocks hold "
        "both labels; take more rows or smaller blocks",
        metric.name, undefined, all);
  std::ranges::sort(replicates);
  double tail = (1 - level) / 2;
  return Estimate{value, quantile_of_sorted(replicates, tail),
                  quantile_of_sorted(replicates, 1 - tail)};
}

// Of those that are defined.
double standard_deviation(std::span<const double> replicates) {
  double count = 0;
  double mean = 0;
  double squares = 0;
  for (double x : replicates) {
    if (std::isnan(x)) continue;
    double from = x - mean;  // Welford, 1962
    mean += from / ++count;
    squares += from * (x - mean);
  }
  return count < 2 ? 0 : std::sqrt(squares / (count - 1));
}

}  // namespace

bool MetricDifference::second_is_better() const {
  switch (metric->better) {
    case Direction::kHigher:
      return difference.value > 0;
    case Direction::kLower:
      return difference.value < 0;
    case Direction::kZero:
      return std::abs(second.value) < std::abs(first.value);
  }
  return false;
}

double quantile_of_sorted(std::span<const double> sorted, double q) {
  double place = q * static_cast<double>(sorted.size() - 1);
  auto below = static_cast<std::size_t>(place);
  std::size_t above = std::min(below + 1, sorted.size() - 1);
  double part = place - static_cast<double>(below);
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

Result<std::vector<MetricEstimate>> bootstrap(const ScoredRows& rows, const Blocks& blocks,
                                              std::span<const Metric* const> metrics,
                                              const BootstrapOptions& options, ThreadPool& pool,
                                              const CancelToken& cancel) {
  TRY_VOID(check(blocks, options));
  TRY(Tracks tracks, prepare_tracks({&rows, 1}, blocks, metrics, pool, cancel));
  TRY_VOID(draw_replicates(tracks, blocks.count, options, pool, cancel));
  std::vector<MetricEstimate> estimates;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    MetricEstimate one;
    one.metric = metrics[m];
    TRY(one.estimate, estimate(*metrics[m], tracks[m].value, std::move(tracks[m].replicates),
                               options.level, one.undefined));
    estimates.push_back(one);
  }
  return estimates;
}

Result<std::vector<MetricDifference>> compare(const ScoredRows& first, const ScoredRows& second,
                                              const Blocks& blocks,
                                              std::span<const Metric* const> metrics,
                                              const BootstrapOptions& options, ThreadPool& pool,
                                              const CancelToken& cancel) {
  TRY_VOID(check(blocks, options));
  if (!std::ranges::equal(first.label, second.label) ||
      !std::ranges::equal(first.weight, second.weight))
    return fail(Code::kInvalid,
                "two models can be compared only on the same rows, and their labels "
                "or weights differ");
  const ScoredRows models[] = {first, second};
  TRY(Tracks tracks, prepare_tracks(models, blocks, metrics, pool, cancel));
  TRY_VOID(draw_replicates(tracks, blocks.count, options, pool, cancel));
  std::vector<MetricDifference> differences;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    Track& a = tracks[m];
    Track& b = tracks[metrics.size() + m];
    std::vector<double> difference(a.replicates.size());
    for (std::size_t r = 0; r < difference.size(); ++r)
      difference[r] = b.replicates[r] - a.replicates[r];
    MetricDifference one;
    one.metric = metrics[m];
    TRY(one.first,
        estimate(*metrics[m], a.value, std::move(a.replicates), options.level, one.undefined));
    TRY(one.second,
        estimate(*metrics[m], b.value, std::move(b.replicates), options.level, one.undefined));
    one.standard_error = standard_deviation(difference);
    TRY(one.difference, estimate(*metrics[m], b.value - a.value, std::move(difference),
                                 options.level, one.undefined));  // undefined where either was
    differences.push_back(one);
  }
  return differences;
}

}  // namespace lode
