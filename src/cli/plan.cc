// lode plan: what `lode run` would make, why, and what it took the last time it was made.
#include <algorithm>
#include <limits>

#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/text_table.h"
#include "orchestrate/run_log.h"
#include "orchestrate/run_plan.h"
#include "telemetry/quantity.h"

namespace lode {
namespace {

constexpr int kLookedThrough = 200;  // runs, the newest: those before tell little of today

// Of the newest run that made it; nothing of a step that none of them made.
struct LastTime {
  std::string run{};
  double seconds = 0;
  bool known() const { return !run.empty(); }
};

bool is_of(const PlannedStep& step, const std::string& station) {
  switch (step.kind) {
    case StepKind::kSource:
      return station == "ingest " + step.name || station == "load " + step.name;
    case StepKind::kTraining:
      return station == "training set " + step.name;
    case StepKind::kModel:
      return station.starts_with("model " + step.name + ": ");
    case StepKind::kLeaderboards:
      return station == "leaderboard";
    case StepKind::kWalk:
      return station.starts_with("retraining " + step.name + ": ");
  }
  return false;
}

// Of a model a fit and of a source rows that were read: less is not what making it takes.
bool made_it(const PlannedStep& step, const StationRecord& station) {
  if (step.kind == StepKind::kSource)
    return station.name == "ingest " + step.name && station.units > 0;
  if (step.kind == StepKind::kModel) return station.name == "model " + step.name + ": fit";
  return true;
}

LastTime last_time(const PlannedStep& step, const std::vector<RunRecord>& runs) {
  for (const RunRecord& run : runs) {
    LastTime last;
    bool made = false;
    for (const StationRecord& station : run.stations) {
      if (!is_of(step, station.name)) continue;
      last.seconds += station.seconds;
      made = made || made_it(step, station);
    }
    if (!made || run.state != RunState::kSucceeded) continue;
    last.run = run.id;
    return last;
  }
  return {};
}

Result<std::vector<RunRecord>> runs_of(CommandContext& context, const Project& project) {
  TRY(bool there, exists(context.files, run_records_path(project)));
  if (!there) return std::vector<RunRecord>();
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, project));
  return store->runs(project.name, kLookedThrough);
}

struct Row {
  const PlannedStep* step;
  const SourceLook* source;  // of a source
  LastTime last;
};

std::vector<Row> rows_of(const LookedPlan& looked, const std::vector<RunRecord>& runs) {
  std::vector<Row> rows;
  for (const PlannedStep& step : looked.plan.steps) {
    Row row{&step, nullptr, last_time(step, runs)};
    if (step.kind == StepKind::kSource)
      row.source = &*std::ranges::find(looked.sources, step.name, &SourceLook::name);
    rows.push_back(std::move(row));
  }
  return rows;
}

void print_plan(Output& out, const std::vector<Row>& rows) {
  auto due = std::ranges::count_if(rows, [](const Row& row) { return row.step->due; });
  if (due == 0) {
    out.print("nothing is out of date: all {} steps stand as they are\n", rows.size());
    return;
  }
  TextTable table({"step", "", "why", "to read", "took", "in run"});
  double seconds = 0;
  std::int64_t unknown = 0;
  for (const Row& row : rows) {
    const PlannedStep& step = *row.step;
    std::string read =
        row.source != nullptr && step.due ? short_bytes(row.source->due_bytes) : std::string();
    bool told = step.due && row.last.known();
    table.row({fmt::format("{} {}", step_kind_name(step.kind), step.name),
               step.due ? "to make" : "up to date", step.why, read,
               told ? Cell::number(row.last.seconds, 1) : Cell(), told ? row.last.run : ""});
    if (told) seconds += row.last.seconds;
    if (step.due && !told) ++unknown;
  }
  table.print(out);
  out.print("to make: {} of {} steps; ", due, rows.size());
  if (unknown < due) out.print("the last time they took {:.1f} s", seconds);
  if (unknown > 0 && unknown < due) out.print(", ");
  if (unknown > 0)
    out.print("{} of them {} never made to the end", unknown, unknown == 1 ? "was" : "were");
  out.print("\n");
}

void write_plan(JsonWriter& json, const std::vector<Row>& rows) {
  json.key("steps").begin_array();
  for (const Row& row : rows) {
    const PlannedStep& step = *row.step;
    json.begin_object()
        .field("kind", step_kind_name(step.kind))
        .field("name", step.name)
        .field("due", step.due)
        .field("why", step.why);
    if (row.source != nullptr)
      json.field("rows", row.source->rows)
          .field("bytes", row.source->bytes)
          .field("due_bytes", row.source->due_bytes);
    if (row.last.known())
      json.key("last")
          .begin_object()
          .key("run")
          .raw(row.last.run)
          .field("seconds", row.last.seconds)
          .end_object();
    json.end_object();
  }
  json.end_array();
}

Result<int> run(CommandContext& context) {
  auto project = project_of(context);
  if (!project) return project.error();
  PlanContext planning{context.files, context.options.flag("again"), context.limits.memory_bytes,
                       context.options.duration("time_limit")};
  TRY(LookedPlan looked,
      look_ahead(**project, planning, context.limits, context.options.flag("replace")));
  TRY(std::vector<RunRecord> runs, runs_of(context, **project));
  std::vector<Row> rows = rows_of(looked, runs);
  if (context.json) {
    JsonWriter json;
    json.begin_object().field("project", (*project)->name);
    write_plan(json, rows);
    context.out.write(json.end_object().take() + "\n");
  } else {
    print_plan(context.out, rows);
  }
  return kExitDone;
}

constexpr Positional kPositionals[] = {kProjectArgument};
constexpr Option kOptions[] = {
    {"again", OptionType::kBool, "false", "as `lode run --again` would: all of it"},
    {"replace", OptionType::kBool, "false", "as `lode run --replace` would"},
    {"time_limit", OptionType::kDuration, "0s", "as `lode run --time-limit` would. 0s: none"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "plan",
    .summary = "say what a run would make, and why",
    .description =
        "Shows every step of the project: its sources, training sets, models, leaderboards and "
        "walks; whether `lode run` would make it or it stands as an earlier run made it, and why; "
        "how many bytes of a source are to be read; and the seconds a step took the last time a "
        "run made it. What follows from a source that is to be read is to be made too. Changes "
        "nothing; hashes the sources' files and what is kept, about 1 GB/s.",
    .example = "lode plan examples/flights",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
