#include "base/component.h"
#include "judge/block_sums.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_recall(const Sample& sample) {
  return of_called(
      sample, [](const Called& called) { return called.hits / (called.hits + called.missed); });
}

constexpr Metric kMetric = {.name = "recall",
                            .better = Direction::kHigher,
                            .needs_probability = true,
                            .needs_ranking = false,
                            .prepare = prepare_recall,
                            .undefined = "has any of them label 1?"};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kMetric.name,
    .summary = "share of the rows of label 1 that have a probability of at least 0.5",
    .description =
        "1 for a model that says 1 of every row: read it beside precision, or take f1. Undefined "
        "without a row of label 1.",
    .example = "metric: recall",
    .options = {},
    .factory = &kMetric,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
