// What a run's summary says of models beyond their metrics. It prints what
// orchestrate/evaluation_report.h holds and judges nothing itself.
#pragma once

#include "cli/output.h"
#include "orchestrate/report.h"

namespace lode {

// Nothing where there is nothing to say.
void print_evaluation(Output& out, const RunReport& report);

}  // namespace lode
