#include "base/component.h"
#include "judge/row_mean.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_brier(const Sample& sample) {
  return row_mean(sample, [](double score, std::uint8_t label) {
    double error = score - label;
    return error * error;
  });
}

constexpr Metric kBrier = {"brier", Direction::kLower, true, false, prepare_brier};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kBrier.name,
    .summary = "mean squared difference of probability and label",
    .description =
        "Between 0 and 1; a constant forecast of the base rate b scores b (1 - b). A "
        "proper score (Brier, 1950, Verification of forecasts expressed in terms of "
        "probability).",
    .example = "metric: brier",
    .options = {},
    .factory = &kBrier,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
