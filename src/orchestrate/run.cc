#include "orchestrate/run.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "base/zone.h"
#include "features/history.h"
#include "features/training_set.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/kept_rows.h"
#include "orchestrate/leftovers.h"
#include "orchestrate/model_run.h"
#include "orchestrate/run_log.h"
#include "orchestrate/source_run.h"
#include "project/definition.h"
#include "project/lock.h"

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
        pool_(context.limits.threads) {}

  Result<RunReport> run() {
    std::int64_t began = context_.clock.steady_ns();
    report_.project = project_.name;
    TRY(ProjectLock lock, ProjectLock::take(context_.files, project_.root));
    TRY_VOID(remove_leftovers(context_.files, project_));
    TRY(RunLog log, RunLog::begin(context_.files, project_, context_.clock));
    log_ = &log;
    report_.run = log.number();
    report_.memory_limit = budget_.limit();
    TRY_VOID(log.end(stations()));
    report_.memory_held = budget_.peak();
    report_.seconds = static_cast<double>(context_.clock.steady_ns() - began) * 1e-9;
    return std::move(report_);
  }

 private:
  Status stations() {
    TRY_VOID(check_algorithms(project_));
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

  // Runs one station and reports its time; `work` returns the number of units it did.
  template <typename Work>
  Status station(const std::string& name, std::optional<std::int64_t> total,
                 const std::string& unit, Work work) {
    StationReport station{name, 0, unit, 0};
    std::int64_t began = context_.clock.steady_ns();
    {
      ProgressStation progress(context_.progress, name, total, unit);
      Result<std::int64_t> units = work(progress);
      if (!units) return fail(units.error());
      station.units = *units;
    }
    station.seconds = static_cast<double>(context_.clock.steady_ns() - began) * 1e-9;
    report_.stations.push_back(station);
    TRY_VOID(log_->station(station));
    return context_.cancel.check();
  }

  SourceContext source_context() {
    return {context_.files,   project_, context_.limits, context_.cancel,
            context_.replace, {},       &budget_};
  }

  Status ingest(const Source& source) {
    return station("ingest " + source.name, std::nullopt, "rows",
                   [&](ProgressStation& progress) -> Result<std::int64_t> {
                     SourceContext context = source_context();
                     context.advance = [&](std::int64_t rows) { progress.advance(rows); };
                     TRY(std::int64_t next_seq, next_free_seq(context_.files, project_));
                     TRY(SourceRun run, ingest_source(source, next_seq, context));
                     next_seq_ = std::max(next_seq_, run.next_seq);
                     zones_.emplace(source.name, run.zone);
                     report_.sources.push_back(run.report);
                     return run.report.rows_read;
                   });
  }

  Status load(const Source& source) {
    SourceReport& report = *std::ranges::find(report_.sources, source.name, &SourceReport::name);
    return station("load " + source.name, report.accepted, "rows",
                   [&](ProgressStation& progress) -> Result<std::int64_t> {
                     TRY(Records loaded, load_records(source, source_context()));
                     Table& records = loaded.table;
                     const Column* time = records.find(kTimeColumn);
                     const auto* times = time->values.as<std::int64_t>();
                     auto [least, greatest] = std::minmax_element(times, times + records.rows);
                     report.first_time = *least;
                     report.last_time = *greatest;
                     std::int64_t rows = records.rows;
                     records_.emplace(source.name, std::move(records));
                     record_holds_.push_back(std::move(loaded.hold));
                     progress.advance(rows);
                     return rows;
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
  void forget(std::size_t done, History& history, ReadCache& cache) const {
    std::vector<std::string> views;
    for (std::size_t i = done; i < project_.training.size(); ++i)
      for (std::string& view : views_read(project_.training[i])) views.push_back(std::move(view));
    history.keep_only(views);
    std::erase_if(cache, [&](const auto& read) {
      return std::ranges::find(views, read.second.view) == views.end();
    });
  }

  Status train(std::map<std::string, TrainingTable>& tables) {
    History history(project_, records_, next_seq_ - 1, pool_, context_.cancel, &budget_);
    TRY_VOID(history.plan());
    ReadCache cache;
    for (std::size_t i = 0; i < project_.training.size(); ++i) {
      const TrainingSet& set = project_.training[i];
      TRY_VOID(station("training set " + set.name, std::nullopt, "rows",
                       [&](ProgressStation& progress) -> Result<std::int64_t> {
                         TRY(TrainingTable table, build_training_set(set, history, cache));
                         TRY_VOID(describe(set, table));
                         std::int64_t rows = table.columns.rows;
                         progress.advance(rows);
                         tables.emplace(set.name, std::move(table));
                         return rows;
                       }));
      forget(i + 1, history, cache);
    }
    return {};
  }

  Status fit_all(const std::map<std::string, TrainingTable>& tables) {
    TRY_VOID(keep_training(tables));
    std::map<std::string, FittedRun> runs;
    Status fitted;
    for (const Model& model : project_.models)
      if (fitted) fitted = fit(model, tables.at(model.from), runs);
    // Also when a model could not be made: what those before it said may show why.
    Status kept = keep_scores(tables, runs);
    return fitted ? kept : fitted;
  }

  Status fit(const Model& model, const TrainingTable& table,
             std::map<std::string, FittedRun>& runs) {
    return station("model " + model.name, table.columns.rows, "rows",
                   [&](ProgressStation& progress) -> Result<std::int64_t> {
                     auto other = runs.find(model.compare_with);
                     const FittedRun* compared = other == runs.end() ? nullptr : &other->second;
                     TRY(FittedRun run, run_model(project_, model, table, compared, pool_,
                                                  context_.cancel, budget_));
                     TRY_VOID(store(model, run));
                     std::int64_t rows = run.report.train_rows + run.report.test_rows;
                     progress.advance(rows);
                     report_.models.push_back(run.report);
                     runs.emplace(model.name, std::move(run));
                     return rows;
                   });
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
    std::erase_if(tables,
                  [&](const Kept& t) { return is_kept(context_.files, t.path, t.content); });
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
    return station(name, rows, "rows", [&](ProgressStation& progress) -> Result<std::int64_t> {
      auto write = [&](std::size_t i) -> Status {
        const Kept& table = tables[i];
        TRY_VOID(keep(project_, context_.files, table.path, table.content, table.make()));
        progress.advance(table.rows);
        return {};
      };
      TRY_VOID(parallel_for(writers, tables.size(), write, context_.cancel));
      return rows;
    });
  }

  // Keeps the model under the hash of its bytes.
  Status store(const Model& model, FittedRun& run) {
    auto set = std::ranges::find(report_.training, model.from, &TrainingReport::name);
    run.report.dataset = set->dataset;
    std::string artifact = model_artifact(model, run, set->dataset);
    run.report.content = text(content_hash(artifact));
    std::string path = model_path(project_, run.report.content);
    TRY_VOID(context_.files.make_directories(parent_directory(path)));
    TRY_VOID(write_atomically(context_.files, path, artifact));
    return log_->model(run.report, run.model->describe());
  }

  // docs/semantics.md 8.5.
  Result<std::string> dataset_name(const TrainingSet& set) const {
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
    TRY(std::string definition, training_definition(project_, set, context_.files));
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
  RunReport report_;
  RunLog* log_ = nullptr;  // of run(), while it goes on
  RecordTables records_;
  std::vector<MemoryBudget::Hold> record_holds_;
  std::map<std::string, ContentHash, std::less<>> zones_;
  std::int64_t next_seq_ = 0;  // one past the last of the arrival list
};

}  // namespace

Result<RunReport> run_project(const Project& project, const RunContext& context) {
  return Runner(project, context).run();
}

}  // namespace lode
