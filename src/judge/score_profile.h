// What a model's scores look like beyond single numbers, as a report draws it: what each threshold
// would do (ROC and precision-recall; of labels alone), what came true of what was predicted, and
// how scores and outcomes went from period to period.
//
// Cost: about 0.2 s for 2.5 million rows on 2 threads; nothing is sorted but a sample. Memory: some
// numbers a block. Determinism: the same bytes on any thread count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/time.h"
#include "judge/bootstrap.h"
#include "judge/sample.h"

namespace lode {

// If rows with this score and above are taken for label 1. Exact for the threshold; NaN where a
// label is missing altogether.
struct ThresholdPoint {
  double threshold = 0;
  double flagged = 0;              // share of all rows
  double recall = 0;               // share of those of label 1
  double false_positive_rate = 0;  // share of those of label 0
  double precision = 0;            // share of label 1 among the flagged
};

// Rows of neighbouring scores.
struct CalibrationPoint {
  std::int64_t rows = 0;
  double predicted = 0;  // mean score
  // Share of label 1 or mean target, the interval by blocks; NaN ends if they cannot be told.
  Estimate observed{};
  // Of numbers: between which targets the middle 80 % of the rows lie. NaN of labels.
  double tenth = 0;
  double ninetieth = 0;
};

// Rows of a stretch of time.
struct PeriodScores {
  Timestamp begin{};
  Timestamp end{};
  std::int64_t rows = 0;
  double predicted = 0;  // mean score
  double observed = 0;   // share of label 1 or mean target
  double loss = 0;       // mean log-loss; of numbers the root mean squared error
};

struct ScoreProfile {
  std::vector<ThresholdPoint> thresholds;  // ascending, at most kMostProfileThresholds
  std::vector<CalibrationPoint> calibration;
  std::vector<PeriodScores> periods;  // those with rows, in order of time
};

inline constexpr std::size_t kMostProfileThresholds = 80;
inline constexpr std::size_t kMostProfilePeriods = 120;

struct ProfiledRows {
  ScoredRows rows;                  // weights are not looked at
  std::span<const Timestamp> time;  // of each row
};

// Thresholds and bins lie at quantiles of every n-th score, so that bins are of about equal count.
// Periods are weeks from the first row's day on; of rows of many years, as many weeks as leave
// kMostProfilePeriods. Errors: kInvalid for what Sample::make refuses, scores of labels outside [0,
// 1], columns of different length, options out of range; kCancelled.
Result<ScoreProfile> profile_scores(const ProfiledRows& profiled, const Blocks& blocks,
                                    const BootstrapOptions& options, ThreadPool& pool,
                                    const CancelToken& cancel = {});

}  // namespace lode
