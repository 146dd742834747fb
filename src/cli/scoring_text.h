// Scorings on record, for a terminal and as JSON: which version scored what, and where it went.
// Hashes are cut to their first digits on a terminal; --json has them whole.
#pragma once

#include <vector>

#include "base/json.h"
#include "cli/output.h"
#include "lake/runs.h"

namespace lode {

// Nothing of none.
void print_scorings(Output& out, const std::vector<ScoringRecord>& scorings);
// As an object.
void write_scoring_record(JsonWriter& json, const ScoringRecord& scoring);

}  // namespace lode
