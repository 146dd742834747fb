#include "mine/trees/scorer_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

namespace lode {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kMostConditions = 1U << 16;  // 4 MiB of masks
constexpr std::size_t kMostCodeLines = 1U << 15;   // 16 MiB
constexpr std::uint32_t kMostLevels = 1U << 12;    // of a feature, in code lines

std::vector<std::uint32_t> depths_of(const Forest& forest) {
  std::vector<std::uint32_t> depths(forest.trees());
  for (std::size_t t = 0; t < depths.size(); ++t) depths[t] = tree_depth(forest, t);
  return depths;
}

// Per feature: one more than the largest category any split on it names, 0 if it is numeric only.
std::vector<std::uint32_t> category_levels(const Forest& forest) {
  std::vector<std::uint32_t> levels(forest.features, 0);
  for (const TreeNode& node : forest.nodes) {
    if (node.leaf() || !node.categorical()) continue;
    auto set = forest.categories_of(node.category_set);
    levels[node.feature] = std::max(levels[node.feature], set.empty() ? 1U : set.back() + 1);
  }
  return levels;
}

}  // namespace

WalkPlan make_walk_plan(const Forest& forest) {
  WalkPlan plan;
  plan.tree_count = forest.trees();
  plan.nodes.reserve(forest.nodes.size());
  for (std::uint32_t i = 0; i < forest.nodes.size(); ++i) {
    const TreeNode& node = forest.nodes[i];
    plan.categorical |= node.categorical();
    plan.leaves.push_back(node.value);
    if (node.leaf()) {
      plan.nodes.push_back({.threshold = kNan, .left = i, .feature = 0, .set = kNoCategorySet});
      continue;
    }
    plan.nodes.push_back({.threshold = node.value,
                          .left = node.left,
                          .feature = node.feature | (node.default_left ? 0 : kWalkDefaultRight),
                          .set = node.category_set});
  }
  plan.roots = forest.roots;
  while (plan.roots.size() % kWalkTrees != 0) plan.roots.push_back(plan.roots.back());
  std::vector<std::uint32_t> depths = depths_of(forest);
  for (std::size_t t = 0; t < depths.size(); t += kWalkTrees) {
    std::size_t end = std::min(t + kWalkTrees, depths.size());
    plan.depths.push_back(*std::max_element(depths.begin() + static_cast<std::ptrdiff_t>(t),
                                            depths.begin() + static_cast<std::ptrdiff_t>(end)));
  }
  plan.set_begin.push_back(0);
  for (std::uint32_t s = 0; s < forest.sets(); ++s) {
    auto set = forest.categories_of(s);
    std::size_t first = plan.set_words.size();
    plan.set_words.resize(first + (set.empty() ? 0 : set.back() / 32 + 1), 0);
    for (std::uint32_t code : set) plan.set_words[first + code / 32] |= 1U << (code % 32);
    plan.set_begin.push_back(static_cast<std::uint32_t>(plan.set_words.size()));
  }
  return plan;
}

// ---- masks
// -----------------------------------------------------------------------------------------

namespace {

// A condition in the order of the plan: by feature, then by how it is evaluated.
struct Condition {
  std::uint32_t feature = 0;
  ConditionRun::Kind kind = ConditionRun::kMissingLeft;
  float threshold = 0;
  std::array<std::uint8_t, kByteSetBytes> bytes{};
  std::uint32_t wide_set = 0;
  bool wide_missing_right = false;
  auto operator<=>(const Condition&) const = default;
};

class MaskMaker {
 public:
  MaskMaker(const Forest& forest, MaskPlan& plan)
      : forest_(forest), plan_(plan), levels_(category_levels(forest)) {}

  bool make() {
    for (const TreeNode& node : forest_.nodes)
      if (!node.leaf()) distinct_.push_back(condition(node));
    std::ranges::sort(distinct_);
    auto doubles = std::ranges::unique(distinct_);
    distinct_.erase(doubles.begin(), doubles.end());
    if (distinct_.size() > kMostConditions) return false;
    plan_.conditions = static_cast<std::uint32_t>(distinct_.size());
    for (std::uint32_t c = 0; c < plan_.conditions; ++c) append_condition(c);
    std::vector<std::uint32_t> depths = depths_of(forest_);
    for (std::size_t t = 0; t < depths.size(); ++t) append_tree(t, depths[t]);
    return true;
  }

