#include "evaluate/leakage/interval_rule.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace lode {
namespace {

constexpr std::size_t kMostSwitches = 3;
constexpr std::size_t kPaths = 2 * (kMostSwitches + 1);  // first label, switches so far

constexpr std::size_t switches_of(std::size_t path) { return path % (kMostSwitches + 1); }
constexpr std::uint8_t label_of(std::size_t path) {
  return static_cast<std::uint8_t>((path / (kMostSwitches + 1) + switches_of(path)) % 2);
}

// Rows of one value: what it gains, in pairs, to call them positive instead of negative.
struct ValueGroup {
  double value;
  std::int64_t gain;
};

std::vector<ValueGroup> groups_of(std::span<const double> value,
                                  std::span<const std::uint8_t> label) {
  std::vector<std::uint32_t> order(value.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t row) { return value[row]; });
  std::int64_t positives = std::ranges::count(label, 1);
  std::int64_t negatives = std::ssize(label) - positives;
  std::vector<ValueGroup> groups;
  for (std::uint32_t row : order) {
    if (groups.empty() || groups.back().value != value[row]) groups.push_back({value[row], 0});
    groups.back().gain += label[row] != 0 ? negatives : -positives;
  }
  return groups;
}

}  // namespace

std::uint8_t IntervalRule::label(double value) const {
  auto passed = std::ranges::upper_bound(cuts, value) - cuts.begin();
  return static_cast<std::uint8_t>((first_label + passed) % 2);
}

IntervalRule fit_interval_rule(std::span<const double> value, std::span<const std::uint8_t> label) {
  std::vector<ValueGroup> groups = groups_of(value, label);
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min() / 2;
  std::array<std::int64_t, kPaths> best;
  for (std::size_t path = 0; path < kPaths; ++path)
    best[path] = switches_of(path) == 0 ? 0 : kNever;
  std::vector<std::uint8_t> switched(groups.size());  // a bit a path: it switched at this group
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (std::size_t path = kPaths; path-- > 0;) {  // from behind: path - 1 is still the old one
      if (g > 0 && switches_of(path) > 0 && best[path - 1] > best[path]) {
        best[path] = best[path - 1];
        switched[g] |= static_cast<std::uint8_t>(1U << path);
      }
      if (label_of(path) != 0 && best[path] > kNever / 2) best[path] += groups[g].gain;
    }
  // Of equal ones the path of fewest switches comes first, by its number within a first label.
  std::size_t path = static_cast<std::size_t>(std::ranges::max_element(best) - best.begin());
  IntervalRule rule;
  for (std::size_t g = groups.size(); g-- > 0;)
    if ((switched[g] >> path & 1) != 0) {
      rule.cuts.insert(rule.cuts.begin(), groups[g].value);
      --path;
    }
  rule.first_label = label_of(path);
  return rule;
}

RankSum held_out_intervals(std::span<const double> value, std::span<const std::uint8_t> label,
                           std::span<const std::int64_t> fold) {
  std::array<std::vector<double>, 2> values;
  std::array<std::vector<std::uint8_t>, 2> labels;
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto side = static_cast<std::size_t>(fold[i]);
    values[side].push_back(value[i]);
    labels[side].push_back(label[i]);
  }
  std::array<IntervalRule, 2> rules = {fit_interval_rule(values[0], labels[0]),
                                       fit_interval_rule(values[1], labels[1])};
  std::vector<double> told(value.size());
  for (std::size_t i = 0; i < value.size(); ++i)
    told[i] = rules[static_cast<std::size_t>(1 - fold[i])].label(value[i]);
  return stratified_rank_sum(told, label, fold);
}

}  // namespace lode
