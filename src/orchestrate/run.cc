#include "orchestrate/run.h"

#include <algorithm>
#include <map>
#include <memory>

#include "features/history.h"
#include "features/training_set.h"
#include "ingest/arrivals.h"
#include "orchestrate/model_run.h"
#include "project/definition.h"
#include "table/concatenate.h"

namespace lode {
namespace {

std::string zone_text(const ZoneRule& zone) {
  switch (zone.kind) {
    case ZoneRule::Kind::kConstant:
      return zone.constant;
    case ZoneRule::Kind::kLookup:
      return "by " + zone.lookup_key;
    default:
      return "UTC";
  }
}

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

class Runner {
 public:
  Runner(const Project& project, const RunContext& context)
      : project_(project), context_(context), pool_(context.limits.threads) {}

  Result<RunReport> run() {
    std::int64_t began = context_.clock.steady_ns();
    report_.project = project_.name;
    for (const Source& source : project_.sources) TRY_VOID(ingest(source));
    History history(project_, records_, next_seq_ - 1, pool_, context_.cancel);
    TRY_VOID(history.plan());
    for (const View& view : project_.views) describe(view);
    TRY_VOID(train(history));
    report_.seconds = static_cast<double>(context_.clock.steady_ns() - began) * 1e-9;
    return std::move(report_);
  }

 private:
  // Runs one station and reports its time; `work` returns the number of units it did.
  template <typename Work>
  Status station(const std::string& name, const std::string& unit, Work work) {
    StationReport station{name, 0, unit, 0};
    if (context_.on_station) context_.on_station(station, false);
    std::int64_t began = context_.clock.steady_ns();
    Result<std::int64_t> units = work();
    if (!units) return fail(units.error());
    station.units = *units;
    station.seconds = static_cast<double>(context_.clock.steady_ns() - began) * 1e-9;
    if (context_.on_station) context_.on_station(station, true);
    report_.stations.push_back(station);
    return context_.cancel.check();
  }

  Status ingest(const Source& source) {
    return station("ingest " + source.name, "rows", [&]() -> Result<std::int64_t> {
      SourceReport& out = report_.sources.emplace_back();
      out.name = source.name;
      out.zone = zone_text(source.zone);
      out.known = source.known.expression ? source.known.expression->text : "assumed on time";
      for (const auto& file : source.files) out.files.push_back(file.filename().string());
      TRY(ArrivalReader reader, ArrivalReader::open(context_.files, project_, source, next_seq_,
                                                    context_.limits.threads));
      std::vector<Table> tables;
      while (true) {
        TRY(std::optional<ArrivalBatch> batch, reader.next());
        if (!batch) break;
        TRY_VOID(context_.cancel.check());
        out.rows += batch->rows_read;
        out.accepted += batch->accepted.rows;
        for (const SetAside& aside : batch->set_aside) count_aside(out, aside);
        tables.push_back(std::move(batch->accepted));
      }
      next_seq_ += out.rows;
      TRY(Table accepted, concatenate(tables));
      if (accepted.rows > 0) {
        const Column* time = accepted.find(kTimeColumn);
        auto [least, greatest] = std::minmax_element(
            time->values.as<std::int64_t>(), time->values.as<std::int64_t>() + accepted.rows);
        out.first_time = *least;
        out.last_time = *greatest;
      }
      TRY(Table records, with_derived(project_, source, std::move(accepted)));
      records_.emplace(source.name, std::move(records));
      return out.rows;
    });
  }

  static void count_aside(SourceReport& source, const SetAside& aside) {
    std::string_view cause = cause_name(aside.cause);
    auto same = [&](const SetAsideReport& r) { return r.cause == cause && r.field == aside.field; };
    auto found = std::ranges::find_if(source.set_aside, same);
    if (found == source.set_aside.end()) {
      source.set_aside.push_back({std::string(cause), aside.field, 1, aside});
    } else {
      ++found->rows;
    }
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

  Status train(History& history) {
    ReadCache cache;
    std::map<std::string, TrainingTable> tables;
    for (const TrainingSet& set : project_.training) {
      TRY_VOID(station("training set " + set.name, "rows", [&]() -> Result<std::int64_t> {
        TRY(TrainingTable table, build_training_set(set, history, cache));
        TRY_VOID(describe(set, table));
        std::int64_t rows = table.columns.rows;
        tables.emplace(set.name, std::move(table));
        return rows;
      }));
    }
    cache.clear();
    std::map<std::string, FittedRun> runs;
    for (const Model& model : project_.models) {
      TRY_VOID(station("model " + model.name, "rows", [&]() -> Result<std::int64_t> {
        auto other = runs.find(model.compare_with);
        TRY(FittedRun run,
            run_model(project_, model, tables.at(model.from),
                      other == runs.end() ? nullptr : &other->second, pool_, context_.cancel));
        auto set = std::ranges::find(report_.training, model.from, &TrainingReport::name);
        run.report.dataset = set->dataset;
        run.report.content = text(content_hash(model_artifact(model, run, set->dataset)));
        run.report.version = run.report.content.substr(0, 12);
        report_.models.push_back(run.report);
        std::int64_t rows = run.report.train_rows + run.report.test_rows;
        runs.emplace(model.name, std::move(run));
        return rows;
      }));
    }
    return {};
  }

  Status describe(const TrainingSet& set, const TrainingTable& table) {
    TrainingReport& out = report_.training.emplace_back();
    out.name = set.name;
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
  ThreadPool pool_;
  RunReport report_;
  RecordTables records_;
  std::int64_t next_seq_ = 0;
};

}  // namespace

Result<RunReport> run_project(const Project& project, const RunContext& context) {
  return Runner(project, context).run();
}

}  // namespace lode
