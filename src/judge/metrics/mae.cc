#include <cmath>

#include "base/component.h"
#include "judge/row_mean.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_mae(const Sample& sample) {
  return target_mean(sample, [](double score, double target) { return std::fabs(score - target); });
}

constexpr Metric kMetric = {.name = "mae",
                            .better = Direction::kLower,
                            .needs_probability = false,
                            .needs_ranking = false,
                            .prepare = prepare_mae,
                            .judges = Judges::kNumbers,
                            .undefined = "are they so large that their sum is infinite?"};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kMetric.name,
    .summary = "mean distance of score and target, in the target's unit",
    .description =
        "Of all constants the median scores best, so a model fitted by squared error may lose "
        "here against one that is worse by rmse.",
    .example = "metric: mae",
    .options = {},
    .factory = &kMetric,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
