// A walk forward (lode.yaml: retraining): period after period every challenger is made from rows
// whose label was known when the period began, all score the rows of the period, and when it has
// ended the gate says which of them is live in the next. What is told is what would have happened:
// no model sees a row before it has scored it, and no decision a label before it was known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "evaluate/gate.h"
#include "orchestrate/model_run.h"
#include "orchestrate/report.h"
#include "project/project.h"

namespace lode {

struct WalkedRun {
  WalkReport report;
  // What is live after the last period, and its declaration under the walk's name; nothing while it
  // is the first champion, which stands under its own.
  std::optional<Model> declared{};
  FittedRun fitted{};
  GateDecision decision{};  // the one that made it live
};

// Stations "retraining late: fit" and so on. Errors carry its name and place; kInvalid when there
// are no rows in any period, or a challenger has none to be made from; kLimit; kCancelled.
// Memory: 8 bytes a row of the periods for each challenger. The same on any number of threads.
Result<WalkedRun> run_walk(const Project& project, const Retraining& walk,
                           const TrainingTable& training, const ModelMeans& means);

// What can be said of a project's walks before there are rows: kInvalid, at its place, for the
// first whose gate would compare by a metric that has no better end or judges other targets, or
// whose models learn different ones.
Status check_walks(const Project& project);

}  // namespace lode
