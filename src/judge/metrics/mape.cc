#include <cmath>
#include <limits>

#include "base/component.h"
#include "judge/row_mean.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_mape(const Sample& sample) {
  return target_mean(sample, [](double score, double target) {
    if (target == 0) return std::numeric_limits<double>::quiet_NaN();
    return std::fabs((score - target) / target);
  });
}

constexpr Metric kMetric = {
    .name = "mape",
    .better = Direction::kLower,
    .needs_probability = false,
    .needs_ranking = false,
    .prepare = prepare_mape,
    .judges = Judges::kNumbers,
    .undefined = "it divides by the target, and a target is 0; use mae, or leave such rows out"};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kMetric.name,
    .summary = "mean distance of score and target as a share of the target",
    .description =
        "0.1 is ten per cent. Undefined, and refused, where a target of any weight is 0. A guess "
        "that is too low costs at most 1 a row and one that is too high may cost any amount, so it "
        "favours models that guess low, and targets near 0 decide it.",
    .example = "metric: mape",
    .options = {},
    .factory = &kMetric,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
