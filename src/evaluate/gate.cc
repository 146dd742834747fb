#include "evaluate/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/json.h"
#include "judge/bootstrap.h"
#include "judge/distributions.h"
#include "judge/metric.h"

namespace lode {
namespace {

constexpr double kMostTimes = 1000;  // as many labels as there are: beyond it, no number is told
constexpr int kRounds = 4;           // of asking how many blocks it takes; the last change a digit
constexpr std::uint32_t kLeastBlocks = 2;

bool is_probability(double score) { return score >= 0 && score <= 1; }

// A difference that Student's t speaks about.
struct Gain {
  double value = 0;
  double error = 0;  // standard, widened for few blocks
  double freedom = 1;

  double low(double alpha) const { return value + error * student_quantile(alpha, freedom); }
  double high(double alpha) const { return value - error * student_quantile(alpha, freedom); }
  // One-sided, of a true gain at most (or, of the negative, at least) `bound`.
  double p_below(double bound) const {
    if (error == 0) return value < bound ? 0 : 1;
    return student_cdf((value - bound) / error, freedom);
  }
};

Status check(const GatePolicy& policy, const GateEvidence& evidence) {
  if (!(policy.least_effect >= 0) || !(policy.slice_margin >= 0))
    return fail(Code::kInvalid, "a gate's effects and margins must be 0 or more");
  for (const GateGuard& guard : policy.guards)
    if (!(guard.margin >= 0))
      return fail(Code::kInvalid, "the margin of {} is {}; it must be 0 or more", guard.metric,
                  guard.margin);
  if (!(policy.power > 0 && policy.power < 1))
    return fail(Code::kInvalid, "power {} is not between 0 and 1", policy.power);
  if (!(evidence.alpha > 0 && evidence.alpha < 0.5))
    return fail(Code::kInvalid, "alpha {} of a look is not between 0 and 0.5", evidence.alpha);
  if (policy.replicates < 40 || policy.replicates > 1'000'000)
    return fail(Code::kInvalid, "a gate draws 40 to 1000000 replicates, and {} are asked for",
                policy.replicates);
  if (evidence.blocks == nullptr || evidence.blocks->of_row.size() != evidence.rows())
    return fail(Code::kInvalid, "every row of a gate's evidence needs a block");
  for (const GateSlice& slice : evidence.slices)
    for (std::uint32_t row : slice.rows)
      if (row >= evidence.rows())
        return fail(Code::kInvalid, "slice {} names row {} of {}", slice.name, row,
                    evidence.rows());
  return {};
}

// What makes evidence wrong, whatever there is too little of to judge. No rows are not wrong.
Status check_rows(std::span<const double> score, const GateEvidence& evidence,
                  std::span<const Metric* const> metrics) {
  if (score.size() != evidence.rows())
    return fail(Code::kInvalid, "a gate was given {} scores of {} rows", score.size(),
                evidence.rows());
  if (score.empty()) return {};
  TRY_VOID(Sample::make(evidence.with(score), *evidence.blocks));
  for (const Metric* metric : metrics) TRY_VOID(check_task(*metric, evidence.with(score).task()));
  for (const Metric* metric : metrics)
    if (metric->needs_probability && !std::ranges::all_of(score, is_probability))
      return fail(Code::kInvalid, "{} needs probabilities, and a score is outside 0 to 1",
                  metric->name);
  return {};
}

class Gate {
 public:
  Gate(const GatePolicy& policy, const GateEvidence& evidence, ThreadPool& pool,
       const CancelToken& cancel)
      : policy_(policy), evidence_(evidence), pool_(pool), cancel_(cancel) {}

  Result<GateDecision> decide() {
    TRY_VOID(check(policy_, evidence_));
    decision_.rows = static_cast<std::int64_t>(evidence_.rows());
    decision_.blocks = evidence_.blocks->count;
    decision_.alpha = evidence_.alpha;
    TRY(std::vector<const Metric*> metrics, metrics_of_policy());
    TRY_VOID(check_rows(evidence_.champion, evidence_, metrics));
    TRY_VOID(check_rows(evidence_.challenger, evidence_, metrics));
    if (enough_blocks()) {
      TRY_VOID(look_at_metrics(metrics));
      TRY_VOID(look_at_slices());
    } else {
      for (const GateSlice& slice : evidence_.slices) leave_out(slice, blocks_of(slice));
    }
    look_at_readiness();
    conclude();
    return std::move(decision_);
  }

