#include "orchestrate/run.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>

#include "base/json.h"
#include "base/process_usage.h"
#include "base/zone.h"
#include "ingest/arrivals.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/kept_report.h"
#include "orchestrate/kept_rows.h"
#include "orchestrate/kept_tables.h"
#include "orchestrate/last_time.h"
#include "orchestrate/leaderboard.h"
#include "orchestrate/leakage_run.h"
#include "orchestrate/learning_curve.h"
#include "orchestrate/leftovers.h"
#include "orchestrate/lineage_run.h"
#include "orchestrate/model_run.h"
#include "orchestrate/monitor_run.h"
#include "orchestrate/profile_run.h"
#include "orchestrate/run_budget.h"
#include "orchestrate/run_json.h"
#include "orchestrate/run_log.h"
#include "orchestrate/run_plan.h"
#include "orchestrate/run_retries.h"
#include "orchestrate/scores_run.h"
#include "orchestrate/source_run.h"
#include "orchestrate/stations.h"
#include "orchestrate/step_inputs.h"
#include "orchestrate/step_outcomes.h"
#include "orchestrate/training_run.h"
#include "orchestrate/walk_run.h"
#include "project/lock.h"
#include "telemetry/counted_files.h"
#include "telemetry/metrics.h"

namespace lode {
namespace {

// The program, its stacks, DuckDB and XGBoost as they stand when nothing is in them.
constexpr std::int64_t kProgramBytes = std::int64_t{56} << 20;

class Runner {
 public:
  Runner(const Project& project, const RunContext& context)
      : project_(project),
        context_(context),
        time_(context.clock, context.time, context.cancel),
        cancel_(time_.whole()),
        budget_(context.limits.memory_bytes),
        pool_(context.limits.threads),
        written_(metrics_.counter("lode_bytes_written_total", "bytes written into files")),
        files_(context.files, written_),
        stations_({context.clock, context.progress, cancel_, budget_, written_},
                  [this](const StationRecord& station) { return log_->station(station); }),
        limits_(project),
        sets_(project, {files_, pool_, cancel_, budget_, stations_, metrics_}) {}

  // `retried`: what became of attempts before this one.
  Result<RunReport> run(std::vector<std::string> retried) {
    report_.project = project_.name;
    report_.retried = std::move(retried);
    report_.notes = project_.notes;
    TRY(ProjectLock lock, ProjectLock::take(files_, project_.root));
    TRY_VOID(remove_leftovers(files_, project_));
    TRY(recorded_, exists(files_, run_records_path(project_)));
    TRY(RunLog log, RunLog::begin(files_, project_, context_.clock));
    log_ = &log;
    report_.run = log.number();
    report_.started = context_.clock.now();
    report_.memory_limit = budget_.limit();
    report_.time_limit = context_.time.limit;
    report_.currency = project_.price.currency;
    Status outcome = in_time(work());
    Status told = outcome ? tell() : count();
    TRY_VOID(log.end(outcome ? told : outcome));
    return std::move(report_);
  }

 private:
  // A run whose time is over says what it has.
  Status in_time(Status outcome) const {
    if (outcome || outcome.error().code() != Code::kLimit || !cancel_.cancelled()) return outcome;
    return fail(time_is_over(context_.time, stations_.current(), report_, project_));
  }

  // What the run has to say, kept before its record ends: a run that is done has its report.
  Status tell() {
    TRY_VOID(count());
    report_.stations = stations_.done();
    report_.seconds = stations_.seconds();
    return keep_report(files_, project_, report_.run, run_json(report_));
  }

  // What is counted when all is done, into the run's record.
  Status count() {
    report_.memory_held = budget_.peak();
    report_.resident_peak = process_usage().resident_peak;
    metrics_.gauge("lode_memory_held_bytes", "bytes accounted for at the most")
        .set(static_cast<double>(report_.memory_held));
    metrics_.gauge("lode_memory_resident_bytes", "bytes the process had at the most")
        .set(static_cast<double>(report_.resident_peak));
    report_.cost = cost_of(project_, stations_.seconds());
    if (report_.cost > 0)
      count(kCostCounter, "what the run cost, by the project's price",
            {{"currency", report_.currency}}, std::llround(report_.cost * kCostParts));
    report_.counters = counter_records(metrics_.snapshot());
    return log_->counters(report_.counters);
  }

