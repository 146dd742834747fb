// What the monitor said of the models of a run, as a terminal shows it.
#pragma once

#include "cli/output.h"
#include "orchestrate/report.h"

namespace lode {

// Nothing if no model was watched.
void print_monitor(Output& out, const RunReport& report);

}  // namespace lode
