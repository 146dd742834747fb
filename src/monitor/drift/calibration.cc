#include "base/component.h"
#include "monitor/drift.h"

namespace lode {
namespace {

double gap(const BinnedRows& /*reference*/, const BinnedRows& now) {
  return share_of(sum_of(now.predicted) - sum_of(now.observed), sum_of(now.rows));
}

constexpr DriftDetector kCalibration = {.name = "calibration",
                                        .of = DriftOf::kPredictions,
                                        .degree = 1,
                                        .least = 0.005,
                                        .statistic = gap};

constinit const Component kComponent = {
    .kind = "drift",
    .name = kCalibration.name,
    .summary = "mean of what was predicted, less the share that came true",
    .description =
        "Positive where the model promises too much. Held against 0, not against what it was in "
        "the reference; the null says how far whole days of the reference stray from their own "
        "mean.\n"
        "Weakness: errors of opposite sign cancel (calibration_error sees them). Where the model "
        "has learnt its training rows by heart, days of the reference stray less than new days "
        "would, and the alarm is too eager. Needs labels.\n"
        "Cost: O(bins).",
    .example = "calibration",
    .options = {},
    .factory = &kCalibration,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
