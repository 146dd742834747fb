// Average precision of the test rows: what a model's order of rows is worth where label 1 is rare.
// Beside the metrics that every model is compared by, since its intervals look at every row again.
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "base/parallel.h"
#include "judge/bootstrap.h"
#include "orchestrate/report.h"

namespace lode {

// How often blocks are drawn for the interval: as often as for other metrics up to 200,000 rows,
// beyond that as often as 10^8 rows allow, and 100 times at least.
int precision_replicates(std::int64_t rows);

// Nothing where it has no value or no interval (no label 1). Errors: kCancelled. Cost: a sort, and
// 3 ns a row and replicate: .3 s of one processor for a million rows.
Result<std::optional<MetricReport>> judge_average_precision(const ScoredRows& rows,
                                                            const Blocks& blocks,
                                                            BootstrapOptions options,
                                                            ThreadPool& pool,
                                                            const CancelToken& cancel);

}  // namespace lode
