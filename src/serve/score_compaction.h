// Kept scores without their past. The log (serve/score_log.h) grows by an entry for every row that
// is scored again and by a part for every block, so that reading it costs more and more for the
// same rows; now and then what stands is written anew, as the next generation, and the old one
// goes.
//
// The new log is whole before the state names it, and the old one goes after that: a kill or a cut
// of the power at any moment leaves one of the two, and what else it leaves is removed by
// remove_other_generations.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "lake/parquet_zone.h"
#include "serve/score_state.h"

namespace lode {

// The folder of generation N within the folder of kept scores: gN.
std::string generation_path(const std::string& folder, std::int64_t generation);

// Whether to: the log has more than four entries for each row that stands (and 65,536), or more
// than 64 parts beyond those that its entries fill. So a row is written anew at most once for each
// three entries or each 64 commits.
bool compaction_pays(const ScoreState& state, std::size_t parts);

// Writes the next generation of what stands and the state that names it, then removes the old one.
// The caller holds the project's lock and there is no job under way. Errors: kLimit for a full
// disk: the old state stands; kCorrupt where the log does not have the rows the state says. Cost:
// reads the log, writes a row once.
Result<ScoreState> compact_scores(FileSystem& files, const std::string& folder,
                                  const ScoreState& state, const ZoneOptions& options);

// Removes all generations but these: what a kill has left.
Status remove_other_generations(FileSystem& files, const std::string& folder,
                                const std::vector<std::int64_t>& kept);

}  // namespace lode
