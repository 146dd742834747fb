// lode runs: what was run, when, how it ended, and where its time went.
#include <algorithm>

#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/run_argument.h"
#include "cli/scoring_text.h"
#include "cli/station_table.h"
#include "cli/text_table.h"
#include "orchestrate/run_json.h"
#include "orchestrate/run_log.h"
#include "orchestrate/stations.h"
#include "orchestrate/step_price.h"

namespace lode {
namespace {

double seconds_of(const RunRecord& run) {
  return run.ended ? static_cast<double>((*run.ended - run.started).us) * 1e-6 : 0;
}

std::int64_t rows_read(const RunRecord& run) {
  std::int64_t rows = 0;
  for (const CounterRecord& counter : run.counters)
    if (counter.name == "lode_rows_read_total") rows += counter.value;
  return rows;
}

struct Cost {
  double amount = 0;  // 0: the project said no price
  std::string currency{};
};
Cost cost_of(const RunRecord& run) {
  constexpr std::string_view kLabel = "currency=";
  for (const CounterRecord& counter : run.counters)
    if (counter.name == kCostCounter)
      return {static_cast<double>(counter.value) / kCostParts,
              counter.labels.substr(std::min(kLabel.size(), counter.labels.size()))};
  return {};
}

void write_run(JsonWriter& json, const RunRecord& run, const std::vector<ScoringRecord>& scorings) {
  json.begin_object()
      .key("run")
      .raw(run.id)  // a number
      .field("command", run.command)
      .field("started", text(run.started));
  if (run.ended) json.field("ended", text(*run.ended));
  json.field("state", run_state_text(run)).field("seconds", seconds_of(run));
  json.field("rows_read", rows_read(run));
  if (Cost cost = cost_of(run); cost.amount > 0)
    json.field("cost", cost.amount).field("currency", cost.currency);
  if (!run.error.empty()) json.field("error", run.error);
  write_stations(json, run.stations);
  write_counters(json, run.counters);
  json.key("scorings").begin_array();
  for (const ScoringRecord& scoring : scorings)
    if (scoring.run == run.id) write_scoring_record(json, scoring);
  json.end_array().end_object();
}

void print_runs(Output& out, const std::vector<RunRecord>& runs) {
  bool priced = std::ranges::any_of(runs, [](const auto& run) { return cost_of(run).amount > 0; });
  std::vector<std::string> columns = {"run", "of",       "started",  "state",    "seconds",
                                      "own", "training", "stations", "rows read"};
  if (priced) columns.emplace_back("cost");
  columns.emplace_back("error");
  TextTable table(columns);
  for (const RunRecord& run : runs) {
    StationSums sums = sums_of(run.stations);
    std::vector<Cell> row = {run.id,
                             run.command,
                             text(run.started).substr(0, 19),
                             run_state_text(run),
                             Cell::number(seconds_of(run), 1),
                             Cell::number(sums.own, 1),
                             Cell::number(sums.training, 1),
                             run.stations.size(),
                             rows_read(run)};
    Cost cost = cost_of(run);
    if (priced) row.emplace_back(cost.amount > 0 ? money_text(cost.amount, cost.currency) : "");
    row.emplace_back(run.error);
    table.row(std::move(row));
  }
  table.print(out);
}

void print_run(Output& out, const RunRecord& run) {
  out.print("run {} of {}: {}\n", run.id, text(run.started), run_state_text(run));
  if (!run.error.empty()) out.print("{}\n", run.error);
  if (Cost cost = cost_of(run); cost.amount > 0)
    out.print("cost: {}\n", money_text(cost.amount, cost.currency));
  print_stations(out, run.stations, seconds_of(run));
  out.print("\n");
  print_counters(out, run.counters);
}

Result<int> run(CommandContext& context) {
  TRY(AskedRun asked, asked_run(context));
  auto project = project_at(context, asked.project);
  if (!project) return project.error();
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, **project));
  std::vector<RunRecord> runs;
  if (asked.number.empty()) {
    TRY(runs, store->runs((*project)->name, static_cast<int>(context.options.integer("last"))));
  } else {
    TRY(RunRecord one, store->run(asked.number));
    runs.push_back(std::move(one));
  }
  find_interrupted(context.files, **project, runs);
  TRY(std::vector<ScoringRecord> scorings, store->scorings((*project)->name));
  std::erase_if(scorings, [&](const ScoringRecord& one) {
    return std::ranges::find(runs, one.run, &RunRecord::id) == runs.end();
  });
  if (context.json) {
    JsonWriter json;
    json.begin_object().field("project", (*project)->name).key("runs").begin_array();
    for (const RunRecord& record : runs) write_run(json, record, scorings);
    context.out.write(json.end_array().end_object().take() + "\n");
  } else if (asked.number.empty()) {
    print_runs(context.out, runs);
    print_scorings(context.out, scorings);
  } else {
    print_run(context.out, runs.front());
    print_scorings(context.out, scorings);
  }
  return kExitDone;
}

constexpr Positional kPositionals[] = {
    kProjectArgument,
    {kRunArgument, "show this run with its stations and counters", Positional::Count::kOptional}};
constexpr Option kOptions[] = {
    {"last", OptionType::kInt, "20", "how many of the newest runs to list", 1, 100'000},
};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "runs",
    .summary = "list the runs and scorings of a project, or one with its stations",
    .description =
        "`lode runs 3` shows run 3 of the project in this folder. A run is running, done, failed, "
        "cancelled, or interrupted: its process died. Of a run it shows where the time went: for "
        "each station what it did, how fast, how much it read, wrote and held, and the sums of "
        "lode's own stations and of training; below, what the run counted; and what was scored by "
        "which version, how many rows stood, and where the scores went. `lode score` leaves such a "
        "record too.",
    .example = "lode runs examples/flights 1",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