 private:
  Condition condition(const TreeNode& node) const {
    Condition out;
    out.feature = node.feature;
    if (!node.categorical()) {
      out.kind = node.default_left ? ConditionRun::kMissingLeft : ConditionRun::kMissingRight;
      out.threshold = node.value;
    } else if (levels_[node.feature] <= kByteUnseen) {
      out.kind = ConditionRun::kByteSet;
      for (std::uint32_t code : forest_.categories_of(node.category_set)) set_bit(out.bytes, code);
      if (!node.default_left) set_bit(out.bytes, kByteMissing);
    } else {
      out.kind = ConditionRun::kWideSet;
      out.wide_set = node.category_set;
      out.wide_missing_right = !node.default_left;
    }
    return out;
  }

  static void set_bit(std::array<std::uint8_t, kByteSetBytes>& bytes, std::uint32_t code) {
    bytes[code / 8] = static_cast<std::uint8_t>(bytes[code / 8] | (1U << (code % 8)));
  }

  void append_condition(std::uint32_t c) {
    const Condition& condition = distinct_[c];
    bool new_column = plan_.columns.empty() || plan_.columns.back() != condition.feature;
    if (new_column) plan_.columns.push_back(condition.feature);
    if (new_column || plan_.runs.back().kind != condition.kind) {
      plan_.runs.push_back({.kind = condition.kind,
                            .column = static_cast<std::uint32_t>(plan_.columns.size() - 1),
                            .begin = c,
                            .end = c,
                            .first = first_of(condition.kind)});
    }
    plan_.runs.back().end = c + 1;
    if (condition.kind == ConditionRun::kByteSet) {
      plan_.byte_sets.insert(plan_.byte_sets.end(), condition.bytes.begin(), condition.bytes.end());
    } else if (condition.kind == ConditionRun::kWideSet) {
      append_wide(condition);
    } else {
      plan_.thresholds.push_back(condition.threshold);
    }
  }

  std::uint32_t first_of(ConditionRun::Kind kind) const {
    std::size_t size = plan_.thresholds.size();
    if (kind == ConditionRun::kByteSet) size = plan_.byte_sets.size() / kByteSetBytes;
    if (kind == ConditionRun::kWideSet) size = plan_.wide_sets.size();
    return static_cast<std::uint32_t>(size);
  }

  void append_wide(const Condition& condition) {
    auto set = forest_.categories_of(condition.wide_set);
    std::size_t words = set.empty() ? 0 : set.back() / 32 + 1;
    std::size_t first = plan_.wide_words.size();
    plan_.wide_sets.push_back({.first_word = static_cast<std::uint32_t>(first),
                               .words = static_cast<std::uint32_t>(words),
                               .missing_right = condition.wide_missing_right ? 1U : 0U});
    plan_.wide_words.resize(first + words, 0);
    for (std::uint32_t code : set) plan_.wide_words[first + code / 32] |= 1U << (code % 32);
  }

  void append_tree(std::size_t tree, std::uint32_t depth) {
    std::size_t first_leaf = plan_.leaves.size() * 16;
    plan_.trees.push_back({.depth = depth,
                           .conditions = static_cast<std::uint32_t>(plan_.tree_conditions.size()),
                           .leaves = static_cast<std::uint32_t>(first_leaf)});
    plan_.leaves.resize(plan_.leaves.size() + ((std::size_t{1} << depth) + 15) / 16, FloatLine{});
    std::uint32_t last = 0;  // a slot below a leaf repeats a condition: both ways have equal leaves
    for_each_slot(
        forest_, tree, depth,
        [&](std::size_t, const TreeNode& node) {
          if (!node.leaf()) {
            auto at = std::ranges::lower_bound(distinct_, condition(node));
            last = static_cast<std::uint32_t>(at - distinct_.begin());
          }
          plan_.tree_conditions.push_back(last);
        },
        [&](std::size_t i, float value) {
          plan_.leaves[first_leaf / 16 + i / 16].values[i % 16] = value;
        });
  }

