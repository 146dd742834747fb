// Two versions of models on the same rows: those that both were tested on and neither was trained
// on, with the scores of either. For the gate between any two versions and for their difference.
//
// Which rows a version was tested on is known in one of two ways: its lineage names them by hash,
// and scores with just those rows are kept; or it was split by time, and they are the rows of its
// test range. A version whose rows cannot be told is refused, never guessed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "features/training_set.h"
#include "judge/sample.h"
#include "lake/runs.h"
#include "project/project.h"

namespace lode {

struct VersionRows {
  TrainingTable training;             // as it is kept, of the first version's set
  std::vector<std::int64_t> rows;     // of it: what both were tested on, by ascending seq
  std::vector<double> first, second;  // scores of these rows
  Outcomes outcomes;                  // of these rows
  Blocks blocks;                      // days, groups or rows, as the first version was split
  std::string block_unit;             // "day", "row" or a column
  std::string source;                 // whose rows they are
  bool same_contract = true;          // both read sources that are declared alike
  ContentHash named;                  // rows_hash of their seqs
};

struct VersionPair {
  const ModelRecord& first;
  const ModelRecord& second;
};

// `columns`: more of the first version's training set, for slices. Errors: kConflict where the two
// cannot be held against each other, with what to do: other targets, declarations that changed
// since, rows that are not kept, none in common; kInvalid for columns that are not there; those of
// reading. Cost: reads the kept training sets and scores; scores the rows with both models.
Result<VersionRows> rows_of_both(const Project& project, FileSystem& files,
                                 const VersionPair& versions,
                                 const std::vector<std::string>& columns, const Limits& limits,
                                 const CancelToken& cancel);

}  // namespace lode
