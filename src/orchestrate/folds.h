// Training rows cut into folds, each scored by what was fitted on others of them. Folds respect
// what the split respects, by construction: of a split by time they are stretches of days, and a
// stretch is scored by a model of the rows before it, under the same embargo, purge and groups, so
// that no fold is scored by its future. The first stretches are not scored at all, so that no model
// is much weaker than that of all rows. Of a split at random they are rows, or whole groups, dealt
// out by the model's seed; where the split is stratified they may be too.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "features/training_set.h"
#include "orchestrate/row_splitter.h"
#include "project/project.h"

namespace lode {

// Positions in the training table, ascending.
struct Fold {
  std::vector<std::int64_t> train;
  std::vector<std::int64_t> scored;
};

struct FoldPlan {
  std::uint32_t dealt = 5;            // folds at random
  std::uint32_t stretches = 6;        // by time,
  std::uint32_t only_trained_on = 2;  // of which the first are not scored
  bool stratified = false;            // at random, where the split is
  std::uint64_t stream = 0;           // of draws: other folds of the same seed
};

struct FoldTask {
  const Model& model;
  const TrainingTable& training;
  const RowSplitter& splitter;
  std::span<const std::int64_t> train;  // ascending
};

// kInvalid: fewer than two groups or rows, or two days more than are only trained on; a fold
// without rows to train on or to score.
Result<std::vector<Fold>> make_folds(const FoldTask& task, const FoldPlan& plan);

// "4 stretches of time, each by a model of the rows before it"
std::string folds_text(const FoldTask& task, std::size_t folds);

}  // namespace lode
