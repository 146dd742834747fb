#include <algorithm>
#include <cmath>

#include "base/component.h"
#include "monitor/drift.h"

namespace lode {
namespace {

double debiased_error(const BinnedRows& /*reference*/, const BinnedRows& now) {
  double square = 0;
  double rows = 0;
  for (std::size_t b = 0; b < now.rows.size(); ++b) {
    double n = now.rows[b];
    if (n < 2) continue;  // one row says nothing of its own noise
    double gap = (now.predicted[b] - now.observed[b]) / n;
    double rate = now.observed[b] / n;
    square += n * (gap * gap - rate * (1 - rate) / (n - 1));
    rows += n;
  }
  return rows > 0 ? std::sqrt(std::max(0.0, square / rows)) : 0;
}

constexpr DriftDetector kCalibrationError = {.name = "calibration_error",
                                             .of = DriftOf::kPredictions,
                                             .degree = 1,
                                             .least = 0.01,
                                             .statistic = debiased_error};

constinit const Component kComponent = {
    .kind = "drift",
    .name = kCalibrationError.name,
    .summary =
        "root mean squared distance of predicted and observed over bins of the score, less "
        "the noise of labels",
    .description =
        "Over bins of about equal count in the reference, each gap's square less the variance that "
        "drawing its labels puts there (after Kumar, Liang and Ma, 2019); 0 where nothing is "
        "left.\n"
        "Weakness: has no sign; bins hide what happens inside them; like calibration it takes the "
        "days of the reference for what days are like. Needs labels.\n"
        "Cost: O(bins).",
    .example = "calibration_error",
    .options = {},
    .factory = &kCalibrationError,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
