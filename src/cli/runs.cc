// lode runs: what was run, when, how it ended, and where its time went.
#include <charconv>

#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/text_table.h"
#include "orchestrate/run_log.h"

namespace lode {
namespace {

double seconds_of(const RunRecord& run) {
  return run.ended ? static_cast<double>((*run.ended - run.started).us) * 1e-6 : 0;
}

void write_run(JsonWriter& json, const RunRecord& run) {
  json.begin_object()
      .field("run", run.id)
      .field("started", text(run.started))
      .field("state", run_state_text(run))
      .field("seconds", seconds_of(run));
  if (!run.error.empty()) json.field("error", run.error);
  json.key("stations").begin_array();
  for (const StationRecord& s : run.stations)
    json.begin_object()
        .field("name", s.name)
        .field("units", s.units)
        .field("unit", s.unit)
        .field("seconds", s.seconds)
        .end_object();
  json.end_array().end_object();
}

void print_runs(Output& out, const std::vector<RunRecord>& runs) {
  TextTable table({"run", "started", "state", "seconds", "stations", "error"});
  for (const RunRecord& run : runs)
    table.row({run.id, text(run.started).substr(0, 19), run_state_text(run),
               Cell::number(seconds_of(run), 1), run.stations.size(), run.error});
  table.print(out);
}

void print_run(Output& out, const RunRecord& run) {
  out.print("run {} of {}: {}\n", run.id, text(run.started), run_state_text(run));
  if (!run.error.empty()) out.print("{}\n", run.error);
  TextTable table({"station", "units", "unit", "seconds"});
  for (const StationRecord& s : run.stations)
    table.row({s.name, s.units, s.unit, Cell::number(s.seconds, 2)});
  table.print(out);
}

Result<int> run(CommandContext& context) {
  auto project = project_of(context);
  if (!project) return project.error();
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, **project));
  std::int64_t wanted = context.options.integer("run");
  std::vector<RunRecord> runs;
  if (wanted > 0) {
    TRY(RunRecord one, store->run(std::to_string(wanted)));
    runs.push_back(std::move(one));
  } else {
    TRY(runs, store->runs((*project)->name, static_cast<int>(context.options.integer("last"))));
  }
  if (context.json) {
    JsonWriter json;
    json.begin_object().field("project", (*project)->name).key("runs").begin_array();
    for (const RunRecord& record : runs) write_run(json, record);
    context.out.write(json.end_array().end_object().take() + "\n");
  } else if (wanted > 0) {
    print_run(context.out, runs.front());
  } else {
    print_runs(context.out, runs);
  }
  return kExitDone;
}

constexpr Positional kPositionals[] = {kProjectArgument};
constexpr Option kOptions[] = {
    {"last", OptionType::kInt, "20", "how many of the newest runs to show", 1, 100'000},
    {"run", OptionType::kInt, "0", "show one run with its stations", 0, 1e15},
};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "runs",
    .summary = "list the runs of a project, or one with its stations",
    .description = "A run whose process died is shown as interrupted once another has begun.",
    .example = "lode runs examples/flights --run 1",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
