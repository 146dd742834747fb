// Whether more rows would help: the model a leaderboard is about is fitted again on an eighth, a
// quarter and half of its training rows and judged on the same test rows as it was itself. The rows
// are drawn at random (whole groups, where groups are split), each share holds the smaller ones,
// and half is held against all by a paired comparison: where all are not clearly better, more of
// the same kind will hardly be either.
//
// Scores are those before calibration, since a calibrator is fitted with the folds of all rows.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrate/leaderboard_report.h"
#include "orchestrate/model_run.h"
#include "project/project.h"

namespace lode {

// Of every board whose model declares `learning_curve`: of the one that was chosen, or where the
// baseline was, of the best other. `table` gives a training set by name. Stations "learning curve
// boosted: 1/8, fit" and so on. What cannot be had (too few rows, no memory) becomes a reason
// in the report. Errors: kCancelled and kLimit where the time of `means` is over. Cost: seven
// eighths of a fit, and three times scoring the test rows.
Status draw_learning_curves(const Project& project, const std::map<std::string, FittedRun>& runs,
                            const std::function<const TrainingTable&(const std::string&)>& table,
                            const ModelMeans& means, std::vector<Leaderboard>& boards);

// Training rows in shares that hold one another: positions in `blocks.of_row`, ascending, of whole
// blocks in an order drawn by `seed`, until the share is reached.
std::vector<std::size_t> share_of_rows(const Blocks& blocks, double share, std::uint64_t seed);

}  // namespace lode
