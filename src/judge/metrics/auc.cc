#include <algorithm>
#include <array>
#include <cstddef>

#include "base/component.h"
#include "judge/metric.h"

namespace lode {
namespace {

// Where a matrix of blocks by blocks is kept (128 MiB at most); else every value is a pass over the
// rows. With many more rows than entries the matrix is worth its making.
constexpr std::uint64_t kSmallMatrix = 1024;
constexpr std::uint64_t kLargestMatrix = 4096;
// Columns of the matrix counted in one pass over the rows: their part of it stays in the cache.
constexpr std::size_t kTile = 128;

constexpr bool is_tie(std::uint32_t cell) { return (cell & 2) != 0; }
constexpr bool is_positive(std::uint32_t cell) { return (cell & 1) != 0; }
constexpr std::size_t block_of(std::uint32_t cell) { return cell >> 2; }

// Calls group(begin, end) for every run of equal scores, in ascending order.
template <typename Group>
void for_each_tie(const std::vector<std::uint32_t>& cell, Group group) {
  std::size_t begin = 0;
  while (begin < cell.size()) {
    std::size_t end = begin + 1;
    while (end < cell.size() && is_tie(cell[end])) ++end;
    group(begin, end);
    begin = end;
  }
}

// AUC is a sum over pairs of a positive and a negative row, so under block weights w it is
// w' U w / (w'p)(w'n), with U[b][c] the pairs won by positives of block b against negatives of
// block c. U is counted once; a replicate then costs blocks^2 multiplications whatever the rows.
// Counts are doubled, a tie being half a pair, and whole below 2^53: exact for 90 million
// unweighted rows.
class PairMatrixAuc final : public PreparedMetric {
 public:
  explicit PairMatrixAuc(const Sample& sample)
      : blocks_(sample.blocks()),
        wins_(blocks_ * blocks_),
        positives_(blocks_),
        negatives_(blocks_) {
    for (std::size_t first = 0; first < blocks_; first += kTile)
      count_tile(sample, first, std::min(first + kTile, blocks_));
    for (std::size_t i = 0; i < sample.rows(); ++i)
      (sample.label(i) != 0 ? positives_ : negatives_)[sample.block(i)] += sample.weight(i);
  }

  double value(std::span<const double> draws) const override {
    double won = 0;
    double positives = 0;
    double negatives = 0;
    for (std::size_t b = 0; b < blocks_; ++b) {
      positives += draws[b] * positives_[b];
      negatives += draws[b] * negatives_[b];
      if (draws[b] == 0) continue;
      const double* wins = wins_.data() + b * blocks_;
      double row = 0;
      for (std::size_t c = 0; c < blocks_; ++c) row += draws[c] * wins[c];
      won += draws[b] * row;
    }
    return won / 2 / (positives * negatives);  // 0 / 0 = NaN without both classes
  }

 private:
  // Pairs against the negatives of blocks [first, end).
  void count_tile(const Sample& sample, std::size_t first, std::size_t end) {
    const Sample::Ranking& ranking = sample.ranking();
    std::array<double, kTile> below{};  // negatives by block: 2 for a lower score, 1 for a tie
    std::size_t width = end - first;
    auto count_negatives = [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) {
        std::size_t at = block_of(ranking.cell[i]) - first;
        if (!is_positive(ranking.cell[i]) && at < width) below[at] += weight(sample, ranking, i);
      }
    };
    for_each_tie(ranking.cell, [&](std::size_t from, std::size_t to) {
      count_negatives(from, to);
      for (std::size_t i = from; i < to; ++i) {
        if (!is_positive(ranking.cell[i])) continue;
        double row_weight = weight(sample, ranking, i);
        double* wins = wins_.data() + block_of(ranking.cell[i]) * blocks_ + first;
        for (std::size_t c = 0; c < width; ++c) wins[c] += row_weight * below[c];
      }
      count_negatives(from, to);
    });
  }
  static double weight(const Sample& sample, const Sample::Ranking& ranking, std::size_t rank) {
    return sample.weighted() ? sample.weight(ranking.row[rank]) : 1.0;
  }

  std::size_t blocks_;
  std::vector<double> wins_;  // blocks x blocks, doubled
  std::vector<double> positives_;
  std::vector<double> negatives_;
};

// The same by one pass over the ranked rows a value: for many small blocks.
class RankPassAuc final : public PreparedMetric {
 public:
  explicit RankPassAuc(const Sample& sample) : cell_(sample.ranking().cell) {
    if (!sample.weighted()) return;
    weight_.reserve(cell_.size());
    for (std::uint32_t row : sample.ranking().row) weight_.push_back(sample.weight(row));
  }

  double value(std::span<const double> draws) const override {
    double won = 0;  // doubled
    double positives = 0;
    double negatives = 0;
    for_each_tie(cell_, [&](std::size_t begin, std::size_t end) {
      double tied_positives = 0;
      double tied_negatives = 0;
      for (std::size_t i = begin; i < end; ++i) {
        double weight = draws[block_of(cell_[i])];
        if (!weight_.empty()) weight *= weight_[i];
        (is_positive(cell_[i]) ? tied_positives : tied_negatives) += weight;
      }
      won += tied_positives * (2 * negatives + tied_negatives);
      positives += tied_positives;
      negatives += tied_negatives;
    });
    return won / 2 / (positives * negatives);
  }

 private:
  std::vector<std::uint32_t> cell_;  // copied: a prepared metric outlives its sample
  std::vector<double> weight_;       // by rank; empty = 1 each
};

std::unique_ptr<PreparedMetric> prepare_auc(const Sample& sample) {
  std::uint64_t blocks = sample.blocks();
  bool worth = blocks <= kLargestMatrix && blocks * blocks <= sample.rows();
  if (blocks <= kSmallMatrix || worth) return std::make_unique<PairMatrixAuc>(sample);
  return std::make_unique<RankPassAuc>(sample);
}

constexpr Metric kAuc = {"auc", Direction::kHigher, false, true, prepare_auc};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kAuc.name,
    .summary = "probability that a row with label 1 scores above a row with label 0",
    .description =
        "Area under the ROC curve by the exact rank sum, a tie counting half (Mann and "
        "Whitney, 1947; Hanley and McNeil, 1982). Any finite score will do. Undefined "
        "without both labels.",
    .example = "metric: auc",
    .options = {},
    .factory = &kAuc,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
