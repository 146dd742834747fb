#include "base/component.h"
#include "judge/block_sums.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_f1(const Sample& sample) {
  return of_called(sample, [](const Called& called) {
    return 2 * called.hits / (2 * called.hits + called.false1 + called.missed);
  });
}

constexpr Metric kMetric = {
    .name = "f1",
    .better = Direction::kHigher,
    .needs_probability = true,
    .needs_ranking = false,
    .prepare = prepare_f1,
    .undefined = "has any of them label 1, or a probability of at least 0.5?"};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kMetric.name,
    .summary = "harmonic mean of precision and recall at a probability of 0.5",
    .description =
        "2 hits / (2 hits + false alarms + misses); 0 where nothing was hit, undefined where there "
        "was neither a row of label 1 nor one called so (van Rijsbergen, 1979, Information "
        "Retrieval). It does not look at rows rightly called 0.",
    .example = "metric: f1",
    .options = {},
    .factory = &kMetric,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
