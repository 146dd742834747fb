#include "base/component.h"
#include "judge/row_mean.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_accuracy(const Sample& sample) {
  return row_mean(sample, [](double score, std::uint8_t label) {
    return (score >= 0.5) == (label == 1) ? 1.0 : 0.0;
  });
}

constexpr Metric kAccuracy = {"accuracy", Direction::kHigher, true, false, prepare_accuracy};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kAccuracy.name,
    .summary = "share of rows whose label is the one with probability of at least 0.5",
    .description =
        "A probability of exactly 0.5 counts as label 1. With a rare label, always saying "
        "0 is already accurate: prefer auc, average_precision or log_loss.",
    .example = "metric: accuracy",
    .options = {},
    .factory = &kAccuracy,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
