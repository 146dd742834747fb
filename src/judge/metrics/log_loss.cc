#include "judge/log_loss.h"

#include "base/component.h"
#include "judge/row_mean.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_log_loss(const Sample& sample) {
  return row_mean(sample, log_loss_of);
}

constexpr Metric kLogLoss = {"log_loss", Direction::kLower, true, false, prepare_log_loss};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kLogLoss.name,
    .summary = "mean negative log-likelihood of the labels, in nats",
    .description =
        "The probability given to the label that came is clipped to [1e-15, 1 - 1e-15], "
        "so that one sure mistake costs 34.5 and not infinity. A proper score: only the "
        "true probabilities minimise it (Good, 1952, Rational decisions).",
    .example = "metric: log_loss",
    .options = {},
    .factory = &kLogLoss,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
