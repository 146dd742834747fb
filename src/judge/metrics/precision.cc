#include "base/component.h"
#include "judge/block_sums.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_precision(const Sample& sample) {
  return of_called(
      sample, [](const Called& called) { return called.hits / (called.hits + called.false1); });
}

constexpr Metric kMetric = {.name = "precision",
                            .better = Direction::kHigher,
                            .needs_probability = true,
                            .needs_ranking = false,
                            .prepare = prepare_precision,
                            .undefined = "has any of them a probability of at least 0.5?"};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kMetric.name,
    .summary = "share of label 1 among the rows with a probability of at least 0.5",
    .description =
        "Undefined where no row has one, as with most models of a rare label; of the rows that "
        "score highest, however low, speak precision_at_1pct and its likes.",
    .example = "metric: precision",
    .options = {},
    .factory = &kMetric,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
