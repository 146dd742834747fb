// How a model is made from rows of a training set: columns, encoders, algorithm. Whatever is fitted
// is fitted on the rows that are named and sees no others, so a split is honest by construction,
// whoever makes it: a test, a choice of options, a walk forward.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "features/encoder_bytes.h"
#include "features/training_set.h"
#include "mine/algorithm.h"
#include "orchestrate/column_scorer.h"
#include "project/project.h"

namespace lode {

using ModelOptions = std::vector<std::pair<std::string, std::string>>;

// Rows as an algorithm is given them, and the encoders that made them so.
struct EncodedRows {
  Design design;
  std::vector<double> target;
  std::vector<ColumnEncoder> encoders;     // one a column, in order
  std::vector<std::string> encoder_texts;  // "target smoothing 50"
};

class Recipe {
 public:
  // All must outlive it. kNotFound for an algorithm that is not there.
  static Result<Recipe> make(const Model& model, const TrainingTable& training, ThreadPool& pool,
                             const CancelToken& cancel);

  // The algorithm's options as the project gives them, and the threads of a trainer that has some:
  // they are part of its result.
  const ModelOptions& options() const { return options_; }

  // The same, stopped by another token, which must outlive it.
  Recipe stopped_by(const CancelToken& cancel) const {
    Recipe other = *this;
    other.cancel_ = &cancel;
    return other;
  }

  // Of so many rows while they are encoded and fitted: as columns, as a matrix, and what a trainer
  // makes of them.
  std::int64_t fitting_bytes(std::int64_t rows) const {
    return rows * (32 + 24 * std::ssize(columns_));
  }

  // Fits the encoders on these rows of the table. Errors: what an encoder refuses; kCancelled.
  Result<EncodedRows> encode(std::span<const std::int64_t> rows) const;
  // Errors: fit_model's.
  Result<std::unique_ptr<FittedModel>> fit(const EncodedRows& rows,
                                           const ModelOptions& options) const;
  // Scores rows of the table into `out`; counts by column. Errors: score_rows'.
  Result<std::vector<EncodedCount>> score(std::span<const ColumnEncoder> encoders,
                                          const FittedModel& model,
                                          std::span<const std::int64_t> rows,
                                          std::span<double> out) const;
  // The same rows as the model is given them, all at once.
  Design design(std::span<const ColumnEncoder> encoders, const FittedModel& model,
                std::span<const std::int64_t> rows) const;
  // Targets of rows, and the same as the algorithm's task has them: labels of 0 and 1, or numbers.
  std::vector<double> targets(std::span<const std::int64_t> rows) const;
  Outcomes outcomes(std::span<const std::int64_t> rows) const;
  Task task() const { return task_of(model_->algorithm); }

 private:
  Recipe(const Model& model, const TrainingTable& training, ThreadPool& pool,
         const CancelToken& cancel)
      : model_(&model), training_(&training), pool_(&pool), cancel_(&cancel) {}
  void choose_columns();
  Status add_thread_option();
  FitRows fit_rows(std::size_t i, std::span<const std::int64_t> rows,
                   std::span<const double> target) const;
  Status fit_encoder_of(std::size_t i, std::span<const std::int64_t> rows, EncodedRows& out) const;

  const Model* model_;
  const TrainingTable* training_;
  ThreadPool* pool_;
  const CancelToken* cancel_;
  std::vector<std::size_t> columns_;
  ModelOptions options_;
};

}  // namespace lode
