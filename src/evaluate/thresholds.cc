#include "evaluate/thresholds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "judge/distributions.h"

namespace lode {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

void add(Confusion& counts, double weight, std::uint8_t label, double share) {
  (label == 1 ? counts.true_positive : counts.false_positive) += weight * share;
  (label == 1 ? counts.false_negative : counts.true_negative) += weight * (1 - share);
}

void add(Confusion& counts, const Confusion& other) {
  counts.true_positive += other.true_positive;
  counts.false_positive += other.false_positive;
  counts.false_negative += other.false_negative;
  counts.true_negative += other.true_negative;
}

Status check_capacity(double rows_per_block) {
  if (rows_per_block > 0 && std::isfinite(rows_per_block)) return {};
  return fail(Code::kInvalid, "a capacity of {} rows a block; it must be above 0", rows_per_block);
}

}  // namespace

Result<Thresholds> Thresholds::make(const ScoredRows& rows, const Blocks& blocks) {
  TRY(Sample sample, Sample::make_ranked(rows, blocks));
  Thresholds out;
  out.blocks_ = blocks.count;
  const std::vector<std::uint32_t>& ranked = sample.ranking().row;
  double positive = 0;
  double negative = 0;
  for (std::size_t rank = ranked.size(); rank-- > 0;) {
    std::uint32_t i = ranked[rank];
    if (sample.weight(i) == 0) continue;
    if (out.score_.empty() || out.score_.back() != sample.score(i)) {
      out.score_.push_back(sample.score(i));
      out.end_.push_back(0);
      out.positive_.push_back(0);
      out.negative_.push_back(0);
    }
    out.row_.push_back({sample.weight(i), sample.block(i), sample.label(i)});
    (sample.label(i) == 1 ? positive : negative) += sample.weight(i);
    out.end_.back() = out.row_.size();
    out.positive_.back() = positive;
    out.negative_.back() = negative;
  }
  return out;
}

std::size_t Thresholds::groups_at(double threshold) const {
  if (std::isnan(threshold)) return 0;
  auto below = std::ranges::upper_bound(score_, threshold, std::ranges::greater{});
  return static_cast<std::size_t>(below - score_.begin());
}

Confusion Thresholds::counts(std::size_t groups) const {
  Confusion out;
  if (groups > 0) {
    out.true_positive = positive_[groups - 1];
    out.false_positive = negative_[groups - 1];
  }
  out.false_negative = positive_.back() - out.true_positive;
  out.true_negative = negative_.back() - out.false_positive;
  return out;
}

Confusion Thresholds::at(double threshold) const { return counts(groups_at(threshold)); }

std::vector<double> Thresholds::spread(std::size_t count) const {
  std::vector<double> out;
  double rows = positive_.back() + negative_.back();
  std::size_t group = 0;
  for (std::size_t k = 1; k <= count; ++k) {
    double wanted = rows * static_cast<double>(k) / static_cast<double>(count);
    while (group + 1 < score_.size() && positive_[group] + negative_[group] < wanted) ++group;
    if (out.empty() || out.back() != score_[group]) out.push_back(score_[group]);
  }
  return out;
}

Result<CostThreshold> Thresholds::least_cost(const DecisionCosts& costs) const {
  bool in_range = costs.false_positive >= 0 && costs.false_negative >= 0 &&
                  std::isfinite(costs.false_positive) && std::isfinite(costs.false_negative) &&
                  (costs.false_positive > 0 || costs.false_negative > 0);
  if (!in_range)
    return fail(Code::kInvalid,
                "costs of {} and {} for a false positive and a false negative; neither may be "
                "negative, and one must be above 0",
                costs.false_positive, costs.false_negative);
  int exponent = 0;  // costs are brought near 1 by a power of two: exact, and no sum overflows
  (void)std::frexp(std::max(costs.false_positive, costs.false_negative), &exponent);
  double alarm = std::ldexp(costs.false_positive, -exponent);
  double miss = std::ldexp(costs.false_negative, -exponent);
  auto cost = [&](const Confusion& c) {
    return alarm * c.false_positive + miss * c.false_negative;
  };
  std::size_t best = 0;
  double least = cost(counts(0));
  for (std::size_t groups = 1; groups <= score_.size(); ++groups) {
    double here = cost(counts(groups));
    if (here >= least) continue;
    least = here;
    best = groups;
  }
  CostThreshold out;
  out.threshold = best == 0 ? kNone : score_[best - 1];
  out.counts = counts(best);
  double rows = out.counts.rows();
  out.cost = std::ldexp(least / rows, exponent);
  out.cost_none = std::ldexp(cost(counts(0)) / rows, exponent);
  out.cost_all = std::ldexp(cost(counts(score_.size())) / rows, exponent);
  return out;
}

