// What a step comes to, as it is kept (orchestrate/kept_step.h): all that the next run tells of it
// and needs of it when it is not made again.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/error.h"
#include "orchestrate/kept_step.h"
#include "orchestrate/model_run.h"
#include "orchestrate/report.h"

namespace lode {

struct RunPlan;  // orchestrate/run_plan.h

struct SourceOutcome {
  std::int64_t first_time = 0;  // of the accepted rows, as SourceReport has them
  std::int64_t last_time = 0;
};

struct TrainingOutcome {
  TrainingReport report{};
  // Its rows stand by ascending seq: then the zone that is kept of it has them in its own order.
  bool by_seq = false;
};

struct ModelOutcome {
  ModelReport report{};
  std::string compared_content{};  // of the model it was compared with
  std::vector<std::pair<std::int64_t, std::int64_t>> test_rows{};  // runs of rows: begin, count
  std::vector<double> test_scores{};                               // calibrated
  OutOfFold folded{};            // training rows scored out of fold, where somebody asked
  std::string folded_why_not{};  // asked, and not possible
};

struct WalkOutcome {
  WalkReport report{};
};

struct LeaderboardsOutcome {
  std::vector<Leaderboard> boards{};
};

struct ScoresOutcome {
  ScoreReport report{};  // its `written` is to be found there
};

ModelOutcome model_outcome(const FittedRun& run);

// Outcomes as KeptStep has them, and back. kCorrupt.
std::string outcome_bytes(const SourceOutcome& outcome);
std::string outcome_bytes(const TrainingOutcome& outcome);
std::string outcome_bytes(const ModelOutcome& outcome);
std::string outcome_bytes(const WalkOutcome& outcome);
std::string outcome_bytes(const LeaderboardsOutcome& outcome);
std::string outcome_bytes(const ScoresOutcome& outcome);
Status read_outcome(std::string_view bytes, SourceOutcome& out);
Status read_outcome(std::string_view bytes, TrainingOutcome& out);
Status read_outcome(std::string_view bytes, ModelOutcome& out);
Status read_outcome(std::string_view bytes, WalkOutcome& out);
Status read_outcome(std::string_view bytes, LeaderboardsOutcome& out);
Status read_outcome(std::string_view bytes, ScoresOutcome& out);

// The steps of a plan behind its sources, as a run that went through it has them in its report.
std::vector<StepReport> step_reports(const RunPlan& plan, const RunReport& report);

// What comparisons need of a model that is not made again: its test rows, scores and report, judged
// again; no model and no training rows. `training` is the table it was made from. Errors: kCorrupt
// for rows that the table does not have; those of JudgedRows::make.
Result<FittedRun> judged_again(const Model& model, const TrainingTable& training,
                               ModelOutcome outcome, ThreadPool& pool, const CancelToken& cancel);

}  // namespace lode
