// From scores to decisions: which rows to act on. A row is flagged when its score is at least a
// threshold; rows of equal score fare alike. Thresholds are scores of rows that have weight, or
// infinity for none flagged, so "all" of them are looked at and no number between two scores hides.
//
//   least_cost        what a wrong decision costs, either way (Elkan, 2001). With calibrated
//                     probabilities it is near false_positive / (false_positive + false_negative).
//   capacity          as many rows a block (a day) as can be worked on: the rows of a block
//   compete. precision_floor   the most rows of which at least a share has label 1, shown with
//   confidence. table             the counts at thresholds of one's own, with intervals by drawing
//   blocks.
//
// What is chosen on rows looks better on them than on others: judge the choice on rows it was not
// made on, such as a later period.
//
// Weights are frequencies: weight 2 is the row twice, weight 0 is the row left out. Counts are sums
// of weights.
// Threads: immutable once made. Determinism: the same bytes on any thread count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "judge/bootstrap.h"
#include "judge/sample.h"

namespace lode {

// Decisions against labels, in rows.
struct Confusion {
  double true_positive = 0;   // flagged, label 1
  double false_positive = 0;  // flagged, label 0
  double false_negative = 0;  // not flagged, label 1
  double true_negative = 0;   // not flagged, label 0

  double rows() const { return true_positive + false_positive + false_negative + true_negative; }
  double flagged() const { return true_positive + false_positive; }
  double precision() const { return true_positive / flagged(); }                      // or NaN
  double recall() const { return true_positive / (true_positive + false_negative); }  // or NaN
};

// Of a wrong decision, in any currency, over what the right one costs. Not negative, not both 0.
struct DecisionCosts {
  double false_positive = 1;
  double false_negative = 1;
};

struct CostThreshold {
  double threshold = 0;  // of several as cheap the highest, which flags the fewest rows
  Confusion counts{};
  double cost = 0;       // mean, a row
  double cost_none = 0;  // with no row flagged
  double cost_all = 0;   // with all rows flagged
};

// Of a block, all rows above the threshold and a share of those at it: rows that tie for the last
// places are drawn at random.
struct CapacityCut {
  std::uint32_t block = 0;
  double threshold = 0;
  double share = 1;  // in (0, 1]; 1 at the lowest score of a block with no more rows than capacity
};

struct CapacityDecision {
  std::vector<CapacityCut> cuts{};  // of each block with rows of weight, in their order
  Confusion counts{};               // expected over the draws among ties
  // One threshold for all blocks, for who must decide before the day is over: the lowest that flags
  // no more than the capacity in any block.
  double fixed_threshold = 0;
  Confusion fixed_counts{};
};

// The lower bound is Wilson's (1927), one-sided, with the number of flagged rows divided by the
// design effect of the blocks (Kish, 1965): the variance of precision with blocks independent, over
// that with rows independent, at least 1; Student's t with one degree of freedom less than there
// are blocks with flagged rows. Where all flagged rows have one label nothing is seen of
// dependence, and rows of a block count as if they were one. Fewer than two blocks show nothing:
// bound 0.
struct PrecisionThreshold {
  bool reached = false;
  // Reached: the lowest threshold whose bound is at least the floor. Else the one of the highest
  // bound, the lowest of several, so that one sees what can be had.
  double threshold = 0;
  Confusion counts{};
  double lower = 0;  // bound of the precision there
};

// Per 1,000 rows, with intervals. Precision is not there when nothing is flagged, recall without
// rows of label 1, both without an interval's worth of blocks.
struct DecisionRates {
  Estimate true_positive{};
  Estimate false_positive{};
  Estimate false_negative{};
  Estimate true_negative{};
  Estimate flagged{};
  std::optional<Estimate> precision{};
  std::optional<Estimate> recall{};
};

struct ThresholdRow {
  double threshold = 0;
  DecisionRates rates{};
};

class Thresholds {
 public:
  // Any finite scores. kInvalid, kLimit: what Sample::make refuses. Keeps nothing of the arguments.
  // Cost: a radix sort. Memory: 48 bytes a row.
  static Result<Thresholds> make(const ScoredRows& rows, const Blocks& blocks);

  // O(log rows). NaN flags none.
  Confusion at(double threshold) const;
  // Of all distinct scores, from the highest down.
  std::span<const double> all() const { return score_; }
  // At most `count` of them, from the highest down, that flag about equal steps of rows, the first
  // about 1 / count of the rows and the last all of them.
  std::vector<double> spread(std::size_t count) const;

  // kInvalid for costs out of range. O(distinct scores).
  Result<CostThreshold> least_cost(const DecisionCosts& costs) const;

  // `rows_per_block`: above 0, finite; weights are counted. kInvalid otherwise. O(rows).
  Result<CapacityDecision> capacity(double rows_per_block) const;

  // `floor` in (0, 1), `level` of the bound in [0.5, 1). kInvalid otherwise. O(rows), and at most
  // 50 us a block.
  // The bound is that of one threshold, and the lowest that passes is taken, so that a floor is
  // claimed and false more often than 1 - level: at 0.95 in 62 of 1000 sets whose scores rank rows,
  // in 163 where they say nothing and every threshold has a precision just below the floor; there
  // at 0.99 in 18 (tests/evaluate/thresholds_test.cc).
  Result<PrecisionThreshold> precision_floor(double floor, double level = 0.95) const;

  // A row for each of `thresholds`, which may be any numbers but NaN, in their order. The draws are
  // those of judge/bootstrap.h under the same seed. kInvalid: NaN, options out of range, fewer than
  // two blocks, so few that one replicate in twenty draws no row. kCancelled. Cost: O(rows) and
  // replicates x blocks x thresholds x 4 multiplications; memory: as many numbers as blocks x
  // thresholds x 4 and replicates x thresholds x 7.
  Result<std::vector<ThresholdRow>> table(std::span<const double> thresholds,
                                          const BootstrapOptions& options, ThreadPool& pool,
                                          const CancelToken& cancel = {}) const;
  // The same of the decisions of capacity().
  Result<DecisionRates> capacity_rates(double rows_per_block, const BootstrapOptions& options,
                                       ThreadPool& pool, const CancelToken& cancel = {}) const;

 private:
  struct Row {
    double weight;
    std::uint32_t block;
    std::uint8_t label;
  };
  Thresholds() = default;
  // How many of the distinct scores are at least `threshold`.
  std::size_t groups_at(double threshold) const;
  // After the first `groups` distinct scores are flagged.
  Confusion counts(std::size_t groups) const;
  std::vector<Confusion> capacity_by_block(double rows_per_block,
                                           std::vector<CapacityCut>* cuts) const;

  std::vector<Row> row_;          // with weight, by falling score
  std::vector<double> score_;     // distinct, falling
  std::vector<std::size_t> end_;  // of each distinct score: one past its last row
  std::vector<double> positive_;  // flagged with label 1 at each, cumulated
  std::vector<double> negative_;  // label 0
  std::uint32_t blocks_ = 0;
};

}  // namespace lode