// ---- capacity ----------------------------------------------------------------------------------

// Runs of equal score within a block are what stands or falls together.
std::vector<Confusion> Thresholds::capacity_by_block(double rows_per_block,
                                                     std::vector<CapacityCut>* cuts) const {
  struct Block {
    double left;  // places
    CapacityCut cut{};
    double tied = 0;  // weight of the block's rows in the current group
    bool seen = false;
  };
  std::vector<Block> blocks(blocks_, Block{rows_per_block});
  std::vector<Confusion> out(blocks_);
  std::size_t begin = 0;
  for (std::size_t group = 0; group < score_.size(); begin = end_[group++]) {
    std::span<const Row> tied(row_.data() + begin, end_[group] - begin);
    for (const Row& row : tied) blocks[row.block].tied += row.weight;
    for (const Row& row : tied) {
      const Block& block = blocks[row.block];
      add(out[row.block], row.weight, row.label, std::min(1.0, block.left / block.tied));
    }
    for (const Row& row : tied) {
      Block& block = blocks[row.block];
      if (block.tied == 0) continue;  // settled by an earlier row of the group
      if (block.left > 0)
        block.cut = {row.block, score_[group], std::min(1.0, block.left / block.tied)};
      block.left = std::max(0.0, block.left - block.tied);
      block.tied = 0;
      block.seen = true;
    }
  }
  if (cuts != nullptr)
    for (const Block& block : blocks)
      if (block.seen) cuts->push_back(block.cut);
  return out;
}

Result<CapacityDecision> Thresholds::capacity(double rows_per_block) const {
  TRY_VOID(check_capacity(rows_per_block));
  CapacityDecision out;
  for (const Confusion& block : capacity_by_block(rows_per_block, &out.cuts))
    add(out.counts, block);
  std::vector<double> flagged(blocks_);
  std::size_t groups = 0;
  std::size_t begin = 0;
  for (bool fits = true; groups < score_.size(); begin = end_[groups++]) {
    for (std::size_t i = begin; i < end_[groups]; ++i) {
      flagged[row_[i].block] += row_[i].weight;
      fits = fits && flagged[row_[i].block] <= rows_per_block;
    }
    if (!fits) break;
  }
  out.fixed_threshold = groups == 0 ? kNone : score_[groups - 1];
  out.fixed_counts = counts(groups);
  return out;
}

// ---- precision ---------------------------------------------------------------------------------

namespace {

// The flagged rows so far, by block, and the lower bound of their precision.
class PrecisionBound {
 public:
  PrecisionBound(std::uint32_t blocks, double level)
      : blocks_(blocks), level_(level), normal_(normal_quantile(level)) {}

  void flag(std::uint32_t block, std::uint8_t label, double weight) {
    Sums& own = blocks_[block];
    if (own.flagged == 0) ++seen_;
    double positive = label == 1 ? weight : 0;
    flagged_squares_ += weight * (2 * own.flagged + weight);
    products_ += positive * own.flagged + weight * own.positive + positive * weight;
    positive_squares_ += positive * (2 * own.positive + positive);
    own.flagged += weight;
    own.positive += positive;
    all_.flagged += weight;
    all_.positive += positive;
  }

  double lower() {
    if (seen_ < 2) return 0;
    double p = all_.positive / all_.flagged;
    double n = rows_worth(p);
    double t = quantile();
    double centre = p + t * t / (2 * n);
    double reach = t * std::sqrt(p * (1 - p) / n + t * t / (4 * n * n));
    return std::max(0.0, (centre - reach) / (1 + t * t / n));
  }

