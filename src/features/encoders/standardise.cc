// Standardisation: a number in standard deviations from the mean of the fitted rows.
#include <cmath>

#include "features/encoder.h"

namespace lode {
namespace {

class Standardise final : public FittedEncoder {
 public:
  Standardise(std::string name, std::unique_ptr<FittedEncoder> number, const FitRows& fitted)
      : name_(std::move(name)), number_(std::move(number)) {
    Encoded raw = number_->encode(fitted.column, fitted.rows);
    double count = 0;
    double sum = 0;
    for (double value : raw.numbers[0].values)
      if (!std::isnan(value)) count += 1, sum += value;
    mean_ = count > 0 ? sum / count : 0;
    double squares = 0;  // about the mean: the second pass keeps what a large mean would swallow
    for (double value : raw.numbers[0].values)
      if (!std::isnan(value)) squares += (value - mean_) * (value - mean_);
    deviation_ = count > 1 ? std::sqrt(squares / (count - 1)) : 0;
  }

  Standardise(std::string name, std::unique_ptr<FittedEncoder> number, double mean,
              double deviation)
      : name_(std::move(name)), number_(std::move(number)), mean_(mean), deviation_(deviation) {}

  Encoded encode(const Column& column, std::span<const std::int64_t> rows) const override {
    Encoded out = number_->encode(column, rows);
    for (double& value : out.numbers[0].values)
      value = std::isnan(value) || deviation_ == 0 ? 0.0 : (value - mean_) / deviation_;
    return out;
  }

  void describe(JsonWriter& json) const override {
    json.begin_object()
        .field("encoder", "standardise")
        .field("column", name_)
        .field("mean", mean_)
        .field("deviation", deviation_)
        .end_object();
  }
  std::string_view component() const override { return "standardise"; }
  void store(ByteWriter& writer) const override {
    writer.f64(mean_);
    writer.f64(deviation_);
  }

 private:
  std::string name_;
  std::unique_ptr<FittedEncoder> number_;
  double mean_ = 0;
  double deviation_ = 0;
};

Result<std::unique_ptr<FittedEncoder>> fit(const std::string& name, const FitRows& fitted,
                                           const OptionValues& options) {
  (void)options;
  TRY(std::unique_ptr<FittedEncoder> number, fit_encoder("number", {}, name, fitted));
  return std::make_unique<Standardise>(name, std::move(number), fitted);
}

Result<std::unique_ptr<FittedEncoder>> load(const std::string& name, ByteReader& payload) {
  TRY(double mean, payload.f64());
  TRY(double deviation, payload.f64());
  const auto* number = static_cast<const Encoder*>(find_component("encoder", "number")->factory);
  TRY(std::unique_ptr<FittedEncoder> inner, number->load(name, payload));
  return std::make_unique<Standardise>(name, std::move(inner), mean, deviation);
}

constexpr Encoder kEncoder = {fit, load};

constexpr Component kComponent = {
    .kind = "encoder",
    .name = "standardise",
    .summary = "standard deviations from the mean of the training rows",
    .description =
        "Divides by n - 1. A constant column is 0; a null is the mean, that is 0, and "
        "counted.",
    .example = "distance: standardise",
    .options = {},
    .factory = &kEncoder,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
