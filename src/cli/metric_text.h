// Which metrics a terminal shows of models, and how their figures are written: those of numbers are
// in the target's unit, and so of any size.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "judge/bootstrap.h"
#include "orchestrate/report.h"

namespace lode {

struct ShownMetrics {
  std::vector<std::string_view> in_order;
  std::string_view rank;  // how much is told, between nothing and all: AUC, R2
  std::string_view loss;  // what a verdict goes by: log-loss, RMSE
};
ShownMetrics shown_metrics(Task task);

// The tasks of a run's models, labels first.
std::vector<Task> tasks_of(const RunReport& report);

// "AUC", "log-loss", "RMSE"; the name itself of others.
std::string_view metric_title(std::string_view name);

// "0.7315 [0.7240, 0.7386]": four decimals, or four digits of what is in the target's unit.
std::string metric_interval(std::string_view name, const Estimate& estimate);
// "+0.0261 [+0.0247, +0.0274]".
std::string metric_difference(std::string_view name, const Estimate& difference);

// Four digits at least, whole numbers whole: "1234", "0.01234", "12.34".
std::string digits_text(double value);

}  // namespace lode
