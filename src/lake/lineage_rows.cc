#include "lake/lineage_rows.h"

#include <cmath>
#include <limits>

namespace lode {

Status insert_lineage(Sqlite& database, const ModelRecord& model, std::int64_t version) {
  if (!model.lineage.recorded) return {};
  TRY(auto query, database.query("INSERT INTO lineages VALUES (?, ?, ?, ?)"));
  return query->bind(model.project)
      .bind(model.name)
      .bind(version)
      .bind(lineage_json(model.lineage))
      .run();
}

Result<ModelLineage> read_lineage(Sqlite& database, const ModelRecord& model) {
  TRY(auto query, database.query("SELECT lineage_json FROM lineages WHERE project = ? AND "
                                 "model = ? AND version = ?"));
  TRY(bool found, query->bind(model.project).bind(model.name).bind(model.version).step());
  if (!found) return ModelLineage{};
  return parse_lineage(query->text(0));
}

Status insert_definitions(Sqlite& database, std::string_view project,
                          std::span<const DefinitionRecord> definitions) {
  for (const DefinitionRecord& one : definitions) {
    if (content_hash(one.text) != one.hash)
      return fail(Code::kCorrupt, "the text of {} {} is not what its hash says", one.kind,
                  one.name);
    TRY(auto query, database.query("INSERT INTO definitions VALUES (?, ?, ?, ?, ?) "
                                   "ON CONFLICT (project, hash) DO NOTHING"));
    TRY_VOID(query->bind(project)
                 .bind(text(one.hash))
                 .bind(one.kind)
                 .bind(one.name)
                 .bind(one.text)
                 .run());
  }
  return {};
}

Result<std::vector<DefinitionRecord>> read_definitions(Sqlite& database, std::string_view project) {
  TRY(auto query, database.query("SELECT kind, name, hash, text FROM definitions WHERE "
                                 "project = ? ORDER BY kind, name, hash"));
  query->bind(project);
  std::vector<DefinitionRecord> all;
  while (true) {
    TRY(bool more, query->step());
    if (!more) return all;
    DefinitionRecord& one = all.emplace_back();
    one.kind = query->text(0);
    one.name = query->text(1);
    TRY(one.hash, parse_content_hash(query->text(2)));
    one.text = query->text(3);
  }
}

Status insert_dataset(Sqlite& database, const DatasetRecord& dataset) {
  TRY(auto query,
      database.query("INSERT INTO datasets (project, name, training, run, rows, target_mean, "
                     "columns_json) VALUES (?, ?, ?, ?, ?, ?, ?) "
                     "ON CONFLICT (project, name) DO NOTHING"));
  query->bind(dataset.project)
      .bind(dataset.name)
      .bind(dataset.training)
      .bind(dataset.run)
      .bind(dataset.rows);
  if (std::isnan(dataset.target_mean))
    query->bind_null();
  else
    query->bind(dataset.target_mean);
  return query->bind(dataset_columns_json(dataset.columns)).run();
}

Result<std::vector<DatasetRecord>> read_datasets(Sqlite& database, std::string_view project) {
  TRY(auto query, database.query("SELECT name, training, run, rows, target_mean, columns_json "
                                 "FROM datasets WHERE project = ? ORDER BY number"));
  query->bind(project);
  std::vector<DatasetRecord> all;
  while (true) {
    TRY(bool more, query->step());
    if (!more) return all;
    DatasetRecord& one = all.emplace_back();
    one.project = project;
    one.name = query->text(0);
    one.training = query->text(1);
    one.run = query->text(2);
    one.rows = query->integer(3);
    one.target_mean = query->is_null(4) ? std::numeric_limits<double>::quiet_NaN() : query->real(4);
    TRY(one.columns, parse_dataset_columns(query->text(5)));
  }
}

}  // namespace lode
