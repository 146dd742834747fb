#include "orchestrate/run_plan.h"

#include <algorithm>
#include <map>

#include "orchestrate/catalogue.h"
#include "orchestrate/scores_run.h"
#include "orchestrate/step_outcomes.h"

namespace lode {
namespace {

using Names = std::map<std::string, std::string, std::less<>>;

// Whether a stored model is there and what its name says.
bool is_stored(const Project& project, FileSystem& files, const std::string& content) {
  Result<std::string> bytes = files.read(model_path(project, content));
  return bytes && text(content_hash(*bytes)) == content;
}

class Planner {
 public:
  Planner(const Project& project, const PlanContext& context)
      : project_(project), context_(context) {}

  // `datasets`: of all training sets. Sources are steps already.
  RunPlan plan(const Names& datasets) {
    for (const TrainingSet& set : project_.training) {
      const std::string& dataset = datasets.at(set.name);
      add(StepKind::kTraining, set.name, training_inputs(dataset), [&](const KeptStep& kept) {
        TrainingOutcome outcome;
        return read_outcome(kept.outcome, outcome) &&
               (outcome.report.rows == 0 ||
                is_kept(context_.files, training_path(project_, set.name), dataset));
      });
    }
    for (const Model& model : project_.models)
      add(StepKind::kModel, model.name, model_inputs(project_, model, datasets),
          [&](const KeptStep& kept) {
            ModelOutcome outcome;
            return read_outcome(kept.outcome, outcome) &&
                   is_stored(project_, context_.files, outcome.report.content);
          });
    add(StepKind::kLeaderboards, "all", leaderboard_inputs(project_, datasets),
        [](const KeptStep& kept) {
          LeaderboardsOutcome outcome;
          return read_outcome(kept.outcome, outcome).has_value();
        });
    // What it compares is made anew: then so is it.
    if (plan_.any_due(StepKind::kModel)) make_due(plan_.steps.back(), "a model is made");
    for (const Retraining& walk : project_.retraining)
      add(StepKind::kWalk, walk.name,
          walk_inputs(project_, walk, datasets.at(project_.model(walk.champion)->from)),
          [&](const KeptStep& kept) {
            WalkOutcome outcome;
            return read_outcome(kept.outcome, outcome) &&
                   (outcome.report.version == 0 ||
                    is_stored(project_, context_.files, outcome.report.content));
          });
    for (const ScoringJob& job : project_.scores) add_scores(job, datasets);
    return std::move(plan_);
  }

  // Before the sources are read: what comes from one that is to be read is due.
  RunPlan plan_unread(const std::vector<std::string>& unread) {
    std::string why;
    for (const std::string& name : unread) why += (why.empty() ? "source " : ", ") + name;
    auto due = [&](StepKind kind, const std::string& name) {
      PlannedStep step{.kind = kind, .name = name};
      bool there = kept_step(context_.files, project_, kind, name).has_value();
      step.why = there ? why + " is read" : "never made";
      plan_.steps.push_back(std::move(step));
    };
    for (const TrainingSet& set : project_.training) due(StepKind::kTraining, set.name);
    for (const Model& model : project_.models) due(StepKind::kModel, model.name);
    due(StepKind::kLeaderboards, "all");
    for (const Retraining& walk : project_.retraining) due(StepKind::kWalk, walk.name);
    for (const ScoringJob& job : project_.scores) due(StepKind::kScores, job.name);
    return std::move(plan_);
  }

  void add_source(const SourceLook& look) {
    PlannedStep step{.kind = StepKind::kSource, .name = look.name, .due = look.due};
    step.why = look.why;
    plan_.steps.push_back(std::move(step));
  }

  void add_read_source(const std::string& name, const ContentHash& zone) {
    add(StepKind::kSource, name, source_inputs(zone), [](const KeptStep& kept) {
      SourceOutcome outcome;
      return read_outcome(kept.outcome, outcome).has_value();
    });
  }

