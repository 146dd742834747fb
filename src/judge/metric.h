// What a metric is: a component (kind "metric") that turns scores and what came true into one
// number and says which way is better. Judges know rows, scores and targets, never the model that
// made them.
//
// A metric is prepared once over a sample and then asked for its value under many weightings of the
// sample's blocks, so that a bootstrap replicate costs no second look at the rows where the metric
// allows it (judge/bootstrap.h).
//
// Weights are frequencies: weight 2 is the row twice, weight 0 is the row left out.
// Threads: a Metric is immutable; a PreparedMetric may be asked from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "judge/sample.h"

namespace lode {

enum class Direction : std::uint8_t {
  kHigher,  // larger is better
  kLower,   // smaller is better
  kZero,    // nearer to 0 is better
};

class PreparedMetric {
 public:
  virtual ~PreparedMetric() = default;
  // The metric when every row of block b counts draws[b] times on top of its own weight; one entry
  // a block, none negative. NaN where the metric is undefined (AUC without both classes).
  virtual double value(std::span<const double> draws) const = 0;
  // The same for a bootstrap replicate. Differs only for metrics that correct for sampling noise: a
  // replicate carries it twice, once from the sample and once from drawing again.
  virtual double replicate(std::span<const double> draws) const { return value(draws); }
};

// The targets that a metric can judge.
enum class Judges : std::uint8_t { kLabels, kNumbers, kBoth };

// What the Component of a metric points to with `factory`.
struct Metric {
  std::string_view name;
  Direction better;
  bool needs_probability;  // scores must lie in [0, 1]; otherwise any finite number will do
  bool needs_ranking;      // asks the sample for rows in order of score
  std::unique_ptr<PreparedMetric> (*prepare)(const Sample& sample);
  Judges judges = Judges::kLabels;
  // What may be wrong where it has no value, as a question to whoever gave the rows.
  std::string_view undefined = "are both labels among them?";

  bool takes(Task task) const {
    return judges == Judges::kBoth || (judges == Judges::kNumbers) == (task == Task::kNumber);
  }
};

// All registered metrics, by name.
std::vector<const Metric*> all_metrics();
// kNotFound with the nearest name, or all of them.
Result<const Metric*> find_metric(std::string_view name);

// The metric of the rows as they stand. kInvalid for what Sample::make refuses, for targets that
// are not the metric's, for scores outside [0, 1] where probabilities are needed, and where the
// metric is undefined. Cost: one pass, and a sort if the metric ranks.
Result<double> evaluate(const Metric& metric, const ScoredRows& rows);
Result<double> evaluate(std::string_view metric, const ScoredRows& rows);

// kInvalid, naming those that can, for a metric that cannot judge such targets.
Status check_task(const Metric& metric, Task task);

// Prepares a metric over a sample, refusing what it cannot judge and values that are not finite.
Result<std::unique_ptr<PreparedMetric>> prepare_metric(const Metric& metric, const Sample& sample);

}  // namespace lode
