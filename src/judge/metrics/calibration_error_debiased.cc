#include <algorithm>
#include <array>
#include <cmath>

#include "base/component.h"
#include "judge/metric.h"
#include "judge/reliability.h"

namespace lode {
namespace {

class DebiasedCalibrationError final : public PreparedMetric {
 public:
  explicit DebiasedCalibrationError(const Sample& sample) : table_(sample, kCalibrationBins) {}
  double value(std::span<const double> draws) const override { return root(draws, 1); }
  double replicate(std::span<const double> draws) const override { return root(draws, 2); }

 private:
  // Root of the mean squared distance, less `times` the variance that drawing labels puts into it.
  double root(std::span<const double> draws, double times) const {
    std::array<ReliabilityBin, kCalibrationBins> bins;
    std::size_t filled = table_.fill(draws, bins);
    double square = 0;
    double weight = 0;
    for (const ReliabilityBin& bin : std::span(bins).first(filled)) {
      double distance = bin.predicted - bin.observed;
      double noise = bin.weight > 1 ? bin.observed * (1 - bin.observed) / (bin.weight - 1) : 0;
      square += bin.weight * (distance * distance - times * noise);
      weight += bin.weight;
    }
    double mean = square / weight;            // NaN when nothing was drawn,
    return mean < 0 ? 0.0 : std::sqrt(mean);  // and then stays NaN
  }

  ReliabilityTable table_;
};

std::unique_ptr<PreparedMetric> prepare_debiased(const Sample& sample) {
  return std::make_unique<DebiasedCalibrationError>(sample);
}

constexpr Metric kDebiased = {"calibration_error_debiased", Direction::kLower, true, true,
                              prepare_debiased};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kDebiased.name,
    .summary = "root mean squared calibration error over 15 bins, without the noise of the sample",
    .description =
        "The debiased estimator of Kumar, Liang and Ma (2019, Verified uncertainty calibration), "
        "after Broecker (2012): from each bin's squared distance the variance of its observed "
        "share, "
        "o (1 - o) / (n - 1), is taken off; below 0 it is 0. Bins of equal count, equal scores "
        "together. In bootstrap replicates it is taken off twice, because drawing again adds it "
        "again. The variance is that of independent labels: where labels of a day move together, a "
        "part of that movement is read as miscalibration.",
    .example = "metric: calibration_error_debiased",
    .options = {},
    .factory = &kDebiased,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
