// lode sql: questions in SQL over what the runs of a project have left.
#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/shown_value.h"
#include "cli/text_table.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/run_log.h"
#include "table/duckdb.h"

namespace lode {
namespace {

constexpr std::int64_t kShownRows = 100;

// A view for each zone: raw.SOURCE, aside.SOURCE, training.SET, scores.MODEL.
Status create_views(const Duck& duck, const std::vector<StoredZone>& zones) {
  for (const char* schema : {"raw", "aside", "training", "scores", "meta"})
    TRY_VOID(duck.execute(fmt::format("CREATE SCHEMA {}", sql_identifier(schema))));
  for (const StoredZone& zone : zones) {
    std::string files;
    for (const std::string& part : zone.parts)
      files += (files.empty() ? "" : ", ") + sql_literal(part);
    TRY_VOID(duck.execute(fmt::format("CREATE VIEW {}.{} AS SELECT * FROM read_parquet([{}]{})",
                                      sql_identifier(zone.group), sql_identifier(zone.name), files,
                                      zone.one_schema ? "" : ", union_by_name = true")));
  }
  return {};
}

Status append_row(const Duck& duck, const std::string& table,
                  const std::vector<std::pair<std::string, std::string>>& values) {
  std::string texts;
  for (const auto& [type, value] : values)
    texts += fmt::format("{}CAST({} AS {})", texts.empty() ? "" : ", ", sql_literal(value), type);
  return duck.execute(fmt::format("INSERT INTO {} VALUES ({})", table, texts));
}

// meta.runs and meta.models: few rows, so they are copied.
Status create_records(const Duck& duck, const Project& project, FileSystem& files) {
  TRY_VOID(duck.execute(
      "CREATE TABLE meta.runs (run BIGINT, started TIMESTAMP, ended TIMESTAMP, state VARCHAR, "
      "error VARCHAR);"
      "CREATE TABLE meta.models (name VARCHAR, version BIGINT, run BIGINT, algorithm VARCHAR, "
      "dataset VARCHAR, content VARCHAR, metrics VARCHAR)"));
  auto store = open_run_records(files, project);
  if (!store && store.error().code() == Code::kNotFound) return {};
  if (!store) return fail(store.error());
  auto time = [](Timestamp t) { return text(t).substr(0, 19); };
  TRY(std::vector<RunRecord> runs, (*store)->runs(project.name, 100'000));
  for (const RunRecord& run : runs)
    TRY_VOID(append_row(duck, "meta.runs",
                        {{"BIGINT", run.id},
                         {"TIMESTAMP", time(run.started)},
                         {"TIMESTAMP", time(run.ended.value_or(run.started))},
                         {"VARCHAR", std::string(run_state_text(run))},
                         {"VARCHAR", run.error}}));
  TRY(std::vector<ModelRecord> models, (*store)->models(project.name, ""));
  for (const ModelRecord& model : models)
    TRY_VOID(append_row(duck, "meta.models",
                        {{"VARCHAR", model.name},
                         {"BIGINT", std::to_string(model.version)},
                         {"BIGINT", model.run},
                         {"VARCHAR", model.algorithm},
                         {"VARCHAR", model.dataset},
                         {"VARCHAR", text(model.content)},
                         {"VARCHAR", model.metrics_json}}));
  return {};
}

void print_table(Output& out, const Table& table) {
  std::vector<std::string> names;
  for (const Field& field : table.schema.fields()) names.push_back(field.name);
  TextTable shown(names);
  for (std::int64_t row = 0; row < std::min(table.rows, kShownRows); ++row) {
    std::vector<Cell> cells;
    for (const Column& column : table.columns) {
      if (column.type.id == TypeId::kInt64 && !column.is_null(row))
        cells.emplace_back(column.int64(row));
      else
        cells.emplace_back(shown_value(column, row));
    }
    shown.row(std::move(cells));
  }
  shown.print(out);
  if (table.rows > kShownRows)
    out.print("{} of {} rows; add a LIMIT, or --json for all\n", kShownRows, table.rows);
}

std::string table_json(const Table& table) {
  JsonWriter json;
  json.begin_object().key("rows").begin_array();
  for (std::int64_t row = 0; row < table.rows; ++row) {
    json.begin_object();
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      json.key(table.schema[c].name);
      write_value(json, table.columns[c], row);
    }
    json.end_object();
  }
  return json.end_array().end_object().take();
}

Result<int> run(CommandContext& context) {
  auto project = project_of(context);
  if (!project) return project.error();
  TRY(std::vector<StoredZone> zones, stored_zones(**project, context.files));
  if (zones.empty())
    return fail(Code::kNotFound, "project {} has nothing to look at yet; `lode run` it first",
                (*project)->name);
  TRY(Duck duck, Duck::open({.threads = context.limits.threads,
                             .memory_limit_bytes = context.limits.memory_bytes,
                             .temp_directory = {}}));
  TRY_VOID(create_views(duck, zones));
  TRY_VOID(create_records(duck, **project, context.files));
  TRY(Table table, duck.query_all(context.argument("QUERY")));
  if (context.json)
    context.out.write(table_json(table) + "\n");
  else
    print_table(context.out, table);
  return kExitDone;
}

constexpr Positional kPositionals[] = {{"QUERY", "one statement of DuckDB's SQL"},
                                       kProjectArgument};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "sql",
    .summary = "ask about records, rows set aside, training sets, scores, runs and models in SQL",
    .description =
        "Tables: raw.SOURCE (accepted records), aside.SOURCE (rows set aside, and why), "
        "training.SET, scores.MODEL (test rows), meta.runs and meta.models. The dialect is "
        "DuckDB's. Nothing is changed.",
    .example =
        "lode sql 'SELECT cause, count(*) FROM aside.flights GROUP BY cause' "
        "examples/flights",
    .options = {},
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
