// The leak detectors over one model of a run: what they are shown, and the model made and judged
// again without what they suspect. evaluate/leakage.h says what a suspicion is worth.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "features/training_set.h"
#include "orchestrate/leakage_report.h"
#include "orchestrate/model_run.h"
#include "orchestrate/outcome_reads.h"
#include "project/project.h"

namespace lode {

// A training set as the detectors need it, beside its table.
struct LeakageSet {
  explicit LeakageSet(const TrainingTable& rows) : table(rows) {}

  const TrainingTable& table;
  // With outcomes read when they are known, or why there is none, if a view reads them earlier.
  const TrainingTable* when_known = nullptr;
  std::string why_not_known = "its views cannot be read over the label";
  std::vector<DeclaredRead> reads{};
  std::vector<std::string> from_the_past{};  // columns that read views
  EarlyReads early{};                        // filled in if there are reads
};

class LeakageRuns {
 public:
  // Stations: "model late: leaks" and, being fits, "model late: leaks, fit"; three more for every
  // time the model is made again. What detectors find in the columns is found once for models of
  // the same columns and split. The test and the training are sampled down to what is in the
  // report; models made again see all rows. What does not fit into the budget is left undone, and
  // the report says so; nor is a model looked at that answers all rows alike. Errors: kCancelled,
  // and what a fit refuses but kInvalid and kLimit.
  Result<LeakageReport> look(const Model& model, const LeakageSet& set, const FittedRun& run,
                             const ModelMeans& means);

 private:
  std::map<std::string, std::vector<LeakFinding>, std::less<>> of_columns_;
};

}  // namespace lode
