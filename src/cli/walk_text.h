// A walk forward as text: what was live period by period, what the gate said, and over all.
#pragma once

#include "cli/output.h"
#include "orchestrate/walk_report.h"

namespace lode {

void print_walk(Output& out, const WalkReport& walk);

}  // namespace lode
