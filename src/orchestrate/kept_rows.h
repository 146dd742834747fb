// Training sets and scores as the tables a run keeps for those who look (orchestrate/catalogue.h).
// Pure functions; the columns of a training set are shared, not copied.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "features/training_set.h"
#include "table/column.h"

namespace lode {

// The training set as it is kept: _seq, _t, target, known, then its columns, by ascending _seq. If
// a column of the set has one of these names, ours gets another _ before it.
Table training_rows(const TrainingTable& training);

// What our column `name` is called beside those of a set.
std::string kept_name(const Schema& set, std::string name);

// Scores on test rows, which are positions in `training`: _seq, _t, target, score, by ascending
// _seq.
Table score_rows(const TrainingTable& training, std::span<const std::int64_t> test_rows,
                 std::span<const double> scores);

}  // namespace lode
