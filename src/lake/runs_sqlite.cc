// The metadata store in a SQLite file.
#include <algorithm>
#include <bit>
#include <iterator>
#include <mutex>
#include <utility>

#include "lake/lineage_rows.h"
#include "lake/runs.h"
#include "lake/runs_schema.h"
#include "lake/runs_seal.h"
#include "lake/scoring_rows.h"
#include "lake/sqlite.h"

namespace lode {
namespace {

constexpr int kBusyMs = 5000;

constexpr int kSchemaVersion = std::size(kRunsMigrations);
constexpr int kFirstSealed = 2;

class SqliteStore final : public MetadataStore {
 public:
  explicit SqliteStore(Sqlite database) : database_(std::move(database)) {}

  Status migrate(const std::string& path);

  Status begin_run(const RunRecord& run) override;
  Status add_stations(std::string_view run, std::span<const StationRecord> stations) override;
  Status add_counters(std::string_view run, std::span<const CounterRecord> counters) override;
  Status add_scoring(const ScoringRecord& scoring) override;
  Result<std::vector<ScoringRecord>> scorings(std::string_view project) override;
  Status end_run(std::string_view run, Timestamp ended, RunState state,
                 std::string_view error) override;
  Result<RunRecord> run(std::string_view id) override;
  Result<std::vector<RunRecord>> runs(std::string_view project, int limit) override;

  Result<std::int64_t> add_model(const ModelRecord& model) override;
  Result<ModelRecord> model(std::string_view project, std::string_view name,
                            std::int64_t version) override;
  Result<std::vector<ModelRecord>> models(std::string_view project, std::string_view name) override;

  Result<std::int64_t> add_model_event(const ModelEvent& event, std::int64_t last) override;
  Result<std::vector<ModelEvent>> model_events(std::string_view project,
                                               std::string_view model) override;

  Status add_definitions(std::string_view project,
                         std::span<const DefinitionRecord> definitions) override;
  Result<std::vector<DefinitionRecord>> definitions(std::string_view project) override;
  Status add_dataset(const DatasetRecord& dataset) override;
  Result<std::vector<DatasetRecord>> datasets(std::string_view project) override;

 private:
  // A transaction that changes these rows and no others.
  template <typename Work>
  auto change(const std::vector<SealedRows>& rows, Work work) -> decltype(work()) {
    return database_.transaction([&] { return sealed(database_, rows, work); });
  }
  static SealedRows run_row(std::string_view id) {
    return {"runs", "SELECT * FROM runs WHERE id = ?", {std::string(id)}};
  }
  Result<int> schema_version();
  Status check_running(std::string_view run);
  Status insert_station(std::string_view run, const StationRecord& station);
  Result<RunRecord> read_run(const SqliteQuery& row);
  Status read_stations(RunRecord& run);
  Status read_counters(RunRecord& run);
  Result<ModelRecord> read_model(const SqliteQuery& row);
  Result<std::int64_t> known_version(const ModelRecord& model, std::int64_t& newest);
  Status insert_model(const ModelRecord& model, std::int64_t version);
  Status insert_texts(const ModelRecord& model, std::int64_t version, std::string_view kind,
                      const NamedTexts& texts);
  Result<NamedTexts> read_texts(const ModelRecord& model, std::string_view kind);
  Status check_event(const ModelEvent& event, std::int64_t last);

