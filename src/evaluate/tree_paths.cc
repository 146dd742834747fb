#include "evaluate/tree_paths.h"

#include <algorithm>
#include <numeric>

namespace lode {

Result<TreePaths> TreePaths::make(const Forest& forest) {
  TRY_VOID(check(forest));
  TreePaths paths;
  paths.forest_ = forest;
  paths.parent_.resize(forest.nodes.size());
  std::iota(paths.parent_.begin(), paths.parent_.end(), 0U);
  for (std::uint32_t n = 0; n < forest.nodes.size(); ++n) {
    if (forest.nodes[n].leaf()) continue;
    paths.parent_[forest.nodes[n].left] = n;
    paths.parent_[forest.nodes[n].left + 1] = n;
  }
  paths.slot_.assign(forest.nodes.size(), 0);
  for (std::size_t t = 0; t < forest.trees(); ++t) TRY_VOID(paths.add_tree(t));
  return paths;
}

Status TreePaths::add_tree(std::size_t tree) {
  std::uint32_t depth = tree_depth(forest_, tree);
  if (depth > kMostExplainedDepth)
    return fail(Code::kLimit, "tree {} is {} splits deep; trees of up to {} can be explained", tree,
                depth, kMostExplainedDepth);
  std::size_t end = tree + 1 < trees() ? forest_.roots[tree + 1] : forest_.nodes.size();
  widest_tree_ = std::max(widest_tree_, end - forest_.roots[tree]);
  for (std::uint32_t n = forest_.roots[tree]; n < end; ++n)
    if (forest_.nodes[n].leaf()) TRY_VOID(add_leaf(n));
  first_leaf_.push_back(leaves_.size());
  return {};
}

Status TreePaths::add_leaf(std::uint32_t node) {
  std::vector<std::uint32_t> way;  // splits, from the root
  for (std::uint32_t n = node; parent_[n] != n; n = parent_[n]) way.push_back(parent_[n]);
  std::ranges::reverse(way);
  Leaf leaf{.value = static_cast<double>(forest_.nodes[node].value),
            .node = node,
            .first_slot = features_.size()};
  for (std::uint32_t split : way) {
    std::uint32_t feature = forest_.nodes[split].feature;
    auto first = features_.begin() + static_cast<std::ptrdiff_t>(leaf.first_slot);
    auto found = std::find(first, features_.end(), feature);
    // The same for every leaf below the split, since it depends on the way to the split alone.
    slot_[split] = static_cast<std::uint8_t>(found - first);
    if (found != features_.end()) continue;
    if (leaf.slots == kMostSlots)
      return fail(Code::kLimit,
                  "a path of a tree asks for more than {} features, which cannot be explained",
                  kMostSlots);
    features_.push_back(feature);
    ++leaf.slots;
  }
  leaves_.push_back(leaf);
  return {};
}

void TreePaths::fill_masks(std::size_t tree, std::span<const float> row,
                           std::span<std::uint64_t> masks) const {
  std::uint32_t root = forest_.roots[tree];
  std::size_t end = tree + 1 < trees() ? forest_.roots[tree + 1] : forest_.nodes.size();
  masks[0] = ~std::uint64_t{0};
  for (std::size_t n = root; n < end; ++n) {
    const TreeNode& node = forest_.nodes[n];
    if (node.leaf()) continue;
    std::uint64_t here = masks[n - root];
    std::uint64_t left_out = here & ~(std::uint64_t{1} << slot_[n]);
    bool right = goes_right(forest_, node, row[node.feature]);
    masks[node.left - root] = right ? left_out : here;
    masks[node.left - root + 1] = right ? here : left_out;
  }
}

}  // namespace lode