  void count(std::string_view name, std::string_view help, MetricLabels labels,
             std::int64_t value) {
    metrics_.counter(name, help, std::move(labels)).add(static_cast<std::uint64_t>(value));
  }

  Status work() {
    TRY_VOID(check_sources(project_));
    TRY_VOID(check_algorithms(project_));
    TRY_VOID(check_walks(project_));
    TRY(MemoryBudget::Hold program, budget_.hold("lode and its libraries", kProgramBytes));
    TRY_VOID(look_at_budget());
    for (const Source& source : project_.sources) TRY_VOID(ingest(source));
    TRY_VOID(
        profile_sources(project_, context_.looked_through, {files_, stations_, cancel_}, report_));
    TRY(plan_, plan_run(project_, read_, planning()));
    price_what_is_left(false);
    for (const View& view : project_.views) report_.views.push_back(view_report(view));
    TRY_VOID(load_records());
    TRY_VOID(train());
    records_.clear();
    record_holds_.clear();
    return fit_all();
  }

  PlanContext planning() {
    return {files_, context_.again || !recorded_, budget_.limit(), context_.time.limit,
            context_.made_since};
  }

  bool budgeted() const { return project_.budget.declared() && !context_.over_budget; }

  // Before anything is read. Only a budget asks for this: it hashes the files, as reading them does
  // again.
  Status look_at_budget() {
    if (!budgeted()) return {};
    return stations_.run({.name = "estimate", .unit = "steps"}, [&](Station& station) -> Status {
      TRY(LookedPlan looked, look_ahead(project_, planning(), context_.limits, context_.replace));
      TRY(std::vector<SourceSize> sizes, sizes_of(files_, project_, looked.sources));
      TRY(past_runs_, log_->runs(kRunsLookedThrough));
      station.advance(std::ssize(looked.plan.steps));
      return limits_.check_run(looked.plan,
                               price_steps(files_, project_, looked.plan, sizes, past_runs_));
    });
  }

  // With the rows that there are; when they were is known once they are loaded, and says how many
  // periods a walk has.
  void price_what_is_left(bool timed) {
    if (!budgeted()) return;
    std::vector<SourceSize> sizes;
    for (const SourceReport& source : report_.sources) {
      SourceSize& size = sizes.emplace_back();
      size.name = source.name;
      size.rows = static_cast<double>(source.rows);
      if (timed) size.times = {source.first_time, source.last_time};
    }
    limits_.set(plan_, price_steps(files_, project_, plan_, sizes, past_runs_));
  }

  Status before(StepKind kind, const std::string& name) const {
    return limits_.check_step(kind, name,
                              {context_.spent_seconds + stations_.seconds(),
                               static_cast<std::int64_t>(written_.value())});
  }

  SourceContext source_context() {
    return {files_, project_, context_.limits, cancel_, context_.replace, {}, &budget_};
  }

  Status ingest(const Source& source) {
    TRY_VOID(before(StepKind::kSource, source.name));
    return stations_.run({.name = "ingest " + source.name}, [&](Station& station) -> Status {
      SourceContext context = source_context();
      context.advance = [&](std::int64_t rows) { station.advance(rows); };
      TRY(std::int64_t next_seq, next_free_seq(files_, project_));
      TRY(SourceRun run, ingest_source(source, next_seq, context));
      station.read_bytes(run.report.bytes);
      count(run.report);
      read_.next_seq = std::max(read_.next_seq, run.next_seq);
      read_.zones.emplace(source.name, run.zone);
      report_.sources.push_back(run.report);
      return {};
    });
  }

  void count(const SourceReport& source) {
    count("lode_source_bytes_total", "bytes of source files", {{"source", source.name}},
          source.bytes);
    count("lode_rows_read_total", "rows read from source files", {{"source", source.name}},
          source.rows_read);
    for (const SetAsideReport& aside : source.set_aside)
      count("lode_rows_set_aside_total", "rows of a source that stand set aside",
            {{"source", source.name}, {"cause", aside.cause}}, aside.rows);
  }

