#include "judge/score_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "judge/log_loss.h"
#include "judge/reliability.h"

namespace lode {
namespace {

constexpr std::size_t kSampled = 8192;  // scores that quantiles are taken of
constexpr std::int64_t kDay = days(1).us;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> sorted_sample(std::span<const double> scores) {
  std::vector<double> sample;
  std::size_t step = (scores.size() + kSampled - 1) / kSampled;
  for (std::size_t i = 0; i < scores.size(); i += step) sample.push_back(scores[i]);
  std::ranges::sort(sample);
  return sample;
}

// Distinct values at these quantiles, ascending.
std::vector<double> edges_at(const std::vector<double>& sample, std::span<const double> quantiles) {
  std::vector<double> edges;
  for (double q : quantiles) {
    auto at = static_cast<std::size_t>(q * static_cast<double>(sample.size()));
    edges.push_back(sample[std::min(at, sample.size() - 1)]);
  }
  std::ranges::sort(edges);
  edges.erase(std::ranges::unique(edges).begin(), edges.end());
  return edges;
}

std::vector<double> even_quantiles(std::size_t parts) {
  std::vector<double> out;
  for (std::size_t k = 1; k < parts; ++k)
    out.push_back(static_cast<double>(k) / static_cast<double>(parts));
  return out;
}

// How many edges are not above the score: its bin, 0 .. edges.
std::size_t bin_of(const std::vector<double>& edges, double score) {
  return static_cast<std::size_t>(std::ranges::upper_bound(edges, score) - edges.begin());
}

double target_of(const ScoredRows& rows, std::size_t row) {
  return rows.number.empty() ? static_cast<double>(rows.label[row]) : rows.number[row];
}

double share(double part, double whole) { return whole > 0 ? part / whole : kNan; }

std::vector<ThresholdPoint> thresholds_of(const ScoredRows& rows,
                                          const std::vector<double>& sample) {
  std::vector<double> quantiles = even_quantiles(64);
  // The few highest scores, where precision is looked for, and the lowest.
  for (double tail : {0.0, 0.0005, 0.001, 0.0025, 0.005, 0.01}) {
    quantiles.push_back(tail);
    quantiles.push_back(1 - tail);
  }
  std::vector<double> edges = edges_at(sample, quantiles);
  std::vector<std::array<double, 2>> count(edges.size() + 1);
  for (std::size_t i = 0; i < rows.score.size(); ++i)
    count[bin_of(edges, rows.score[i])][rows.label[i]] += 1;
  std::array<double, 2> all{};
  for (const auto& bin : count)
    for (std::size_t label : {0U, 1U}) all[label] += bin[label];
  std::vector<ThresholdPoint> points(edges.size());
  std::array<double, 2> above{};
  for (std::size_t k = edges.size(); k-- > 0;) {
    for (std::size_t label : {0U, 1U}) above[label] += count[k + 1][label];
    double flagged = above[0] + above[1];
    points[k] = {edges[k], share(flagged, all[0] + all[1]), share(above[1], all[1]),
                 share(above[0], all[0]), share(above[1], flagged)};
  }
  return points;
}

struct BinSums {
  double rows = 0;
  double predicted = 0;
  double observed = 0;
};

// Bins by block, so that blocks can be drawn.
class CalibrationBins {
 public:
  CalibrationBins(const ScoredRows& rows, const Blocks& blocks, const std::vector<double>& edges)
      : bins_(edges.size() + 1), sums_(blocks.count * bins_) {
    for (std::size_t i = 0; i < rows.score.size(); ++i) {
      BinSums& sums = sums_[blocks.of_row[i] * bins_ + bin_of(edges, rows.score[i])];
      sums.rows += 1;
      sums.predicted += rows.score[i];
      sums.observed += target_of(rows, i);
    }
  }

  std::size_t bins() const { return bins_; }
  BinSums sum(std::size_t bin, std::span<const double> draws) const {
    BinSums total;
    for (std::size_t b = 0; b < draws.size(); ++b) {
      const BinSums& sums = sums_[b * bins_ + bin];
      total.rows += draws[b] * sums.rows;
      total.predicted += draws[b] * sums.predicted;
      total.observed += draws[b] * sums.observed;
    }
    return total;
  }

