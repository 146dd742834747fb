// A model's training rows, scored by models that had not seen them, judged by what leaderboards go
// by: so that a winner is chosen before the rows that judge it are looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "judge/bootstrap.h"
#include "orchestrate/evaluation_run.h"

namespace lode {

struct FoldedJudgement {
  std::optional<JudgedRows> judged{};  // by the deciding metric of the model's task
  ContentHash which{};  // of the rows: two models of one hash were scored on the same
  std::int64_t rows = 0;
  std::string how{};      // "5 folds of rows, each by a model of the others"
  std::string why_not{};  // nothing is judged; empty: nobody asked
  OutOfFold scored{};     // what was judged, for who keeps it; may be let go of
};

// Errors: kCancelled; what cannot be judged is said in why_not.
Result<FoldedJudgement> judge_folds(FoldedModel folds, const Recipe& recipe, ThreadPool& pool,
                                    const CancelToken& cancel);

}  // namespace lode
