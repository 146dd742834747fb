// One scoring inside of what goes on: `lode score`, or a run that scores what lode.yaml declares.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "base/file.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "base/time.h"
#include "orchestrate/score_question.h"
#include "orchestrate/score_report.h"
#include "orchestrate/stations.h"
#include "orchestrate/step_inputs.h"
#include "project/project.h"

namespace lode {

// What it takes of what it is a part of; the caller holds the project's lock.
struct ScoreContext {
  FileSystem& files;
  const Project& project;
  const Clock& clock;
  Limits limits;
  const CancelToken& cancel;
  MemoryBudget& budget;
  ThreadPool& pool;
  Stations& stations;
};

// Brings the scores a request asks for up to date, or scores its file, and gives them out in its
// targets; `read` is what the sources are now. bytes_written counts those of its stations alone.
// Errors: those of score_kept, score_file and write_scores.
Result<ScoreReport> score_pass(const ScoreContext& context, const ScoreRequest& request,
                               const ScoreQuestion& question, const ReadSources& read);

// What is to be found at a target once it is written: of a Parquet or CSV file its hash; of a table
// in a DuckDB file, which is not its alone, that it is there. Cost: reads a file, 1 GB/s.
ScoredThing left_in(FileSystem& files, const ScoreTarget& target);

}  // namespace lode