 private:
  struct Sums {
    double flagged = 0;
    double positive = 0;
  };

  // How many independent rows would tell as much.
  double rows_worth(double p) const {
    double as_one_a_block = all_.flagged * all_.flagged / flagged_squares_;
    if (p == 0 || p == 1) return as_one_a_block;
    // Sum over blocks of (positive - p flagged)^2: the ratio's linearised variance.
    double squares = positive_squares_ - 2 * p * products_ + p * p * flagged_squares_;
    double variance =
        std::max(0.0, squares) / (all_.flagged * all_.flagged) * (seen_ / (seen_ - 1.0));
    double independent = p * (1 - p) / all_.flagged;
    return all_.flagged / std::max(1.0, variance / independent);
  }

  double quantile() {
    if (seen_ > kAsNormal) return normal_;
    if (std::exchange(quantile_of_, seen_) != seen_)
      quantile_ = student_quantile(level_, seen_ - 1.0);
    return quantile_;
  }

  static constexpr double kAsNormal = 1000;  // blocks from which t is within 0.2 % of normal

  std::vector<Sums> blocks_;
  double level_;
  double normal_;
  Sums all_;
  double seen_ = 0;  // blocks with flagged rows
  double flagged_squares_ = 0;
  double products_ = 0;
  double positive_squares_ = 0;
  double quantile_of_ = 0;
  double quantile_ = 0;
};

}  // namespace

Result<PrecisionThreshold> Thresholds::precision_floor(double floor, double level) const {
  if (!(floor > 0 && floor < 1))
    return fail(Code::kInvalid, "a precision floor of {}; it must be between 0 and 1", floor);
  if (!(level >= 0.5 && level < 1))
    return fail(Code::kInvalid, "level {} of the bound is not in [0.5, 1)", level);
  PrecisionBound bound(blocks_, level);
  PrecisionThreshold out;
  std::size_t best = 0;
  std::size_t begin = 0;
  for (std::size_t group = 0; group < score_.size(); begin = end_[group++]) {
    for (std::size_t i = begin; i < end_[group]; ++i)
      bound.flag(row_[i].block, row_[i].label, row_[i].weight);
    double lower = bound.lower();
    bool reaches = lower >= floor;
    if (reaches || (!out.reached && lower >= out.lower)) {
      out.reached = out.reached || reaches;
      out.lower = lower;
      best = group + 1;
    }
  }
  out.threshold = score_[best - 1];
  out.counts = counts(best);
  return out;
}

// ---- the table ---------------------------------------------------------------------------------

namespace {

constexpr double kPer = 1000;  // rows
constexpr std::size_t kRates = 7;

std::array<double, kRates> rates_of(const Confusion& c) {
  double each = kPer / c.rows();
  return {c.true_positive * each,
          c.false_positive * each,
          c.false_negative * each,
          c.true_negative * each,
          c.flagged() * each,
          c.precision(),
          c.recall()};
}

// Decisions by block, of each of several rules: block b of rule r at r * blocks + b.
class RateIntervals {
 public:
  RateIntervals(std::vector<Confusion> by_block, std::size_t blocks)
      : by_block_(std::move(by_block)), blocks_(blocks), rules_(by_block_.size() / blocks) {}

  Result<std::vector<DecisionRates>> estimate(const BootstrapOptions& options, ThreadPool& pool,
                                              const CancelToken& cancel) const {
    TRY_VOID(check_bootstrap(options));
    if (blocks_ < 2)
      return fail(Code::kInvalid, "an interval needs at least 2 blocks of rows, there is {}",
                  blocks_);
    auto replicates = static_cast<std::size_t>(options.replicates);
    std::vector<std::array<double, kRates>> drawn(rules_ * replicates);
    TRY_VOID(parallel_for(
        pool, replicates,
        [&](std::size_t r) {
          std::vector<double> draws(blocks_);
          draw_blocks(options, r, draws);
          for (std::size_t rule = 0; rule < rules_; ++rule)
            drawn[rule * replicates + r] = rates_of(sum(rule, draws));
        },
        cancel));
    const std::vector<double> once(blocks_, 1.0);
    std::vector<DecisionRates> out;
    for (std::size_t rule = 0; rule < rules_; ++rule) {
      TRY(DecisionRates one,
          rates(rates_of(sum(rule, once)), std::span(drawn).subspan(rule * replicates, replicates),
                options.level));
      out.push_back(one);
    }
    return out;
  }

