// How decisions and their errors are spread over groups of rows: the table of a fairness review.
// It shows gaps; whether one is unjust, and whose it is to mend, it cannot tell.
//
// A row is flagged when its score is at least the threshold. Every figure has an interval by
// drawing whole blocks, the same for all groups, so the ratio of a group to the largest one has an
// interval of its own. Figures of fewer than `least_rows` rows are not shown, and a group that has
// fewer of either label is said to be too small.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "evaluate/block_draws.h"
#include "evaluate/slicing.h"
#include "judge/bootstrap.h"
#include "judge/sample.h"

namespace lode {

// base_rate        share of label 1
// selection_rate   share flagged
// true_positive_rate, false_positive_rate   share flagged of label 1, of label 0
// precision        share of label 1 among the flagged
// calibration_gap  mean score less share of label 1; its `ratio` is the difference of the two gaps
inline constexpr std::string_view kGroupFigures[] = {"base_rate",          "selection_rate",
                                                     "true_positive_rate", "false_positive_rate",
                                                     "precision",          "calibration_gap"};

struct GroupFigure {
  std::optional<Estimate> value{};  // nothing: too few rows
  std::optional<Estimate> ratio{};  // to that of the largest group; nothing of the largest itself
};

struct GroupRow {
  std::string group;
  std::int64_t rows = 0;
  std::int64_t positive = 0;
  bool too_few = false;
  std::array<GroupFigure, std::size(kGroupFigures)> figures{};
};

struct GroupTable {
  std::string column;
  std::vector<GroupRow> groups{};  // the largest first
  std::int64_t other_values = 0;   // values too rare to be groups
  std::int64_t other_rows = 0;     // rows of them
};

struct GroupOptions {
  std::int64_t least_rows = 30;
};

// Weights are not looked at. kInvalid: what Sample::make refuses, scores outside [0, 1], slices of
// other rows, another number of blocks than `draws` has. Cost: O(rows) and that of `draws`.
Result<GroupTable> compare_groups(const ScoredRows& rows, const Blocks& blocks, double threshold,
                                  const SlicedColumn& column, const BlockDraws& draws,
                                  const GroupOptions& options = {});

}  // namespace lode