  // Sets whose tables are wanted: those of models that are made, and of all models where some are,
  // for they are compared.
  SetNames wanted_sets() {
    SetNames sets;
    for (const TrainingSet& set : project_.training)
      if (plan_.due(StepKind::kTraining, set.name)) sets.insert(set.name);
    bool any = plan_.due(StepKind::kLeaderboards, "all");
    for (const Model& model : project_.models)
      if (any || scores_are_lost(model)) sets.insert(model.from);
    for (const Retraining& walk : project_.retraining)
      if (plan_.due(StepKind::kWalk, walk.name)) sets.insert(project_.model(walk.champion)->from);
    return sets;
  }

  // Of them, those that cannot be read back from what is kept.
  bool must_build(const TrainingSet& set) const {
    const PlannedStep& step = plan_.step(StepKind::kTraining, set.name);
    if (step.due) return true;
    TrainingOutcome outcome;
    if (!read_outcome(step.kept->outcome, outcome) || !outcome.by_seq || outcome.report.rows == 0)
      return true;
    bool looked_at = std::ranges::any_of(project_.models, [&](const Model& model) {
      return model.from == set.name && plan_.due(StepKind::kModel, model.name);
    });
    return looked_at && TrainingRun::needs_records(project_, set);
  }

  bool scores_are_lost(const Model& model) {
    const PlannedStep& step = plan_.step(StepKind::kModel, model.name);
    ModelOutcome outcome;
    if (step.due || !read_outcome(step.kept->outcome, outcome)) return false;
    return !is_kept(files_, scores_path(project_, model.name), outcome.report.content);
  }

  // Records are wanted where a set is built from them, and once of every source for its times.
  Status load_records() {
    for (const std::string& name : wanted_sets())
      (must_build(*project_.training_set(name)) ? built_ : restored_).insert(name);
    for (const Source& source : project_.sources) {
      const PlannedStep& step = plan_.step(StepKind::kSource, source.name);
      if (!built_.empty() || step.due) {
        TRY_VOID(load(source));
        continue;
      }
      SourceOutcome times;
      TRY_VOID(read_outcome(step.kept->outcome, times));
      SourceReport& report = *std::ranges::find(report_.sources, source.name, &SourceReport::name);
      report.first_time = times.first_time;
      report.last_time = times.last_time;
    }
    return {};
  }

  Status load(const Source& source) {
    SourceReport& report = *std::ranges::find(report_.sources, source.name, &SourceReport::name);
    TRY_VOID(load(source, report));
    return keep_outcome(StepKind::kSource, source.name,
                        outcome_bytes(SourceOutcome{report.first_time, report.last_time}));
  }

  Status load(const Source& source, SourceReport& report) {
    return stations_.run(
        {.name = "load " + source.name, .total = report.accepted}, [&](Station& station) -> Status {
          TRY(Records loaded, lode::load_records(source, source_context()));
          station.read_bytes(loaded.bytes_read);
          Table& records = loaded.table;
          const Column* time = records.find(kTimeColumn);
          const auto* times = time->values.as<std::int64_t>();
          auto [least, greatest] = std::minmax_element(times, times + records.rows);
          report.first_time = *least;
          report.last_time = *greatest;
          station.advance(records.rows);
          count("lode_records_loaded_total", "accepted records brought into memory",
                {{"source", source.name}}, records.rows);
          records_.emplace(source.name, std::move(records));
          record_holds_.push_back(std::move(loaded.hold));
          return {};
        });
  }

  Status train() {
    for (const std::string& set : built_) TRY_VOID(before(StepKind::kTraining, set));
    if (!built_.empty()) TRY_VOID(sets_.build(built_, records_, read_.next_seq - 1));
    for (const TrainingSet& set : project_.training) {
      const PlannedStep& step = plan_.step(StepKind::kTraining, set.name);
      if (step.due) {
        TRY_VOID(describe(set, sets_.table(set.name)));
        continue;
      }
      TrainingOutcome outcome;
      TRY_VOID(read_outcome(step.kept->outcome, outcome));
      if (restored_.contains(set.name)) TRY_VOID(sets_.restore(set, outcome.report.rows));
      report_.training.push_back(std::move(outcome.report));
    }
    return {};
  }

  // Keeps what a step came to, as the last thing that is done of it; one that is up to date stays
  // as it is.
  Status keep_outcome(StepKind kind, const std::string& name, std::string outcome) {
    const PlannedStep& step = plan_.step(kind, name);
    if (!step.due) return {};
    KeptStep kept = made_now(step);
    kept.outcome = std::move(outcome);
    return keep_step(files_, project_, kind, name, kept);
  }

