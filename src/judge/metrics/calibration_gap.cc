#include "base/component.h"
#include "judge/row_mean.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_gap(const Sample& sample) {
  return row_mean(
      sample, [](double score, std::uint8_t label) { return score - static_cast<double>(label); });
}

constexpr Metric kGap = {"calibration_gap", Direction::kZero, true, false, prepare_gap};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kGap.name,
    .summary = "mean predicted probability minus the share of label 1",
    .description =
        "Calibration in the large: above 0 the model promises too much. Errors of opposite "
        "sign cancel; calibration_error does not let them.",
    .example = "metric: calibration_gap",
    .options = {},
    .factory = &kGap,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
