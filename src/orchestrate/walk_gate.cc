#include "orchestrate/walk_gate.h"

#include <algorithm>
#include <utility>

#include "evaluate/look_alpha.h"
#include "judge/bootstrap.h"
#include "orchestrate/gate_slices.h"

namespace lode {

struct WalkGate::Evidence {
  std::vector<double> champion;
  std::vector<double> challenger;
  Outcomes outcomes;
  Blocks blocks;
  std::vector<GateSlice> slices;
  double mature = 1;
};

// What both have scored since `from`, as far as its label is known at `now`.
WalkGate::Evidence WalkGate::evidence_of(const WalkCandidate& first, const WalkCandidate& second,
                                         const WalkedRows& walked, std::int64_t from,
                                         std::int64_t now) const {
  Evidence out;
  auto period = std::ranges::find_if(walked.periods, [&](const auto& p) { return p.end > from; });
  std::size_t place =
      walked.first_places[static_cast<std::size_t>(period - walked.periods.begin())];
  std::size_t all = 0;
  std::vector<std::int64_t> rows;
  std::vector<Timestamp> times;
  for (; place < walked.rows.size(); ++place) {
    std::int64_t row = walked.rows[place];
    if (by_time_.time(row) < from) continue;  // in a period rows stand as in the table
    if (!first.scored(place) || !second.scored(place)) continue;
    ++all;
    if (by_time_.known(row) > now) continue;
    rows.push_back(row);
    times.push_back({by_time_.time(row)});
    out.champion.push_back(first.scores[place]);
    out.challenger.push_back(second.scores[place]);
  }
  out.outcomes = first.recipe.outcomes(rows);
  out.blocks = blocks_by_day(times);
  out.slices = gate_slices(training_.columns, rows, walk_.gate.slices);
  out.mature = all == 0 ? 0 : static_cast<double>(rows.size()) / static_cast<double>(all);
  return out;
}

// A row is in as many looks as there are periods in what a look goes back.
double WalkGate::alpha_of(std::int64_t challengers) {
  auto known = alpha_.find(challengers);
  if (known != alpha_.end()) return known->second;
  std::int64_t looks = (walk_.evidence.us - 1) / walk_.every.us + 1;
  double alpha = look_alpha(walk_.gate.alpha / static_cast<double>(challengers), looks);
  return alpha_.emplace(challengers, alpha).first->second;
}

GatePolicy WalkGate::policy() const {
  GatePolicy out;
  out.metric = walk_.gate.metric;
  out.least_effect = walk_.gate.least_effect;
  out.guards.clear();
  for (const auto& [metric, margin] : walk_.gate.guards) out.guards.push_back({metric, margin});
  out.slice_margin = walk_.gate.slice_margin;
  out.least_mature = walk_.gate.least_mature;
  return out;
}

Result<WalkGate::Said> WalkGate::look(std::span<const WalkCandidate> candidates, std::size_t live,
                                      const WalkedRows& walked, std::int64_t now) {
  Said said{.live = live};
  std::vector<std::size_t> asked;
  for (std::size_t c = 0; c < candidates.size(); ++c)
    if (c != live && candidates[c].standing) asked.push_back(c);
  if (asked.empty()) return said;
  std::int64_t from = std::max(saturating_subtract(now, walk_.evidence.us), walk_.over.begin->us);
  double alpha = alpha_of(static_cast<std::int64_t>(asked.size()));
  double most = 0;
  for (std::size_t c : asked) {
    Evidence evidence = evidence_of(candidates[live], candidates[c], walked, from, now);
    GateEvidence shown{.champion = evidence.champion,
                       .challenger = evidence.challenger,
                       .label = evidence.outcomes.label,
                       .number = evidence.outcomes.number,
                       .blocks = &evidence.blocks,
                       .slices = std::move(evidence.slices),
                       .mature = evidence.mature,
                       .alpha = alpha,
                       .seed = candidates[c].model->seed};
    TRY(GateDecision decision, decide(policy(), shown, pool_, cancel_));
    double gain = decision.checks.front().gain;
    if (decision.verdict == GateVerdict::kPromote && (said.live == live || gain > most)) {
      said.live = c;
      most = gain;
    }
    said.looks.push_back({candidates[c].name, std::move(decision)});
  }
  for (WalkDecision& look : said.looks)
    look.promoted = look.challenger == candidates[said.live].name;
  return said;
}

}  // namespace lode
