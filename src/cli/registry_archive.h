// What `lode registry` does with files: a version of a model into an archive, and an archive into a
// project.
#pragma once

#include <string>

#include "cli/command.h"
#include "lake/runs.h"
#include "project/project.h"

namespace lode {

// The exit status. kConflict: there is such a file already.
Result<int> export_to_file(CommandContext& context, const Project& project, MetadataStore& store,
                           const std::string& reference, const std::string& path);
// Also into a project that has never been run. kConflict: a run is at work.
Result<int> import_from_file(CommandContext& context, const Project& project,
                             const std::string& path);

}  // namespace lode