 private:
  Result<std::vector<Gain>> gains(std::span<const Metric* const> metrics, const ScoredRows& first,
                                  const ScoredRows& second, const Blocks& blocks) const {
    BootstrapOptions options{.replicates = policy_.replicates, .seed = evidence_.seed};
    TRY(JudgedRows champion, JudgedRows::make(first, blocks, metrics, pool_, cancel_));
    TRY(JudgedRows challenger, JudgedRows::make(second, blocks, metrics, pool_, cancel_));
    TRY(std::vector<MetricDifference> differences,
        compare(champion, challenger, options, pool_, cancel_));
    double count = blocks.count;
    std::vector<Gain> out;
    for (const MetricDifference& d : differences) {
      double value =
          d.metric->better == Direction::kHigher ? d.difference.value : -d.difference.value;
      out.push_back({value, d.standard_error * std::sqrt(count / (count - 1)), count - 1});
    }
    return out;
  }

  // Two at the least, whatever the policy says: below, no error can be told.
  std::uint32_t needed_blocks() const { return std::max(policy_.least_blocks, kLeastBlocks); }
  bool enough_blocks() const { return decision_.blocks >= needed_blocks(); }

  // The main one, then the guards.
  Result<std::vector<const Metric*>> metrics_of_policy() const {
    std::vector<const Metric*> metrics;
    TRY(const Metric* main, find_metric(policy_.metric));
    metrics.push_back(main);
    for (const GateGuard& guard : policy_.guards) {
      TRY(const Metric* metric, find_metric(guard.metric));
      metrics.push_back(metric);
    }
    for (const Metric* metric : metrics)
      if (metric->better == Direction::kZero)
        return fail(Code::kInvalid, "{} has no better end, so a gate cannot compare by it",
                    metric->name);
    return metrics;
  }

  Status look_at_metrics(std::span<const Metric* const> metrics) {
    std::vector<GateCheck> asked;
    asked.push_back({.name = "better on " + policy_.metric, .bound = policy_.least_effect});
    for (const GateGuard& guard : policy_.guards)
      asked.push_back({.name = "no worse on " + guard.metric, .bound = -guard.margin});
    ScoredRows first = evidence_.with(evidence_.champion);
    ScoredRows second = evidence_.with(evidence_.challenger);
    auto all = gains(metrics, first, second, *evidence_.blocks);
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      if (all) {
        add(std::move(asked[m]), (*all)[m]);
        continue;
      }
      // One has no value on these rows: which, and what do the others say?
      auto one = gains(metrics.subspan(m, 1), first, second, *evidence_.blocks);
      if (!one && one.error().code() != Code::kInvalid) return fail(one.error());
      if (one)
        add(std::move(asked[m]), one->front());
      else
        add_undefined(std::move(asked[m]), one.error().message());
    }
    return {};
  }

  void add_undefined(GateCheck one, std::string_view why) {
    one.sentence = why;
    undefined_ = true;
    decision_.checks.push_back(std::move(one));
  }

  // A check that holds when the gain is shown above `bound`, and is false when shown below.
  void add(GateCheck one, const Gain& gain) {
    one.gain = gain.value;
    one.low = gain.low(evidence_.alpha);
    one.high = gain.high(evidence_.alpha);
    if (one.low > one.bound) one.says = GateVerdict::kPromote;
    if (one.high < one.bound) one.says = GateVerdict::kKeep;
    one.sentence = fmt::format("gain {:+.5f}, limits {:+.5f} and {:+.5f}: {} above {:+.5f}",
                               one.gain, one.low, one.high,
                               one.says == GateVerdict::kPromote ? "shown to be"
                               : one.says == GateVerdict::kKeep  ? "shown not to be"
                                                                 : "not shown to be or not to be",
                               one.bound);
    if (one.says == GateVerdict::kUndecided) open_.emplace_back(gain, one.bound);
    decision_.checks.push_back(std::move(one));
  }