  KeptStep made_now(const PlannedStep& step) const {
    KeptStep kept{step.inputs, report_.run};
    if (budget_.refusals() > 0) kept.inputs.push_back(memory_input(budget_.limit()));
    // What may be left out of it, and how long options are searched, follows from the time.
    const Model* model = step.kind == StepKind::kModel ? project_.model(step.name) : nullptr;
    if (time_.give_up() || (time_.limited() && model != nullptr && model->tune))
      kept.inputs.push_back(time_input(context_.time.limit));
    return kept;
  }

  Status fit_all() {
    TRY_VOID(keep_training());
    for (const TrainingReport& set : report_.training)
      if (plan_.due(StepKind::kTraining, set.name))
        TRY_VOID(log_->dataset(set, sets_.table(set.name), pool_, cancel_));
    std::map<std::string, FittedRun> runs;
    Status fitted;
    for (const Model& model : project_.models)
      if (fitted) fitted = fit_or_restore(model, runs);
    if (fitted) fitted = check_models_left(report_);
    // Also when a model could not be made: what those before it said may show why.
    Status kept = keep_scores(runs);
    if (!fitted || !kept) return fitted ? kept : fitted;
    TRY_VOID(rank(runs));
    runs.clear();
    for (const Retraining& walk : project_.retraining) TRY_VOID(go_forward_or_restore(walk));
    TRY_VOID(score());
    report_.steps = step_reports(plan_, report_);
    return {};
  }

  Status score() {
    ScoreContext scoring{files_,  project_, context_.clock, context_.limits,
                         cancel_, budget_,  pool_,          stations_};
    for (const ScoringJob& job : project_.scores) {
      TRY_VOID(before(StepKind::kScores, job.name));
      TRY_VOID(
          score_step(scoring, job, read_, plan_.step(StepKind::kScores, job.name), *log_, report_));
    }
    return {};
  }

  Status fit_or_restore(const Model& model, std::map<std::string, FittedRun>& runs) {
    const PlannedStep& step = plan_.step(StepKind::kModel, model.name);
    if (step.due) {
      TRY_VOID(before(StepKind::kModel, model.name));
      return fit_in_time(model, runs);
    }
    ModelOutcome outcome;
    TRY_VOID(read_outcome(step.kept->outcome, outcome));
    if (!sets_.has(model.from)) {
      report_.models.push_back(std::move(outcome.report));
      return told_again(report_.models.back());
    }
    std::string compared = outcome.compared_content;
    TRY(FittedRun run,
        judged_again(model, sets_.table(model.from), std::move(outcome), pool_, cancel_));
    TRY(run.hold, budget_.hold("model " + model.name, 0));
    TRY_VOID(run.forget_training());  // and holds what is left
    auto other = runs.find(model.compare_with);
    if (other != runs.end() && other->second.report.content != compared) {
      TRY_VOID(compare_runs(run, other->second, model.seed, pool_, cancel_));
      TRY_VOID(keep_model(model, run, *step.kept, runs));
    }
    run.folded.scored = {};
    report_.models.push_back(run.report);
    runs.emplace(model.name, std::move(run));
    return told_again(report_.models.back());
  }

  // A model that stands, into the records: it may be an older version's that is the newest again.
  Status told_again(ModelReport& model) { return log_->model(model, {model.lineage, {}}); }

  // `kept`: what it is made of, and by which run.
  Status keep_model(const Model& model, const FittedRun& run, KeptStep kept,
                    const std::map<std::string, FittedRun>& runs) {
    ModelOutcome outcome = model_outcome(run);
    if (auto other = runs.find(model.compare_with); other != runs.end())
      outcome.compared_content = other->second.report.content;
    kept.outcome = outcome_bytes(outcome);
    return keep_step(files_, project_, StepKind::kModel, model.name, kept);
  }

