// A run that the operating system failed is begun again, as often as its project says: what it had
// made stands (orchestrate/run_plan.h), so it goes on with the step that failed.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrate/run.h"

namespace lode {

// One attempt, with a record of its own. `retried`: what became of those before it, for its report.
Result<RunReport> run_once(const Project& project, const RunContext& context,
                           std::vector<std::string> retried);

}  // namespace lode
