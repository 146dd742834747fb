#include "base/component.h"
#include "monitor/drift.h"

namespace lode {
namespace {

double change(const BinnedRows& reference, const BinnedRows& now) {
  double was = share_of(sum_of(reference.observed), sum_of(reference.rows));
  double is = share_of(sum_of(now.observed), sum_of(now.rows));
  return is - was;
}

constexpr DriftDetector kBaseRate = {
    .name = "base_rate", .of = DriftOf::kLabels, .degree = 1, .least = 0.005, .statistic = change};

constinit const Component kComponent = {
    .kind = "drift",
    .name = kBaseRate.name,
    .summary = "share of label 1, less that of the reference",
    .description =
        "Positive where the label has become more frequent.\n"
        "Weakness: says that the world is different, not that a model is wrong: one that knows why "
        "follows it (ask calibration). A season moves it as surely as a new cause does. Needs "
        "labels, and labels that come late make the last periods' rate that of the early ones.\n"
        "Cost: O(bins).",
    .example = "base_rate",
    .options = {},
    .factory = &kBaseRate,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
