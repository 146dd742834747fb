// What a run says of a search for options (orchestrate/tuning.h): every trial, what was chosen and
// why, what it gained on the rows it was chosen by and on the test rows.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "judge/bootstrap.h"

namespace lode {

struct TrialReport {
  std::vector<std::pair<std::string, std::string>> options{};  // those that are searched
  std::string state;                                           // "finished", "dropped", "refused"
  std::int64_t folds = 0;                                      // it was scored on
  double loss = 0;  // on them, by the metric of the search; NaN if refused
  double seconds = 0;
  std::string why{};  // of one that was refused
};

// What the options bought on one metric of the test rows, before calibration.
struct TuningTest {
  std::string metric;
  Estimate declared{};    // of a model with the declared options
  Estimate difference{};  // of the chosen less the declared
};

struct TuningReport {
  std::string metric{};    // of the search: "log_loss", "rmse"; less is better
  std::string how{};       // "3 folds of rows, each by a model of the others"
  std::int64_t rows = 0;   // that trials are scored on
  std::int64_t folds = 0;  // of them
  std::int64_t most = 0;   // trials
  Duration limit{};        // of time; 0: none
  bool by_run = false;     // it is the run's limit, not the model's
  double seconds = 0;      // it took
  std::string end{};       // "trials", "time", "space"
  std::vector<TrialReport> trials{};
  std::size_t chosen = 0;
  std::string says{};  // a sentence
  Estimate gain{};     // loss of the declared options less that of the chosen ones, on the folds
  std::vector<TuningTest> test{};
  std::string why_not{};  // nothing was tried: why

  bool asked() const { return !metric.empty(); }
};

// "tuning": {...} of the open object; nothing unless it was asked for.
void write_tuning(JsonWriter& json, const TuningReport& tuning);

}  // namespace lode
