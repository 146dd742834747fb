// `lode score`: a model's scores of a project's rows, kept and brought up to date. Rows that are
// new, have another version or read a view that has changed are scored; all others have the scores
// they had. Scored rows are durable block by block: a job that was killed goes on where it was and
// ends in the same bytes.
#pragma once

#include "base/error.h"
#include "orchestrate/run.h"
#include "orchestrate/score_report.h"
#include "project/project.h"

namespace lode {

// Brings the sources up to date as run_project does, then the scores; makes no model. Of a request
// whose name lode.yaml declares, as a run does it (orchestrate/scores_run.h). Errors: ask()'s,
// ingest's; kConflict when another run is writing or the target is there; kLimit for a full disk or
// too little memory: what was durable stays, and the next call goes on.
Result<ScoreReport> score_project(const Project& project, const ScoreRequest& request,
                                  const RunContext& context);

}  // namespace lode
