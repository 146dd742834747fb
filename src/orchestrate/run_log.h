// The record of a run while it goes on, in the project's metadata store: what was begun stays
// visible if the process dies, and the next run says so. Nothing of a record goes into a name or a
// hash.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/time.h"
#include "lake/runs.h"
#include "orchestrate/report.h"
#include "project/project.h"
#include "registry/registry.h"

namespace lode {

struct MadeOf;         // orchestrate/lineage_run.h
struct TrainingTable;  // features/training_set.h

// What a record is of: of a whole run, which has a report, or of a scoring, which has none.
inline constexpr std::string_view kRunCommand = "run";
inline constexpr std::string_view kScoreCommand = "score";

// Where the metadata store of a project is.
std::string run_records_path(const Project& project);

// For those who only look; kNotFound until a run has begun.
Result<std::unique_ptr<MetadataStore>> open_run_records(FileSystem& files, const Project& project);

// Those of the records that stand as running while nobody holds the project's lock are given as
// what they are: interrupted. Looks at the lock by taking it for a moment, and only if one stands
// so.
void find_interrupted(FileSystem& files, const Project& project, std::vector<RunRecord>& runs);

// kCorrupt for an id that lode did not give.
Result<std::int64_t> run_number(const RunRecord& run);

// What a run cost by the project's price then, in millionths of a currency, which is its label.
inline constexpr std::string_view kCostCounter = "lode_run_cost_millionths";
inline constexpr double kCostParts = 1e6;

// "running", "done", "failed", "cancelled", or "interrupted" for a run whose process died, as
// find_interrupted or the next run found out.
std::string_view run_state_text(const RunRecord& run);

// The versions a model depends on. `fitted` is what the algorithm says of it, as JSON
// (FittedModel::describe): one of a library says which made it.
Result<NamedTexts> libraries_of(std::string_view fitted);

// Belongs to the thread of the run.
class RunLog {
 public:
  // Begins a run's record; runs that still stand as running are ended as interrupted. The caller
  // holds the project's lock, so none of them can be alive. `command` is one of the
  // above.
  static Result<RunLog> begin(FileSystem& files, const Project& project, const Clock& clock,
                              std::string_view command = kRunCommand);

  std::int64_t number() const { return number_; }  // 1, 2, ... of the project
  // Put on record at once if it left something in files; else with the next one that does, or
  // when those that wait took a second: a sync a station would show in a small run.
  Status station(const StationRecord& station);
  Status counters(const std::vector<CounterRecord>& counters);  // once
  // A data set as it is kept when its rows are gone. Nothing if it is known: its columns are looked
  // through once.
  Status dataset(const TrainingReport& set, const TrainingTable& training, ThreadPool& pool,
                 const CancelToken& cancel);
  // The newest `limit` runs of the project, this one among them.
  Result<std::vector<RunRecord>> runs(int limit) { return store_->runs(project_->name, limit); }
  // Rows that were scored, by what, and where they went.
  Status scoring(const ScoreReport& scores);
  // Adds a stored model and sets its version and lineage in `model`.
  Status model(ModelReport& model, MadeOf made);
  // Makes a version the champion of its name, unless it has been that before: who went back from it
  // is not overruled by the same run again.
  Status promote(const std::string& model, std::int64_t version, const Act& act);
  // Where the actor made a version of the name its champion, and it still is, the name has none
  // from here on. What people promoted stays.
  Status stand_down(const std::string& model, const Act& act);
  // Ends the record. Returns the run's own error, else that of recording it.
  Status end(const Status& outcome);

 private:
  RunLog(std::unique_ptr<MetadataStore> store, const Project& project, const Clock& clock,
         std::int64_t number)
      : store_(std::move(store)), project_(&project), clock_(&clock), number_(number) {}

  Status put_waiting();
  Status place_in_line(const ModelReport& model, ModelLineage& lineage);

  std::unique_ptr<MetadataStore> store_;
  const Project* project_;
  const Clock* clock_;
  std::int64_t number_;
  std::vector<StationRecord> waiting_;
};

}  // namespace lode
