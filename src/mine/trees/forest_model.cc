#include "mine/trees/forest_model.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "base/math.h"
#include "mine/trees/scorer.h"
#include "mine/trees/tree_rows.h"

namespace lode {
namespace {

constexpr std::size_t kStackFeatures = 256;
constexpr std::size_t kBatchRows = 512;

class ForestModel final : public FittedModel {
 public:
  ForestModel(ModelHead head, ForestParts parts)
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
    auto wide = static_cast<double>(margin);
    if (parts_.forest.objective == Forest::Objective::kLogistic) return sigmoid(wide);
    // A mean of shares, but for the rounding of a sum in float32.
    return algorithm().binary ? std::clamp(wide, 0.0, 1.0) : wide;
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

  ForestParts parts_;
  Scorer scorer_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Batch>> idle_;
};

}  // namespace

std::unique_ptr<FittedModel> forest_model(ModelHead head, ForestParts parts) {
  return std::make_unique<ForestModel>(std::move(head), std::move(parts));
}

Result<std::unique_ptr<FittedModel>> load_forest_model(ByteReader& payload,
                                                       Forest::Objective objective,
                                                       ModelHead head) {
  ForestParts parts;
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
  if (parts.forest.objective != objective)
    return fail(Code::kCorrupt, "the trees' objective is not the model's");
  return forest_model(std::move(head), std::move(parts));
}

}  // namespace lode
