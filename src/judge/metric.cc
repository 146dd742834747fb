#include "judge/metric.h"

#include <cmath>
#include <string>

#include "base/component.h"

namespace lode {
namespace {

Status check_probabilities(const Metric& metric, const Sample& sample) {
  for (std::size_t i = 0; i < sample.rows(); ++i)
    if (sample.score(i) < 0 || sample.score(i) > 1)
      return fail(Code::kInvalid, "row {}: {} needs probabilities, and score {} is outside [0, 1]",
                  i, metric.name, sample.score(i));
  return {};
}

}  // namespace

Status check_task(const Metric& metric, Task task) {
  if (metric.takes(task)) return {};
  std::string others;
  for (const Metric* other : all_metrics())
    if (other->takes(task)) others += fmt::format("{}{}", others.empty() ? "" : ", ", other->name);
  return fail(Code::kInvalid, "{} judges {}, and the targets are {}; those are judged by {}",
              metric.name, task == Task::kBinary ? "numbers" : "labels of 0 and 1",
              task == Task::kBinary ? "labels of 0 and 1" : "numbers", others);
}

std::vector<const Metric*> all_metrics() {
  std::vector<const Metric*> all;
  for (const Component* component : components("metric"))
    all.push_back(static_cast<const Metric*>(component->factory));
  return all;
}

Result<const Metric*> find_metric(std::string_view name) {
  if (const Component* component = find_component("metric", name))
    return static_cast<const Metric*>(component->factory);
  std::vector<std::string_view> known;
  std::string list;
  for (const Metric* metric : all_metrics()) {
    known.push_back(metric->name);
    list += list.empty() ? "" : ", ";
    list += metric->name;
  }
  std::string_view guess = nearest(name, known);
  if (!guess.empty())
    return fail(Code::kNotFound, "unknown metric '{}'; did you mean '{}'?", name, guess);
  return fail(Code::kNotFound, "unknown metric '{}'; known are {}", name, list);
}

Result<std::unique_ptr<PreparedMetric>> prepare_metric(const Metric& metric, const Sample& sample) {
  TRY_VOID(check_task(metric, sample.task()));
  if (metric.needs_probability) TRY_VOID(check_probabilities(metric, sample));
  std::unique_ptr<PreparedMetric> prepared = metric.prepare(sample);
  std::vector<double> once(sample.blocks(), 1.0);
  if (!std::isfinite(prepared->value(once)))
    return fail(Code::kInvalid, "{} is undefined on these {} rows: {}", metric.name, sample.rows(),
                metric.undefined);
  return prepared;
}

Result<double> evaluate(const Metric& metric, const ScoredRows& rows) {
  Blocks all = one_block(rows.score.size());
  TRY(Sample sample,
      metric.needs_ranking ? Sample::make_ranked(rows, all) : Sample::make(rows, all));
  TRY(std::unique_ptr<PreparedMetric> prepared, prepare_metric(metric, sample));
  return prepared->value(std::vector<double>{1.0});
}

Result<double> evaluate(std::string_view metric, const ScoredRows& rows) {
  TRY(const Metric* found, find_metric(metric));
  return evaluate(*found, rows);
}

}  // namespace lode
