// The gate: whether a challenger may take the champion's place, judged on rows that both scored and
// neither was trained on. The answer is promote, keep or undecided, each with its reasons and the
// figures they stand on; undecided says how many more labels it needs.
//
// A challenger is promoted if
//   - it is better on the main metric by more than the least effect worth a change (superiority);
//   - it is not worse on any guard (calibration) by more than the guard's margin (non-inferiority);
//   - no slice of the rows is shown to be worse by more than the slices' margin;
//   - enough of the rows have their label, and champion and challenger read the same contract.
// It is kept out (keep) once one of these is shown to be false, and undecided in between.
//
// Method: differences of paired rows with the standard error of a block bootstrap (judge/
// bootstrap.h) and limits by Student's t with one degree of freedom less than there are blocks,
// the error widened by sqrt(B / (B - 1)) as Hesterberg (2015) does for few blocks: percentiles are
// too narrow for the few days a gate looks at. All limits are one-sided at the alpha of the look,
// so that P(promote | no better) is about alpha, and so is P(keep | better by the least effect),
// for the main metric: as exact as t is for means of blocks (tests/evaluate/gate_test.cc prints
// what it was). Looks that share rows share alpha by the ledger; disjoint stretches each have their
// own. Guards must all hold, which needs no correction (intersection-union, Berger 1982); slices
// are corrected by Holm (1979), since one of many may look bad by luck.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "judge/sample.h"

namespace lode {

class JsonWriter;

struct GateGuard {
  std::string metric;
  double margin = 0;  // how much worse it may be, in the metric's unit
};

struct GatePolicy {
  std::string metric = "log_loss";  // the main one; any with a better end
  double least_effect = 0;          // not negative, in the metric's unit
  std::vector<GateGuard> guards{{"calibration_error", 0.01}};
  double slice_margin = 0.02;  // of the main metric, in every slice
  double least_mature = 0.95;  // share of rows whose label is known
  std::uint32_t least_blocks = 5;
  double power = 0.8;  // for the labels an undecided challenger still needs
  int replicates = 400;
};

// Rows of a slice: a value of a column, a region of scores.
struct GateSlice {
  std::string name;
  std::vector<std::uint32_t> rows;  // ascending, of the evidence
};

struct GateEvidence {
  std::span<const double> champion;     // scores of the rows
  std::span<const double> challenger;   // of the same rows
  std::span<const std::uint8_t> label;  // or numbers, where the metrics judge those
  std::span<const double> number = {};
  const Blocks* blocks = nullptr;
  std::vector<GateSlice> slices{};
  double mature = 1;  // share of the rows of the period that have a label, and so are here
  bool same_contract = true;
  double alpha = 0.05;  // of this look: evaluate/alpha_ledger.h
  std::uint64_t seed = 0;

  std::size_t rows() const { return number.empty() ? label.size() : number.size(); }
  ScoredRows with(std::span<const double> score) const {
    return {.score = score, .label = label, .number = number};
  }
};

enum class GateVerdict : std::uint8_t { kPromote, kKeep, kUndecided };
std::string_view gate_verdict_name(GateVerdict verdict);  // "promote", ...

// One thing that was looked at. `gain` is how much better the challenger is, positive for better
// whatever the metric's direction; `low` and `high` are one-sided limits at the look's alpha.
struct GateCheck {
  std::string name;  // "better on log_loss", "no worse on calibration_error", "slice origin=ORD"
  double gain = 0;
  double low = 0;
  double high = 0;
  double bound = 0;  // low must be above it to hold, high below it to be shown false
  GateVerdict says = GateVerdict::kUndecided;
  std::string sentence{};
};

// A slice that could not be looked at: a gate is silent about it, so it is named.
struct UnjudgedSlice {
  std::string name;
  std::int64_t rows = 0;
  std::int64_t blocks = 0;  // that it has rows of
  std::int64_t needs = 0;   // blocks; where it has as many, the metric has no value on its rows
  std::string why{};        // a sentence
};

struct GateDecision {
  GateVerdict verdict = GateVerdict::kUndecided;
  std::string why;  // a sentence
  std::vector<GateCheck> checks{};
  std::vector<UnjudgedSlice> unjudged{};  // in the order of the evidence's slices
  std::int64_t rows = 0;
  std::uint32_t blocks = 0;
  double alpha = 0;
  // Labels beyond these, in whole blocks, until the open checks would be decided with the policy's
  // power, if effects are what they seem; 0 when decided, -1 for more than a thousand times what is
  // here, or where no number can be told: there are no rows, or a metric has no value on them.
  std::int64_t more_labels = 0;
};

// Errors: kInvalid for a policy out of range, an unknown metric or one whose best is 0 as the main
// one, columns of different length, scores and labels that a metric refuses, slices out of range;
// kCancelled. Too few rows are no error: with fewer blocks than the policy asks for metrics are not
// looked at, and where one has no value (AUC of one label) its check is open; the verdict is then
// undecided. The same bytes on any thread count. Cost: of compare(), and again for each slice.
Result<GateDecision> decide(const GatePolicy& policy, const GateEvidence& evidence,
                            ThreadPool& pool, const CancelToken& cancel = {});

// Slices that were not judged, the first three with their reasons; "" if all were.
std::string unjudged_text(const GateDecision& decision);

// The decision as fields of the open object.
void write_decision(JsonWriter& json, const GateDecision& decision);

}  // namespace lode
