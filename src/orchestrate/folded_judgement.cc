#include "orchestrate/folded_judgement.h"

#include <array>
#include <utility>

#include "orchestrate/model_run.h"

namespace lode {
namespace {

std::string_view bytes_of(const std::vector<std::int64_t>& rows) {
  return {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(std::int64_t)};
}

}  // namespace

Result<FoldedJudgement> judge_folds(FoldedModel folds, const Recipe& recipe, ThreadPool& pool,
                                    const CancelToken& cancel) {
  FoldedJudgement out;
  out.why_not = folds.why_not;
  out.scored = std::move(folds.scored);
  const OutOfFold& scored = out.scored;
  if (scored.rows.empty()) return out;
  TRY(const Metric* metric, find_metric(deciding_metric(recipe.task())));
  Outcomes outcomes = recipe.outcomes(scored.rows);
  auto judged = JudgedRows::make(outcomes.with(scored.score), scored.blocks,
                                 std::array<const Metric*, 1>{metric}, pool, cancel);
  if (!judged && judged.error().code() != Code::kInvalid) return fail(judged.error());
  if (!judged) {
    out.why_not = judged.error().message();
    return out;
  }
  out.judged = *std::move(judged);
  out.which = content_hash(bytes_of(scored.rows));
  out.rows = std::ssize(scored.rows);
  out.how = scored.how;
  return out;
}

}  // namespace lode