  const Forest& forest_;
  MaskPlan& plan_;
  std::vector<std::uint32_t> levels_;
  std::vector<Condition> distinct_;
};

}  // namespace

bool make_mask_plan(const Forest& forest, MaskPlan& plan) {
  for (std::uint32_t depth : depths_of(forest))
    if (depth > kMaskDepth) return false;
  return MaskMaker(forest, plan).make();
}

MaskView MaskPlan::view() const {
  return {.runs = runs.data(),
          .run_count = runs.size(),
          .thresholds = thresholds.data(),
          .byte_sets = byte_sets.data(),
          .wide_sets = wide_sets.data(),
          .wide_words = wide_words.data(),
          .trees = trees.data(),
          .tree_count = trees.size(),
          .tree_conditions = tree_conditions.data(),
          .leaves = leaves.empty() ? nullptr : leaves.front().values};
}

// ---- bins
// ------------------------------------------------------------------------------------------

namespace {

class BinMaker {
 public:
  BinMaker(const Forest& forest, BinPlan& plan)
      : forest_(forest), plan_(plan), levels_(category_levels(forest)) {
    splits_.resize(forest.features);
    cuts_.resize(forest.features);
    slots_.resize(forest.features);
  }

  bool make() {
    for (const TreeNode& node : forest_.nodes) {
      if (node.leaf()) continue;
      // Both kinds of split on one feature: no trainer makes that, and no code here tells them
      // apart.
      if (!node.categorical() && levels_[node.feature] != 0) return false;
      if (node.categorical()) continue;
      splits_[node.feature].push_back(&node);
      cuts_[node.feature].push_back(node.value);
    }
    for (std::uint32_t levels : levels_)
      if (levels > kMostLevels) return false;
    for (std::uint32_t f = 0; f < forest_.features; ++f) append_feature(f);
    if (plan_.slot_count > kBinSlots || plan_.categories.size() > kBinCategories) return false;
    plan_.tree_count = forest_.trees();
    std::size_t passes = (forest_.trees() + kPassTrees - 1) / kPassTrees;
    if (passes * plan_.code_line_count > kMostCodeLines) return false;
    plan_.code_lines.resize(passes * plan_.code_line_count);
    for (std::size_t t = 0; t < forest_.trees(); ++t) append_tree(t);
    return true;
  }

 private:
  void append_feature(std::uint32_t feature) {
    if (levels_[feature] != 0) {
      plan_.categories.push_back(
          {.feature = feature, .levels = levels_[feature], .first = plan_.code_line_count});
      plan_.code_line_count += levels_[feature] + 2;
    }
    std::vector<float>& cuts = cuts_[feature];
    if (cuts.empty()) return;
    std::ranges::sort(cuts);
    auto doubles = std::ranges::unique(cuts);
    cuts.erase(doubles.begin(), doubles.end());
    BinFeature out{.feature = feature,
                   .cut_line = static_cast<std::uint32_t>(plan_.cuts.size()),
                   .pivot_line = static_cast<std::uint32_t>(plan_.pivots.size()),
                   .pivot_lines = 0,
                   .slot_begin = static_cast<std::uint32_t>(plan_.slots.size()),
                   .slot_end = 0};
    std::vector<float> pivots;
    for (std::size_t i = 15; i < cuts.size(); i += 16) pivots.push_back(cuts[i]);
    append_lines(plan_.cuts, cuts);
    plan_.cuts.push_back(nan_line());
    append_lines(plan_.pivots, pivots);
    out.pivot_lines = static_cast<std::uint32_t>(plan_.pivots.size()) - out.pivot_line;
    append_slots(feature);
    out.slot_end = static_cast<std::uint32_t>(plan_.slots.size());
    plan_.features.push_back(out);
  }

