// The baselines every model has to beat: one number for all rows.
#include <algorithm>
#include <cmath>

#include "mine/algorithm.h"

namespace lode {
namespace {

class ConstantModel final : public FittedModel {
 public:
  ConstantModel(ModelHead head, double mean) : FittedModel(std::move(head)), mean_(mean) {}

 private:
  Status score(const DesignMatrix&, std::span<double> out) const override {
    std::ranges::fill(out, mean_);
    return {};
  }
  void write(ByteWriter& writer) const override { writer.f64(mean_); }
  void describe(JsonWriter& json) const override { json.field("mean", mean_); }

  double mean_;
};

Result<std::unique_ptr<FittedModel>> fit(const LabelledMatrix& data, const OptionValues&,
                                         const FitContext&, ModelHead head) {
  double total = 0;
  double weight = 0;
  for (std::int64_t i = 0; i < data.features.rows; ++i) {
    total += data.weight_of(i) * data.label[static_cast<std::size_t>(i)];
    weight += data.weight_of(i);
  }
  if (!std::isfinite(total / weight))
    return fail(Code::kInvalid, "the targets of {} rows are too large to be summed",
                data.features.rows);
  return std::make_unique<ConstantModel>(std::move(head), total / weight);
}

Result<std::unique_ptr<FittedModel>> load(ByteReader& payload, std::uint32_t, ModelHead head) {
  TRY(double mean, payload.f64());
  TRY_VOID(payload.finish());
  if (head.algorithm->binary && !(mean >= 0 && mean <= 1))
    return fail(Code::kCorrupt, "the constant model says {}, which is no probability", mean);
  if (!std::isfinite(mean)) return fail(Code::kCorrupt, "the mean model says {}", mean);
  return std::make_unique<ConstantModel>(std::move(head), mean);
}

constexpr Algorithm kConstant = {
    .name = "constant",
    .version = 1,
    .takes_missing = true,
    .binary = true,
    .fit = fit,
    .load = load,
    .baseline = true,
    .takes_bags = true,
};

constexpr std::string_view kSummed = "targets are summed in the order of the rows";
constexpr Deviation kMeanDeviations[] = {
    {Property::kRowOrder, 1e-13, kSummed},
    {Property::kWeights, 1e-13, kSummed},
    {Property::kRelabelling, 1e-13, kSummed},
};

constexpr Algorithm kMean = {
    .name = "mean",
    .version = 1,
    .takes_missing = true,
    .binary = false,
    .fit = fit,
    .load = load,
    .baseline = true,
    .deviations = kMeanDeviations,
};

constinit const Component kComponent = {
    .kind = "algorithm",
    .name = kConstant.name,
    .summary = "gives every row the weighted share of label 1 in training",
    .description =
        "The model to compare with: it knows the base rate and nothing else, so its AUC is "
        "0.5 and its log-loss the entropy of the labels. Ignores all columns, takes "
        "missing values and a single class. One pass, no memory.",
    .example = "algorithm: constant",
    .options = {},
    .factory = &kConstant,
};
constinit const Component kMeanComponent = {
    .kind = "algorithm",
    .name = kMean.name,
    .summary = "gives every row the weighted mean of the training targets",
    .description =
        "The model to compare with where the target is a number: its RMSE is about the target's "
        "standard deviation, and its R2 0 or below, by as much as the mean has changed since "
        "training. Ignores all columns and takes missing values. One pass, no memory.",
    .example = "algorithm: mean",
    .options = {},
    .factory = &kMean,
};
const Registration registration(kComponent);
const Registration mean_registration(kMeanComponent);

}  // namespace
}  // namespace lode
