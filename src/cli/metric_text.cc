#include "cli/metric_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lode {
namespace {

constexpr int kDigits = 4;

bool in_unit(std::string_view name) {
  return name == "rmse" || name == "mae" || name.starts_with("pinball");
}

// Decimals that leave kDigits digits of the value.
int decimals_of(double value) {
  double size = std::fabs(value);
  if (!(size > 0) || !std::isfinite(size)) return kDigits;
  int decimals = kDigits - 1;
  for (; size >= 10 && decimals > 0; size /= 10) --decimals;
  for (; size < 1 && decimals < 12; size *= 10) ++decimals;
  return decimals;
}

}  // namespace

ShownMetrics shown_metrics(Task task) {
  if (task == Task::kBinary)
    return {{"auc", "average_precision", "log_loss", "brier"}, "auc", "log_loss"};
  return {{"rmse", "mae", "r2"}, "r2", "rmse"};
}

std::vector<Task> tasks_of(const RunReport& report) {
  std::vector<Task> tasks;
  for (Task task : {Task::kBinary, Task::kNumber})
    if (std::ranges::find(report.models, task, &ModelReport::task) != report.models.end())
      tasks.push_back(task);
  return tasks;
}

std::string_view metric_title(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kTitles[] = {
      {"auc", "AUC"},
      {"average_precision", "avg. precision"},
      {"log_loss", "log-loss"},
      {"brier", "Brier"},
      {"rmse", "RMSE"},
      {"mae", "MAE"},
      {"r2", "R2"}};
  for (const auto& [known, title] : kTitles)
    if (known == name) return title;
  return name;
}

std::string metric_interval(std::string_view name, const Estimate& e) {
  int digits = in_unit(name) ? decimals_of(e.value) : kDigits;
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", e.value, digits, e.low, digits, e.high, digits);
}

std::string metric_difference(std::string_view name, const Estimate& e) {
  int digits =
      in_unit(name) ? decimals_of(std::max({std::fabs(e.low), std::fabs(e.high)})) : kDigits;
  return fmt::format("{:+.{}f} [{:+.{}f}, {:+.{}f}]", e.value, digits, e.low, digits, e.high,
                     digits);
}

std::string digits_text(double value) { return fmt::format("{:.{}f}", value, decimals_of(value)); }

}  // namespace lode
