// Scores of training rows by models that were not trained on them: what calibrators, thresholds and
// the search for wrong labels start from. Encoders and algorithm are fitted anew for every fold, on
// the rows it does not hold, by the recipe the model itself is made by; what a fold is stands in
// orchestrate/folds.h.
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
