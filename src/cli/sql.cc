// lode sql: questions in SQL over what the runs of a project have left.
#include <algorithm>

#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/shown_value.h"
#include "cli/sql_tables.h"
#include "cli/text_table.h"

namespace lode {
namespace {

constexpr std::int64_t kTerminalRows = 100;

void print_table(Output& out, const Table& table) {
  if (!table.schema.fields().empty() && table.schema[0].name == "explain_key") {
    // A plan is a drawing of many lines, not a value.
    for (std::int64_t row = 0; row < table.rows; ++row) out.write(table.columns.back().string(row));
    return;
  }
  std::vector<std::string> names;
  for (const Field& field : table.schema.fields()) names.push_back(field.name);
  std::int64_t most = out.traits().terminal ? kTerminalRows : table.rows;
  TextTable shown(names);
  for (std::int64_t row = 0; row < std::min(table.rows, most); ++row) {
    std::vector<Cell> cells;
    for (const Column& column : table.columns) cells.push_back(value_cell(column, row));
    shown.row(std::move(cells));
  }
  shown.print(out);
  if (table.rows > most)
    out.print("the first {} of {} rows; a file or pipe, --csv and --json get all\n", most,
              table.rows);
}

// An object may not have a name twice, and SQL may: the second of two "n" is "n_2".
std::vector<std::string> member_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields()) {
    std::string name = field.name;
    for (int i = 2; std::ranges::find(names, name) != names.end(); ++i)
      name = fmt::format("{}_{}", field.name, i);
    names.push_back(std::move(name));
  }
  return names;
}

std::string table_json(const Table& table) {
  std::vector<std::string> names = member_names(table.schema);
  JsonWriter json;
  json.begin_object().key("rows").begin_array();
  for (std::int64_t row = 0; row < table.rows; ++row) {
    json.begin_object();
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      json.key(names[c]);
      write_value(json, table.columns[c], row);
    }
    json.end_object();
  }
  return json.end_array().end_object().take();
}

// `lode sql QUERY [PROJECT]`, and for those who type the project first, as with other commands,
// `lode sql PROJECT QUERY`.
struct Asked {
  std::string query;
  std::string project;
};

Result<Asked> asked_of(const CommandContext& context) {
  Asked asked{context.argument("QUERY"), context.argument("PROJECT")};
  TRY(bool is_path, exists(context.files, asked.query));
  if (is_path && context.given("PROJECT")) std::swap(asked.query, asked.project);
  TRY_VOID(check_only_reads(asked.query));
  return asked;
}

// DuckDB's words, and what to do where they do not say it.
Error with_advice(const Error& error) {
  auto says = [&](std::string_view words) {
    return error.message().find(words) != std::string::npos;
  };
  if (says("multiple statements"))
    return Error(error.code(), "lode sql takes one statement at a time, and these are several");
  if (!says("Table with name") && !says("Schema with name")) return error;
  return Error(
      error.code(),
      fmt::format("{} (`lode sql 'SHOW ALL TABLES'` lists what there is)", error.message()),
      error.where());
}

Result<int> run(CommandContext& context) {
  bool csv = context.options.flag("csv");
  if (csv && context.json) return fail(Code::kInvalid, "--csv and --json exclude each other");
  TRY(Asked asked, asked_of(context));
  auto project = project_at(context, asked.project);
  if (!project) return project.error();
  TRY(std::vector<StoredZone> zones, stored_zones(**project, context.files));
  if (zones.empty())
    return fail(Code::kNotFound, "project {} has nothing to look at yet; `lode run` it first",
                (*project)->name);
  TRY(Duck duck, Duck::open({.threads = context.limits.threads,
                             .memory_limit_bytes = context.limits.memory_bytes,
                             .temp_directory = {}}));
  for (const StoredZone& zone : zones)
    if (may_read(asked.query, zone)) TRY_VOID(check_zone(**project, context.files, zone));
  TRY(std::vector<StoredScores> scores, stored_scores(**project, context.files));
  for (const StoredScores& one : scores)
    if (may_read(asked.query, one.zone)) TRY_VOID(check_scores(context.files, one));
  TRY_VOID(create_zone_views(duck, zones));
  TRY_VOID(create_score_views(duck, scores));
  TRY_VOID(create_record_tables(duck, **project, context.files));
  auto answer = duck.query_all(asked.query);
  if (!answer) return fail(with_advice(answer.error()));
  Table& table = *answer;
  if (context.json) {
    context.out.write(table_json(table) + "\n");
  } else if (csv) {
    context.out.write(table_csv(table));
  } else {
    print_table(context.out, table);
  }
  return kExitDone;
}

constexpr Positional kPositionals[] = {
    {"QUERY", "one statement of DuckDB's SQL; it may also stand behind PROJECT"}, kProjectArgument};
constexpr Option kOptions[] = {
    {"csv", OptionType::kBool, "false", "print comma-separated values (RFC 4180)"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "sql",
    .summary = "ask about records, rows set aside, training sets, scores, runs and models in SQL",
    .description =
        "Tables: raw.SOURCE (accepted records), aside.SOURCE (rows set aside, and why), "
        "training.SET, scores.MODEL (test rows), scores.NAME (rows that lode.yaml's scores NAME "
        "stand for), kept.MODEL (what `lode score MODEL` keeps), meta.runs, meta.stations, "
        "meta.counters, meta.models, meta.metrics and meta.scorings. The dialect is DuckDB's; "
        "statements that write are refused. "
        "With --json "
        "one object whose `rows` are objects.",
    .example = "lode sql examples/flights 'FROM aside.flights'",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
