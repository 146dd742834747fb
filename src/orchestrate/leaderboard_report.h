// What a leaderboard says, as values. Differences are of the metric, on the same rows and draws;
// less of it is better.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "judge/bootstrap.h"
#include "orchestrate/learning_curve_report.h"

namespace lode {

class JsonWriter;

struct LeaderboardRow {
  std::string model;
  std::string algorithm;
  Estimate value{};        // of the metric
  Estimate behind_best{};  // this less the best, on the same rows and draws; 0 of the best itself
  // By the rows the winner is chosen by: the metric, less the best there, whether it cannot be told
  // apart from that. All 0 and false of a suspect.
  Estimate chosen_value{};
  Estimate chosen_behind{};
  bool tied = false;
  bool suspected = false;  // of a leak: it cannot win
};

// Models judged on the same test rows of one label. The winner is chosen before they are looked at,
// by training rows scored out of fold, and only where there are none by the test rows themselves:
// of those that cannot be told apart from the best the baseline, else the one that lode.yaml
// declares first among those that are better than it. Put simple models first. A winner that the
// test rows do not show to be better than the baseline gives way to it.
struct Leaderboard {
  enum class Verdict : std::uint8_t {
    kYes,         // the winner is better than the baseline, on the test rows
    kNo,          // none is, or the one that was chosen is not
    kNoBaseline,  // nothing says what knowing nothing is worth
    kSuspected,   // all that could win are suspected of leaks
  };
  std::string label;
  std::string metric;  // less of it is better
  std::int64_t test_rows = 0;
  std::vector<LeaderboardRow> rows{};  // the best first, the suspected last
  bool chosen_out_of_fold = false;     // else by the test rows
  std::int64_t chosen_rows = 0;
  std::string chosen_how{};  // "5 folds of rows, ..."; of test rows why not out of fold
  std::string chosen{};      // by those rows
  std::string winner{};      // that, or the baseline
  std::string baseline{};
  Estimate gain{};  // of what was chosen over the baseline, on the test rows; above 0 is better
  Verdict verdict = Verdict::kNoBaseline;
  std::string says{};  // the verdict as a sentence or two
  LearningCurve curve{};
};

// As the field "leaderboards" of the open object.
void write_leaderboards(JsonWriter& json, const std::vector<Leaderboard>& boards);

}  // namespace lode
