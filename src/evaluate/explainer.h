// Why a model answered as it did, whatever the model: Shapley values of its margin against
// background rows (interventional). Trees by evaluate/tree_shap.h; a sum of one term a column by
// the closed form, a column's term less its mean over the background (Strumbelj and Kononenko,
// 2014), which is exact.
//
// What columns that go together share is not told apart: a value is what the model did with a
// column, not what the column does in the world.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "evaluate/attributions.h"
#include "evaluate/tree_shap.h"
#include "mine/algorithm.h"

namespace lode {

// Threads: immutable once made. The model must outlive it. Determinism: the same bytes on any
// number of threads; a row gets the same alone and among others.
class ModelExplainer {
 public:
  // Whether a model can be explained: it is trees, or a sum of one term a column.
  static bool can_explain(const FittedModel& model);

  // kInvalid: no background rows; what predict() refuses of them. kUnsupported: a model that is
  // neither, such as a constant. Cost: trees O(rows x nodes), else O(values).
  static Result<ModelExplainer> make(const FittedModel& model, const DesignMatrix& background,
                                     ThreadPool& pool, const CancelToken& cancel = {});

  // Columns are those of the model's schema: numeric ones, then categories, then bags.
  // Errors: what predict()
  // refuses, kCancelled, kInternal where contributions do not add up to the margin. Cost of a row:
  // tree_shap.h; else O(columns).
  Result<Attributions> explain(const DesignMatrix& rows, ThreadPool& pool,
                               const CancelToken& cancel = {}) const;

 private:
  explicit ModelExplainer(const FittedModel& model) : model_(&model) {}
  std::size_t columns() const;

  const FittedModel* model_;
  std::optional<TreeExplainer> trees_;
  std::vector<double> mean_term_;  // of an additive model, over the background
};

// Names of a schema's columns in the order of attributions.
std::vector<std::string> column_names(const DesignSchema& schema);

}  // namespace lode