 private:
  // By which version is known where none that could be meant is made before.
  void add_scores(const ScoringJob& job, const Names& datasets) {
    std::string name = job.model.substr(0, job.model.find('@'));
    auto by = scored_by(project_, context_.files, system_clock(), request_of(job), nullptr);
    StepInputs inputs;
    if (by) inputs = scores_inputs(job, datasets.at(declared_model(project_, name)->from), *by);
    add(StepKind::kScores, job.name, std::move(inputs), [&](const KeptStep& kept) {
      ScoresOutcome outcome;
      return read_outcome(kept.outcome, outcome) && is_given_out(context_.files, job, outcome);
    });
    StepKind kind = project_.model(name) != nullptr ? StepKind::kModel : StepKind::kWalk;
    bool pinned = by && job.model.ends_with(fmt::format("@{}", by->record.version));
    if (plan_.due(kind, name) && !pinned)
      make_due(plan_.steps.back(), fmt::format("{} {} is made", step_kind_name(kind), name));
    else if (!by)
      plan_.steps.back().why = by.error().message();
  }

  template <typename Whole>
  void add(StepKind kind, const std::string& name, StepInputs inputs, const Whole& whole) {
    PlannedStep step{.kind = kind, .name = name, .inputs = std::move(inputs)};
    step.kept = kept_step(context_.files, project_, kind, name);
    if (step.kept) {
      StepInputs now = step.inputs;
      // Limits are inputs of what they changed alone.
      for (const StepInput& limit :
           {memory_input(context_.memory_limit), time_input(context_.time_limit)})
        if (std::ranges::find(step.kept->inputs, limit.what, &StepInput::what) !=
            step.kept->inputs.end())
          now.push_back(limit);
      step.why = what_changed(step.kept->inputs, now);
      if (step.why.empty() && !whole(*step.kept)) step.why = "what it left is damaged or gone";
    } else {
      step.why = "never made";
    }
    bool recent = context_.made_since > 0 && step.kept && step.kept->run >= context_.made_since;
    if (step.why.empty() && context_.again && !recent) step.why = "asked for";
    step.due = !step.why.empty();
    if (!step.due) step.why = fmt::format("as run {} made it", step.kept->run);
    if (step.due) step.kept.reset();
    plan_.steps.push_back(std::move(step));
  }

  static void make_due(PlannedStep& step, std::string_view why) {
    if (step.due) return;
    step.due = true;
    step.why = why;
    step.kept.reset();
  }

  const Project& project_;
  const PlanContext& context_;
  RunPlan plan_;
};

Result<Names> dataset_names(const Project& project, const ReadSources& read, FileSystem& files) {
  Names names;
  for (const TrainingSet& set : project.training) {
    TRY(std::string name, dataset_name(project, set, read, files));
    names.emplace(set.name, std::move(name));
  }
  return names;
}

}  // namespace

const PlannedStep& RunPlan::step(StepKind kind, std::string_view name) const {
  return *std::ranges::find_if(
      steps, [&](const PlannedStep& one) { return one.kind == kind && one.name == name; });
}

bool RunPlan::any_due(StepKind kind) const {
  return std::ranges::any_of(steps,
                             [&](const PlannedStep& one) { return one.kind == kind && one.due; });
}

Result<RunPlan> plan_run(const Project& project, const ReadSources& read,
                         const PlanContext& context) {
  TRY(Names datasets, dataset_names(project, read, context.files));
  Planner planner(project, context);
  for (const Source& source : project.sources)
    planner.add_read_source(source.name, read.zones.at(source.name));
  return planner.plan(datasets);
}

Result<LookedPlan> look_ahead(const Project& project, const PlanContext& context,
                              const Limits& limits, bool replace) {
  LookedPlan out;
  Planner planner(project, context);
  ReadSources read;
  std::vector<std::string> unread;
  TRY(std::int64_t next_seq, next_free_seq(context.files, project));
  SourceContext looking{context.files, project, limits, {}, replace, {}, nullptr};
  for (const Source& source : project.sources) {
    TRY(SourceLook look, look_at_source(source, next_seq, looking));
    if (look.due) unread.push_back(source.name);
    if (look.zone) read.zones.emplace(source.name, *look.zone);
    read.next_seq = std::max(read.next_seq, look.next_seq);
    planner.add_source(look);
    out.sources.push_back(std::move(look));
  }
  if (!unread.empty()) {
    out.plan = planner.plan_unread(unread);
    return out;
  }
  TRY(Names datasets, dataset_names(project, read, context.files));
  out.plan = planner.plan(datasets);
  return out;
}

}  // namespace lode
