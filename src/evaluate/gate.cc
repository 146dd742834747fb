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
  if (evidence.blocks == nullptr || evidence.blocks->of_row.size() != evidence.label.size())
    return fail(Code::kInvalid, "every row of a gate's evidence needs a block");
  for (const GateSlice& slice : evidence.slices)
    for (std::uint32_t row : slice.rows)
      if (row >= evidence.label.size())
        return fail(Code::kInvalid, "slice {} names row {} of {}", slice.name, row,
                    evidence.label.size());
  return {};
}

class Gate {
 public:
  Gate(const GatePolicy& policy, const GateEvidence& evidence, ThreadPool& pool,
       const CancelToken& cancel)
      : policy_(policy), evidence_(evidence), pool_(pool), cancel_(cancel) {}

  Result<GateDecision> decide() {
    TRY_VOID(check(policy_, evidence_));
    decision_.rows = static_cast<std::int64_t>(evidence_.label.size());
    decision_.blocks = evidence_.blocks->count;
    decision_.alpha = evidence_.alpha;
    TRY_VOID(look_at_metrics());
    TRY_VOID(look_at_slices());
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

  Status look_at_metrics() {
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
    TRY(std::vector<Gain> found, gains(metrics, {evidence_.champion, evidence_.label},
                                       {evidence_.challenger, evidence_.label}, *evidence_.blocks));
    add("better on " + policy_.metric, found[0], policy_.least_effect);
    for (std::size_t g = 0; g < policy_.guards.size(); ++g)
      add("no worse on " + policy_.guards[g].metric, found[g + 1], -policy_.guards[g].margin);
    return {};
  }

  // A check that holds when the gain is shown above `bound`, and is false when shown below.
  void add(std::string name, const Gain& gain, double bound) {
    GateCheck one{.name = std::move(name),
                  .gain = gain.value,
                  .low = gain.low(evidence_.alpha),
                  .high = gain.high(evidence_.alpha),
                  .bound = bound};
    if (one.low > bound) one.says = GateVerdict::kPromote;
    if (one.high < bound) one.says = GateVerdict::kKeep;
    one.sentence = fmt::format("gain {:+.5f}, limits {:+.5f} and {:+.5f}: {} above {:+.5f}",
                               one.gain, one.low, one.high,
                               one.says == GateVerdict::kPromote ? "shown to be"
                               : one.says == GateVerdict::kKeep  ? "shown not to be"
                                                                 : "not shown to be or not to be",
                               bound);
    if (one.says == GateVerdict::kUndecided) open_.push_back({gain, bound});
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

  // Nothing for a slice of too few blocks, or one where the metric has no value.
  Result<std::optional<Gain>> slice_gain(const Metric& metric, const GateSlice& slice) const {
    std::vector<double> first;
    std::vector<double> second;
    std::vector<std::uint8_t> label;
    std::vector<std::int64_t> block;
    for (std::uint32_t row : slice.rows) {
      first.push_back(evidence_.champion[row]);
      second.push_back(evidence_.challenger[row]);
      label.push_back(evidence_.label[row]);
      block.push_back(evidence_.blocks->of_row[row]);
    }
    Blocks blocks = blocks_by_key(block);
    if (blocks.count < policy_.least_blocks) return std::nullopt;
    auto found = gains(std::vector{&metric}, {first, label}, {second, label}, blocks);
    if (found) return found->front();
    if (found.error().code() == Code::kInvalid) return std::nullopt;
    return fail(found.error());
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
    told(
        "enough blocks", decision_.blocks >= policy_.least_blocks, GateVerdict::kUndecided,
        fmt::format("{} blocks of rows, {} are asked for", decision_.blocks, policy_.least_blocks));
    told("same contract", evidence_.same_contract, GateVerdict::kKeep,
         evidence_.same_contract ? "champion and challenger read rows under the same contract"
                                 : "the contract changed between champion and challenger: judge "
                                   "them again on rows of one contract");
  }

  // Labels until the slowest of the open checks is decided: what a test of this size and power
  // takes, if the gain is what it seems.
  std::int64_t labels_needed() const {
    double times = 1;
    for (const auto& [gain, bound] : open_) {
      double distance = std::abs(gain.value - bound);
      double z = normal_quantile(evidence_.alpha) + normal_quantile(1 - policy_.power);
      double ratio = z * gain.error / distance;
      times = std::max(times, distance > 0 ? ratio * ratio : kMostTimes + 1);
    }
    auto blocks = static_cast<double>(decision_.blocks);
    times = std::max(times, policy_.least_blocks / blocks);
    if (times > kMostTimes) return -1;
    return static_cast<std::int64_t>(
        std::ceil((times - 1) * static_cast<double>(decision_.rows) + 1));
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
      std::string need = decision_.more_labels < 0
                             ? std::string("more than a thousand times the labels")
                             : fmt::format("about {} more labels", decision_.more_labels);
      decision_.why = fmt::format("{}: {}; needs {}", open->name, open->sentence, need);
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
  std::vector<std::pair<Gain, double>> open_;
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
  json.end_array();
}

}  // namespace lode