  std::mutex mutex_;
  Sqlite database_;
};

Result<int> SqliteStore::schema_version() {
  TRY(auto query, database_.query("SELECT version FROM schema_version"));
  TRY(bool found, query->step());
  return found ? static_cast<int>(query->integer(0)) : 0;
}

// From one version to a later one.
Status migrate_tables(Sqlite& database, int from, int to) {
  for (int version = from; version < to; ++version)
    TRY_VOID(database.execute(kRunsMigrations[version]));
  return {};
}

// Brings the file to the newest version: one that is new, or older.
Status bring_up_to_date(Sqlite& database, int version) {
  TRY_VOID(migrate_tables(database, version, kSchemaVersion));
  TRY(std::uint64_t sum, sum_of_everything(database, kSchemaVersion));
  TRY_VOID(write_seal(database, sum));
  TRY_VOID(database.execute("DELETE FROM schema_version"));
  TRY(auto query, database.query("INSERT INTO schema_version VALUES (?)"));
  return query->bind(std::int64_t{kSchemaVersion}).run();
}

constexpr const char* kVersionTable =
    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT";

// Whether tables and rows are what a lode wrote whose version is at least the first with a seal.
Status check_sealed(Sqlite& database, int version, const std::string& path) {
  TRY(Sqlite like, Sqlite::open(":memory:", kBusyMs));
  TRY_VOID(like.execute(kVersionTable));
  TRY_VOID(migrate_tables(like, 0, version));
  TRY_VOID(check_tables(database, like, path));
  return check_seal(database, version, path);
}

Status SqliteStore::migrate(const std::string& path) {
  TRY_VOID(
      database_.execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; "
                        "PRAGMA foreign_keys = ON"));
  return database_.transaction([&]() -> Status {
    TRY_VOID(check_pages(database_, path));
    TRY_VOID(database_.execute(kVersionTable));
    TRY(int version, schema_version());
    if (version > kSchemaVersion)
      return fail(Code::kUnsupported,
                  "'{}' has schema version {}, this lode knows versions up to {}; use a newer lode",
                  path, version, kSchemaVersion);
    if (version < 0)
      return fail(Code::kCorrupt,
                  "'{}' has schema version {}, which there is not; restore it from a backup, or "
                  "move it away and run again",
                  path, version);
    // What an older lode sealed is held against its seal before anything is made of it.
    if (version >= kFirstSealed) TRY_VOID(check_sealed(database_, version, path));
    if (version == kSchemaVersion) return {};
    TRY_VOID(bring_up_to_date(database_, version));
    return check_sealed(database_, kSchemaVersion, path);
  });
}

// ---- runs
// ----------------------------------------------------------------------------------------

Status SqliteStore::begin_run(const RunRecord& run) {
  std::lock_guard lock(mutex_);
  return change({run_row(run.id)}, [&]() -> Status {
    TRY(auto query,
        database_.query("INSERT INTO runs (id, project, command, started_us, state, error) "
                        "VALUES (?, ?, ?, ?, 0, '') ON CONFLICT (id) DO NOTHING"));
    TRY_VOID(query->bind(run.id).bind(run.project).bind(run.command).bind(run.started.us).run());
    if (database_.changes() == 1) return {};
    return fail(Code::kConflict, "there is a run '{}' already", run.id);
  });
}

Status SqliteStore::check_running(std::string_view run) {
  TRY(auto query, database_.query("SELECT state FROM runs WHERE id = ?"));
  TRY(bool found, query->bind(run).step());
  if (!found) return fail(Code::kNotFound, "there is no run '{}'; `lode runs` lists them", run);
  if (query->integer(0) == static_cast<int>(RunState::kRunning)) return {};
  return fail(Code::kConflict, "run '{}' has ended", run);
}

Status SqliteStore::add_stations(std::string_view run, std::span<const StationRecord> stations) {
  std::lock_guard lock(mutex_);
  SealedRows rows{"stations", "SELECT * FROM stations WHERE run = ?", {std::string(run)}};
  return change({rows}, [&]() -> Status {
    TRY_VOID(check_running(run));
    for (const StationRecord& station : stations) TRY_VOID(insert_station(run, station));
    return {};
  });
}

Status SqliteStore::insert_station(std::string_view run, const StationRecord& station) {
  TRY(auto query, database_.query("INSERT INTO stations SELECT ?1, count(*), ?2, ?3, ?4, ?5, ?6, "
                                  "?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM stations WHERE run = ?1"));
  return query->bind(run)
      .bind(station.name)
      .bind(station.units)
      .bind(station.unit)
      .bind(station.seconds)
      .bind(static_cast<std::int64_t>(station.kind))
      .bind(station.cpu_seconds)
      .bind(station.bytes_read)
      .bind(station.bytes_written)
      .bind(station.memory)
      .bind(station.started.us)
      .bind(std::bit_cast<std::int64_t>(station.span))
      .bind(std::bit_cast<std::int64_t>(station.parent))
      .run();
}

Status SqliteStore::add_counters(std::string_view run, std::span<const CounterRecord> counters) {
  std::lock_guard lock(mutex_);
  SealedRows rows{"counters", "SELECT * FROM counters WHERE run = ?", {std::string(run)}};
  return change({rows}, [&]() -> Status {
    TRY_VOID(check_running(run));
    TRY(auto any, database_.query("SELECT 1 FROM counters WHERE run = ? LIMIT 1"));
    TRY(bool found, any->bind(run).step());
    if (found) return fail(Code::kConflict, "run '{}' has its counters already", run);
    any.reset();
    for (const CounterRecord& counter : counters) {
      TRY(auto query, database_.query("INSERT INTO counters VALUES (?, ?, ?, ?) "
                                      "ON CONFLICT (run, name, labels) DO NOTHING"));
      TRY_VOID(query->bind(run).bind(counter.name).bind(counter.labels).bind(counter.value).run());
      if (database_.changes() != 1)
        return fail(Code::kConflict, "run '{}' has two counters {} of '{}'", run, counter.name,
                    counter.labels);
    }
    return {};
  });
}

Status SqliteStore::add_scoring(const ScoringRecord& scoring) {
  std::lock_guard lock(mutex_);
  SealedRows rows{"scorings", "SELECT * FROM scorings WHERE run = ?", {scoring.run}};
  return change({rows}, [&]() -> Status {
    TRY_VOID(check_running(scoring.run));
    return insert_scoring(database_, scoring);
  });
}

Result<std::vector<ScoringRecord>> SqliteStore::scorings(std::string_view project) {
  std::lock_guard lock(mutex_);
  return read_scorings(database_, project);
}

Status SqliteStore::end_run(std::string_view run, Timestamp ended, RunState state,
                            std::string_view error) {
  if (state == RunState::kRunning)
    return fail(Code::kInvalid, "run '{}' cannot end as running", run);
  std::lock_guard lock(mutex_);
  return change({run_row(run)}, [&]() -> Status {
    TRY_VOID(check_running(run));
    TRY(auto query,
        database_.query("UPDATE runs SET ended_us = ?, state = ?, error = ? WHERE id = ?"));
    return query->bind(ended.us).bind(static_cast<std::int64_t>(state)).bind(error).bind(run).run();
  });
}

Result<RunRecord> SqliteStore::read_run(const SqliteQuery& row) {
  RunRecord run;
  run.id = row.text(0);
  run.project = row.text(1);
  run.command = row.text(2);
  run.started = {row.integer(3)};
  if (!row.is_null(4)) run.ended = Timestamp{row.integer(4)};
  run.state = static_cast<RunState>(row.integer(5));
  run.error = row.text(6);
  TRY_VOID(read_stations(run));
  TRY_VOID(read_counters(run));
  return run;
}

Status SqliteStore::read_stations(RunRecord& run) {
  TRY(auto query, database_.query("SELECT name, units, unit, seconds, kind, cpu_seconds, "
                                  "bytes_read, bytes_written, memory, started_us, span, parent "
                                  "FROM stations WHERE run = ? ORDER BY place"));
  query->bind(run.id);
  while (true) {
    TRY(bool more, query->step());
    if (!more) return {};
    StationRecord& station = run.stations.emplace_back();
    station.name = query->text(0);
    station.units = query->integer(1);
    station.unit = query->text(2);
    station.seconds = query->real(3);
    station.kind = static_cast<StationKind>(query->integer(4));
    station.cpu_seconds = query->real(5);
    station.bytes_read = query->integer(6);
    station.bytes_written = query->integer(7);
    station.memory = query->integer(8);
    station.started = {query->integer(9)};
    station.span = std::bit_cast<std::uint64_t>(query->integer(10));
    station.parent = std::bit_cast<std::uint64_t>(query->integer(11));
  }
}

Status SqliteStore::read_counters(RunRecord& run) {
  TRY(auto query, database_.query("SELECT name, labels, value FROM counters WHERE run = ? "
                                  "ORDER BY name, labels"));
  query->bind(run.id);
  while (true) {
    TRY(bool more, query->step());
    if (!more) return {};
    run.counters.push_back({query->text(0), query->text(1), query->integer(2)});
  }
}

Result<RunRecord> SqliteStore::run(std::string_view id) {
  std::lock_guard lock(mutex_);
  TRY(auto query, database_.query("SELECT id, project, command, started_us, ended_us, state, error "
                                  "FROM runs WHERE id = ?"));
  TRY(bool found, query->bind(id).step());
  if (!found) return fail(Code::kNotFound, "there is no run '{}'; `lode runs` lists them", id);
  return read_run(*query);
}

Result<std::vector<RunRecord>> SqliteStore::runs(std::string_view project, int limit) {
  std::lock_guard lock(mutex_);
  TRY(auto query, database_.query("SELECT id, project, command, started_us, ended_us, state, error "
                                  "FROM runs WHERE project = ? ORDER BY number DESC LIMIT ?"));
  query->bind(project).bind(std::int64_t{std::max(0, limit)});
  std::vector<RunRecord> all;
  while (true) {
    TRY(bool more, query->step());
    if (!more) return all;
    TRY(RunRecord run, read_run(*query));
    all.push_back(std::move(run));
  }
}

// ---- models
// --------------------------------------------------------------------------------------

// The version the model already has, or 0; and the newest of its name.
Result<std::int64_t> SqliteStore::known_version(const ModelRecord& model, std::int64_t& newest) {
  newest = 0;
  TRY(auto query,
      database_.query("SELECT version, content, dataset FROM models WHERE project = ? AND "
                      "name = ? ORDER BY version DESC LIMIT 1"));
  TRY(bool found, query->bind(model.project).bind(model.name).step());
  if (!found) return 0;
  newest = query->integer(0);
  bool same = query->text(1) == text(model.content) && query->text(2) == model.dataset;
  return same ? newest : 0;
}

Result<std::int64_t> SqliteStore::add_model(const ModelRecord& model) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> keys = {model.project, model.name};
  SealedRows models{"models", "SELECT * FROM models WHERE project = ? AND name = ?", keys};
  SealedRows texts{"model_texts", "SELECT * FROM model_texts WHERE project = ? AND model = ?",
                   keys};
  SealedRows lineages{"lineages", "SELECT * FROM lineages WHERE project = ? AND model = ?", keys};
  return change({models, texts, lineages}, [&]() -> Result<std::int64_t> {
    std::int64_t newest = 0;
    TRY(std::int64_t known, known_version(model, newest));
    if (known != 0) return known;
    TRY_VOID(insert_model(model, newest + 1));
    TRY_VOID(insert_texts(model, newest + 1, "option", model.options));
    TRY_VOID(insert_texts(model, newest + 1, "library", model.libraries));
    TRY_VOID(insert_lineage(database_, model, newest + 1));
    return newest + 1;
  });
}

