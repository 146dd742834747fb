// One model from its training set: encoded, fitted on the training rows, judged on the test rows.
// Each of these is a station, "model late: fit" the one that is training and not lode's own work;
// where options are to be found, three more come before: "model late: tune, fit" or "choose, fit".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "evaluate/calibrator.h"
#include "features/encoder_bytes.h"
#include "features/training_set.h"
#include "judge/bootstrap.h"
#include "judge/metric.h"
#include "mine/algorithm.h"
#include "orchestrate/folded_judgement.h"
#include "orchestrate/report.h"
#include "orchestrate/stations.h"
#include "project/project.h"

namespace lode {

struct FittedRun {
  std::unique_ptr<FittedModel> model;
  std::vector<ColumnEncoder> encoders;   // one a column, in order
  std::vector<std::int64_t> train_rows;  // positions in the training table, ascending
  std::vector<std::int64_t> test_rows;
  std::vector<double> train_scores;  // calibrated
  Calibrator calibrator;             // that scores go through
  std::vector<double> test_scores;   // calibrated
  JudgedRows judged;                 // the test rows
  // The same before calibration, where that changed something: to be held against a model made
  // another way, which has no calibrator of its own.
  std::optional<JudgedRows> judged_raw;
  FoldedJudgement folded;  // the training rows, by models that had not seen them
  ModelReport report;
  MemoryBudget::Hold hold;  // must not outlive the budget

  // What only those need who look at the model itself: for a comparison the test rows are enough.
  Status forget_training();
};

struct ModelMeans {
  ThreadPool& pool;
  const CancelToken& cancel;
  MemoryBudget& budget;
  Stations& stations;
  // Over when a model has had its share of the run's time: a search for options takes a part of
  // it, and with `give_up` also what can be left out of a report ends by it.
  const CancelToken* share = nullptr;
  bool give_up = false;
};

// What every model of a task is judged by, and how often blocks are drawn for it.
Result<std::vector<const Metric*>> judged_metrics(Task task);
// Of them, what options are chosen by and leaderboards go by; less of it is better.
std::string_view deciding_metric(Task task);
inline constexpr int kJudgingReplicates = 500;

// `compare_with` is a model made before, or nullptr; of other test rows, a note says so.
// Errors carry the model's name and place; kLimit if it would not fit into the budget.
Result<FittedRun> run_model(const Project& project, const Model& model,
                            const TrainingTable& training, const FittedRun* compare_with,
                            const ModelMeans& means);

// Puts into the report of `run` what differs from the other on the same test rows, or that they are
// not the same. Errors: those of compare().
Status compare_runs(FittedRun& run, const FittedRun& other, std::uint64_t seed, ThreadPool& pool,
                    const CancelToken& cancel);

// At the model's place, for the first of which something is wrong: kNotFound for an algorithm that
// is not there; kInvalid where it is to be compared with a model that learns another task.
Status check_algorithms(const Project& project);

// The stored bytes of a model: its declaration, data set, encoders and the algorithm's own bytes.
// docs/formats/model.md.
std::string model_artifact(const Model& model, const FittedRun& run, const std::string& dataset);

}  // namespace lode
