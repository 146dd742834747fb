// Scorings as rows of run records: what was scored by which version, and where it went. For
// src/lake/runs_sqlite.cc, which holds the transaction and moves the seal.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "lake/runs.h"
#include "lake/sqlite.h"

namespace lode {

// Behind those the run has.
Status insert_scoring(Sqlite& database, const ScoringRecord& scoring);
// Of a project, in the order of its runs.
Result<std::vector<ScoringRecord>> read_scorings(Sqlite& database, std::string_view project);

}  // namespace lode