  Status rank(const std::map<std::string, FittedRun>& runs) {
    const PlannedStep& step = plan_.step(StepKind::kLeaderboards, "all");
    if (!step.due) {
      LeaderboardsOutcome outcome;
      TRY_VOID(read_outcome(step.kept->outcome, outcome));
      report_.leaderboards = std::move(outcome.boards);
      return {};
    }
    auto rank_all = [&](Station& station) -> Status {
      TRY(report_.leaderboards, make_leaderboards(project_, report_.models, runs, pool_, cancel_));
      station.advance(std::ssize(report_.models));
      return {};
    };
    TRY_VOID(stations_.run({.name = "leaderboard", .unit = "models"}, rank_all));
    TRY_VOID(draw_curves(runs));
    return keep_outcome(StepKind::kLeaderboards, "all",
                        outcome_bytes(LeaderboardsOutcome{report_.leaderboards}));
  }

  Status draw_curves(const std::map<std::string, FittedRun>& runs) {
    auto table = [&](const std::string& set) -> const TrainingTable& { return sets_.table(set); };
    Status drawn = draw_learning_curves(
        project_, runs, table, {pool_, time_.models(), budget_, stations_}, report_.leaderboards);
    return time_.given_up(std::move(drawn), "the learning curve", report_);
  }

  Status go_forward_or_restore(const Retraining& walk) {
    const PlannedStep& step = plan_.step(StepKind::kWalk, walk.name);
    if (step.due) {
      price_what_is_left(true);
      TRY_VOID(before(StepKind::kWalk, walk.name));
      return go_forward(walk);
    }
    WalkOutcome outcome;
    TRY_VOID(read_outcome(step.kept->outcome, outcome));
    report_.walks.push_back(std::move(outcome.report));
    return {};
  }

  Status go_forward(const Retraining& walk) {
    const TrainingTable& table = sets_.table(project_.model(walk.champion)->from);
    TRY(WalkedRun run, run_walk(project_, walk, table, {pool_, cancel_, budget_, stations_}));
    TRY_VOID(keep_live(walk, table, run));
    report_.walks.push_back(std::move(run.report));
    return keep_outcome(StepKind::kWalk, walk.name,
                        outcome_bytes(WalkOutcome{report_.walks.back()}));
  }

  // What a walk made live is kept as a model of its name, and is the champion from here on.
  Status keep_live(const Retraining& walk, const TrainingTable& table, WalkedRun& run) {
    if (!run.declared)
      return log_->stand_down(
          walk.name,
          {"gate", fmt::format("{} is live again, as its own split makes it", walk.champion)});
    TRY_VOID(stations_.run(
        {.name = fmt::format("retraining {}: keep", run.report.name), .unit = "bytes"},
        [&](Station& station) { return store(*run.declared, table, run.fitted, station); }));
    run.report.version = run.fitted.report.version;
    run.report.content = run.fitted.report.content;
    JsonWriter decision;
    decision.begin_object();
    write_decision(decision, run.decision);
    decision.end_object();
    return log_->promote(run.report.name, run.report.version,
                         {"gate", run.decision.why, decision.take()});
  }

  // A model that there is no time for is given up where things may be.
  Status fit_in_time(const Model& model, std::map<std::string, FittedRun>& runs) {
    return time_.given_up(fit(model, runs),
                          fmt::format("model {} ({})", model.name, model.algorithm), report_);
  }

  Status fit(const Model& model, std::map<std::string, FittedRun>& runs) {
    const TrainingTable& table = sets_.table(model.from);
    CancelToken share = time_.share(part_of_time(project_, model, context_.time));
    const CancelToken& optional = time_.give_up() ? share : cancel_;
    auto other = runs.find(model.compare_with);
    const FittedRun* compared = other == runs.end() ? nullptr : &other->second;
    TRY(FittedRun run,
        run_model(project_, model, table, compared,
                  {pool_, time_.models(), budget_, stations_, &share, time_.give_up()}));
    ModelMeans looking{pool_, optional, budget_, stations_};
    TRY(run.report.leakage, leaks_.look(model, sets_.leakage(model.from), run, looking));
    TRY(run.report.monitor, monitor_.look(project_, model, table, run, looking));
    TRY_VOID(cancel_.check());  // what only says that its time was over is not kept
    TRY_VOID(run.forget_training());
    TRY_VOID(stations_.run({.name = fmt::format("model {}: keep", model.name), .unit = "bytes"},
                           [&](Station& station) { return store(model, table, run, station); }));
    const PlannedStep& step = plan_.step(StepKind::kModel, model.name);
    TRY_VOID(keep_model(model, run, made_now(step), runs));
    run.folded.scored = {};
    report_.models.push_back(run.report);
    runs.emplace(model.name, std::move(run));
    return {};
  }

