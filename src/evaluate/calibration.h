// Which calibrator mends a model's scores, if any, and whether scores are calibrated at all.
//
// Every calibrator (evaluate/calibrator.h) is fitted on all folds but one and judged by log-loss on
// the one left out. From the simplest on, one takes the place of the one before only if its mean
// log-loss is lower by more than one standard error of the paired difference, as Breiman et al.
// (1984) choose among trees; so scores that are calibrated stay as they are, but for luck: 197 of
// 200 sets of 1000 rows (tests/evaluate/calibration_test.cc). Below 200 rows that luck is dear: of
// 40 calibrated rows one set in twenty is bent, at up to 0.1 of log-loss. The standard error takes
// blocks of rows (days, customers) as independent, and not rows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "evaluate/calibrator.h"
#include "judge/sample.h"

namespace lode {

struct CalibratorTrial {
  CalibratorKind kind = CalibratorKind::kIdentity;
  std::string refused{};  // why it could not be fitted; the rest then means nothing
  double log_loss = 0;    // mean over all rows, each by a calibrator that had not seen its fold
  // The kind whose place it asked for; the first has none to beat, and is its own.
  CalibratorKind against = CalibratorKind::kIdentity;
  double gain = 0;            // log-loss of `against` minus its own
  double standard_error = 0;  // of the gain
  bool taken = false;         // gain > standard_error, or the first
};

struct CalibrationChoice {
  Calibrator calibrator{};                // of the chosen kind, fitted on all rows
  std::vector<CalibratorTrial> trials{};  // from the simplest on
  std::vector<double> probability{};      // of each row, by the chosen kind without its fold
  std::string why{};                      // a sentence
};

// `fold_of_block`: a fold number for each block, from 0 on; so a block is never on both sides. The
// caller says which: time series want folds that are stretches of time. `rows.score` must come from
// a model that was not trained on these rows.
//
// Identity and beta are refused, in their trials, for scores outside [0, 1]. kInvalid: what
// Sample::make refuses; labels that are all the same; fewer than two blocks with rows of weight;
// not a fold for each block; fewer than two folds, or one that no row of weight is in or all are.
// kLimit: more than 1000 folds. kCancelled between fits.
// The same bytes on any thread count. Cost: three fits a fold, and three of all rows: 10 s on one
// thread for 2.5 million rows in five folds. Memory: 32 bytes a row, and 40 a thread.
Result<CalibrationChoice> choose_calibrator(const ScoredRows& rows, const Blocks& blocks,
                                            std::span<const std::uint32_t> fold_of_block,
                                            ThreadPool& pool, const CancelToken& cancel = {});

// Spiegelhalter's test (1986) of the hypothesis that every probability is the true one of its row,
// rows being independent. z is about standard normal under it, and positive where the Brier score
// is worse than the probabilities themselves say (too sure), negative where it is better (not sure
// enough). Blind to errors that leave the Brier score as it is; weights are frequencies.
struct SpiegelhalterTest {
  double z = 0;
  double p_value = 1;  // two-sided
};

// kInvalid: what Sample::make refuses, scores outside [0, 1], and those of which none can vary the
// score (all 0, 0.5 or 1). O(rows).
Result<SpiegelhalterTest> spiegelhalter_test(const ScoredRows& rows);

}  // namespace lode
