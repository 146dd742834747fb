// What a model would have seemed worth, had its rows been split at random: the same recipe fitted
// on as many rows drawn at random from training and test together, and judged on the others. What
// it seems better by is the inflation, which an honest split takes away.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "orchestrate/recipe.h"
#include "orchestrate/report.h"
#include "orchestrate/stations.h"

namespace lode {

struct NaiveSplitTask {
  const Recipe& recipe;
  const ModelOptions& options;  // of the algorithm
  std::span<const std::int64_t> train;
  std::span<const std::int64_t> test;
  std::span<const MetricReport> honest;  // of the test
  std::uint64_t seed;
};

// Two stations, "NAME: encode" and so on, so that the fit counts as training. At most 200,000 rows
// are judged. Rows are drawn alone, which is a part of what such a split does wrong, and so are its
// intervals. Errors: fit_model's, kCancelled.
Result<InflationReport> judge_naive_split(const NaiveSplitTask& task, const std::string& name,
                                          Stations& stations, ThreadPool& pool,
                                          const CancelToken& cancel);

}  // namespace lode
