// The gate between any two versions of a project's models (evaluate/gate.h), on the rows that both
// were tested on (orchestrate/version_rows.h), under the ledger of all looks the project has on
// record.
//
// What a gate said is an event of the challenger, with the rows and the alpha it took. The same
// question asked again (versions, rows, policy) is answered as it was, with the alpha it had then:
// a CI job that is repeated spends nothing. Another question about rows of the same time gets half
// of what is left of alpha there (evaluate/alpha_ledger.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/time.h"
#include "evaluate/gate.h"
#include "lake/runs.h"
#include "project/project.h"
#include "registry/registry.h"

namespace lode {

struct GateQuestion {
  ModelRecord challenger;
  ModelRecord champion;
  GatePolicy policy;
  double alpha = 0.05;                // of all looks at the same rows together
  std::vector<std::string> slices{};  // columns of the challenger's training set
};

struct GateAnswer {
  GateDecision decision;
  double challenger = 0;  // the policy's metric, on the rows
  double champion = 0;
  std::string source;      // whose rows
  Timestamp first, last;   // event times of the rows
  std::string block_unit;  // "day", "row" or a column of groups
  std::int64_t event = 0;  // of the registry's history, under which it stands
  bool again = false;      // it was asked before: the answer is the one of then
};

struct GateMeans {
  FileSystem& files;
  MetadataStore& store;
  const Clock& clock;
  const Limits& limits;
  const CancelToken& cancel;
};

// The policy that fits what a model learns: log-loss and calibration for labels, RMSE for numbers.
GatePolicy default_policy(Task task);

// Answers and puts the answer on record. Errors: those of rows_of_both and decide; kInvalid for a
// version held against itself; kConflict when the registry was changed meanwhile, after which
// nothing is on record.
Result<GateAnswer> ask_gate(const Project& project, const GateQuestion& question, const Act& act,
                            const GateMeans& means);

// The answer as fields of the open object.
void write_answer(JsonWriter& json, const GateQuestion& question, const GateAnswer& answer);

}  // namespace lode
