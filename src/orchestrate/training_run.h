// The training sets of a run: those that are wanted, built from the records or, where one is kept
// as it would be built, read back.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "features/history.h"
#include "features/training_set.h"
#include "orchestrate/leakage_run.h"
#include "orchestrate/outcome_reads.h"
#include "orchestrate/stations.h"
#include "project/project.h"
#include "telemetry/metrics.h"

namespace lode {

struct TrainingMeans {
  FileSystem& files;
  ThreadPool& pool;
  const CancelToken& cancel;
  MemoryBudget& budget;
  Stations& stations;
  MetricRegistry& metrics;
};

using SetNames = std::set<std::string, std::less<>>;

// Belongs to one thread; the project and the means must outlive it.
class TrainingRun {
 public:
  TrainingRun(const Project& project, const TrainingMeans& means)
      : project_(project), means_(means) {}

  // Builds these sets, each with the one that is held against it if its views read outcomes too
  // early (orchestrate/outcome_reads.h). A station each. Errors: build_training_set's; kLimit.
  Status build(const SetNames& sets, const RecordTables& records, std::int64_t cut);
  // Reads a set back from the zone that is kept of it: the same table, bit by bit. For sets whose
  // rows are kept in their own order and which read no outcomes. It has so many rows. A station.
  // kCorrupt; kLimit.
  Status restore(const TrainingSet& set, std::int64_t rows);

  // Whether leaks of the set are looked for in its records too, so that it must be built.
  static bool needs_records(const Project& project, const TrainingSet& set) {
    return !declared_outcome_reads(project, set).empty();
  }

  // Of the sets built or restored. Tables stay where they are.
  const TrainingTable& table(std::string_view set) const { return tables_.find(set)->second; }
  const LeakageSet& leakage(std::string_view set) const { return leakage_.find(set)->second; }
  bool has(std::string_view set) const { return tables_.contains(set); }

 private:
  Status make(const TrainingSet& set, History& history, ReadCache& cache);
  bool forget_when_known();
  void look_for_outcomes(const TrainingSet& set, const RecordTables& records);
  void count(std::string_view name, std::string_view help, const std::string& set,
             std::int64_t value);
  void count(const TrainingSet& set, const ReplayCounts& before, const ReplayCounts& after,
             std::int64_t facts);

  const Project& project_;
  TrainingMeans means_;
  RepairedProject when_known_;
  std::map<std::string, TrainingTable, std::less<>> tables_;
  std::map<std::string, LeakageSet, std::less<>> leakage_;  // of tables_
};

}  // namespace lode
