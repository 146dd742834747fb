// Models of one question side by side: which wins, chosen by training rows scored out of fold, what
// each is worth on the test rows none of them has seen, and whether any is worth more than knowing
// nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "orchestrate/leaderboard_report.h"
#include "orchestrate/model_run.h"
#include "project/project.h"

namespace lode {

// One for every label and set of test rows with two models or more, in the order of their first
// models. Errors: those of compare() but for rows that cannot be compared.
Result<std::vector<Leaderboard>> make_leaderboards(const Project& project,
                                                   const std::vector<ModelReport>& reports,
                                                   const std::map<std::string, FittedRun>& runs,
                                                   ThreadPool& pool, const CancelToken& cancel);

}  // namespace lode
