// Two runs held against each other, by their records and by what they said (orchestrate/
// kept_report.h).
#pragma once

#include "base/error.h"
#include "orchestrate/diff.h"

namespace lode {

// Adds sections and notes to `out`. What a run took is told and is no difference. kCorrupt.
Status diff_runs(const Project& project, const RunRecord& a, const RunRecord& b,
                 const DiffMeans& means, Diff& out);

}  // namespace lode
