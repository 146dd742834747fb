// What is said of a model beyond its metrics, as values: how its scores were calibrated, from which
// score on rows are acted on and what comes of it, where it is worse than elsewhere, which labels
// look wrong, and how groups fare.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/calibration.h"
#include "evaluate/group_rates.h"
#include "evaluate/thresholds.h"
#include "evaluate/worst_slices.h"
#include "judge/bootstrap.h"

namespace lode {

class JsonWriter;

// A metric of the test rows by the scores as the algorithm gives them, and by the calibrated ones.
struct CalibratedMetric {
  std::string name;
  Estimate raw{};
  Estimate calibrated{};
  Estimate difference{};  // calibrated minus raw, paired
};

struct CalibrationReport {
  std::string asked;      // of lode.yaml; "none" or empty: nobody asked
  std::string why_not{};  // asked, and not possible: scores stay as they are
  std::int64_t rows = 0;  // scored out of fold
  std::string folds{};    // how they were
  std::string chosen{};   // "identity", "platt", ...
  std::string why{};      // a sentence
  std::string formula{};  // of the calibrator
  std::vector<CalibratorTrial> trials{};
  std::vector<CalibratedMetric> metrics{};
  // Of the test rows. NaN where it cannot be told: all scores 0, 0.5 or 1.
  SpiegelhalterTest raw{};
  SpiegelhalterTest calibrated{};

  bool asked_for() const { return !asked.empty() && asked != "none"; }
};

// A figure of the decisions: as the rows promised it that the threshold was found on, and as it
// came on the test rows. The ends are NaN where there is no interval.
struct DecisionFigure {
  std::string name;  // "flagged", "precision", "recall", "f1", "cost", "most_in_a_day", ...
  double promised = 0;
  Estimate came{};
};

struct DecisionReport {
  std::string rule{};     // "false positives cost 1, false negatives 5"; empty: nobody asked
  std::string why_not{};  // asked, and not possible
  double threshold = 0;   // infinite: none is flagged
  std::int64_t rows = 0;  // it was found on
  std::string note{};     // what was asked for and cannot be had
  Confusion promised{};
  Confusion came{};
  std::vector<DecisionFigure> figures{};
};

// The same of rows flagged from a probability of .5 on, where no threshold is asked for. Nothing
// was promised.
struct HalfReport {
  bool judged = false;
  Confusion came{};
  std::vector<DecisionFigure> figures{};  // "flagged", "precision", "recall", "f1"
};

struct DoubtfulLabel {
  std::int64_t seq = 0;  // of the row's record
  int label = 0;         // given
  double probability = 0;
};
struct LabelIssuesReport {
  std::string why_not{};
  std::int64_t rows = 0;  // looked at; 0 and no reason: nobody asked
  std::array<double, 2> wrong{};
  std::int64_t found = 0;
  std::vector<DoubtfulLabel> first{};
};

struct SlicesReport {
  std::string why_not{};
  double alpha = 0;  // 0: nobody looked
  WorstSlices found{};
};

struct FairnessReport {
  std::string why_not{};
  double threshold = 0.5;
  bool declared = false;  // the threshold is that of `decision`
  std::vector<GroupTable> tables{};
};

struct EvaluationReport {
  CalibrationReport calibration{};
  DecisionReport decision{};
  HalfReport half{};
  LabelIssuesReport labels{};
  SlicesReport slices{};
  FairnessReport fairness{};
};

// Fields of the open object, those that there is something to say of: "calibrator", "decision",
// "at_half", "label_issues", "slices", "fairness".
void write_evaluation(JsonWriter& json, const EvaluationReport& evaluation);

}  // namespace lode
