// Why a row has its score: the columns that moved the model's answer most, beside the score.
//
// Shapley values of the model's margin (evaluate/explainer.h: exact, for trees and for sums of one
// term a column) against 100 rows of the data set the version was made from, drawn under its seed.
// They are kept beside the model the first time they are asked for, so that a version is explained
// against the same rows for ever, and a row scored later is told as one scored before.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "evaluate/explainer.h"
#include "orchestrate/column_scorer.h"
#include "orchestrate/score_question.h"
#include "project/project.h"

namespace lode {

// The columns it gives, for the `most` strongest contributions: `why_base`, the answer to somebody
// of whom nothing is known; for each of them `why_1`, the name of the model's column as it stands
// behind its encoder (null where fewer contribute), and `why_1_by`, what it adds to the margin; and
// `why_rest`, what all others add. Together they are the margin: log-odds, or of numbers the
// answer.
std::vector<Field> why_fields(std::int64_t most);

// Threads: immutable once made. The question must outlive it.
class ScoreWhy {
 public:
  // Errors: kUnsupported for a model that is neither trees nor a sum of one term a column;
  // kInvalid where no rows are kept and the training set is that of another version, with what to
  // do; those of reading and keeping. The caller holds the project's lock.
  static Result<ScoreWhy> make(const Project& project, FileSystem& files, const Limits& limits,
                               const ScoreQuestion& question, ThreadPool& pool,
                               const CancelToken& cancel);

  // Of rows of the scorer's table, in the order of why_fields; nulls where the score is NaN.
  // Errors: those of ModelExplainer::explain. Cost of a row: that of evaluate/tree_shap.h.
  Result<std::vector<Column>> explain(const ColumnScorer& scorer,
                                      std::span<const std::int64_t> rows,
                                      std::span<const double> scores, ThreadPool& pool,
                                      const CancelToken& cancel) const;

 private:
  ScoreWhy(ModelExplainer explainer, std::vector<std::string> names, std::int64_t most)
      : explainer_(std::move(explainer)), names_(std::move(names)), most_(most) {}

  ModelExplainer explainer_;
  std::vector<std::string> names_;  // of the model's columns
  std::int64_t most_;
};

}  // namespace lode
