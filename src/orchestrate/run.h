// `lode run`: brings everything a project declares up to date once, station by station: sources to
// records, features and training sets, models fitted and judged. What is up to date already is told
// as it was and not made again (orchestrate/run_plan.h), so a run that was killed goes on where it
// was and ends in the same names and figures.
#pragma once

#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/time.h"
#include "orchestrate/report.h"
#include "orchestrate/run_time.h"
#include "project/project.h"
#include "telemetry/progress.h"

namespace lode {

struct RunContext {
  FileSystem& files;
  const Clock& clock;
  Limits limits;
  CancelToken cancel;
  Progress& progress;
  bool replace = false;  // read files that changed anew instead of refusing them
  bool again = false;    // make what is up to date again too
  RunTime time{};        // that the whole may take
};

// Errors: those of the stations, each with its place; kConflict when another run is writing;
// kLimit when the time is over, with what was kept.
Result<RunReport> run_project(const Project& project, const RunContext& context);

}  // namespace lode
