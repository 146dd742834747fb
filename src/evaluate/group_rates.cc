#include "evaluate/group_rates.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace lode {
namespace {

// Sums of a group in a block.
enum Part : std::size_t { kRows, kPositive, kFlagged, kTrue, kScore, kParts };

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double share(double part, double of) { return of > 0 ? part / of : kNan; }

double figure_of(std::size_t figure, std::span<const double> t) {
  switch (figure) {
    case 0:
      return share(t[kPositive], t[kRows]);
    case 1:
      return share(t[kFlagged], t[kRows]);
    case 2:
      return share(t[kTrue], t[kPositive]);
    case 3:
      return share(t[kFlagged] - t[kTrue], t[kRows] - t[kPositive]);
    case 4:
      return share(t[kTrue], t[kFlagged]);
    default:
      return share(t[kScore] - t[kPositive], t[kRows]);
  }
}

// Rows a figure is a share of.
double behind(std::size_t figure, std::span<const double> t) {
  if (figure == 2) return t[kPositive];
  if (figure == 3) return t[kRows] - t[kPositive];
  return figure == 4 ? t[kFlagged] : t[kRows];
}

class Groups {
 public:
  Groups(const BlockSums& sums, const BlockDraws& draws, const GroupOptions& options)
      : draws_(draws), options_(options), columns_(sums.columns()), totals_(draws.totals(sums)) {}

  std::span<const double> of(std::size_t group, std::span<const double> totals) const {
    return totals.subspan(group * kParts, kParts);
  }
  std::span<const double> of(std::size_t group) const { return of(group, totals_); }

  bool enough(std::size_t group, std::size_t figure) const {
    return behind(figure, of(group)) >= static_cast<double>(options_.least_rows);
  }

  GroupFigure figure(std::size_t group, std::size_t largest, std::size_t figure) const {
    GroupFigure out;
    if (!enough(group, figure)) return out;
    out.value = draws_.estimate(totals_, columns_, [&](std::span<const double> t) {
      return figure_of(figure, of(group, t));
    });
    if (!out.value || group == largest || !enough(largest, figure)) return out;
    bool difference = figure == std::size(kGroupFigures) - 1;
    out.ratio = draws_.estimate(totals_, columns_, [&](std::span<const double> t) {
      double mine = figure_of(figure, of(group, t));
      double its = figure_of(figure, of(largest, t));
      return difference ? mine - its : share(mine, its);
    });
    return out;
  }

 private:
  const BlockDraws& draws_;
  const GroupOptions& options_;
  std::size_t columns_;
  std::vector<double> totals_;
};

}  // namespace

Result<GroupTable> compare_groups(const ScoredRows& rows, const Blocks& blocks, double threshold,
                                  const SlicedColumn& column, const BlockDraws& draws,
                                  const GroupOptions& options) {
  TRY(Sample sample, Sample::make({rows.score, rows.label}, blocks));
  if (column.of_row.size() != sample.rows() || draws.blocks() != blocks.count)
    return fail(Code::kInvalid, "groups of {} rows and draws of {} blocks for {} rows in {} blocks",
                column.of_row.size(), draws.blocks(), sample.rows(), blocks.count);
  GroupTable out;
  out.column = column.column;
  out.other_values = column.other_values;
  std::size_t groups = column.slices.size();
  if (groups == 0) return out;
  BlockSums sums(blocks.count, groups * kParts);
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    if (!(sample.score(i) >= 0 && sample.score(i) <= 1))
      return fail(Code::kInvalid, "row {}: score {} is no probability", i, sample.score(i));
    if (column.of_row[i] < 0) {
      ++out.other_rows;
      continue;
    }
    double* of = &sums.at(sample.block(i), static_cast<std::size_t>(column.of_row[i]) * kParts);
    bool flagged = sample.score(i) >= threshold;
    of[kRows] += 1;
    of[kPositive] += sample.label(i);
    of[kFlagged] += flagged ? 1 : 0;
    of[kTrue] += flagged && sample.label(i) == 1 ? 1 : 0;
    of[kScore] += sample.score(i);
  }
  Groups found(sums, draws, options);
  std::vector<std::size_t> order(groups);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t g) { return found.of(g)[kRows]; });
  for (std::size_t g : order) {
    std::span<const double> totals = found.of(g);
    GroupRow& row = out.groups.emplace_back();
    row.group = column.slices[g];
    row.rows = static_cast<std::int64_t>(totals[kRows]);
    row.positive = static_cast<std::int64_t>(totals[kPositive]);
    row.too_few = std::min(row.positive, row.rows - row.positive) < options.least_rows;
    for (std::size_t f = 0; f < std::size(kGroupFigures); ++f)
      row.figures[f] = found.figure(g, order[0], f);
  }
  return out;
}

}  // namespace lode
