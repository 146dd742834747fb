// Gradient-boosted trees: trained by XGBoost, scored by lode's own scorer.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <mutex>

#include "base/math.h"
#include "mine/algorithm.h"
#include "mine/trees/scorer.h"
#include "mine/trees/tree_rows.h"
#include "mine/trees/xgboost_library.h"

namespace lode {
namespace {

// ---- the model
// -------------------------------------------------------------------------------------

constexpr std::size_t kStackFeatures = 256;
constexpr std::size_t kBatchRows = 512;

struct BoostedParts {
  Forest forest;
  std::string library;  // version of XGBoost that trained it
  std::string saved;    // the model as XGBoost saved it (UBJSON), for export
};

class BoostedModel final : public FittedModel {
 public:
  BoostedModel(ModelHead head, BoostedParts parts)
      : FittedModel(std::move(head)),
        parts_(std::move(parts)),
        scorer_(Scorer::compile(parts_.forest)) {}

  const Forest* forest() const override { return &parts_.forest; }

 private:
  // Memory of a batch, kept for the next one.
  struct Batch {
    Scorer::Workspace workspace;
    std::vector<float> rows;
    std::vector<float> margins;
  };

  Status score(const DesignMatrix& rows, std::span<double> out) const override {
    if (rows.rows == 1 && scorer_.features() <= kStackFeatures) {
      std::array<float, kStackFeatures> row;
      tree_row(rows, 0, row.data());
      TRY_VOID(check_tree_row(rows, 0, row.data()));
      out[0] = prediction(scorer_.margin(row.data()));
      return {};
    }
    std::unique_ptr<Batch> batch = borrow();
    Status status = score_batch(rows, out, *batch);
    give_back(std::move(batch));
    return status;
  }

  Status score_batch(const DesignMatrix& rows, std::span<double> out, Batch& batch) const {
    std::size_t width = scorer_.features();
    for (std::int64_t begin = 0; begin < rows.rows; begin += kBatchRows) {
      auto count = std::min<std::size_t>(kBatchRows, static_cast<std::size_t>(rows.rows - begin));
      for (std::size_t i = 0; i < count; ++i) {
        float* row = batch.rows.data() + i * width;
        tree_row(rows, begin + static_cast<std::int64_t>(i), row);
        TRY_VOID(check_tree_row(rows, begin + static_cast<std::int64_t>(i), row));
      }
      std::span margins(batch.margins.data(), count);
      scorer_.margins(batch.rows.data(), width, count, margins, batch.workspace);
      for (std::size_t i = 0; i < count; ++i)
        out[static_cast<std::size_t>(begin) + i] = prediction(margins[i]);
    }
    return {};
  }

  double prediction(float margin) const {
    if (parts_.forest.objective == Forest::Objective::kSquaredError)
      return static_cast<double>(margin);
    return sigmoid(static_cast<double>(margin));
  }

  std::unique_ptr<Batch> borrow() const {
    {
      std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Batch> batch = std::move(idle_.back());
        idle_.pop_back();
        return batch;
      }
    }
    return std::make_unique<Batch>(
        Batch{.workspace = scorer_.workspace(),
              .rows = std::vector<float>(kBatchRows * scorer_.features()),
              .margins = std::vector<float>(kBatchRows)});
  }
  void give_back(std::unique_ptr<Batch> batch) const {
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(batch));
  }

  void write(ByteWriter& writer) const override {
    std::string forest = encode_forest(parts_.forest);
    writer.text(parts_.library);
    writer.u64(forest.size());
    writer.raw(forest);
    writer.u64(parts_.saved.size());
    writer.raw(parts_.saved);
  }

  void describe(JsonWriter& json) const override {
    const Forest& forest = parts_.forest;
    std::vector<double> gain(forest.features, 0.0);
    std::uint32_t depth = 0;
    for (const TreeNode& node : forest.nodes)
      if (!node.leaf()) gain[node.feature] += static_cast<double>(node.gain);
    for (std::size_t t = 0; t < forest.trees(); ++t) depth = std::max(depth, tree_depth(forest, t));
    json.field("library", "xgboost " + parts_.library);
    json.field("trees", forest.trees());
    json.field("nodes", forest.nodes.size());
    json.field("depth", depth);
    json.field("base_margin", static_cast<double>(forest.base_margin));
    json.key("gain").begin_object();  // loss reduction by column, summed over all splits
    for (std::size_t f = 0; f < gain.size(); ++f) json.field(column_name(f), gain[f]);
    json.end_object();
  }

  const std::string& column_name(std::size_t feature) const {
    std::size_t numeric = schema()->numeric.size();
    return feature < numeric ? schema()->numeric[feature]
                             : schema()->categories[feature - numeric].name;
  }

  BoostedParts parts_;
  Scorer scorer_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Batch>> idle_;
};

// ---- training
// --------------------------------------------------------------------------------------

struct TrainingRows {
  std::vector<float> values;
  std::vector<float> label;
  std::vector<float> weight;
  XgboostRows view;
};

