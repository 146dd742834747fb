#include "mine/trees/tree_trainer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "mine/trees/tree_rows.h"
#include "mine/trees/xgboost_library.h"

namespace lode {
namespace {

// Data in float32.
struct Training {
  std::vector<float> values;
  std::vector<float> label;
  std::vector<float> weight;
  std::vector<bool> categorical;  // by column; empty = all numeric
  std::size_t rows = 0;
  std::size_t columns = 0;

  XgboostRows view() const {
    return {.values = values,
            .rows = rows,
            .columns = columns,
            .categorical = categorical,
            .label = label,
            .weight = weight};
  }
};

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

Status convert(const LabelledMatrix& data, const Algorithm& algorithm, Training& training) {
  if (algorithm.binary) TRY_VOID(check_two_classes(data));
  const DesignSchema& schema = *data.features.schema;
  training.rows = static_cast<std::size_t>(data.features.rows);
  training.columns = schema.numeric.size() + schema.categories.size();
  if (training.columns == 0)
    return fail(Code::kInvalid, "{} needs at least one column to learn from", algorithm.name);
  TRY(training.values, tree_rows(data.features));
  for (double label : data.label) training.label.push_back(static_cast<float>(label));
  for (double weight : data.weight) training.weight.push_back(static_cast<float>(weight));
  for (std::size_t i = 0; i < training.rows; ++i) {
    if (std::isinf(training.label[i]) ||
        (!training.weight.empty() && std::isinf(training.weight[i])))
      return fail(Code::kInvalid, "row {}: its label or weight is too large for float32", i);
  }
  if (schema.categories.empty()) return {};
  training.categorical.assign(training.columns, true);
  std::fill_n(training.categorical.begin(), schema.numeric.size(), false);
  return {};
}

// The one thing our reader may get wrong by a bit is the base margin, since the library takes the C
// library's logarithm; so its neighbours are tried. Anything else that differs is a bug of ours.
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

}  // namespace

struct TreeTrainer::Parts {
  Training data;
  std::string library;
  std::optional<XgboostBooster> first;  // of grow(): holds the library's form of the data
};

TreeTrainer::TreeTrainer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TreeTrainer::TreeTrainer(TreeTrainer&&) noexcept = default;
TreeTrainer& TreeTrainer::operator=(TreeTrainer&&) noexcept = default;
TreeTrainer::~TreeTrainer() = default;

Result<TreeTrainer> TreeTrainer::make(const LabelledMatrix& data, const Algorithm& algorithm) {
  auto parts = std::make_unique<Parts>();
  TRY(parts->library, xgboost_version());
  TRY_VOID(convert(data, algorithm, parts->data));
  return TreeTrainer(std::move(parts));
}

std::size_t TreeTrainer::rows() const { return parts_->data.rows; }
std::size_t TreeTrainer::columns() const { return parts_->data.columns; }
const std::string& TreeTrainer::library() const { return parts_->library; }

Result<ForestParts> TreeTrainer::boost(const TreeParameters& parameters, std::int64_t rounds,
                                       const CancelToken& cancel) {
  XgboostRows rows = parts_->data.view();
  TRY(XgboostBooster booster, XgboostBooster::create(rows, parameters));
  for (std::int64_t round = 0; round < rounds; ++round) {
    TRY_VOID(cancel.check());
    TRY_VOID(booster.update());
  }
  ForestParts made;
  made.library = parts_->library;
  TRY(made.saved, booster.save());
  TRY(made.forest, forest_from_xgboost(made.saved));
  TRY_VOID(match_margins(booster, rows, made.forest));
  return made;
}

Result<Forest> TreeTrainer::grow(const TreeParameters& parameters, std::span<const float> weight) {
  XgboostRows rows = parts_->data.view();
  if (!parts_->first) {
    TRY(parts_->first, XgboostBooster::create(rows, parameters));
  }
  TRY(XgboostBooster booster, XgboostBooster::again(*parts_->first, weight, parameters));
  TRY_VOID(booster.update());
  TRY(std::string saved, booster.save());
  TRY(Forest tree, forest_from_xgboost(saved));
  TRY_VOID(match_margins(booster, rows, tree));
  return tree;
}

}  // namespace lode
