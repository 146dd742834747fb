#include "orchestrate/naive_split.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "judge/bootstrap.h"
#include "judge/metric.h"
#include "judge/split.h"

namespace lode {
namespace {

constexpr std::size_t kMostTested = 200'000;
constexpr std::uint32_t kBlocks = 1000;
constexpr std::uint64_t kTestedStream = std::uint64_t{0x74657374} << 32;
constexpr int kReplicates = 200;
constexpr double kNormal95 = 1.96;  // half an interval's width in standard errors

// Both sides' rows dealt out anew, ascending, with as many for training as there were.
SplitRows dealt(const NaiveSplitTask& task, const SplitRows& places) {
  std::vector<std::int64_t> all(task.train.begin(), task.train.end());
  all.insert(all.end(), task.test.begin(), task.test.end());
  std::ranges::sort(all);
  auto rows_at = [&](const std::vector<std::int64_t>& at) {
    std::vector<std::int64_t> rows;
    rows.reserve(at.size());
    for (std::int64_t place : at) rows.push_back(all[static_cast<std::size_t>(place)]);
    return rows;
  };
  SplitRows out;
  out.train = rows_at(places.train);
  out.test = rows_at(places.test);
  return out;
}

double squared_error(const Estimate& e) {
  double error = (e.high - e.low) / (2 * kNormal95);
  return error * error;
}

Result<InflationReport> judge(const NaiveSplitTask& task, std::span<const double> scores,
                              const std::vector<std::int64_t>& rows, ThreadPool& pool,
                              const CancelToken& cancel) {
  std::vector<const Metric*> metrics;
  for (const MetricReport& honest : task.honest) {
    TRY(const Metric* metric, find_metric(honest.name));
    if (metric->better != Direction::kZero) metrics.push_back(metric);
  }
  Outcomes outcomes = task.recipe.outcomes(rows);
  Blocks blocks = merge_blocks(block_per_row(rows.size()), kBlocks, task.seed);
  TRY(JudgedRows judged, JudgedRows::make(outcomes.with(scores), blocks, metrics, pool, cancel));
  TRY(std::vector<MetricEstimate> random,
      bootstrap(judged, {.replicates = kReplicates, .seed = task.seed}, pool, cancel));
  InflationReport out;
  out.rows = std::ssize(rows);
  for (const MetricEstimate& one : random) {
    const MetricReport& honest =
        *std::ranges::find(task.honest, one.metric->name, &MetricReport::name);
    out.metrics.push_back({.metric = honest.name,
                           .random = one.estimate,
                           .inflation = one.estimate.value - honest.estimate.value,
                           .standard_error = std::sqrt(squared_error(one.estimate) +
                                                       squared_error(honest.estimate))});
  }
  return out;
}

}  // namespace

Result<InflationReport> judge_naive_split(const NaiveSplitTask& task, const std::string& name,
                                          Stations& stations, ThreadPool& pool,
                                          const CancelToken& cancel) {
  SplitRows rows;
  EncodedRows encoded;
  std::unique_ptr<FittedModel> model;
  InflationReport out;
  TRY_VOID(stations.run({.name = name + ", encode"}, [&](Station& station) -> Status {
    auto all = static_cast<double>(task.train.size() + task.test.size());
    RandomSplit split{.test = static_cast<double>(task.test.size()) / all, .seed = task.seed};
    TRY(SplitRows places, split_at_random(static_cast<std::int64_t>(all), {}, split));
    rows = dealt(task, places);
    rows.test = draw_rows(rows.test, kMostTested, Random(task.seed, kTestedStream));
    TRY(encoded, task.recipe.encode(rows.train));
    station.advance(std::ssize(rows.train));
    return {};
  }));
  TRY_VOID(stations.run({.name = name + ", fit", .kind = StationKind::kTraining},
                        [&](Station& station) -> Status {
                          TRY(model, task.recipe.fit(encoded, task.options));
                          station.advance(std::ssize(rows.train));
                          return {};
                        }));
  TRY_VOID(stations.run({.name = name + ", judge"}, [&](Station& station) -> Status {
    encoded.design = {};
    std::vector<double> scores(rows.test.size());
    TRY_VOID(task.recipe.score(encoded.encoders, *model, rows.test, scores));
    TRY(out, judge(task, scores, rows.test, pool, cancel));
    station.advance(out.rows);
    return {};
  }));
  return out;
}

}  // namespace lode
