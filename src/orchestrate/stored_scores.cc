#include "orchestrate/stored_scores.h"

#include "lake/manifest.h"
#include "orchestrate/score_job.h"
#include "serve/score_log.h"
#include "serve/score_state.h"
#include "table/duckdb.h"

namespace lode {
namespace {

// The same error with the easier remedy.
Error with_advice(const Error& error, const StoredScores& scores) {
  std::string message = error.message();
  std::size_t at = message.find(kZoneRemedy);
  if (at == std::string::npos) return error;
  bool all = scores.zone.group == "kept" && scores.selection == "all";
  message.replace(at, kZoneRemedy.size(),
                  fmt::format("`lode score {}{} --full` makes them anew", scores.zone.name,
                              all ? " --all" : ""));
  return Error(error.code(), std::move(message), error.where());
}

Status add(FileSystem& files, const std::string& folder, StoredScores scores,
           std::vector<StoredScores>& out) {
  std::string path = join_path(folder, "state");
  TRY(bool there, exists(files, path));
  if (!there) return {};
  TRY(std::string bytes, files.read(path));
  auto state = parse_score_state(bytes);
  if (!state) return fail(state.error().at({.file = path}));
  if (state->rows == 0) return {};
  scores.directory = join_path(folder, fmt::format("g{}", state->generation));
  scores.model = fmt::format("{}@{}", state->model, state->version);
  scores.entries = state->entries;
  scores.zone.rows = state->rows;
  TRY(ManifestStore store, ManifestStore::open(files, scores.directory));
  for (const ZonePart& part : store.manifest().parts)
    scores.zone.parts.push_back(store.part_path(part.hash));
  out.push_back(std::move(scores));
  return {};
}

}  // namespace

Result<std::vector<StoredScores>> stored_scores(const Project& project, FileSystem& files) {
  std::vector<StoredScores> out;
  for (const ScoringJob& job : project.scores)
    TRY_VOID(add(files, declared_scores_path(project, job.name),
                 {.zone = {.group = "scores", .name = job.name},
                  .selection = job.all ? "all" : "unlabelled"},
                 out));
  std::vector<std::string> models;
  for (const Model& model : project.models) models.push_back(model.name);
  for (const Retraining& walk : project.retraining) models.push_back(walk.name);
  for (const std::string& model : models)
    for (bool all : {false, true})
      TRY_VOID(
          add(files, kept_scores_path(project, model, all),
              {.zone = {.group = "kept", .name = model}, .selection = all ? "all" : "unlabelled"},
              out));
  return out;
}

Status check_scores(FileSystem& files, const StoredScores& scores) {
  TRY(ManifestStore store, ManifestStore::open(files, scores.directory));
  for (const ZonePart& part : store.manifest().parts) {
    Status whole = store.check_part(part);
    if (!whole) return fail(with_advice(whole.error(), scores));
  }
  return {};
}

std::string standing_scores_sql(const StoredScores& scores) {
  std::string parts;
  for (const std::string& part : scores.zone.parts)
    parts += (parts.empty() ? "" : ", ") + sql_literal(part);
  return fmt::format(
      "SELECT {} AS rows, {} AS model, * EXCLUDE ({}, {}) FROM read_parquet([{}]) WHERE {} < {} "
      "QUALIFY row_number() OVER (PARTITION BY {} ORDER BY {} DESC) = 1 AND {} IS NOT NULL",
      sql_literal(scores.selection), sql_literal(scores.model), kEntryColumn,
      sql_identifier(kRowColumn), parts, kEntryColumn, scores.entries, sql_identifier(kRowColumn),
      kEntryColumn, kScoreColumn);
}

}  // namespace lode
