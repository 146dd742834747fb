#include "orchestrate/run.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "base/json.h"
#include "base/process_usage.h"
#include "base/zone.h"
#include "features/history.h"
#include "features/training_set.h"
#include "ingest/arrivals.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/kept_report.h"
#include "orchestrate/kept_rows.h"
#include "orchestrate/leaderboard.h"
#include "orchestrate/leakage_run.h"
#include "orchestrate/leftovers.h"
#include "orchestrate/model_run.h"
#include "orchestrate/monitor_run.h"
#include "orchestrate/outcome_reads.h"
#include "orchestrate/run_json.h"
#include "orchestrate/run_log.h"
#include "orchestrate/source_run.h"
#include "orchestrate/stations.h"
#include "orchestrate/walk_run.h"
#include "project/definition.h"
#include "project/lock.h"
#include "telemetry/counted_files.h"
#include "telemetry/metrics.h"

namespace lode {
namespace {

std::string windows_text(const View& view) {
  std::string out;
  for (const Window& window : view.windows) {
    if (!out.empty()) out += ", ";
    switch (window.kind) {
      case Window::Kind::kSliding:
        out += text(window.width) + (window.paned() ? " (panes)" : "");
        break;
      case Window::Kind::kTumbling:
        out += "tumbling " + text(window.width);
        break;
      case Window::Kind::kLast:
        out += fmt::format("last {}", window.count);
        break;
      case Window::Kind::kAll:
        out += "all";
        break;
    }
  }
  return out;
}

// The program, its stacks, DuckDB and XGBoost as they stand when nothing is in them.
constexpr std::int64_t kProgramBytes = std::int64_t{56} << 20;

// While a table is kept: its columns of numbers, a part of it in DuckDB, and that part on its way
// into a file.
std::int64_t keeping_bytes(std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kPartRows = std::int64_t{1} << 20;
  return (std::int64_t{48} << 20) + 32 * rows + std::min(rows, kPartRows) * 24 * columns;
}

class Runner {
 public:
  Runner(const Project& project, const RunContext& context)
      : project_(project),
        context_(context),
        budget_(context.limits.memory_bytes),
        pool_(context.limits.threads),
        written_(metrics_.counter("lode_bytes_written_total", "bytes written into files")),
        files_(context.files, written_),
        stations_({context.clock, context.progress, context.cancel, budget_, written_},
                  [this](const StationRecord& station) { return log_->station(station); }) {}

  Result<RunReport> run() {
    report_.project = project_.name;
    report_.notes = project_.notes;
    TRY(ProjectLock lock, ProjectLock::take(files_, project_.root));
    TRY_VOID(remove_leftovers(files_, project_));
    TRY(RunLog log, RunLog::begin(files_, project_, context_.clock));
    log_ = &log;
    report_.run = log.number();
    report_.started = context_.clock.now();
    report_.memory_limit = budget_.limit();
    Status outcome = work();
    Status told = outcome ? tell() : count();
    TRY_VOID(log.end(outcome ? told : outcome));
    return std::move(report_);
  }

 private:
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
    for (const Source& source : project_.sources) TRY_VOID(ingest(source));
    for (const Source& source : project_.sources) TRY_VOID(load(source));
    for (const View& view : project_.views) describe(view);
    std::map<std::string, TrainingTable> tables;
    TRY_VOID(train(tables));
    records_.clear();
    record_holds_.clear();
    return fit_all(tables);
  }

  SourceContext source_context() {
    return {files_, project_, context_.limits, context_.cancel, context_.replace, {}, &budget_};
  }

