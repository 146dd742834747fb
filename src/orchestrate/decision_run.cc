#include "orchestrate/decision_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace lode {
namespace {

using Kind = ThresholdRule::Kind;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

enum Part : std::size_t { kTruePositive, kFalsePositive, kFalseNegative, kTrueNegative, kParts };

Confusion confusion(std::span<const double> t) {
  return {t[kTruePositive], t[kFalsePositive], t[kFalseNegative], t[kTrueNegative]};
}

BlockSums decided(const ScoredRows& rows, const Blocks& blocks, double threshold) {
  BlockSums sums(blocks.count, kParts);
  for (std::size_t i = 0; i < rows.score.size(); ++i) {
    bool flagged = rows.score[i] >= threshold;
    bool one = rows.label[i] == 1;
    sums.at(blocks.of_row[i], flagged ? (one ? kTruePositive : kFalsePositive)
                                      : (one ? kFalseNegative : kTrueNegative)) += 1;
  }
  return sums;
}

struct Figure {
  std::string name;
  std::function<double(const Confusion&)> of;
};

double f1(const Confusion& c) {
  double wrong = c.false_positive + c.false_negative;
  return 2 * c.true_positive / (2 * c.true_positive + wrong);
}

std::vector<Figure> plain_figures() {
  return {
      {"flagged", [](const Confusion& c) { return c.flagged() / c.rows(); }},
      {"precision", [](const Confusion& c) { return c.precision(); }},
      {"recall", [](const Confusion& c) { return c.recall(); }},
      {"f1", f1},
  };
}

std::vector<Figure> figures_of(const ThresholdRule& rule) {
  std::vector<Figure> out = plain_figures();
  if (rule.kind != Kind::kCost) return out;
  auto cost = [rule](double false_positive, double false_negative, double rows) {
    return (rule.false_positive * false_positive + rule.false_negative * false_negative) / rows;
  };
  out.push_back({"cost", [cost](const Confusion& c) {
                   return cost(c.false_positive, c.false_negative, c.rows());
                 }});
  out.push_back({"cost_with_none_flagged", [cost](const Confusion& c) {
                   return cost(0, c.true_positive + c.false_negative, c.rows());
                 }});
  out.push_back({"cost_with_all_flagged", [cost](const Confusion& c) {
                   return cost(c.false_positive + c.true_negative, 0, c.rows());
                 }});
  return out;
}

Estimate judged(const Figure& figure, const BlockDraws& draws, std::span<const double> totals) {
  auto of = [&](std::span<const double> t) { return figure.of(confusion(t)); };
  return draws.estimate(totals, kParts, of).value_or(Estimate{of(totals), kNan, kNan});
}

struct Days {
  double most = 0;  // flagged on any day
  double over = 0;  // days with more than may be
};

Days days_of(const BlockSums& sums, double capacity) {
  Days out;
  for (std::uint32_t b = 0; b < sums.blocks(); ++b) {
    double flagged = confusion(sums.of_block(b)).flagged();
    out.most = std::max(out.most, flagged);
    out.over += flagged > capacity ? 1 : 0;
  }
  return out;
}

// The lowest score that flags no more than the share.
double threshold_of_share(const Thresholds& thresholds, double share) {
  std::span<const double> all = thresholds.all();
  double most = share * thresholds.at(all.back()).rows();
  auto fits = [&](double score) { return thresholds.at(score).flagged() <= most; };
  auto end = std::ranges::partition_point(all, fits);
  return end == all.begin() ? std::numeric_limits<double>::infinity() : *(end - 1);
}

Result<double> threshold_of(const ThresholdRule& rule, const Thresholds& thresholds,
                            DecisionReport& out) {
  switch (rule.kind) {
    case Kind::kCost: {
      TRY(CostThreshold found, thresholds.least_cost({rule.false_positive, rule.false_negative}));
      return found.threshold;
    }
    case Kind::kShare:
      return threshold_of_share(thresholds, rule.amount);
    case Kind::kRowsADay: {
      TRY(CapacityDecision found, thresholds.capacity(rule.amount));
      return found.fixed_threshold;
    }
    case Kind::kPrecision: {
      TRY(PrecisionThreshold found, thresholds.precision_floor(rule.amount));
      out.note = fmt::format("{}a precision of {:.4f} is shown with 95 % confidence",
                             found.reached ? "" : "not reached: at the most ", found.lower);
      return found.threshold;
    }
  }
  return fail(Code::kInternal, "a threshold without a rule");
}

}  // namespace

std::string rule_text(const ThresholdRule& rule) {
  switch (rule.kind) {
    case Kind::kCost:
      return fmt::format("least cost: a false positive costs {:g}, a false negative {:g}",
                         rule.false_positive, rule.false_negative);
    case Kind::kShare:
      return fmt::format("at most {:g} % of the rows", 100 * rule.amount);
    case Kind::kRowsADay:
      return fmt::format("at most {:g} rows on any day", rule.amount);
    case Kind::kPrecision:
      return fmt::format("the most rows at a precision of at least {:g}", rule.amount);
  }
  return {};
}

Status find_threshold(const ThresholdRule& rule, const ScoredRows& rows, const Blocks& blocks,
                      DecisionReport& out) {
  TRY(Thresholds thresholds, Thresholds::make(rows, blocks));
  TRY(out.threshold, threshold_of(rule, thresholds, out));
  out.rows = std::ssize(rows.score);
  BlockSums sums = decided(rows, blocks, out.threshold);
  out.promised = confusion(sums.totals());
  for (const Figure& figure : figures_of(rule))
    out.figures.push_back({figure.name, figure.of(out.promised), {kNan, kNan, kNan}});
  if (rule.kind != Kind::kRowsADay) return {};
  Days days = days_of(sums, rule.amount);
  out.figures.push_back({"most_in_a_day", days.most, {kNan, kNan, kNan}});
  out.figures.push_back({"days_over_capacity", days.over, {kNan, kNan, kNan}});
  return {};
}

Status judge_threshold(const ThresholdRule& rule, const ScoredRows& rows, const Blocks& blocks,
                       const BlockDraws& draws, DecisionReport& out) {
  TRY_VOID(Sample::make(rows, blocks));
  BlockSums sums = decided(rows, blocks, out.threshold);
  std::vector<double> totals = draws.totals(sums);
  out.came = confusion(totals);
  std::vector<Figure> figures = figures_of(rule);
  for (DecisionFigure& figure : out.figures) {
    auto how = std::ranges::find(figures, figure.name, &Figure::name);
    if (how == figures.end()) continue;
    figure.came = judged(*how, draws, totals);
  }
  if (rule.kind != Kind::kRowsADay) return {};
  Days days = days_of(sums, rule.amount);
  for (DecisionFigure& figure : out.figures) {
    if (figure.name == "most_in_a_day") figure.came.value = days.most;
    if (figure.name == "days_over_capacity") figure.came.value = days.over;
  }
  return {};
}

Status judge_half(const ScoredRows& rows, const Blocks& blocks, const BlockDraws& draws,
                  HalfReport& out) {
  constexpr double kHalf = 0.5;
  TRY_VOID(Sample::make(rows, blocks));
  std::vector<double> totals = draws.totals(decided(rows, blocks, kHalf));
  out.came = confusion(totals);
  for (const Figure& figure : plain_figures())
    out.figures.push_back({figure.name, kNan, judged(figure, draws, totals)});
  out.judged = true;
  return {};
}

}  // namespace lode
