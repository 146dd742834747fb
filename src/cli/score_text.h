// What `lode score` did, for a terminal and as JSON; the same numbers in both.
#pragma once

#include <string>

#include "cli/output.h"
#include "orchestrate/score_run.h"

namespace lode {

void print_scores(Output& out, const ScoreReport& report);
std::string score_json(const ScoreReport& report);

}  // namespace lode