  // One byte per 255 cuts and default direction that some split needs.
  void append_slots(std::uint32_t feature) {
    std::size_t pieces = (cuts_[feature].size() + kSlotBins - 1) / kSlotBins;
    slots_[feature].assign(2 * pieces, 0);
    for (const TreeNode* node : splits_[feature]) slots_[feature][slot_key(*node)] = 1;
    for (std::size_t key = 0; key < slots_[feature].size(); ++key) {
      if (slots_[feature][key] == 0) continue;
      slots_[feature][key] = plan_.slot_count;
      bool missing_right = key % 2 != 0;
      plan_.slots.push_back({.offset = static_cast<std::uint32_t>(key / 2) * kSlotBins,
                             .slot = static_cast<std::uint8_t>(plan_.slot_count),
                             .missing = static_cast<std::uint8_t>(missing_right ? 255 : 0)});
      ++plan_.slot_count;
    }
  }

  std::size_t cut_index(const TreeNode& node) const {
    const std::vector<float>& cuts = cuts_[node.feature];
    return static_cast<std::size_t>(std::ranges::lower_bound(cuts, node.value) - cuts.begin());
  }
  std::size_t slot_key(const TreeNode& node) const {
    return cut_index(node) / kSlotBins * 2 + (node.default_left ? 0 : 1);
  }

  void append_tree(std::size_t tree) {
    BinNodes nodes{};
    BinLeaves leaves{};
    // Trees are put on the depth of the deepest one, so that all take the same number of steps.
    for_each_slot(
        forest_, tree, plan_.depth,
        [&](std::size_t at, const TreeNode& node) {
          if (node.leaf()) return;
          if (node.categorical()) {
            nodes.least[at] = 1;  // slot 0 is 0: the compare says left, the code's line decides
            set_bits(tree, at, node);
            return;
          }
          nodes.slot[at] = static_cast<std::uint8_t>(slots_[node.feature][slot_key(node)]);
          nodes.least[at] = static_cast<std::uint8_t>(cut_index(node) % kSlotBins + 1);
        },
        [&](std::size_t i, float value) { leaves.values[i] = value; });
    plan_.nodes.push_back(nodes);
    plan_.leaves.push_back(leaves);
  }

  // The node's bit in the lines of all codes that go right there.
  void set_bits(std::size_t tree, std::size_t at, const TreeNode& node) {
    const BinCategory& of =
        *std::ranges::find(plan_.categories, node.feature, &BinCategory::feature);
    BinCodeLine* lines =
        plan_.code_lines.data() + tree / kPassTrees * plan_.code_line_count + of.first;
    std::uint64_t bit = std::uint64_t{1} << at;
    for (std::uint32_t code : forest_.categories_of(node.category_set))
      lines[code].right[tree % kPassTrees] |= bit;
    if (!node.default_left) lines[of.levels + 1].right[tree % kPassTrees] |= bit;
  }

  static FloatLine nan_line() {
    FloatLine line;
    std::ranges::fill(line.values, kNan);
    return line;
  }
  static void append_lines(std::vector<FloatLine>& lines, const std::vector<float>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i % 16 == 0) lines.push_back(nan_line());
      lines.back().values[i % 16] = values[i];
    }
  }

  const Forest& forest_;
  BinPlan& plan_;
  std::vector<std::uint32_t> levels_;
  std::vector<std::vector<const TreeNode*>> splits_;  // by feature, numeric ones
  std::vector<std::vector<float>> cuts_;              // by feature, distinct and ascending
  std::vector<std::vector<std::uint32_t>> slots_;     // by feature and slot_key; 0 = not needed
};

}  // namespace

bool make_bin_plan(const Forest& forest, BinPlan& plan) {
  for (std::uint32_t depth : depths_of(forest)) plan.depth = std::max(plan.depth, depth);
  return plan.depth <= kBinDepth && BinMaker(forest, plan).make();
}

BinView BinPlan::view() const {
  std::uint32_t tables = (slot_count + 63) / 64;
  return {.slot_tables = tables == 3 ? 4 : tables,
          .depth = depth,
          .features = features.data(),
          .feature_count = features.size(),
          .slots = slots.data(),
          .cuts = cuts.data(),
          .pivots = pivots.data(),
          .categories = categories.data(),
          .category_count = categories.size(),
          .code_lines = code_lines.data(),
          .code_line_count = code_line_count,
          .nodes = nodes.data(),
          .leaves = leaves.data(),
          .tree_count = tree_count};
}

}  // namespace lode
