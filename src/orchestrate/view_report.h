// The feature views of a project as a run's report has them. They follow from the project alone.
#pragma once

#include <vector>

#include "orchestrate/report.h"
#include "project/project.h"

namespace lode {

// In the project's order. Pure.
std::vector<ViewReport> describe_views(const Project& project);

}  // namespace lode
