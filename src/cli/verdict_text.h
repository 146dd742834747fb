// The first thing a run says: whether a model helps, what was decided, what to distrust.
#pragma once

#include "cli/output.h"
#include "orchestrate/report.h"

namespace lode {

void print_verdict(Output& out, const RunReport& report);
// Models by what they are worth, in a table for each question.
void print_leaderboards(Output& out, const RunReport& report);

}  // namespace lode
