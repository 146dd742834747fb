#include "evaluate/explainer.h"

#include <utility>

#include "mine/trees/tree_rows.h"

namespace lode {

std::vector<std::string> column_names(const DesignSchema& schema) {
  std::vector<std::string> names = schema.numeric;
  for (const CategoryColumn& category : schema.categories) names.push_back(category.name);
  for (const BagColumn& bag : schema.bags) names.push_back(bag.name);
  return names;
}

bool ModelExplainer::can_explain(const FittedModel& model) {
  return model.schema()->columns() > 0 && (model.forest() != nullptr || model.additive());
}

std::size_t ModelExplainer::columns() const { return model_->schema()->columns(); }

Result<ModelExplainer> ModelExplainer::make(const FittedModel& model,
                                            const DesignMatrix& background, ThreadPool& pool,
                                            const CancelToken& cancel) {
  if (!can_explain(model))
    return fail(Code::kUnsupported, "a model of {} cannot be explained column by column",
                model.algorithm().name);
  if (background.rows < 1)
    return fail(Code::kInvalid, "an explanation needs background rows to be held against");
  ModelExplainer explainer(model);
  if (const Forest* forest = model.forest()) {
    TRY(std::vector<float> rows, tree_rows(background));
    TRY(explainer.trees_, TreeExplainer::against(*forest, rows, pool, cancel));
    return explainer;
  }
  std::size_t columns = explainer.columns();
  std::vector<double> terms(static_cast<std::size_t>(background.rows) * columns);
  TRY_VOID(model.terms(background, terms));
  explainer.mean_term_.resize(columns);
  for (std::size_t i = 0; i < terms.size(); ++i) explainer.mean_term_[i % columns] += terms[i];
  for (double& mean : explainer.mean_term_) mean /= static_cast<double>(background.rows);
  return explainer;
}

Result<Attributions> ModelExplainer::explain(const DesignMatrix& rows, ThreadPool& pool,
                                             const CancelToken& cancel) const {
  if (trees_) {
    TRY(std::vector<float> values, tree_rows(rows));
    return trees_->explain(values, pool, cancel);
  }
  Attributions out;
  out.columns = columns();
  out.values.resize(static_cast<std::size_t>(rows.rows) * out.columns);
  TRY(out.base, model_->terms(rows, out.values));
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] -= mean_term_[i % out.columns];
  for (double mean : mean_term_) out.base += mean;
  return out;
}

}  // namespace lode
