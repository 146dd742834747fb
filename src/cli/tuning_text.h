// What searches for options found, and what there was no time for, as a terminal shows it.
#pragma once

#include "cli/output.h"
#include "orchestrate/report.h"

namespace lode {

// What was given up for want of time; nothing where nothing was.
void print_given_up(Output& out, const RunReport& report);
// Of every model whose options were searched; nothing if none was.
void print_tuning(Output& out, const RunReport& report);

}  // namespace lode
