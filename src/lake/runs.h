// What lode remembers about its own work: runs and models, behind one typed interface. The default
// is a SQLite file; another store (PostgreSQL) must pass tests/lake/metadata_contract_test.cc.
//
// Threads: a store may be used from any thread; calls are serialised.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "base/time.h"
#include "lake/model_lineage.h"

namespace lode {

enum class RunState : std::uint8_t { kRunning, kSucceeded, kFailed, kCancelled };
std::string_view run_state_name(RunState state);  // "running", ...

// Whose work a station is: lode's own, or the training of a model, which is mostly a library's.
// kUnknown: recorded before version 3 of the format, when one station held both.
enum class StationKind : std::uint8_t { kUnknown, kOwn, kTraining };
std::string_view station_kind_name(StationKind kind);  // "own", "training"; "" for kUnknown

// A stretch of a run. What is 0 from cpu_seconds on was not measured, or there was none of it.
struct StationRecord {
  std::string name{};  // "ingest flights", "model late: fit"
  std::int64_t units = 0;
  std::string unit{};  // "rows"
  double seconds = 0;
  StationKind kind = StationKind::kUnknown;
  double cpu_seconds = 0;          // of all threads of the process
  std::int64_t bytes_read = 0;     // of files it is about
  std::int64_t bytes_written = 0;  // into files that stay, or on the way to them
  std::int64_t memory = 0;         // bytes accounted for at the most (base/memory_budget.h)
  Timestamp started{};
  std::uint64_t span = 0;    // as telemetry/span.h numbers them
  std::uint64_t parent = 0;  // span it is a part of; 1 is the run
  bool operator==(const StationRecord&) const = default;
};

// What a run counted. Names and labels are those of telemetry/metrics.h.
struct CounterRecord {
  std::string name{};    // "lode_rows_read_total"
  std::string labels{};  // "source=flights", several with commas, "" for none
  std::int64_t value = 0;
  bool operator==(const CounterRecord&) const = default;
};

struct RunRecord {
  std::string id{};  // chosen by the caller, never used twice
  std::string project{};
  std::string command{};  // "run"
  Timestamp started{};
  std::optional<Timestamp> ended{};
  RunState state = RunState::kRunning;
  std::string error{};                    // text of the error, "" if there was none
  std::vector<StationRecord> stations{};  // in the order they ended
  std::vector<CounterRecord> counters{};  // by name and labels
  bool operator==(const RunRecord&) const = default;
};

// What was read to be scored, or where scores went.
struct ScoredThing {
  std::string kind{};  // "source", "file"; of what was written also "table", in a DuckDB file
  std::string name{};  // of the source; the path of a file
  std::string is{};    // the raw zone's name, a file's content hash; "" of a table
  bool operator==(const ScoredThing&) const = default;
};

// Rows scored by a version in a run.
struct ScoringRecord {
  std::string run{};    // id
  std::string name{};   // of scores that lode.yaml declares; "" = of none
  std::string model{};  // and its version
  std::int64_t version = 0;
  ContentHash content{};
  std::string selection{};        // "rows without a label", "rows of new.csv"
  std::int64_t records_read = 0;  // of raw zones
  std::int64_t scored = 0;        // rows, by this run
  std::int64_t unchanged = 0;     // rows whose scores stood
  std::int64_t gone = 0;          // rows that have no score any more
  std::int64_t standing = 0;      // rows that have one now
  double seconds = 0;
  std::vector<ScoredThing> inputs{};
  std::vector<ScoredThing> outputs{};
  bool operator==(const ScoringRecord&) const = default;
};

using NamedTexts = std::vector<std::pair<std::string, std::string>>;  // in order, names unique

struct ModelRecord {
  std::string project{};
  std::string name{};
  std::int64_t version = 0;  // given by the store: 1, 2, ... for each (project, name)
  std::string run{};         // id of the run that made it
  Timestamp created{};
  ContentHash content{};  // of the artifact's bytes
  std::string dataset{};  // name of the data set it was trained on
  std::string algorithm{};
  NamedTexts options{};
  std::uint64_t seed = 0;
  int threads = 0;
  NamedTexts libraries{};  // "xgboost": "3.2.0"
  std::string metrics_json = "{}";
  ModelLineage lineage{};
  bool operator==(const ModelRecord&) const = default;
};

// Something that happened to the standing of a model: its history, of which what stands now follows
// (registry/registry.h). Never changed or taken back; what undoes one is another.
enum class ModelEventKind : std::uint8_t { kAlias, kTag, kApproval, kGate };
std::string_view model_event_kind_name(ModelEventKind kind);  // "alias", ...

struct ModelEvent {
  std::int64_t number = 0;  // given by the store: 1, 2, ... of the project
  std::string project{};
  std::string model{};
  ModelEventKind kind = ModelEventKind::kAlias;
  std::string name{};        // the alias or tag; the stage that is approved; what a gate held it
                             // against, as NAME@VERSION
  std::int64_t version = 0;  // 0: the alias points nowhere from here on
  std::string value{};       // of a tag; "" takes it away. Of a gate: its verdict
  Timestamp at{};
  std::string actor{};  // who did it: "gate", a user
  std::string why{};
  std::string details_json = "{}";  // a gate's decision
  bool operator==(const ModelEvent&) const = default;
};

// Errors of every call: kCorrupt when the store's file is damaged, kLimit when the disk is full,
// kConflict when another process writes for longer than the time-out, kIo otherwise.
class MetadataStore {
 public:
  virtual ~MetadataStore() = default;

