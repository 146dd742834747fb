// The columns of a run's sources for the terminal, in a line each, and what is odd about them.
#pragma once

#include "cli/output.h"
#include "orchestrate/report.h"

namespace lode {

// Nothing where no source asks for a profile.
void print_profiles(Output& out, const RunReport& report);

}  // namespace lode
