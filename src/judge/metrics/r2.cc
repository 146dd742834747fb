#include <array>
#include <limits>

#include "base/component.h"
#include "judge/block_sums.h"

namespace lode {
namespace {

// Of what the squares about the mean are lost in rounding, nothing is left to be explained.
constexpr double kNoSpread = 1e-12;

double mean_target(const Sample& sample) {
  double mean = 0;
  double weight = 0;
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    if (sample.weight(i) == 0) continue;
    weight += sample.weight(i);
    mean += (sample.target(i) - mean) * (sample.weight(i) / weight);
  }
  return mean;
}

// Targets are taken from their mean, so that a replicate's spread is no difference of huge squares.
std::unique_ptr<PreparedMetric> prepare_r2(const Sample& sample) {
  double mean = mean_target(sample);
  auto terms = [mean](double score, double target) -> std::array<double, 4> {
    double from = target - mean;
    return {1, from, from * from, (score - target) * (score - target)};
  };
  return of_block_sums<4>(sample, terms, [](const std::array<double, 4>& sums) {
    double spread = sums[2] - sums[1] * sums[1] / sums[0];
    if (!(spread > kNoSpread * sums[2])) return std::numeric_limits<double>::quiet_NaN();
    return 1 - sums[3] / spread;
  });
}

constexpr Metric kMetric = {.name = "r2",
                            .better = Direction::kHigher,
                            .needs_probability = false,
                            .needs_ranking = false,
                            .prepare = prepare_r2,
                            .judges = Judges::kNumbers,
                            .undefined = "are their targets all the same?"};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kMetric.name,
    .summary = "share of the target's variance that the scores explain",
    .description =
        "1 - squared errors / squared distances from the mean of the rows that are judged. 1 is "
        "exact, 0 is what that mean would score, and a model may be worse than that: the mean of "
        "the training rows scores below 0 as soon as the two differ. Undefined where all targets "
        "are the same.",
    .example = "metric: r2",
    .options = {},
    .factory = &kMetric,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
