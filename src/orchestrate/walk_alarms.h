// Alarms beside a walk forward: the rows of a period held against the rows that what was live in it
// had been made from, as far as their labels were known when the period ended.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "evaluate/gate.h"
#include "monitor/watch.h"
#include "orchestrate/monitor_report.h"
#include "orchestrate/recipe.h"

namespace lode {

// What was live, and the rows that it is held against.
struct WatchedLive {
  const Model& model;
  const TrainingTable& training;
  const Recipe& recipe;
  std::span<const ColumnEncoder> encoders;
  const FittedModel& fitted;
  std::span<const std::int64_t> made_from;  // rows of the table, ascending
  std::span<const std::int64_t> rows;       // of the period, with a known label
  std::span<const double> scores;           // of them
};

// Empty where no alarm stood, or none can be raised (few days, no known label). Cost: made_from is
// scored. Errors: what scoring refuses; kCancelled.
Result<std::vector<WalkAlarm>> alarms_of_period(const WatchedLive& live, WatchOptions options,
                                                ThreadPool& pool, const CancelToken& cancel);

}  // namespace lode
