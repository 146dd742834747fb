// What `lode run` says of a run: for eyes, and as one JSON object.
#pragma once

#include <string>

#include "cli/output.h"
#include "orchestrate/report.h"

namespace lode {

void print_run(Output& out, const RunReport& report);
// Fields: project, seconds, sources, features, training, models (name, version, dataset, algorithm,
// metrics by split, each with value, low, high), stations.
std::string run_json(const RunReport& report);

}  // namespace lode
