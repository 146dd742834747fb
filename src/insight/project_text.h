// A mining plan as a lode.yaml: what `lode mine` runs and `lode init` writes is one and the same.
#pragma once

#include <string>

#include "insight/mining_plan.h"
#include "insight/table_profile.h"

namespace lode {

// `file`: the path that is written for the source's file. Names in it are made of the file's own:
// small letters, digits and underscores. `time_limit`: what a run of it is to take; of it the
// models' options are searched for.
std::string project_text(const TableProfile& profile, const MiningPlan& plan,
                         const std::string& file, Duration time_limit = {});

// What a project over this file is called: its name without folder and endings, as a name in a
// lode.yaml may be.
std::string project_name(const std::string& path);

}  // namespace lode