  // Only what is shown to be worse counts here: a hundred slices would never all be shown good.
  Status look_at_slices() {
    TRY(const Metric* main, find_metric(policy_.metric));
    std::vector<std::pair<double, std::size_t>> order;  // p of "worse by more than the margin"
    std::vector<Gain> found(evidence_.slices.size());
    for (std::size_t s = 0; s < evidence_.slices.size(); ++s) {
      TRY(std::optional<Gain> gain, slice_gain(*main, evidence_.slices[s]));
      if (!gain) continue;
      found[s] = *gain;
      order.emplace_back(gain->p_below(-policy_.slice_margin), s);
    }
    std::ranges::sort(order);
    bool rejected = true;
    for (std::size_t i = 0; i < order.size() && rejected; ++i) {
      auto [p, s] = order[i];
      double alpha = evidence_.alpha / static_cast<double>(order.size() - i);
      rejected = p < alpha;
      if (!rejected && i > 0) break;  // the first is told even when it is no worse
      const Gain& gain = found[s];
      decision_.checks.push_back(
          {.name = "slice " + evidence_.slices[s].name,
           .gain = gain.value,
           .low = gain.low(alpha),
           .high = gain.high(alpha),
           .bound = -policy_.slice_margin,
           .says = rejected ? GateVerdict::kKeep : GateVerdict::kPromote,
           .sentence =
               fmt::format("the worst of {} slices that can be judged: gain {:+.5f} in {} rows, {} "
                           "worse by more "
                           "than {:.5f}",
                           order.size(), gain.value, evidence_.slices[s].rows.size(),
                           rejected ? "shown to be" : "not shown to be", policy_.slice_margin)});
    }
    return {};
  }

  Blocks blocks_of(const GateSlice& slice) const {
    std::vector<std::int64_t> block;
    for (std::uint32_t row : slice.rows) block.push_back(evidence_.blocks->of_row[row]);
    return blocks_by_key(block);
  }

  void leave_out(const GateSlice& slice, const Blocks& blocks, std::string_view why = {}) {
    UnjudgedSlice& out = decision_.unjudged.emplace_back();
    out = {slice.name, std::ssize(slice.rows), blocks.count, needed_blocks(), std::string(why)};
    if (why.empty())
      out.why = fmt::format("{} rows of {} blocks, {} are needed", out.rows, out.blocks, out.needs);
  }

  // Nothing for a slice of too few blocks, or one where the metric has no value: they are named.
  Result<std::optional<Gain>> slice_gain(const Metric& metric, const GateSlice& slice) {
    std::vector<double> first;
    std::vector<double> second;
    Outcomes came{.task = evidence_.with({}).task()};
    for (std::uint32_t row : slice.rows) {
      first.push_back(evidence_.champion[row]);
      second.push_back(evidence_.challenger[row]);
      if (came.task == Task::kBinary)
        came.label.push_back(evidence_.label[row]);
      else
        came.number.push_back(evidence_.number[row]);
    }
    Blocks blocks = blocks_of(slice);
    if (blocks.count < needed_blocks()) {
      leave_out(slice, blocks);
      return std::nullopt;
    }
    auto found = gains(std::vector{&metric}, came.with(first), came.with(second), blocks);
    if (found) return found->front();
    if (found.error().code() != Code::kInvalid) return fail(found.error());
    leave_out(slice, blocks, found.error().message());
    return std::nullopt;
  }

  void look_at_readiness() {
    auto told = [&](std::string name, bool holds, GateVerdict otherwise, std::string sentence) {
      decision_.checks.push_back({.name = std::move(name),
                                  .says = holds ? GateVerdict::kPromote : otherwise,
                                  .sentence = std::move(sentence)});
    };
    told("enough labels", evidence_.mature >= policy_.least_mature, GateVerdict::kUndecided,
         fmt::format("{:.1f} % of the rows have their label, {:.1f} % are asked for",
                     100 * evidence_.mature, 100 * policy_.least_mature));
    told("enough blocks", enough_blocks(), GateVerdict::kUndecided,
         fmt::format("{} blocks of rows, {} are asked for", decision_.blocks, needed_blocks()));
    told("same contract", evidence_.same_contract, GateVerdict::kKeep,
         evidence_.same_contract ? "champion and challenger read rows under the same contract"
                                 : "the contract changed between champion and challenger: judge "
                                   "them again on rows of one contract");
  }

  // How many times the blocks that are here a test of this power takes, if the gain is what it
  // seems. More blocks make Student's t narrower, so the answer is asked again with them.
  double times_needed(const Gain& gain, double bound) const {
    double distance = std::abs(gain.value - bound);
    if (!(distance > 0)) return kMostTimes + 1;
    double times = 1;
    for (int round = 0; round < kRounds; ++round) {
      double freedom = times * (gain.freedom + 1) - 1;
      double t =
          student_quantile(evidence_.alpha, freedom) + student_quantile(1 - policy_.power, freedom);
      double ratio = t * gain.error / distance;
      times = std::clamp(ratio * ratio, 1.0, kMostTimes + 1);
    }
    return times;
  }

