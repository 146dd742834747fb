#include <algorithm>

#include "base/component.h"
#include "judge/row_mean.h"

namespace lode {
namespace {

// A metric has no options, so that a name is one number; the quantile is in hundredths.
template <int kQuantile>
std::unique_ptr<PreparedMetric> prepare_pinball(const Sample& sample) {
  return target_mean(sample, [](double score, double target) {
    constexpr double q = kQuantile / 100.0;
    return std::max(q * (target - score), (1 - q) * (score - target));
  });
}

template <int kQuantile>
constexpr Metric metric_named(std::string_view name) {
  return {.name = name,
          .better = Direction::kLower,
          .needs_probability = false,
          .needs_ranking = false,
          .prepare = prepare_pinball<kQuantile>,
          .judges = Judges::kNumbers,
          .undefined = "are they so large that their sum is infinite?"};
}

constexpr Metric kMetric10 = metric_named<10>("pinball_p10");
constexpr Metric kMetric50 = metric_named<50>("pinball_p50");
constexpr Metric kMetric90 = metric_named<90>("pinball_p90");

constexpr std::string_view kDescription =
    "q (target - score) where the score is too low, (1 - q) (score - target) where it is too high, "
    "in the target's unit. Of all scores the true quantile q is best (Koenker and Bassett, 1978, "
    "Regression quantiles). pinball_p50 is half of mae.";

constexpr Component component_of(const Metric& metric, std::string_view summary,
                                 std::string_view example) {
  return {.kind = "metric",
          .name = metric.name,
          .summary = summary,
          .description = kDescription,
          .example = example,
          .options = {},
          .factory = &metric};
}

constinit const Component kComponent10 =
    component_of(kMetric10, "pinball loss of a score that is to be the target's quantile 0.1",
                 "metric: pinball_p10");
constinit const Component kComponent50 = component_of(
    kMetric50, "pinball loss of a score that is to be the target's median", "metric: pinball_p50");
constinit const Component kComponent90 =
    component_of(kMetric90, "pinball loss of a score that is to be the target's quantile 0.9",
                 "metric: pinball_p90");
const Registration registration10(kComponent10);
const Registration registration50(kComponent50);
const Registration registration90(kComponent90);

}  // namespace
}  // namespace lode
