// A model's threshold as its project asks for it: found on rows the model was not trained on, then
// judged on the test rows.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "evaluate/block_draws.h"
#include "judge/sample.h"
#include "orchestrate/evaluation_report.h"
#include "project/project.h"

namespace lode {

// "false positives cost 1, false negatives 5".
std::string rule_text(const ThresholdRule& rule);

// The threshold of these rows and what it promises. kInvalid: what Thresholds refuses.
Status find_threshold(const ThresholdRule& rule, const ScoredRows& rows, const Blocks& blocks,
                      DecisionReport& out);

// What came of it on the test rows. kInvalid: what Sample::make refuses.
Status judge_threshold(const ThresholdRule& rule, const ScoredRows& rows, const Blocks& blocks,
                       const BlockDraws& draws, DecisionReport& out);

// The test rows flagged from a probability of .5 on, which nobody asked for: what precision, recall
// and F1 are taken for where no threshold is named. kInvalid: what Sample::make refuses.
Status judge_half(const ScoredRows& rows, const Blocks& blocks, const BlockDraws& draws,
                  HalfReport& out);

}  // namespace lode
