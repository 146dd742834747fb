// Scores of training rows by models that were not trained on them: what calibrators, thresholds and
// the search for wrong labels start from. Encoders and algorithm are fitted anew for every fold, on
// the rows it does not hold, by the recipe the model itself is made by.
//
// Folds respect what the split respects. Of a split by time they are stretches of days, and a
// stretch is scored by a model of the rows before it, under the same embargo, purge and groups: no
// fold is scored by its future. The first third of the rows is not scored at all, so that no model
// is much weaker than the one that is stored. Of a split at random folds are rows, or whole groups,
// dealt out by the model's seed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "judge/sample.h"
#include "orchestrate/recipe.h"
#include "orchestrate/row_splitter.h"
#include "orchestrate/stations.h"
#include "project/project.h"

namespace lode {

inline constexpr std::uint32_t kFolds = 5;          // at random
inline constexpr std::uint32_t kStretches = 6;      // by time,
inline constexpr std::uint32_t kOnlyTrainedOn = 2;  // of which the first are not scored

struct OutOfFold {
  std::vector<std::int64_t> rows{};            // positions in the training table, ascending
  std::vector<double> score{};                 // of each, as the algorithm gives it
  Blocks blocks{};                             // days, groups or rows that are drawn together
  std::vector<std::uint32_t> fold_of_block{};  // from 0 on; no block is in two
  std::string how{};  // "4 stretches of time, each by a model of the rows before it"

  std::vector<std::uint32_t> folds() const;  // of each row
};

struct OutOfFoldTask {
  const Model& model;
  const TrainingTable& training;
  const Recipe& recipe;
  const ModelOptions& options;  // of the algorithm, chosen already
  const RowSplitter& splitter;
  std::span<const std::int64_t> train;  // ascending
};

// Stations "model late: fold 2, encode", "fit" (which is training) and "score" of each fold. The
// same bytes on any number of threads. Errors: kInvalid for fewer than four days, or two groups or
// rows, and what a fold's rows are refused for; kCancelled. Cost: a fit a fold: by time four,
// of two to five sixths of the rows; at random five, of four fifths each.
Result<OutOfFold> score_out_of_fold(const OutOfFoldTask& task, Stations& stations);

}  // namespace lode
