// What `lode run` says of a run, for eyes. As JSON it is orchestrate/run_json.h.
#pragma once

#include "cli/output.h"
#include "orchestrate/report.h"

namespace lode {

void print_run(Output& out, const RunReport& report);

}  // namespace lode