  // Labels, in whole blocks, until the slowest of the open checks is decided and there are enough;
  // -1 for too many to tell, or where a metric has no value that could.
  std::int64_t labels_needed() const {
    if (undefined_ || decision_.rows == 0) return -1;
    double blocks = decision_.blocks;
    auto rows = static_cast<double>(decision_.rows);
    double times = 1;
    for (const auto& [gain, bound] : open_) times = std::max(times, times_needed(gain, bound));
    if (!enough_blocks()) times = std::max(times, needed_blocks() / blocks);
    if (times > kMostTimes) return -1;
    double more = std::ceil(std::ceil((times - 1) * blocks) * rows / blocks);
    if (!open_.empty()) more = std::max(more, std::ceil(rows / blocks));
    if (evidence_.mature < policy_.least_mature)
      more = std::max(more, std::ceil(rows * (policy_.least_mature / evidence_.mature - 1)));
    return static_cast<std::int64_t>(more);
  }

  std::string need_text() const {
    if (undefined_ || decision_.rows == 0) return "";
    if (decision_.more_labels < 0) return "; needs more than a thousand times the labels";
    return fmt::format("; needs about {} more labels", decision_.more_labels);
  }

  void conclude() {
    auto first_of = [&](GateVerdict says) {
      return std::ranges::find(decision_.checks, says, &GateCheck::says);
    };
    if (auto no = first_of(GateVerdict::kKeep); no != decision_.checks.end()) {
      decision_.verdict = GateVerdict::kKeep;
      decision_.why = fmt::format("{}: {}", no->name, no->sentence);
      return;
    }
    if (auto open = first_of(GateVerdict::kUndecided); open != decision_.checks.end()) {
      decision_.verdict = GateVerdict::kUndecided;
      decision_.more_labels = labels_needed();
      decision_.why = fmt::format("{}: {}{}", open->name, open->sentence, need_text());
      return;
    }
    decision_.verdict = GateVerdict::kPromote;
    decision_.why =
        fmt::format("{}: {}", decision_.checks.front().name, decision_.checks.front().sentence);
  }

  const GatePolicy& policy_;
  const GateEvidence& evidence_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  std::vector<std::pair<Gain, double>> open_;  // and the bound
  bool undefined_ = false;                     // some metric has no value on these rows
  GateDecision decision_;
};

}  // namespace

std::string_view gate_verdict_name(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::kPromote:
      return "promote";
    case GateVerdict::kKeep:
      return "keep";
    case GateVerdict::kUndecided:
      return "undecided";
  }
  return "";
}

Result<GateDecision> decide(const GatePolicy& policy, const GateEvidence& evidence,
                            ThreadPool& pool, const CancelToken& cancel) {
  return Gate(policy, evidence, pool, cancel).decide();
}

void write_decision(JsonWriter& json, const GateDecision& decision) {
  json.field("verdict", gate_verdict_name(decision.verdict))
      .field("why", decision.why)
      .field("rows", decision.rows)
      .field("blocks", decision.blocks)
      .field("alpha", decision.alpha)
      .field("more_labels", decision.more_labels)
      .key("checks")
      .begin_array();
  for (const GateCheck& check : decision.checks)
    json.begin_object()
        .field("name", check.name)
        .field("says", gate_verdict_name(check.says))
        .field("gain", check.gain)
        .field("low", check.low)
        .field("high", check.high)
        .field("bound", check.bound)
        .field("sentence", check.sentence)
        .end_object();
  json.end_array().key("not_judged").begin_array();
  for (const UnjudgedSlice& slice : decision.unjudged)
    json.begin_object()
        .field("slice", slice.name)
        .field("rows", slice.rows)
        .field("blocks", slice.blocks)
        .field("needs", slice.needs)
        .field("why", slice.why)
        .end_object();
  json.end_array();
}

std::string unjudged_text(const GateDecision& decision) {
  constexpr std::size_t kShown = 3;
  const std::vector<UnjudgedSlice>& all = decision.unjudged;
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), kShown); ++i)
    out += fmt::format("{}{} ({})", i > 0 ? ", " : "", all[i].name, all[i].why);
  if (all.size() > kShown) out += fmt::format(", and {} more", all.size() - kShown);
  return out;
}

}  // namespace lode
