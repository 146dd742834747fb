// The baseline of everything that goes on in time: it will be as it last was.
#include <algorithm>
#include <cmath>
#include <optional>

#include "mine/algorithm.h"

namespace lode {
namespace {

class NoChangeModel final : public FittedModel {
 public:
  NoChangeModel(ModelHead head, double otherwise)
      : FittedModel(std::move(head)), otherwise_(otherwise) {}

  bool additive() const override { return true; }

 private:
  double answer(const DesignMatrix& rows, std::int64_t row) const {
    double last = rows.values_of(row)[0];
    return std::isnan(last) ? otherwise_ : last;
  }
  Status score(const DesignMatrix& rows, std::span<double> out) const override {
    for (std::int64_t i = 0; i < rows.rows; ++i) out[static_cast<std::size_t>(i)] = answer(rows, i);
    return {};
  }
  Result<double> write_terms(const DesignMatrix& rows, std::span<double> out) const override {
    std::ranges::fill(out, 0.0);
    std::size_t columns = schema()->numeric.size() + schema()->categories.size();
    for (std::int64_t i = 0; i < rows.rows; ++i)
      out[static_cast<std::size_t>(i) * columns] = answer(rows, i);
    return 0.0;
  }
  void write(ByteWriter& writer) const override { writer.f64(otherwise_); }
  void describe(JsonWriter& json) const override {
    json.field("column", schema()->numeric[0]);
    json.field("where_missing", otherwise_);
  }

  double otherwise_;  // where the column is missing
};

Result<std::unique_ptr<FittedModel>> fit(const LabelledMatrix& data, const OptionValues&,
                                         const FitContext&, ModelHead head) {
  if (data.features.schema->numeric.empty())
    return fail(Code::kInvalid, "no_change needs a column of numbers to answer with");
  double total = 0;
  double weight = 0;
  bool missing = false;
  for (std::int64_t i = 0; i < data.features.rows; ++i) {
    total += data.weight_of(i) * data.label[static_cast<std::size_t>(i)];
    weight += data.weight_of(i);
    missing = missing || std::isnan(data.features.values_of(i)[0]);
  }
  double otherwise = total / weight;
  if (!std::isfinite(otherwise))
    return fail(Code::kInvalid, "the targets of {} rows are too large to be summed",
                data.features.rows);
  if (missing)
    head.notes.push_back(fmt::format("answers with the mean of training where '{}' is missing",
                                     data.features.schema->numeric[0]));
  return std::make_unique<NoChangeModel>(std::move(head), otherwise);
}

Result<std::unique_ptr<FittedModel>> load(ByteReader& payload, std::uint32_t, ModelHead head) {
  TRY(double otherwise, payload.f64());
  TRY_VOID(payload.finish());
  if (head.schema->numeric.empty())
    return fail(Code::kCorrupt, "the model has no number to answer with");
  if (!std::isfinite(otherwise))
    return fail(Code::kCorrupt, "the model answers {} where its column is missing", otherwise);
  return std::make_unique<NoChangeModel>(std::move(head), otherwise);
}

constexpr std::string_view kAsItIs = "the first column is the answer, as it is";
constexpr Deviation kDeviations[] = {
    {Property::kColumnOrder, 0.3, kAsItIs},
    {Property::kAffine, 4, kAsItIs},
    {Property::kRelabelling, 4, kAsItIs},
};

constexpr Algorithm kNoChange = {
    .name = "no_change",
    .version = 1,
    .takes_missing = true,
    .binary = false,
    .fit = fit,
    .load = load,
    .baseline = true,
    .deviations = kDeviations,
};

constinit const Component kComponent = {
    .kind = "algorithm",
    .name = kNoChange.name,
    .summary = "answers with the first number it reads: the target as it last was",
    .description =
        "The model to compare with where targets go on in time. Give it one column, the target as "
        "it last was known: a view over the label has it (`by` what is followed, `last(VALUE)`), "
        "read at the row's own time and so never too early. Nothing is fitted but the mean of "
        "training, the answer where the column is missing. The column must go in as it is, without "
        "an encoder that scales it. One pass, no memory.",
    .example = "algorithm: no_change\ncolumns: [last_count]",
    .options = {},
    .factory = &kNoChange,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