Status SqliteStore::insert_model(const ModelRecord& model, std::int64_t version) {
  TRY(auto query, database_.query("INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  // SQLite's integers are signed; the seed keeps its 64 bits.
  return query->bind(model.project)
      .bind(model.name)
      .bind(version)
      .bind(model.run)
      .bind(model.created.us)
      .bind(text(model.content))
      .bind(model.dataset)
      .bind(model.algorithm)
      .bind(std::bit_cast<std::int64_t>(model.seed))
      .bind(std::int64_t{model.threads})
      .bind(model.metrics_json)
      .run();
}

Status SqliteStore::insert_texts(const ModelRecord& model, std::int64_t version,
                                 std::string_view kind, const NamedTexts& texts) {
  std::int64_t place = 0;
  for (const auto& [name, value] : texts) {
    TRY(auto query, database_.query("INSERT INTO model_texts VALUES (?, ?, ?, ?, ?, ?, ?)"));
    TRY_VOID(query->bind(model.project)
                 .bind(model.name)
                 .bind(version)
                 .bind(kind)
                 .bind(place++)
                 .bind(name)
                 .bind(value)
                 .run());
  }
  return {};
}

Result<NamedTexts> SqliteStore::read_texts(const ModelRecord& model, std::string_view kind) {
  TRY(auto query,
      database_.query("SELECT name, value FROM model_texts WHERE project = ? AND model = ? "
                      "AND version = ? AND kind = ? ORDER BY place"));
  query->bind(model.project).bind(model.name).bind(model.version).bind(kind);
  NamedTexts texts;
  while (true) {
    TRY(bool more, query->step());
    if (!more) return texts;
    texts.emplace_back(query->text(0), query->text(1));
  }
}

Result<ModelRecord> SqliteStore::read_model(const SqliteQuery& row) {
  ModelRecord model;
  model.project = row.text(0);
  model.name = row.text(1);
  model.version = row.integer(2);
  model.run = row.text(3);
  model.created = {row.integer(4)};
  TRY(model.content, parse_content_hash(row.text(5)));
  model.dataset = row.text(6);
  model.algorithm = row.text(7);
  model.seed = std::bit_cast<std::uint64_t>(row.integer(8));
  model.threads = static_cast<int>(row.integer(9));
  model.metrics_json = row.text(10);
  TRY(model.options, read_texts(model, "option"));
  TRY(model.libraries, read_texts(model, "library"));
  TRY(model.lineage, read_lineage(database_, model));
  return model;
}

Result<ModelRecord> SqliteStore::model(std::string_view project, std::string_view name,
                                       std::int64_t version) {
  std::lock_guard lock(mutex_);
  TRY(auto query, database_.query("SELECT * FROM models WHERE project = ?1 AND name = ?2 AND "
                                  "(version = ?3 OR ?3 = 0) ORDER BY version DESC LIMIT 1"));
  TRY(bool found, query->bind(project).bind(name).bind(version).step());
  if (found) return read_model(*query);
  if (version == 0)
    return fail(Code::kNotFound, "there is no model '{}'; `lode model list` lists them", name);
  return fail(Code::kNotFound, "there is no version {} of model '{}'", version, name);
}

Result<std::vector<ModelRecord>> SqliteStore::models(std::string_view project,
                                                     std::string_view name) {
  std::lock_guard lock(mutex_);
  TRY(auto query,
      database_.query("SELECT * FROM models WHERE project = ?1 AND (name = ?2 OR ?2 = '') "
                      "ORDER BY name, version"));
  query->bind(project).bind(name);
  std::vector<ModelRecord> all;
  while (true) {
    TRY(bool more, query->step());
    if (!more) return all;
    TRY(ModelRecord model, read_model(*query));
    all.push_back(std::move(model));
  }
}

// ---- what happened to models
// --------------------------------------------------------------------------------------

Status SqliteStore::check_event(const ModelEvent& event, std::int64_t last) {
  TRY(auto newest, database_.query("SELECT coalesce(max(number), 0) FROM model_events "
                                   "WHERE project = ?"));
  TRY_VOID(newest->bind(event.project).step());
  if (newest->integer(0) != last)
    return fail(
        Code::kConflict,
        "the models of '{}' were changed meanwhile (event {}, seen up to {}); look again and "
        "repeat it",
        event.project, newest->integer(0), last);
  if (event.version == 0) return {};
  TRY(auto model, database_.query("SELECT 1 FROM models WHERE project = ? AND name = ? AND "
                                  "version = ?"));
  TRY(bool found, model->bind(event.project).bind(event.model).bind(event.version).step());
  if (found) return {};
  return fail(Code::kNotFound, "there is no version {} of model '{}'", event.version, event.model);
}

Result<std::int64_t> SqliteStore::add_model_event(const ModelEvent& event, std::int64_t last) {
  std::lock_guard lock(mutex_);
  std::int64_t number = last + 1;
  SealedRows rows{"model_events",
                  "SELECT * FROM model_events WHERE project = ? AND number = CAST(? AS INTEGER)",
                  {event.project, std::to_string(number)}};
  return change({rows}, [&]() -> Result<std::int64_t> {
    TRY_VOID(check_event(event, last));
    TRY(auto query,
        database_.query("INSERT INTO model_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    TRY_VOID(query->bind(event.project)
                 .bind(number)
                 .bind(event.model)
                 .bind(static_cast<std::int64_t>(event.kind))
                 .bind(event.name)
                 .bind(event.version)
                 .bind(event.value)
                 .bind(event.at.us)
                 .bind(event.actor)
                 .bind(event.why)
                 .bind(event.details_json)
                 .run());
    return number;
  });
}

Result<std::vector<ModelEvent>> SqliteStore::model_events(std::string_view project,
                                                          std::string_view model) {
  std::lock_guard lock(mutex_);
  TRY(auto query, database_.query("SELECT * FROM model_events WHERE project = ?1 AND "
                                  "(model = ?2 OR ?2 = '') ORDER BY number"));
  query->bind(project).bind(model);
  std::vector<ModelEvent> all;
  while (true) {
    TRY(bool more, query->step());
    if (!more) return all;
    ModelEvent& event = all.emplace_back();
    event.project = query->text(0);
    event.number = query->integer(1);
    event.model = query->text(2);
    event.kind = static_cast<ModelEventKind>(query->integer(3));
    event.name = query->text(4);
    event.version = query->integer(5);
    event.value = query->text(6);
    event.at = {query->integer(7)};
    event.actor = query->text(8);
    event.why = query->text(9);
    event.details_json = query->text(10);
  }
}

// ---- what models are made of
// --------------------------------------------------------------------------------------

Status SqliteStore::add_definitions(std::string_view project,
                                    std::span<const DefinitionRecord> definitions) {
  std::lock_guard lock(mutex_);
  SealedRows rows{
      "definitions", "SELECT * FROM definitions WHERE project = ?", {std::string(project)}};
  return change({rows}, [&] { return insert_definitions(database_, project, definitions); });
}

Result<std::vector<DefinitionRecord>> SqliteStore::definitions(std::string_view project) {
  std::lock_guard lock(mutex_);
  return read_definitions(database_, project);
}

Status SqliteStore::add_dataset(const DatasetRecord& dataset) {
  std::lock_guard lock(mutex_);
  SealedRows rows{"datasets",
                  "SELECT * FROM datasets WHERE project = ? AND name = ?",
                  {dataset.project, dataset.name}};
  return change({rows}, [&] { return insert_dataset(database_, dataset); });
}

Result<std::vector<DatasetRecord>> SqliteStore::datasets(std::string_view project) {
  std::lock_guard lock(mutex_);
  return read_datasets(database_, project);
}

}  // namespace

std::string_view model_event_kind_name(ModelEventKind kind) {
  constexpr std::string_view kNames[] = {"alias", "tag", "approval", "gate"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view run_state_name(RunState state) {
  constexpr std::string_view kNames[] = {"running", "succeeded", "failed", "cancelled"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view station_kind_name(StationKind kind) {
  constexpr std::string_view kNames[] = {"", "own", "training"};
  return kNames[static_cast<std::size_t>(kind)];
}

Result<std::unique_ptr<MetadataStore>> open_sqlite_store(const std::string& path) {
  TRY(Sqlite database, Sqlite::open(path, kBusyMs));
  auto store = std::make_unique<SqliteStore>(std::move(database));
  Status ready = store->migrate(path);
  // Statements of ours that SQLite cannot understand: the tables are not what they should be.
  if (!ready && ready.error().code() == Code::kInternal)
    return fail(Code::kCorrupt,
                "{}; the file is damaged or not lode's: restore it from a backup, or move it away "
                "and run again",
                ready.error().message());
  if (!ready) return fail(ready.error());
  return store;
}

}  // namespace lode
