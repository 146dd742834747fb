// The leakage section of a run's summary. It prints what orchestrate/leakage_report.h holds and
// judges nothing itself.
#pragma once

#include "cli/output.h"
#include "orchestrate/report.h"

namespace lode {

// Nothing without models.
void print_leakage(Output& out, const RunReport& report);

}  // namespace lode