  // A run as it begins; its stations, counters, end and error are not looked at. kConflict: the id
  // is taken.
  virtual Status begin_run(const RunRecord& run) = 0;
  // kNotFound: no such run. kConflict: it has ended.
  virtual Status add_stations(std::string_view run, std::span<const StationRecord> stations) = 0;
  // Once a run: a second call, or a name with the same labels twice, is kConflict. kNotFound and
  // kConflict as above.
  virtual Status add_counters(std::string_view run, std::span<const CounterRecord> counters) = 0;
  // kNotFound and kConflict as above.
  virtual Status add_scoring(const ScoringRecord& scoring) = 0;
  // Of all runs of a project, in the order they began.
  virtual Result<std::vector<ScoringRecord>> scorings(std::string_view project) = 0;
  // `state` is not kRunning. kNotFound and kConflict as above.
  virtual Status end_run(std::string_view run, Timestamp ended, RunState state,
                         std::string_view error) = 0;
  virtual Result<RunRecord> run(std::string_view id) = 0;  // kNotFound
  // The last `limit` runs of a project by the order they began, newest first.
  virtual Result<std::vector<RunRecord>> runs(std::string_view project, int limit) = 0;

  // Adds a model and returns its version. A model of the same content and data set as the newest
  // version of its name is that version: running again adds nothing, and its lineage stays what it
  // was when it was made.
  virtual Result<std::int64_t> add_model(const ModelRecord& model) = 0;
  // version 0: the newest. kNotFound.
  virtual Result<ModelRecord> model(std::string_view project, std::string_view name,
                                    std::int64_t version) = 0;
  // All versions of a name, or of all names ("" ), by name and ascending version.
  virtual Result<std::vector<ModelRecord>> models(std::string_view project,
                                                  std::string_view name) = 0;

  // Adds to a project's history and returns the number given. `last` is the newest event the caller
  // has seen (0: none); kConflict when another came in between, and nothing is added. kNotFound:
  // the event names a version that is not there.
  virtual Result<std::int64_t> add_model_event(const ModelEvent& event, std::int64_t last) = 0;
  // Of a model, or of all ("" ), by number.
  virtual Result<std::vector<ModelEvent>> model_events(std::string_view project,
                                                       std::string_view model) = 0;

  // Texts of declarations, each kept once, whoever adds it again. kCorrupt: a hash is not that of
  // its text.
  virtual Status add_definitions(std::string_view project,
                                 std::span<const DefinitionRecord> definitions) = 0;
  // By kind, name and hash.
  virtual Result<std::vector<DefinitionRecord>> definitions(std::string_view project) = 0;

  // A data set by its name; one that is known stays as it was.
  virtual Status add_dataset(const DatasetRecord& dataset) = 0;
  // In the order they were added.
  virtual Result<std::vector<DatasetRecord>> datasets(std::string_view project) = 0;
};

// SQLite (3.37 or later) in one file, made if missing. The journal is a rollback journal, not WAL:
// there are a few small writes a run, so WAL gains nothing here, and would leave two more files
// beside it and not work on network file systems. Every write is synced. Another process that
// writes is waited for, up to 5 s. The schema has a version: an older file is brought up to date
// when it is opened, kUnsupported for a newer one. Opening also checks the
// whole file: SQLite's own check of its pages, the text of the tables, and a seal over all rows
// (lake/runs_seal.h), so that a flipped bit is kCorrupt and never another record. Cost: reads the
// file; about 0.1 ms a run.
Result<std::unique_ptr<MetadataStore>> open_sqlite_store(const std::string& path);

}  // namespace lode
