// What a run says of a model beyond its metrics, in two steps: what is learned from training rows
// that are scored out of fold, before the test rows are judged; and what the test rows then show.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "evaluate/calibrator.h"
#include "orchestrate/evaluation_report.h"
#include "orchestrate/out_of_fold.h"

namespace lode {

struct EvaluationMeans {
  ThreadPool& pool;
  const CancelToken& cancel;
  MemoryBudget& budget;
  Stations& stations;
};

// What comes of the folds.
struct FoldedModel {
  Calibrator calibrator{};  // identity where nobody asked or nothing can be chosen
  // Each score as the calibrator would make it that had not seen the row's fold. Without rows if
  // nobody asked for what needs them, or there can be none.
  OutOfFold scored{};
  std::string why_not{};  // asked, and not possible
};

// Scores training rows out of fold if the project asks for what needs it, chooses the calibrator,
// finds the threshold and looks for wrong labels; what cannot be had the report says. Errors:
// kCancelled, and what a fit refuses but kInvalid and kLimit.
Result<FoldedModel> evaluate_out_of_fold(const OutOfFoldTask& task, const EvaluationMeans& means,
                                         EvaluationReport& out);

// Rows a model was tested on.
struct TestedRows {
  std::span<const std::int64_t> rows;  // of the training table, ascending
  std::span<const double> raw;         // scores as the algorithm gives them
  std::span<const double> scores;      // calibrated
  std::span<const std::uint8_t> labels;
  const Blocks& blocks;
  bool reads_columns = true;  // the model; of one that does not slices say nothing
};

// What calibration changed on the test rows, in `out.calibration`, if something was asked for.
// Errors: kCancelled, and what the metrics refuse.
Status compare_calibration(const TestedRows& tested, const BootstrapOptions& draws,
                           const EvaluationMeans& means, EvaluationReport& out);

// What the test rows show: what came of the threshold, where the model is worse than elsewhere, how
// groups fare; each if asked for, slices of any
// model that reads columns. Slices are looked for in at most 100,000 rows that
// are drawn by the model's seed. Errors: kCancelled; what cannot be told is told in `out`.
Status evaluate_on_test(const OutOfFoldTask& task, const TestedRows& tested,
                        const BootstrapOptions& draws, const EvaluationMeans& means,
                        EvaluationReport& out);

}  // namespace lode
