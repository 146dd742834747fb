// Kept scores for those who look at them (`lode sql`): those that stand, without the log's past.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "orchestrate/catalogue.h"
#include "project/project.h"

namespace lode {

struct StoredScores {
  StoredZone zone{};         // their log; its group is "scores" of declared ones, else "kept"
  std::string directory{};   // of the zone
  std::string selection{};   // "unlabelled" or "all"
  std::string model{};       // "returns@3"
  std::int64_t entries = 0;  // of the log that count
};

// Of the scores that lode.yaml declares under their names, and of what `lode score` keeps of models
// and walks under theirs. Those without a row are left out. Errors: kCorrupt with the file.
Result<std::vector<StoredScores>> stored_scores(const Project& project, FileSystem& files);

// Every part of the log against its hash. kCorrupt names the file and what to do. About 1 GB/s.
Status check_scores(FileSystem& files, const StoredScores& scores);

// A query of DuckDB's for the rows that have a score, one each: the columns of
// docs/formats/scores.md but _entry and row, and in front `rows` (the selection) and `model`.
std::string standing_scores_sql(const StoredScores& scores);

}  // namespace lode
