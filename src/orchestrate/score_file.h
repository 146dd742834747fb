// Scores of rows in a file of their own, which are not among the project's records: the same
// columns as the source has, features by the same definition, views read from what the project
// recorded.
#pragma once

#include "base/error.h"
#include "orchestrate/score_job.h"
#include "table/column.h"

namespace lode {

// Every row of the file that can be read and placed in time, in the file's order; the others are
// counted in report.refused. The columns a row needs are those that the model's columns, the time
// and the zone are made of; others may be missing, the label's among them. Nothing is kept. Errors:
// as open_reader; kInvalid when no row can be scored.
Result<Table> score_file(const ScoreMeans& means, std::int64_t cut);

}  // namespace lode