  Status ingest(const Source& source) {
    return stations_.run({.name = "ingest " + source.name}, [&](Station& station) -> Status {
      SourceContext context = source_context();
      context.advance = [&](std::int64_t rows) { station.advance(rows); };
      TRY(std::int64_t next_seq, next_free_seq(files_, project_));
      TRY(SourceRun run, ingest_source(source, next_seq, context));
      station.read_bytes(run.report.bytes);
      count(run.report);
      next_seq_ = std::max(next_seq_, run.next_seq);
      zones_.emplace(source.name, run.zone);
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

  Status load(const Source& source) {
    SourceReport& report = *std::ranges::find(report_.sources, source.name, &SourceReport::name);
    return stations_.run(
        {.name = "load " + source.name, .total = report.accepted}, [&](Station& station) -> Status {
          TRY(Records loaded, load_records(source, source_context()));
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

  void describe(const View& view) {
    ViewReport& out = report_.views.emplace_back();
    out.name = view.name;
    out.over = view.over;
    out.by = view.by;
    out.windows = windows_text(view);
    for (const AggregateValue& value : view.values) out.values.push_back(value.name);
    for (const NamedExpression& value : view.derived) out.values.push_back(value.name);
  }

  // Lets go of what no set behind the first `done` reads.
  static void forget(std::size_t done, History& history, ReadCache& cache) {
    std::vector<std::string> views;
    const std::vector<TrainingSet>& sets = history.project().training;
    for (std::size_t i = done; i < sets.size(); ++i)
      for (std::string& view : views_read(sets[i])) views.push_back(std::move(view));
    history.keep_only(views);
    std::erase_if(cache, [&](const auto& read) {
      return std::ranges::find(views, read.second.view) == views.end();
    });
  }

  Status train(std::map<std::string, TrainingTable>& tables) {
    when_known_ = read_outcomes_when_known(project_);
    const Project& project = when_known_.project;
    History history(project, records_, next_seq_ - 1, pool_, context_.cancel, &budget_);
    TRY_VOID(history.plan());
    ReadCache cache;
    for (std::size_t i = 0; i < project.training.size(); ++i) {
      const TrainingSet& set = project.training[i];
      bool declared = project_.training_set(set.name) != nullptr;
      ReplayCounts before = history.counts();
      std::int64_t facts = history.facts_made();
      auto build = [&] {
        return stations_.run({.name = "training set " + set.name}, [&](Station& station) -> Status {
          TRY(TrainingTable table, build_training_set(set, history, cache));
          if (declared) TRY_VOID(describe(set, table));
          station.advance(table.columns.rows);
          tables.emplace(set.name, std::move(table));
          return {};
        });
      };
      Status made = build();
      if (!made && made.error().code() == Code::kLimit) {
        // Those that nobody declared are only there to be held against others: they give way.
        if (declared && !forget_when_known(tables)) return made;
        if (declared) made = build();
        if (!declared) made = {};
      }
      TRY_VOID(made);
      look_for_outcomes(set, tables);
      count(set, before, history.counts(), history.facts_made() - facts);
      forget(i + 1, history, cache);
    }
    return {};
  }

  // Whether there were any. For want of memory.
  bool forget_when_known(std::map<std::string, TrainingTable>& tables) {
    for (auto& [name, leaks] : leakage_sets_) {
      leaks.when_known = nullptr;
      leaks.why_not_known = "there was no memory for its training set";
    }
    return std::erase_if(tables, [&](const auto& table) {
             return project_.training_set(table.first) == nullptr;
           }) > 0;
  }

  void look_for_outcomes(const TrainingSet& set,
                         const std::map<std::string, TrainingTable>& tables) {
    constexpr std::int64_t kMostReads = 200'000;
    if (project_.training_set(set.name) == nullptr) return;
    const TrainingTable& table = tables.at(set.name);
    LeakageSet& leaks = leakage_sets_.try_emplace(set.name, table).first->second;
    leaks.reads = declared_outcome_reads(project_, set);
    leaks.from_the_past = columns_of_views(set);
    if (leaks.reads.empty()) return;
    leaks.early = early_reads(table, records_.find(set.rows)->second, kMostReads);
    auto repaired = when_known_.set_of.find(set.name);
    if (repaired == when_known_.set_of.end()) return;
    if (auto found = tables.find(repaired->second); found != tables.end())
      leaks.when_known = &found->second;
    else
      leaks.why_not_known = "there was no memory for its training set";
  }

  // Views that sets share are counted with the first.
  void count(const TrainingSet& set, const ReplayCounts& before, const ReplayCounts& after,
             std::int64_t facts) {
    MetricLabels of_set = {{"set", set.name}};
    count("lode_facts_replayed_total", "versions of records and labels made ready for replay",
          of_set, facts);
    count("lode_facts_folded_total", "facts that went into the state of a key", of_set,
          after.folded - before.folded);
    count("lode_facts_hidden_total", "facts that came out again, a later version hiding them",
          of_set, after.hidden - before.hidden);
    count("lode_reads_answered_total", "reads of views", of_set, after.answered - before.answered);
    count("lode_reads_refolded_total", "reads answered by folding a key's facts anew", of_set,
          after.refolded - before.refolded);
  }

  Status fit_all(const std::map<std::string, TrainingTable>& tables) {
    TRY_VOID(keep_training(tables));
    std::map<std::string, FittedRun> runs;
    Status fitted;
    for (const Model& model : project_.models)
      if (fitted) fitted = fit(model, tables.at(model.from), runs);
    // Also when a model could not be made: what those before it said may show why.
    Status kept = keep_scores(tables, runs);
    if (!fitted || !kept) return fitted ? kept : fitted;
    TRY_VOID(stations_.run({.name = "leaderboard", .unit = "models"},
                           [&](Station& station) { return rank(runs, station); }));
    runs.clear();
    for (const Retraining& walk : project_.retraining) TRY_VOID(go_forward(walk, tables));
    return {};
  }

  Status rank(const std::map<std::string, FittedRun>& runs, Station& station) {
    TRY(report_.leaderboards,
        make_leaderboards(project_, report_.models, runs, pool_, context_.cancel));
    station.advance(std::ssize(report_.models));
    return {};
  }

  Status go_forward(const Retraining& walk, const std::map<std::string, TrainingTable>& tables) {
    const TrainingTable& table = tables.at(project_.model(walk.champion)->from);
    TRY(WalkedRun run,
        run_walk(project_, walk, table, {pool_, context_.cancel, budget_, stations_}));
    TRY_VOID(keep_live(run));
    report_.walks.push_back(std::move(run.report));
    return {};
  }

  // What a walk made live is kept as a model of its name, and is the champion from here on.
  Status keep_live(WalkedRun& run) {
    if (!run.declared) return {};
    TRY_VOID(stations_.run(
        {.name = fmt::format("retraining {}: keep", run.report.name), .unit = "bytes"},
        [&](Station& station) { return store(*run.declared, run.fitted, station); }));
    run.report.version = run.fitted.report.version;
    run.report.content = run.fitted.report.content;
    JsonWriter decision;
    decision.begin_object();
    write_decision(decision, run.decision);
    decision.end_object();
    return log_->promote(run.report.name, run.report.version,
                         {"gate", run.decision.why, decision.take()});
  }

  Status fit(const Model& model, const TrainingTable& table,
             std::map<std::string, FittedRun>& runs) {
    auto other = runs.find(model.compare_with);
    const FittedRun* compared = other == runs.end() ? nullptr : &other->second;
    TRY(FittedRun run,
        run_model(project_, model, table, compared, {pool_, context_.cancel, budget_, stations_}));
    TRY(run.report.leakage, leaks_.look(model, leakage_sets_.at(model.from), run,
                                        {pool_, context_.cancel, budget_, stations_}));
    TRY(run.report.monitor, monitor_.look(model, table, project_.monitor, run,
                                          {pool_, context_.cancel, budget_, stations_}));
    TRY_VOID(run.forget_training());
    TRY_VOID(stations_.run({.name = fmt::format("model {}: keep", model.name), .unit = "bytes"},
                           [&](Station& station) { return store(model, run, station); }));
    report_.models.push_back(run.report);
    runs.emplace(model.name, std::move(run));
    return {};
  }

  Status keep_training(const std::map<std::string, TrainingTable>& tables) {
    std::vector<Kept> sets;
    for (const TrainingReport& set : report_.training) {
      const TrainingTable& table = tables.at(set.name);
      sets.push_back({training_path(project_, set.name), set.dataset, set.rows,
                      4 + static_cast<std::int64_t>(set.columns.size()),
                      [&table] { return training_rows(table); }});
    }
    return keep_all("keep training sets", std::move(sets));
  }

  Status keep_scores(const std::map<std::string, TrainingTable>& tables,
                     const std::map<std::string, FittedRun>& runs) {
    std::vector<Kept> scores;
    for (const ModelReport& model : report_.models) {
      const TrainingTable& table = tables.at(model.training);
      const FittedRun& run = runs.at(model.name);
      scores.push_back({scores_path(project_, model.name), model.content, model.test_rows, 4,
                        [&] { return score_rows(table, run.test_rows, run.test_scores); }});
    }
    return keep_all("keep scores", std::move(scores));
  }

  // A table kept for `lode sql`.
  struct Kept {
    std::string path;
    std::string content;  // name of what it is made of
    std::int64_t rows;
    std::int64_t columns;
    std::function<Table()> make;
  };

  // Writes those that are not kept already, several at a time: each is written by one thread.
  Status keep_all(const std::string& name, std::vector<Kept> tables) {
    std::erase_if(tables, [&](const Kept& t) { return is_kept(files_, t.path, t.content); });
    if (tables.empty()) return {};
    std::int64_t rows = 0;
    std::int64_t most = 0;
    for (const Kept& table : tables) {
      rows += table.rows;
      most = std::max(most, keeping_bytes(table.rows, table.columns));
    }
    TRY(MemoryBudget::Hold hold, budget_.hold(name, most));
    auto together = static_cast<std::int64_t>(
        std::min<std::size_t>(tables.size(), static_cast<std::size_t>(pool_.threads())));
    std::int64_t fit = std::clamp<std::int64_t>(1 + budget_.free() / most, 1, together);
    TRY_VOID(hold.resize(fit * most));
    ThreadPool writers(static_cast<int>(fit));
    return stations_.run({.name = name, .total = rows}, [&](Station& station) {
      auto write = [&](std::size_t i) -> Status {
        const Kept& table = tables[i];
        TRY_VOID(keep(project_, files_, table.path, table.content, table.make()));
        station.advance(table.rows);
        return {};
      };
      return parallel_for(writers, tables.size(), write, context_.cancel);
    });
  }

  // Keeps the model under the hash of its bytes.
  Status store(const Model& model, FittedRun& run, Station& station) {
    auto set = std::ranges::find(report_.training, model.from, &TrainingReport::name);
    run.report.dataset = set->dataset;
    if (!run.report.metrics.empty()) run.report.card = model_card(run.report, *set);
    std::string artifact = model_artifact(model, run, set->dataset);
    run.report.content = text(content_hash(artifact));
    std::string path = model_path(project_, run.report.content);
    TRY_VOID(files_.make_directories(parent_directory(path)));
    TRY_VOID(write_atomically(files_, path, artifact));
    station.advance(std::ssize(artifact));
    return log_->model(run.report, run.model->describe());
  }

  // docs/semantics.md 8.5.
  Result<std::string> dataset_name(const TrainingSet& set) {
    ContentHasher hasher;
    hasher.add_field(project_.name);
    hasher.add_field(std::uint64_t{0});                           // origin
    hasher.add_field(static_cast<std::uint64_t>(next_seq_ - 1));  // cut
    const Source* source = project_.source(set.rows);
    hasher.add_field(text(zones_.at(source->name)));
    hasher.add_field(static_cast<std::uint64_t>(source->known.mode));
    for (const std::string& name : views_read(set)) {
      const View* view = project_.view(name);
      const std::string& read = view->over_label ? project_.label(view->over)->about : view->over;
      hasher.add_field(text(zones_.at(read)));
      hasher.add_field(static_cast<std::uint64_t>(project_.source(read)->known.mode));
    }
    TRY(std::string definition, training_definition(project_, set, files_));
    hasher.add_field(definition);
    hasher.add_field(kEngineSemanticsVersion);
    hasher.add_field(zone_data_version());
    return text(hasher.finish());
  }

  Status describe(const TrainingSet& set, const TrainingTable& table) {
    TrainingReport& out = report_.training.emplace_back();
    out.name = set.name;
    out.over_limit = table.over_limit;
    TRY(out.dataset, dataset_name(set));
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
  std::map<std::string, ContentHash, std::less<>> zones_;
  RepairedProject when_known_;
  std::map<std::string, LeakageSet, std::less<>> leakage_sets_;  // of tables of work()
  LeakageRuns leaks_;
  MonitorRuns monitor_;
  std::int64_t next_seq_ = 0;  // one past the last of the arrival list
};

}  // namespace

Result<RunReport> run_project(const Project& project, const RunContext& context) {
  return Runner(project, context).run();
}

}  // namespace lode