  Status keep_training() {
    std::vector<KeptTable> kept;
    for (const TrainingReport& set : report_.training) {
      if (!plan_.due(StepKind::kTraining, set.name)) continue;
      const TrainingTable& table = sets_.table(set.name);
      kept.push_back({training_path(project_, set.name), set.dataset, set.rows,
                      4 + static_cast<std::int64_t>(set.columns.size()),
                      [&table] { return training_rows(table); }});
    }
    TRY_VOID(keep_tables("keep training sets", std::move(kept), keeping()));
    for (const TrainingReport& set : report_.training) {
      if (!plan_.due(StepKind::kTraining, set.name)) continue;
      bool by_seq = std::ranges::is_sorted(sets_.table(set.name).seq);
      TRY_VOID(
          keep_outcome(StepKind::kTraining, set.name, outcome_bytes(TrainingOutcome{set, by_seq})));
    }
    return {};
  }

  Status keep_scores(const std::map<std::string, FittedRun>& runs) {
    std::vector<KeptTable> scores;
    for (const ModelReport& model : report_.models) {
      auto found = runs.find(model.name);
      if (found == runs.end()) continue;  // as it was
      const FittedRun& run = found->second;
      const TrainingTable& table = sets_.table(model.training);
      scores.push_back({scores_path(project_, model.name), model.content, model.test_rows, 4,
                        [&] { return score_rows(table, run.test_rows, run.test_scores); }});
    }
    return keep_tables("keep scores", std::move(scores), keeping());
  }

  KeepingMeans keeping() { return {project_, files_, pool_, cancel_, budget_, stations_}; }

  // Keeps the model under the hash of its bytes.
  Status store(const Model& model, const TrainingTable& table, FittedRun& run, Station& station) {
    auto set = std::ranges::find(report_.training, model.from, &TrainingReport::name);
    run.report.dataset = set->dataset;
    if (!run.report.metrics.empty()) run.report.card = model_card(run.report, *set);
    std::string artifact = model_artifact(model, run, set->dataset);
    run.report.content = text(content_hash(artifact));
    std::string path = model_path(project_, run.report.content);
    TRY_VOID(files_.make_directories(parent_directory(path)));
    TRY_VOID(write_atomically(files_, path, artifact));
    station.advance(std::ssize(artifact));
    TRY(run.report.libraries, libraries_of(run.model->describe()));
    TRY(MadeOf made, model_lineage(files_, project_, model, table, run));
    return log_->model(run.report, std::move(made));
  }

  Status describe(const TrainingSet& set, const TrainingTable& table) {
    TrainingReport& out = report_.training.emplace_back();
    out.name = set.name;
    out.over_limit = table.over_limit;
    TRY(out.dataset, dataset_name(project_, set, read_, files_));
    out.rows = table.columns.rows;
    for (const Field& field : table.columns.schema.fields()) out.columns.push_back(field.name);
    double positives = 0;
    for (double y : table.target) positives += y;
    out.positives = out.rows > 0 ? positives / static_cast<double>(out.rows) : 0;
    out.retracted = table.retracted;
    out.left_out = table.left_out_by_where;
    out.without_label = table.without_label;
    return {};
  }

  const Project& project_;
  const RunContext& context_;
  TimePlan time_;
  const CancelToken& cancel_;
  MemoryBudget budget_;
  ThreadPool pool_;
  MetricRegistry metrics_;
  Counter& written_;
  CountedFiles files_;
  Stations stations_;
  RunReport report_;
  RunLog* log_ = nullptr;  // of run(), while it goes on
  RecordTables records_;
  std::vector<MemoryBudget::Hold> record_holds_;
  ReadSources read_;
  RunBudget limits_;
  std::vector<RunRecord> past_runs_;  // for estimates, where a budget asks
  bool recorded_ = true;  // there were records of runs: without them nothing that is kept counts
  RunPlan plan_;
  SetNames built_;     // training sets
  SetNames restored_;  // from what is kept
  TrainingRun sets_;
  LeakageRuns leaks_;
  MonitorRuns monitor_;
};

}  // namespace

Result<RunReport> run_once(const Project& project, const RunContext& context,
                           std::vector<std::string> retried) {
  return Runner(project, context).run(std::move(retried));
}

}  // namespace lode
