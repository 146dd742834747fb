// The monitor over one model of a run: its test rows, period by period, held against the rows it
// was made from. monitor/watch.h says what an alarm is worth.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/error.h"
#include "features/training_set.h"
#include "orchestrate/model_run.h"
#include "orchestrate/monitor_report.h"
#include "project/project.h"

namespace lode {

class MonitorRuns {
 public:
  // Station "model late: monitor". Only models whose split goes by time are watched. What is said
  // of columns is worked out once for models of the same columns and rows. What does not fit into
  // the budget is left undone, and the report says so. Errors: kCancelled.
  Result<MonitorReport> look(const Project& project, const Model& model,
                             const TrainingTable& training, const FittedRun& run,
                             const ModelMeans& means);

 private:
  std::map<std::string, Watch, std::less<>> of_columns_;
  std::optional<RowsWatch> rows_;  // of the last model: most of a project have the same
  std::string rows_key_;
};

// The first model before it with the same columns, rows and seed: what is said of columns stands
// there. nullptr if there is none, or it is not watched.
const Model* watched_before(const Project& project, const Model& model);

WatchOptions watch_options(const MonitorRules& rules, std::uint64_t seed);

// The columns a model reads, those of its groups left out, as far as the rules name them.
struct ColumnsToWatch {
  std::vector<WatchedColumn> columns;
  std::vector<std::string> left_out;  // by the rules
};
ColumnsToWatch watched_columns(const MonitorRules& rules, const Model& model,
                               const TrainingTable& training);

}  // namespace lode