Status convert(const LabelledMatrix& data, TrainingRows& rows) {
  const DesignMatrix& matrix = data.features;
  std::size_t width = matrix.schema->numeric.size() + matrix.schema->categories.size();
  if (width == 0) return fail(Code::kInvalid, "xgboost needs at least one column to learn from");
  auto count = static_cast<std::size_t>(matrix.rows);
  rows.values.resize(count * width);
  for (std::size_t i = 0; i < count; ++i) {
    tree_row(matrix, static_cast<std::int64_t>(i), rows.values.data() + i * width);
    TRY_VOID(check_tree_row(matrix, static_cast<std::int64_t>(i), rows.values.data() + i * width));
  }
  for (double label : data.label) rows.label.push_back(static_cast<float>(label));
  for (double weight : data.weight) rows.weight.push_back(static_cast<float>(weight));
  for (std::size_t i = 0; i < count; ++i) {
    if (std::isinf(rows.label[i]) || (!rows.weight.empty() && std::isinf(rows.weight[i])))
      return fail(Code::kInvalid, "row {}: its label or weight is too large for float32", i);
  }
  rows.view = {.values = rows.values, .rows = count, .columns = width};
  rows.view.label = rows.label;
  rows.view.weight = rows.weight;
  if (!matrix.schema->categories.empty()) {
    rows.view.categorical.assign(width, false);
    for (std::size_t f = matrix.schema->numeric.size(); f < width; ++f)
      rows.view.categorical[f] = true;
  }
  return {};
}

Status check_two_classes(const LabelledMatrix& data) {
  bool seen[2] = {false, false};
  for (std::size_t i = 0; i < data.label.size(); ++i)
    if (data.weight_of(static_cast<std::int64_t>(i)) > 0) seen[data.label[i] == 0 ? 0 : 1] = true;
  if (seen[0] && seen[1]) return {};
  return fail(Code::kInvalid,
              "every training row has label {}: there is nothing to learn; widen the "
              "training range, or look at how the label is made",
              seen[1] ? 1 : 0);
}

XgboostBooster::Parameters parameters_of(const OptionValues& options, std::uint64_t seed,
                                         bool binary) {
  XgboostBooster::Parameters parameters = {
      {"objective", binary ? "binary:logistic" : "reg:squarederror"},
      {"tree_method", "hist"},
      {"device", "cpu"},
      {"validate_parameters", "1"},
      {"seed", std::to_string(seed & 0x7fffffffU)},
      {"nthread", std::to_string(options.integer("threads"))},
  };
  for (const char* name : {"max_depth", "max_bin", "max_cat_to_onehot"})
    parameters.emplace_back(name, std::to_string(options.integer(name)));
  for (const char* name :
       {"eta", "min_child_weight", "subsample", "colsample_bytree", "lambda", "alpha", "gamma"})
    parameters.emplace_back(name, fmt::format("{}", options.number(name)));
  return parameters;
}

// Makes the forest's margins the library's own, to the bit, on a sample of the training rows. The
// one thing our reader may get wrong by a bit is the base margin, since the library takes the C
// library's logarithm; so its neighbours are tried. Anything else that differs is a bug of ours,
// and no model leaves here that would score differently from the one that was trained.
Status match_margins(const XgboostBooster& booster, const XgboostRows& data, Forest& forest) {
  XgboostRows sample = data;
  sample.rows = std::min<std::size_t>(data.rows, 512);
  sample.values = data.values.first(sample.rows * data.columns);
  sample.label = sample.weight = {};
  TRY(std::vector<float> margins, booster.margins(sample));
  float read = forest.base_margin;
  float above = std::nextafter(read, INFINITY);
  float below = std::nextafter(read, -INFINITY);
  for (float base :
       {read, above, below, std::nextafter(above, INFINITY), std::nextafter(below, -INFINITY)}) {
    forest.base_margin = base;
    std::size_t equal = 0;
    while (equal < sample.rows &&
           std::bit_cast<std::uint32_t>(margins[equal]) ==
               std::bit_cast<std::uint32_t>(plain_margin(
                   forest, sample.values.subspan(equal * data.columns, data.columns)))) {
      ++equal;
    }
    if (equal == sample.rows) return {};
  }
  return fail(Code::kInternal,
              "lode's scorer and XGBoost disagree on the model just trained; please "
              "report this with the project and the data");
}

template <bool kBinary>
Result<std::unique_ptr<FittedModel>> fit(const LabelledMatrix& data, const OptionValues& options,
                                         const FitContext& context, ModelHead head) {
  if (kBinary) TRY_VOID(check_two_classes(data));
  BoostedParts parts;
  TRY(parts.library, xgboost_version());
  TrainingRows rows;
  TRY_VOID(convert(data, rows));
  TRY(XgboostBooster booster,
      XgboostBooster::create(rows.view, parameters_of(options, context.seed, kBinary)));
  for (std::int64_t round = 0; round < options.integer("rounds"); ++round) {
    TRY_VOID(context.cancel.check());
    TRY_VOID(booster.update());
  }
  TRY(parts.saved, booster.save());
  TRY(parts.forest, forest_from_xgboost(parts.saved));
  TRY_VOID(match_margins(booster, rows.view, parts.forest));
  return std::make_unique<BoostedModel>(std::move(head), std::move(parts));
}

