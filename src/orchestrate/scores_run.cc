#include "orchestrate/scores_run.h"

#include <algorithm>

#include "orchestrate/report.h"
#include "orchestrate/run_log.h"

namespace lode {
namespace {

// Of models this run has made or found to stand; what it says of them is not kept yet.
ThresholdsMade thresholds_of(const RunReport& report) {
  ThresholdsMade out;
  for (const ModelReport& model : report.models) {
    const DecisionReport& decision = model.evaluation.decision;
    bool has = !decision.rule.empty() && decision.why_not.empty();
    out[model.content] = has ? std::optional(decision.threshold) : std::nullopt;
  }
  return out;
}

}  // namespace

ScoreRequest request_of(const ScoringJob& job) {
  ScoreRequest request;
  request.model = job.model;
  request.all = job.all;
  for (const ScoreOutput& out : job.out)
    request.targets.push_back(
        {.path = out.path, .format = out.format, .table = out.table, .overwrite = true});
  request.name = job.name;
  request.since = job.since;
  request.columns = job.columns;
  request.own_threshold = job.own_threshold;
  request.threshold = job.threshold;
  request.why = job.why;
  return request;
}

bool is_given_out(FileSystem& files, const ScoringJob& job, const ScoresOutcome& outcome) {
  std::vector<ScoreTarget> targets = request_of(job).targets;
  return std::ranges::equal(targets, outcome.report.written,
                            [&](const ScoreTarget& target, const ScoredThing& left) {
                              return !left.is.empty() && left_in(files, target) == left;
                            });
}

Result<ScoreReport> make_scores(const ScoreContext& context, const ScoringJob& job,
                                const ScoreRequest& request, const ReadSources& read,
                                std::int64_t run, const ThresholdsMade* made) {
  TRY(ScoreQuestion question, ask(context.project, context.files, context.clock, request, made));
  const TrainingSet& set =
      *context.project.training_set(declared_model(context.project, question.record.name)->from);
  TRY(std::string dataset, dataset_name(context.project, set, read, context.files));
  for (const ScoreTarget& target : request.targets) {
    TRY_VOID(context.files.make_directories(parent_directory(target.path)));
    TRY_VOID(check_target(context.files, target));
  }
  ScoresOutcome outcome;
  TRY(outcome.report, score_pass(context, request, question, read));
  KeptStep kept{scores_inputs(job, dataset, {question.record, question.threshold}), run, {}};
  kept.outcome = outcome_bytes(outcome);
  TRY_VOID(keep_step(context.files, context.project, StepKind::kScores, job.name, kept));
  return std::move(outcome.report);
}

Status score_step(const ScoreContext& context, const ScoringJob& job, const ReadSources& read,
                  const PlannedStep& step, RunLog& log, RunReport& report) {
  if (!step.due) {
    ScoresOutcome outcome;
    TRY_VOID(read_outcome(step.kept->outcome, outcome));
    report.scores.push_back(as_it_stands(std::move(outcome.report)));
    return {};
  }
  ScoreRequest request = request_of(job);
  ThresholdsMade made = thresholds_of(report);
  auto by = scored_by(context.project, context.files, context.clock, request, &made);
  if (!by && by.error().code() == Code::kNotFound) {
    ScoreReport& waits = report.scores.emplace_back();
    waits.name = job.name;
    waits.model = job.model;
    waits.waits = by.error().message();
    return {};
  }
  TRY(ScoreReport done, make_scores(context, job, request, read, report.run, &made));
  for (const SourceReport& source : report.sources) done.records_held += source.accepted;
  TRY_VOID(log.scoring(done));
  report.scores.push_back(std::move(done));
  return {};
}

bool waits(const RunReport& report, std::string_view name) {
  auto found = std::ranges::find(report.scores, name, &ScoreReport::name);
  return found != report.scores.end() && !found->waits.empty();
}

}  // namespace lode
