// `lode run`: brings everything a project declares up to date once, station by station: sources to
// records, features and training sets, models fitted and judged. What is up to date already is told
// as it was and not made again (orchestrate/run_plan.h), so a run that was killed goes on where it
// was and ends in the same names and figures.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/time.h"
#include "insight/table_profile.h"
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
  bool replace = false;      // read files that changed anew instead of refusing them
  bool again = false;        // make what is up to date again too
  RunTime time{};            // that the whole may take
  bool over_budget = false;  // whatever the project's budgets say
  // Waits before a run is begun again; kCancelled. Nothing: by the clock.
  std::function<Status(Duration)> wait{};
  // Of a run that goes on with one that failed: what that took, and the number of the first of
  // them: what it made stands, also where all is made again.
  double spent_seconds = 0;
  std::int64_t made_since = 0;
  // The file of its one source, if it is looked through already: lode mine's.
  const TableProfile* looked_through = nullptr;
};

// Errors: those of the stations, each with its place; kConflict when another run is writing;
// kLimit when the time is over, with what was kept, or when it would be over a budget. After kIo it
// is begun again as often as the project says (orchestrate/run_retries.h).
Result<RunReport> run_project(const Project& project, const RunContext& context);

}  // namespace lode
