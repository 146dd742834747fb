#include "base/component.h"
#include "monitor/drift.h"

namespace lode {
namespace {

double more(const BinnedRows& reference, const BinnedRows& now) {
  double was = share_of(sum_of(reference.predicted), sum_of(reference.rows));
  double is = share_of(sum_of(now.predicted), sum_of(now.rows));
  return was > 0 ? is / was - 1 : 0;
}

constexpr DriftDetector kLoss = {.name = "loss",
                                 .of = DriftOf::kLosses,
                                 .upward = true,
                                 .degree = 1,
                                 .least = 0.01,
                                 .statistic = more};

constinit const Component kComponent = {
    .kind = "drift",
    .name = kLoss.name,
    .summary = "mean loss against that of the reference, as a share of it",
    .description =
        "Of rows that the model had not seen, on either side: log-loss of labels, squared error of "
        "numbers. 0.05 is a loss greater by a twentieth; only more of it is an alarm.\n"
        "Weakness: a harder week has a greater loss without a worse model. Needs labels, and a "
        "reference that the model was not fitted on: walks have one (retraining), other runs do "
        "not.\n"
        "Cost: O(bins).",
    .example = "loss",
    .options = {},
    .factory = &kLoss,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
