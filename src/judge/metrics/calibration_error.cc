#include <array>
#include <cmath>
#include <limits>

#include "base/component.h"
#include "judge/metric.h"
#include "judge/reliability.h"

namespace lode {
namespace {

class CalibrationError final : public PreparedMetric {
 public:
  explicit CalibrationError(const Sample& sample) : table_(sample, kCalibrationBins) {}
  double value(std::span<const double> draws) const override {
    std::array<ReliabilityBin, kCalibrationBins> bins;
    std::size_t filled = table_.fill(draws, bins);
    double error = 0;
    double weight = 0;
    for (const ReliabilityBin& bin : std::span(bins).first(filled)) {
      error += bin.weight * std::abs(bin.predicted - bin.observed);
      weight += bin.weight;
    }
    return error / weight;
  }

 private:
  ReliabilityTable table_;
};

std::unique_ptr<PreparedMetric> prepare_calibration_error(const Sample& sample) {
  return std::make_unique<CalibrationError>(sample);
}

constexpr Metric kCalibrationError = {"calibration_error", Direction::kLower, true, true,
                                      prepare_calibration_error};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kCalibrationError.name,
    .summary = "expected calibration error: mean distance of predicted and observed over 15 bins",
    .description =
        "Bins of equal count (Naeini, Cooper and Hauskrecht, 2015, with the bins of Nguyen and "
        "O'Connor, 2015); equal scores share a bin. It is never 0 on a finite sample, not even for "
        "a perfect model, and a bootstrap replicate adds that noise again, so its interval lies "
        "too "
        "high: to ask whether a model is calibrated, use calibration_error_debiased.",
    .example = "metric: calibration_error",
    .options = {},
    .factory = &kCalibrationError,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
