#include "orchestrate/step_outcomes.h"

#include <algorithm>

#include "base/stored_values.h"
#include "orchestrate/recipe.h"
#include "orchestrate/row_splitter.h"
#include "orchestrate/run_plan.h"
#include "orchestrate/scores_run.h"

namespace lode {
namespace {

template <typename T>
Status read_all(std::string_view bytes, T& out) {
  TRY(out, loaded_value<T>(bytes));
  return {};
}

}  // namespace

ModelOutcome model_outcome(const FittedRun& run) {
  ModelOutcome out;
  out.report = run.report;
  for (std::int64_t row : run.test_rows) {
    if (!out.test_rows.empty() && out.test_rows.back().first + out.test_rows.back().second == row)
      ++out.test_rows.back().second;
    else
      out.test_rows.emplace_back(row, 1);
  }
  out.test_scores = run.test_scores;
  out.folded = run.folded.scored;
  out.folded_why_not = run.folded.why_not;
  return out;
}

std::string outcome_bytes(const SourceOutcome& outcome) { return stored_value(outcome); }
std::string outcome_bytes(const TrainingOutcome& outcome) { return stored_value(outcome); }
std::string outcome_bytes(const ModelOutcome& outcome) { return stored_value(outcome); }
std::string outcome_bytes(const WalkOutcome& outcome) { return stored_value(outcome); }
std::string outcome_bytes(const LeaderboardsOutcome& outcome) { return stored_value(outcome); }
std::string outcome_bytes(const ScoresOutcome& outcome) { return stored_value(outcome); }

Status read_outcome(std::string_view bytes, SourceOutcome& out) { return read_all(bytes, out); }
Status read_outcome(std::string_view bytes, TrainingOutcome& out) { return read_all(bytes, out); }
Status read_outcome(std::string_view bytes, ModelOutcome& out) { return read_all(bytes, out); }
Status read_outcome(std::string_view bytes, WalkOutcome& out) { return read_all(bytes, out); }
Status read_outcome(std::string_view bytes, LeaderboardsOutcome& out) {
  return read_all(bytes, out);
}
Status read_outcome(std::string_view bytes, ScoresOutcome& out) { return read_all(bytes, out); }

Result<FittedRun> judged_again(const Model& model, const TrainingTable& training,
                               ModelOutcome outcome, ThreadPool& pool, const CancelToken& cancel) {
  FittedRun run;
  run.report = std::move(outcome.report);
  run.test_scores = std::move(outcome.test_scores);
  for (auto [begin, count] : outcome.test_rows) {
    if (begin < 0 || count < 1 || begin > training.columns.rows - count)
      return fail(Code::kCorrupt, "model {}: kept scores of rows that are not there", model.name);
    for (std::int64_t row = begin; row < begin + count; ++row) run.test_rows.push_back(row);
  }
  if (run.test_rows.size() != run.test_scores.size())
    return fail(Code::kCorrupt, "model {}: kept scores and rows of another number", model.name);
  TRY(Recipe recipe, Recipe::make(model, training, pool, cancel));
  TRY(std::vector<const Metric*> metrics, judged_metrics(recipe.task()));
  Outcomes outcomes = recipe.outcomes(run.test_rows);
  TRY(run.judged,
      JudgedRows::make(outcomes.with(run.test_scores),
                       RowSplitter(model, training).blocks(run.test_rows), metrics, pool, cancel));
  if (std::ranges::any_of(outcome.folded.rows, [&](std::int64_t row) {
        return row < 0 || row >= training.columns.rows;
      }))
    return fail(Code::kCorrupt, "model {}: kept scores of rows that are not there", model.name);
  FoldedModel folds{.scored = std::move(outcome.folded), .why_not = outcome.folded_why_not};
  TRY(run.folded, judge_folds(std::move(folds), recipe, pool, cancel));
  return run;
}

std::vector<StepReport> step_reports(const RunPlan& plan, const RunReport& report) {
  std::vector<StepReport> steps;
  for (const PlannedStep& step : plan.steps) {
    if (step.kind == StepKind::kSource) continue;
    bool given_up =
        (step.kind == StepKind::kModel &&
         std::ranges::find(report.models, step.name, &ModelReport::name) == report.models.end()) ||
        (step.kind == StepKind::kScores && waits(report, step.name));
    StepState state = given_up   ? StepState::kGivenUp
                      : step.due ? StepState::kMade
                                 : StepState::kUpToDate;
    steps.push_back({std::string(step_kind_name(step.kind)), step.name, state, step.why});
  }
  return steps;
}

}  // namespace lode