template <bool kBinary>
Result<std::unique_ptr<FittedModel>> load(ByteReader& payload, std::uint32_t, ModelHead head) {
  BoostedParts parts;
  TRY(parts.library, payload.text());
  TRY(std::uint64_t forest_size, payload.u64());
  TRY(std::string_view forest, payload.raw(forest_size));
  TRY(parts.forest, decode_forest(forest));
  TRY(std::uint64_t saved_size, payload.u64());
  TRY(std::string_view saved, payload.raw(saved_size));
  parts.saved = saved;
  TRY_VOID(payload.finish());
  std::size_t columns = head.schema->numeric.size() + head.schema->categories.size();
  if (parts.forest.features != columns)
    return fail(Code::kCorrupt, "the trees read {} columns and the model has {}",
                parts.forest.features, columns);
  if ((parts.forest.objective == Forest::Objective::kLogistic) != kBinary)
    return fail(Code::kCorrupt, "the trees' objective is not the model's");
  return std::make_unique<BoostedModel>(std::move(head), std::move(parts));
}

// ---- what it says of itself
// ------------------------------------------------------------------------

constexpr Option kOptions[] = {
    {"rounds", OptionType::kInt, "100", "number of trees", 1, 100'000},
    {"max_depth", OptionType::kInt, "6", "most splits from the root of a tree to a leaf", 1, 32},
    {"eta", OptionType::kNumber, "0.3", "learning rate: how much of each tree is added", 1e-6, 1},
    {"min_child_weight", OptionType::kNumber, "1", "least sum of hessians in a child", 0, 1e30},
    {"gamma", OptionType::kNumber, "0", "least loss reduction of a split", 0, 1e30},
    {"subsample", OptionType::kNumber, "1", "share of the rows each tree sees", 1e-6, 1},
    {"colsample_bytree", OptionType::kNumber, "1", "share of the columns each tree sees", 1e-6, 1},
    {"lambda", OptionType::kNumber, "1", "L2 penalty on leaf values", 0, 1e30},
    {"alpha", OptionType::kNumber, "0", "L1 penalty on leaf values", 0, 1e30},
    {"max_bin", OptionType::kInt, "256", "most thresholds tried per column", 2, 65'536},
    {"max_cat_to_onehot", OptionType::kInt, "4",
     "categories with fewer levels split one level against the rest, others by sets", 1, 1'000'000},
    {"threads", OptionType::kInt, "1",
     "threads of the trainer; its sums, and so the model's last bits, depend on this number", 1,
     256},
};

constexpr std::string_view kGuarantees =
    "XGBoost (Chen and Guestrin, KDD 2016), opened when first trained with; its version is kept in "
    "the model. Scoring is lode's own (mine/trees/scorer.h), equal to XGBoost's margins to the "
    "bit, "
    "and needs no library; every fit checks that on up to 512 of its rows. Numbers are rounded to "
    "float32 once, to nearest; one too large for that is an error. A missing number and an unknown "
    "level follow the direction each split learned. Deterministic for the same library, options, "
    "seed and `threads`; the pool's threads are not used. Weight 2 is the row twice as far as the "
    "library's quantile sketches keep it: thresholds may differ where a column has more distinct "
    "values than max_bin. Memory in training: about 6 bytes a value beside a float32 copy.";

constexpr Algorithm kBinaryAlgorithm = {
    .name = "xgboost",
    .version = 1,
    .takes_missing = true,
    .binary = true,
    .fit = fit<true>,
    .load = load<true>,
};
constexpr Algorithm kRegressionAlgorithm = {
    .name = "xgboost_regression",
    .version = 1,
    .takes_missing = true,
    .binary = false,
    .fit = fit<false>,
    .load = load<false>,
};

constinit const Component kBinaryComponent = {
    .kind = "algorithm",
    .name = kBinaryAlgorithm.name,
    .summary = "gradient-boosted trees for a label of 0 and 1",
    .description = kGuarantees,
    .example = "algorithm: {xgboost: {rounds: 500, max_depth: 6, eta: 0.1}}",
    .options = kOptions,
    .factory = &kBinaryAlgorithm,
};
constinit const Component kRegressionComponent = {
    .kind = "algorithm",
    .name = kRegressionAlgorithm.name,
    .summary = "gradient-boosted trees for a number, by squared error",
    .description = kGuarantees,
    .example = "algorithm: {xgboost_regression: {rounds: 500, max_depth: 6, eta: 0.1}}",
    .options = kOptions,
    .factory = &kRegressionAlgorithm,
};
const Registration binary_registration(kBinaryComponent);
const Registration regression_registration(kRegressionComponent);

}  // namespace
}  // namespace lode