 private:
  std::size_t bins_;
  std::vector<BinSums> sums_;  // blocks x bins
};

// Of numbers: the targets of each bin, ascending. Nothing of labels, which two ends say all about.
std::vector<std::vector<double>> targets_by_bin(const ScoredRows& rows,
                                                const std::vector<double>& edges) {
  std::vector<std::vector<double>> targets(edges.size() + 1);
  for (std::size_t i = 0; i < rows.number.size(); ++i)
    targets[bin_of(edges, rows.score[i])].push_back(rows.number[i]);
  for (std::vector<double>& bin : targets) std::ranges::sort(bin);
  return targets;
}

std::vector<CalibrationPoint> calibration_of(const ScoredRows& rows, const Blocks& blocks,
                                             const std::vector<double>& sample,
                                             const BootstrapOptions& options) {
  std::vector<double> edges = edges_at(sample, even_quantiles(kCalibrationBins));
  CalibrationBins bins(rows, blocks, edges);
  std::vector<std::vector<double>> targets = targets_by_bin(rows, edges);
  auto replicates = static_cast<std::size_t>(options.replicates);
  std::vector<std::vector<double>> observed(bins.bins());
  std::vector<double> draws(blocks.count, 1.0);
  std::vector<CalibrationPoint> points;
  for (std::size_t r = 0; r < replicates; ++r) {
    draw_blocks(options, r, draws);
    for (std::size_t bin = 0; bin < bins.bins(); ++bin) {
      BinSums sums = bins.sum(bin, draws);
      observed[bin].push_back(share(sums.observed, sums.rows));
    }
  }
  std::ranges::fill(draws, 1.0);
  for (std::size_t bin = 0; bin < bins.bins(); ++bin) {
    BinSums sums = bins.sum(bin, draws);
    if (sums.rows == 0) continue;
    double value = sums.observed / sums.rows;
    int undefined = 0;
    auto interval = percentile_interval(value, std::move(observed[bin]), options.level, undefined);
    points.push_back({static_cast<std::int64_t>(sums.rows), sums.predicted / sums.rows,
                      interval.value_or(Estimate{value, kNan, kNan}),
                      targets[bin].empty() ? kNan : quantile_of_sorted(targets[bin], 0.1),
                      targets[bin].empty() ? kNan : quantile_of_sorted(targets[bin], 0.9)});
  }
  return points;
}

std::vector<PeriodScores> periods_of(const ProfiledRows& profiled) {
  auto [first, last] = std::ranges::minmax_element(profiled.time);
  std::int64_t begin = day_number(*first) * kDay;
  std::int64_t length = 7 * kDay;
  auto periods_long = [&] { return (last->us - begin) / length + 1; };
  while (periods_long() > static_cast<std::int64_t>(kMostProfilePeriods)) length += 7 * kDay;
  bool binary = profiled.rows.task() == Task::kBinary;
  auto count = static_cast<std::size_t>(periods_long());
  std::vector<PeriodScores> periods(count);
  for (std::size_t i = 0; i < profiled.time.size(); ++i) {
    auto p = static_cast<std::size_t>((profiled.time[i].us - begin) / length);
    double score = profiled.rows.score[i];
    PeriodScores& period = periods[p];
    ++period.rows;
    period.predicted += score;
    double target = target_of(profiled.rows, i);
    period.observed += target;
    period.loss +=
        binary ? log_loss_of(score, profiled.rows.label[i]) : (score - target) * (score - target);
  }
  for (std::size_t p = 0; p < count; ++p) {
    PeriodScores& period = periods[p];
    auto rows = static_cast<double>(period.rows);
    period.begin = {begin + static_cast<std::int64_t>(p) * length};
    period.end = {period.begin.us + length};
    period.predicted /= rows;
    period.observed /= rows;
    period.loss /= rows;
    if (!binary) period.loss = std::sqrt(period.loss);
  }
  std::erase_if(periods, [](const PeriodScores& period) { return period.rows == 0; });
  return periods;
}

Status check_profiled(const ProfiledRows& profiled, const Blocks& blocks) {
  TRY(Sample sample, Sample::make(profiled.rows, blocks));
  if (profiled.time.size() != sample.rows())
    return fail(Code::kInvalid, "{} times of {} rows", profiled.time.size(), sample.rows());
  for (std::size_t i = 0; sample.task() == Task::kBinary && i < sample.rows(); ++i)
    if (sample.score(i) < 0 || sample.score(i) > 1)
      return fail(Code::kInvalid, "row {}: score {} is not a probability", i, sample.score(i));
  return {};
}

}  // namespace

Result<ScoreProfile> profile_scores(const ProfiledRows& profiled, const Blocks& blocks,
                                    const BootstrapOptions& options, ThreadPool& pool,
                                    const CancelToken& cancel) {
  TRY_VOID(check_bootstrap(options));
  TRY_VOID(check_profiled(profiled, blocks));
  std::vector<double> sample = sorted_sample(profiled.rows.score);
  ScoreProfile profile;
  auto part = [&](std::size_t i) -> Status {
    if (i == 0) profile.calibration = calibration_of(profiled.rows, blocks, sample, options);
    if (i == 1) profile.periods = periods_of(profiled);
    if (i == 2 && profiled.rows.task() == Task::kBinary)
      profile.thresholds = thresholds_of(profiled.rows, sample);
    return {};
  };
  TRY_VOID(parallel_for(pool, 3, part, cancel));
  return profile;
}

}  // namespace lode
