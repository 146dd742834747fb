// Rows whose label is likely wrong: confident learning (Northcutt, Jiang and Chuang, 2021), for two
// labels. Scores must be out of fold: a model that has seen a row's label repeats it.
//
// A row is taken for truly of label j when its probability of j is at least the mean that rows
// given j have; of both labels that pass, the more likely. Counting rows by given and by taken
// label, and stretching each given label's counts to its rows, estimates how many rows of each
// label were given the other. So many are listed, those whose given label is least likely beside
// the other, and of them only rows the other label is likelier for.
//
// Where outcomes are a matter of luck (will a flight be late?) a row against the odds is listed
// too, though its label is right: a list of what to look at, and no verdict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "judge/sample.h"

namespace lode {

struct LabelIssue {
  std::size_t row = 0;
  std::uint8_t label = 0;  // given
  double probability = 0;  // of the given label, below 0.5
};

struct LabelIssues {
  std::size_t rows = 0;  // looked at
  // Estimated rows that were given the label and are of the other.
  double wrong[2] = {0, 0};
  std::vector<LabelIssue> issues{};  // from the least likely label on; of equals in row order
};

// Weights are not looked at. kInvalid: what Sample::make refuses, scores outside [0, 1], one label
// alone. O(rows log rows).
Result<LabelIssues> find_label_issues(const ScoredRows& rows);

}  // namespace lode
