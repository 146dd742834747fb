// lode plan: what `lode run` would make, why, and what that would take.
#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/text_table.h"
#include "orchestrate/last_time.h"
#include "orchestrate/run_budget.h"
#include "orchestrate/run_log.h"
#include "orchestrate/run_plan.h"
#include "orchestrate/step_price.h"
#include "telemetry/quantity.h"

namespace lode {
namespace {

Result<std::vector<RunRecord>> runs_of(CommandContext& context, const Project& project) {
  TRY(bool there, exists(context.files, run_records_path(project)));
  if (!there) return std::vector<RunRecord>();
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, project));
  return store->runs(project.name, kRunsLookedThrough);
}

struct Row {
  const PlannedStep* step;
  const SourceLook* source;  // of a source
  StepPrice price;
  std::vector<std::string> invalidates;
};

struct Told {
  const Project& project;
  std::vector<Row> rows;
  RunPrice run;
  std::vector<std::string> over;  // budgets
};

Result<Told> told(CommandContext& context, const Project& project, const LookedPlan& looked) {
  TRY(std::vector<RunRecord> runs, runs_of(context, project));
  TRY(std::vector<SourceSize> sizes, sizes_of(context.files, project, looked.sources));
  std::vector<StepPrice> prices = price_steps(context.files, project, looked.plan, sizes, runs);
  Told out{
      project, {}, price_of_run(looked.plan, prices), over_budget(project, looked.plan, prices)};
  for (std::size_t i = 0; i < looked.plan.steps.size(); ++i) {
    const PlannedStep& step = looked.plan.steps[i];
    Row row{&step, nullptr, std::move(prices[i]), {}};
    if (step.kind == StepKind::kSource)
      row.source = &*std::ranges::find(looked.sources, step.name, &SourceLook::name);
    if (step.due) row.invalidates = invalidated_by(context.files, project, looked.plan, step);
    out.rows.push_back(std::move(row));
  }
  return out;
}

std::string bytes_text(double bytes) {
  return bytes > 0 ? short_bytes(static_cast<std::int64_t>(bytes)) : std::string();
}

std::string seconds_text(const StepPrice& price) {
  if (price.basis == StepPrice::Basis::kUnknown) return "?";
  std::string text = short_duration({std::llround(price.seconds * 1e6)});
  return price.basis == StepPrice::Basis::kRough ? "~" + text : text;
}

// Names of what a step makes out of date, the first few.
std::string names_text(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 2;
  std::string out;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i)
    out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kShown) out += fmt::format(" and {} more", names.size() - kShown);
  return out;
}

void print_sums(Output& out, const Told& told) {
  const RunPrice& run = told.run;
  out.print("to make: {} of {} steps; about {}", run.due, told.rows.size(), seconds_text(run.sum));
  if (double cost = cost_of(told.project, run.sum.seconds); cost > 0)
    out.print(", {}", money_text(cost, told.project.price.currency));
  if (run.sum.bytes_read > 0) out.print(", {} to read", bytes_text(run.sum.bytes_read));
  if (run.sum.bytes_written > 0) out.print(", {} to write", bytes_text(run.sum.bytes_written));
  if (run.rough > 0)
    out.print("; ~ is rough, within a few times: {} of them {} never made", run.rough,
              run.rough == 1 ? "was" : "were");
  if (run.unknown > 0) out.print("; {} not estimated", run.unknown);
  out.print("\n");
  for (const std::string& over : told.over) out.print("over budget: {}\n", over);
  if (!told.over.empty()) out.print("`lode run` refuses it; --over-budget makes it all the same\n");
}

void print_plan(Output& out, const Told& told) {
  if (told.run.due == 0) {
    out.print("nothing is out of date: all {} steps stand as they are\n", told.rows.size());
    return;
  }
  TextTable table({"step", "", "why", "rows", "read", "write", "takes", "by", "invalidates"});
  for (const Row& row : told.rows) {
    const PlannedStep& step = *row.step;
    const StepPrice& price = row.price;
    table.row({fmt::format("{} {}", step_kind_name(step.kind), step.name),
               step.due ? "to make" : "up to date", step.why,
               price.rows > 0 ? Cell(std::llround(price.rows)) : Cell(),
               bytes_text(price.bytes_read), bytes_text(price.bytes_written),
               step.due ? seconds_text(price) : "", price.says, names_text(row.invalidates)});
  }
  table.print(out);
  print_sums(out, told);
}

void write_price(JsonWriter& json, const StepPrice& price) {
  json.key("estimate").begin_object().field("basis", price_basis_name(price.basis));
  if (!price.run.empty()) json.key("run").raw(price.run);
  json.field("says", price.says);
  if (price.basis != StepPrice::Basis::kUnknown)
    json.field("rows", std::llround(price.rows))
        .field("bytes_read", std::llround(price.bytes_read))
        .field("bytes_written", std::llround(price.bytes_written))
        .field("seconds", price.seconds);
  json.end_object();
}

void write_plan(JsonWriter& json, const Told& told) {
  json.key("steps").begin_array();
  for (const Row& row : told.rows) {
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
    if (step.due) {
      write_price(json, row.price);
      json.key("invalidates").begin_array();
      for (const std::string& name : row.invalidates) json.value(name);
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
  const RunPrice& run = told.run;
  json.field("due", run.due)
      .field("seconds", run.sum.seconds)
      .field("bytes_read", std::llround(run.sum.bytes_read))
      .field("bytes_written", std::llround(run.sum.bytes_written))
      .field("rough", run.rough)
      .field("not_estimated", run.unknown);
  if (double cost = cost_of(told.project, run.sum.seconds); cost > 0)
    json.field("cost", cost).field("currency", told.project.price.currency);
  json.key("over_budget").begin_array();
  for (const std::string& over : told.over) json.value(over);
  json.end_array();
}

Result<int> run(CommandContext& context) {
  auto project = project_of(context);
  if (!project) return project.error();
  PlanContext planning{context.files, context.options.flag("again"), context.limits.memory_bytes,
                       context.options.duration("time_limit")};
  TRY(LookedPlan looked,
      look_ahead(**project, planning, context.limits, context.options.flag("replace")));
  TRY(Told planned, told(context, **project, looked));
  if (context.json) {
    JsonWriter json;
    json.begin_object().field("project", (*project)->name);
    write_plan(json, planned);
    context.out.write(json.end_object().take() + "\n");
  } else {
    print_plan(context.out, planned);
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
    .summary = "say what a run would make, why, and what it would take",
    .description =
        "Shows every step of the project: its sources, training sets, models, leaderboards and "
        "walks; whether `lode run` would make it or it stands as an earlier run made it, and why; "
        "and what it would take: rows, bytes, seconds, and which of what stands it makes out of "
        "date. A step that a run has made before takes as long as then, by how much more rows "
        "there are; one that was never made is estimated roughly (~). With `price` in lode.yaml "
        "also what it costs, with `budget` whether `lode run` would refuse it. What follows from a "
        "source that is to be read is to be made too. Changes nothing; hashes the sources' files "
        "and what is kept, about 1 GB/s.",
    .example = "lode plan examples/flights",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