 private:
  Confusion sum(std::size_t rule, std::span<const double> draws) const {
    Confusion out;
    for (std::size_t b = 0; b < blocks_; ++b) {
      const Confusion& block = by_block_[rule * blocks_ + b];
      out.true_positive += draws[b] * block.true_positive;
      out.false_positive += draws[b] * block.false_positive;
      out.false_negative += draws[b] * block.false_negative;
      out.true_negative += draws[b] * block.true_negative;
    }
    return out;
  }

  static Result<DecisionRates> rates(const std::array<double, kRates>& values,
                                     std::span<const std::array<double, kRates>> drawn,
                                     double level) {
    std::array<std::optional<Estimate>, kRates> found;
    int undefined = 0;
    for (std::size_t i = 0; i < kRates; ++i) {
      std::vector<double> replicates;
      for (const auto& one : drawn) replicates.push_back(one[i]);
      if (!std::isnan(values[i]))
        found[i] = percentile_interval(values[i], std::move(replicates), level, undefined);
      if (i < 5 && !found[i])
        return fail(Code::kInvalid,
                    "{} of {} replicates draw no row at all: too few blocks for an interval; take "
                    "smaller blocks",
                    undefined, drawn.size());
    }
    return DecisionRates{*found[0], *found[1], *found[2], *found[3], *found[4], found[5], found[6]};
  }

  std::vector<Confusion> by_block_;
  std::size_t blocks_;
  std::size_t rules_;
};

}  // namespace

Result<std::vector<ThresholdRow>> Thresholds::table(std::span<const double> thresholds,
                                                    const BootstrapOptions& options,
                                                    ThreadPool& pool,
                                                    const CancelToken& cancel) const {
  std::vector<std::pair<std::size_t, std::size_t>> order;  // groups flagged, place in the table
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    if (std::isnan(thresholds[t]))
      return fail(Code::kInvalid, "threshold {} of the table is not a number", t);
    order.emplace_back(groups_at(thresholds[t]), t);
  }
  std::ranges::sort(order);
  std::vector<Confusion> now(blocks_);  // with the rows before `next` flagged
  for (const Row& row : row_) add(now[row.block], row.weight, row.label, 0);
  std::vector<Confusion> by_block(thresholds.size() * blocks_);
  std::size_t next = 0;
  for (auto [groups, t] : order) {
    for (std::size_t end = groups == 0 ? 0 : end_[groups - 1]; next < end; ++next) {
      Confusion& block = now[row_[next].block];
      add(block, row_[next].weight, row_[next].label, 1);
      double& missed = row_[next].label == 1 ? block.false_negative : block.true_negative;
      missed = std::max(0.0, missed - row_[next].weight);
    }
    std::ranges::copy(now, by_block.begin() + static_cast<std::ptrdiff_t>(t * blocks_));
  }
  TRY(std::vector<DecisionRates> rates,
      RateIntervals(std::move(by_block), blocks_).estimate(options, pool, cancel));
  std::vector<ThresholdRow> out;
  for (std::size_t t = 0; t < thresholds.size(); ++t) out.push_back({thresholds[t], rates[t]});
  return out;
}

Result<DecisionRates> Thresholds::capacity_rates(double rows_per_block,
                                                 const BootstrapOptions& options, ThreadPool& pool,
                                                 const CancelToken& cancel) const {
  TRY_VOID(check_capacity(rows_per_block));
  TRY(std::vector<DecisionRates> rates,
      RateIntervals(capacity_by_block(rows_per_block, nullptr), blocks_)
          .estimate(options, pool, cancel));
  return rates.front();
}

}  // namespace lode
