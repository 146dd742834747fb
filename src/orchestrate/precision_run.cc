#include "orchestrate/precision_run.h"

#include <algorithm>
#include <array>

#include "orchestrate/model_run.h"

namespace lode {

int precision_replicates(std::int64_t rows) {
  constexpr std::int64_t kMostRows = 100'000'000;  // looked at, over all replicates
  constexpr std::int64_t kLeast = 100;
  return static_cast<int>(std::clamp<std::int64_t>(kMostRows / std::max<std::int64_t>(rows, 1),
                                                   kLeast, kJudgingReplicates));
}

Result<std::optional<MetricReport>> judge_average_precision(const ScoredRows& rows,
                                                            const Blocks& blocks,
                                                            BootstrapOptions options,
                                                            ThreadPool& pool,
                                                            const CancelToken& cancel) {
  options.replicates = precision_replicates(std::ssize(rows.score));
  auto judge = [&]() -> Result<std::vector<MetricEstimate>> {
    TRY(const Metric* metric, find_metric("average_precision"));
    TRY(JudgedRows judged, JudgedRows::make(rows, blocks, std::array{metric}, pool, cancel));
    return bootstrap(judged, options, pool, cancel);
  };
  Result<std::vector<MetricEstimate>> found = judge();
  if (found)
    return std::optional(
        MetricReport{std::string(found->front().metric->name), found->front().estimate});
  if (found.error().code() == Code::kInvalid) return std::optional<MetricReport>();
  return fail(found.error());
}

}  // namespace lode
