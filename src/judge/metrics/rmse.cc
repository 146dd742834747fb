#include <array>
#include <cmath>

#include "base/component.h"
#include "judge/block_sums.h"

namespace lode {
namespace {

std::unique_ptr<PreparedMetric> prepare_rmse(const Sample& sample) {
  auto terms = [](double score, double target) -> std::array<double, 2> {
    return {(score - target) * (score - target), 1};
  };
  return of_block_sums<2>(sample, terms, [](const std::array<double, 2>& sums) {
    return std::sqrt(sums[0] / sums[1]);  // 0 / 0 = NaN without a row
  });
}

constexpr Metric kMetric = {.name = "rmse",
                            .better = Direction::kLower,
                            .needs_probability = false,
                            .needs_ranking = false,
                            .prepare = prepare_rmse,
                            .judges = Judges::kNumbers,
                            .undefined = "are they so large that their squares are infinite?"};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kMetric.name,
    .summary = "root of the mean squared error, in the target's unit",
    .description =
        "Of all constants the mean scores best, with the target's standard deviation. Large errors "
        "weigh more than in proportion: prefer mae where a few rows are wild.",
    .example = "metric: rmse",
    .options = {},
    .factory = &kMetric,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
