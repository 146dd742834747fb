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
  std::span<const std::int64_t> rows;       // of the period, with a known label, as they stand
  std::span<const double> scores;           // of them
  // Of earlier periods, with a known label: what it scored without having seen it, for the alarm
  // over its loss. Ascending.
  std::span<const std::int64_t> unseen;
  std::span<const double> unseen_scores;
};

// An alarm of the period, whether or not it stood.
struct PeriodAlarm {
  WalkAlarm alarm;  // of the statistic that was furthest above its limit; values are 0 if none was
  bool stood = false;
};

// The monitor's alarms by the project's rules (its `reference` is what was live's own here), those
// left out that cannot be raised (few days, no known label, scores that are no probabilities).
// Cost: made_from is scored. Errors: what scoring refuses; kCancelled.
Result<std::vector<PeriodAlarm>> alarms_of_period(const WatchedLive& live,
                                                  const MonitorRules& rules, ThreadPool& pool,
                                                  const CancelToken& cancel);

}  // namespace lode
