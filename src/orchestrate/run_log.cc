#include "orchestrate/run_log.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/json.h"
#include "base/stored_json.h"
#include "orchestrate/lineage_run.h"
#include "orchestrate/source_run.h"
#include "project/lock.h"
#include "table/duckdb.h"

namespace lode {
namespace {

// The beginning of the error text of a run that did not end itself.
constexpr std::string_view kInterrupted = "interrupted:";

// Ends what still stands as running; returns the number of the newest run, or 0.
Result<std::int64_t> end_interrupted(MetadataStore& store, const Project& project, Timestamp now) {
  TRY(std::vector<RunRecord> runs, store.runs(project.name, std::numeric_limits<int>::max()));
  if (runs.empty()) return 0;
  TRY(std::int64_t newest, run_number(runs.front()));
  for (const RunRecord& run : runs) {
    if (run.state != RunState::kRunning) continue;
    TRY_VOID(store.end_run(run.id, now, RunState::kFailed,
                           fmt::format("{} its process ended before it did; found by run {}",
                                       kInterrupted, newest + 1)));
  }
  return newest;
}

// Somebody may change the registry between a look and the act: then it is looked at again.
template <typename Work>
Status once_more(Work work) {
  constexpr int kTries = 5;
  Status done;
  for (int i = 0; i < kTries; ++i) {
    done = work();
    if (done || done.error().code() != Code::kConflict) return done;
  }
  return done;
}

}  // namespace

Result<std::int64_t> run_number(const RunRecord& run) {
  std::int64_t number = 0;
  const char* end = run.id.data() + run.id.size();
  auto [stopped, status] = std::from_chars(run.id.data(), end, number);
  if (status != std::errc() || stopped != end || number < 1)
    return fail(Code::kCorrupt, "the run records hold a run '{}', which lode did not write",
                run.id);
  return number;
}

Result<NamedTexts> libraries_of(std::string_view fitted) {
  NamedTexts libraries = {{"lode", LODE_VERSION}};
  TRY(std::string duckdb, Duck::version());
  libraries.emplace_back("duckdb", duckdb);
  TRY(JsonValue json, parse_json(fitted));
  const JsonValue* library = json.find("library");
  if (library == nullptr) return libraries;
  std::size_t blank = library->text.find(' ');
  if (blank != std::string::npos)
    libraries.emplace_back(library->text.substr(0, blank), library->text.substr(blank + 1));
  return libraries;
}

std::string run_records_path(const Project& project) { return state_path(project, "runs.sqlite"); }

Result<std::unique_ptr<MetadataStore>> open_run_records(FileSystem& files, const Project& project) {
  TRY(bool there, exists(files, run_records_path(project)));
  if (!there)
    return fail(Code::kNotFound, "project {} has not been run yet; `lode run {}` does it",
                project.name, project.file.string());
  return open_sqlite_store(run_records_path(project));
}

void find_interrupted(FileSystem& files, const Project& project, std::vector<RunRecord>& runs) {
  auto stands = [](const RunRecord& run) { return run.state == RunState::kRunning; };
  if (std::ranges::none_of(runs, stands)) return;
  // Held by another, or not ours to open: then it may well be running.
  if (!files.lock(ProjectLock::path(project.root))) return;
  for (RunRecord& run : runs) {
    if (!stands(run)) continue;
    run.state = RunState::kFailed;
    run.error = fmt::format("{} its process ended before it did", kInterrupted);
  }
}

std::string_view run_state_text(const RunRecord& run) {
  if (run.state == RunState::kSucceeded) return "done";
  if (run.state == RunState::kFailed && run.error.starts_with(kInterrupted)) return "interrupted";
  return run_state_name(run.state);
}

Result<RunLog> RunLog::begin(FileSystem& files, const Project& project, const Clock& clock,
                             std::string_view command) {
  std::string path = run_records_path(project);
  TRY_VOID(files.make_directories(parent_directory(path)));
  TRY(std::unique_ptr<MetadataStore> store, open_sqlite_store(path));
  TRY(std::int64_t newest, end_interrupted(*store, project, clock.now()));
  RunRecord run;
  run.id = std::to_string(newest + 1);
  run.project = project.name;
  run.command = command;
  run.started = clock.now();
  TRY_VOID(store->begin_run(run));
  return RunLog(std::move(store), project, clock, newest + 1);
}

Status RunLog::station(const StationRecord& station) {
  waiting_.push_back(station);
  double waited = 0;
  for (const StationRecord& one : waiting_) waited += one.seconds;
  return station.bytes_written > 0 || waited >= 1 ? put_waiting() : Status();
}

Status RunLog::put_waiting() {
  if (waiting_.empty()) return {};
  TRY_VOID(store_->add_stations(std::to_string(number_), waiting_));
  waiting_.clear();
  return {};
}

Status RunLog::counters(const std::vector<CounterRecord>& counters) {
  return store_->add_counters(std::to_string(number_), counters);
}

Status RunLog::dataset(const TrainingReport& set, const TrainingTable& training, ThreadPool& pool,
                       const CancelToken& cancel) {
  TRY(std::vector<DatasetRecord> known, store_->datasets(project_->name));
  if (std::ranges::find(known, set.dataset, &DatasetRecord::name) != known.end()) return {};
  DatasetRecord record;
  record.project = project_->name;
  record.name = set.dataset;
  record.training = set.name;
  record.run = std::to_string(number_);
  record.rows = set.rows;
  record.target_mean = set.positives;
  TRY(record.columns, dataset_columns(training, pool, cancel));
  return store_->add_dataset(record);
}

// What a model is held against, by versions: what its report compares it with, and what stood in
// its place before.
Status RunLog::place_in_line(const ModelReport& model, ModelLineage& lineage) {
  auto as_lineage = [](const ModelRecord& record) {
    return LineageModel{record.name, record.version, record.content};
  };
  Registry registry(*store_, project_->name, *clock_);
  if (!model.compared_with.empty()) {
    auto other = registry.find(model.compared_with);
    if (other) lineage.compared_with = as_lineage(*other);
  }
  auto before = registry.find(fmt::format("{}@{}", model.name, kChampion));
  if (!before) before = registry.find(model.name);
  if (before) lineage.before = as_lineage(*before);
  if (!before && before.error().code() != Code::kNotFound) return fail(before.error());
  return {};
}

Status RunLog::model(ModelReport& model, MadeOf made) {
  ModelRecord record;
  record.project = project_->name;
  record.name = model.name;
  record.run = std::to_string(number_);
  record.created = clock_->now();
  TRY(record.content, parse_content_hash(model.content));
  record.dataset = model.dataset;
  record.algorithm = model.algorithm;
  record.options = model.options;
  record.seed = model.seed;
  record.threads = model.threads;
  record.libraries = model.libraries;
  TRY_VOID(place_in_line(model, made.lineage));
  record.lineage = std::move(made.lineage);
  JsonWriter json;
  json.begin_object();
  write_judgement(json, model);
  json.end_object();
  record.metrics_json = json.take();
  TRY_VOID(store_->add_definitions(project_->name, made.definitions));
  TRY(model.version, store_->add_model(record));
  // A version that was there already keeps the lineage it was made with.
  TRY(ModelRecord kept, store_->model(project_->name, model.name, model.version));
  model.lineage = std::move(kept.lineage);
  return {};
}

Status RunLog::scoring(const ScoreReport& scores) {
  return store_->add_scoring(scoring_record(scores, number_));
}

Status RunLog::promote(const std::string& model, std::int64_t version, const Act& act) {
  Registry registry(*store_, project_->name, *clock_);
  return once_more([&]() -> Status {
    TRY(std::vector<ModelEvent> events, registry.history(model));
    bool been = false;
    for (const ModelEvent& event : events) {
      if (event.kind != ModelEventKind::kAlias || event.name != kChampion) continue;
      // What the same actor took out of its place may come back to it.
      been = event.version == version || (been && (event.version != 0 || event.actor != act.actor));
    }
    if (been) return {};
    TRY(ModelEvent event, registry.promote(fmt::format("{}@{}", model, version), kChampion, act));
    return {};
  });
}

Status RunLog::stand_down(const std::string& model, const Act& act) {
  Registry registry(*store_, project_->name, *clock_);
  return once_more([&]() -> Status {
    TRY(std::vector<ModelEvent> events, registry.history(model));
    const ModelEvent* last = nullptr;
    for (const ModelEvent& event : events)
      if (event.kind == ModelEventKind::kAlias && event.name == kChampion) last = &event;
    if (last == nullptr || last->version == 0 || last->actor != act.actor) return {};
    TRY(ModelEvent event, registry.clear(model, kChampion, act));
    return {};
  });
}

Status RunLog::end(const Status& outcome) {
  RunState state = RunState::kSucceeded;
  if (!outcome)
    state = outcome.error().code() == Code::kCancelled ? RunState::kCancelled : RunState::kFailed;
  Status recorded = put_waiting();
  Status ended = store_->end_run(std::to_string(number_), clock_->now(), state,
                                 outcome ? "" : outcome.error().text());
  if (!outcome) return outcome;
  return recorded ? ended : recorded;
}

}  // namespace lode
