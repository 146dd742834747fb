// What `lode score` did, for a terminal and as JSON; the same numbers in both.
#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "orchestrate/score_report.h"

namespace lode {

void print_scores(Output& out, const ScoreReport& report);
std::string score_json(const ScoreReport& report);
// Of the scores that lode.yaml declares, what a run did for them.
void print_declared_scores(Output& out, const std::vector<ScoreReport>& scores);

}  // namespace lode
