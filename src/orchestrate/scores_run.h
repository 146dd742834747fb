// The scores that lode.yaml declares, as steps of a run: made when the model, the rows or the
// declaration changed or a file they are given out in is gone, told as they stand otherwise. What
// is scored of them then is what changed (orchestrate/score_job.h).
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "orchestrate/run_plan.h"
#include "orchestrate/score_pass.h"
#include "orchestrate/step_outcomes.h"

namespace lode {

class RunLog;      // orchestrate/run_log.h
struct RunReport;  // orchestrate/report.h

// As `lode score` is asked for them.
ScoreRequest request_of(const ScoringJob& job);

// Whether all files of an outcome are there as they were written; of a DuckDB file, the table.
bool is_given_out(FileSystem& files, const ScoringJob& job, const ScoresOutcome& outcome);

// Scores `request`, which is request_of(job) with what the caller adds, and keeps the step as made
// by run `run`. `made` may be nullptr. Errors: those of ask and score_pass.
Result<ScoreReport> make_scores(const ScoreContext& context, const ScoringJob& job,
                                const ScoreRequest& request, const ReadSources& read,
                                std::int64_t run, const ThresholdsMade* made);

// Of a run: makes them if `step` is due, waits (ScoreReport::waits) where the model has no such
// version yet, and adds what came of it to the run's record and the report.
Status score_step(const ScoreContext& context, const ScoringJob& job, const ReadSources& read,
                  const PlannedStep& step, RunLog& log, RunReport& report);

// Whether that is what came of them.
bool waits(const RunReport& report, std::string_view name);

}  // namespace lode
