#include "mine/trees/forest.h"

#include <algorithm>
#include <cmath>

namespace lode {
namespace {

// What 32-bit node numbers leave room for; and what a scorer is willing to keep tables for.
constexpr std::size_t kMostNodes = 0xfffffff0;
constexpr std::uint32_t kMostFeatures = 1U << 20;
constexpr std::uint64_t kMostSetWords = std::uint64_t{1} << 26;  // bits of all sets, 256 MiB

Status check_sets(const Forest& forest) {
  if (forest.set_begin.empty() || forest.set_begin.front() != 0 ||
      forest.set_begin.back() != forest.categories.size() ||
      !std::ranges::is_sorted(forest.set_begin)) {
    return fail(Code::kCorrupt, "the tree model's table of category sets does not add up");
  }
  std::uint64_t words = 0;
  for (std::uint32_t s = 0; s < forest.sets(); ++s) {
    auto set = forest.categories_of(s);
    if (std::ranges::adjacent_find(set, std::greater_equal<>()) != set.end() ||
        (!set.empty() && set.back() >= kCategoryCodeLimit)) {
      return fail(Code::kCorrupt, "category set {} of the tree model is not ascending below {}", s,
                  kCategoryCodeLimit);
    }
    words += set.empty() ? 0 : set.back() / 32 + 1;
  }
  if (words > kMostSetWords) {
    return fail(Code::kLimit,
                "the tree model's category sets need {} words of bits; the limit is {}: "
                "use smaller category codes",
                words, kMostSetWords);
  }
  return {};
}

Status check_node(const Forest& forest, std::size_t i, std::size_t tree_end) {
  const TreeNode& node = forest.nodes[i];
  if (!std::isfinite(node.value) || !std::isfinite(node.gain) || !std::isfinite(node.cover)) {
    return fail(Code::kCorrupt, "node {} of the tree model holds a number that is not finite", i);
  }
  if (node.leaf()) {
    if (node.categorical()) {
      return fail(Code::kCorrupt, "leaf {} of the tree model names a category set", i);
    }
    return {};
  }
  if (node.left <= i || node.left >= tree_end || node.left + 1 >= tree_end) {
    return fail(Code::kCorrupt, "the children of node {} of the tree model are outside its tree",
                i);
  }
  if (node.feature >= forest.features) {
    return fail(Code::kCorrupt, "node {} of the tree model splits feature {} of {}", i,
                node.feature, forest.features);
  }
  if (node.categorical() && node.category_set >= forest.sets()) {
    return fail(Code::kCorrupt, "node {} of the tree model names category set {} of {}", i,
                node.category_set, forest.sets());
  }
  return {};
}

}  // namespace

Status check(const Forest& forest) {
  TRY_VOID(check_sets(forest));
  if (!std::isfinite(forest.base_margin)) {
    return fail(Code::kCorrupt, "the tree model's base margin is not finite");
  }
  if (forest.nodes.size() > kMostNodes || forest.features > kMostFeatures) {
    return fail(Code::kLimit,
                "the tree model has {} nodes and {} features; the limits are {} and {}",
                forest.nodes.size(), forest.features, kMostNodes, kMostFeatures);
  }
  if (forest.trees() == 0 ? !forest.nodes.empty() : forest.roots.front() != 0) {
    return fail(Code::kCorrupt, "the tree model has nodes that belong to no tree");
  }
  // Every node but a root is the child of exactly one node: with children behind their parent this
  // makes each tree a tree, and leaves neither cycles nor orphans.
  std::vector<std::uint8_t> reached(forest.nodes.size(), 0);
  for (std::size_t t = 0; t < forest.trees(); ++t) {
    std::size_t end = t + 1 < forest.trees() ? forest.roots[t + 1] : forest.nodes.size();
    if (forest.roots[t] >= end || end > forest.nodes.size()) {
      return fail(Code::kCorrupt, "tree {} of the tree model has no nodes", t);
    }
    reached[forest.roots[t]] = 1;
    for (std::size_t i = forest.roots[t]; i < end; ++i) {
      TRY_VOID(check_node(forest, i, end));
      if (forest.nodes[i].leaf()) continue;
      for (std::size_t child : {forest.nodes[i].left, forest.nodes[i].left + 1}) {
        if (reached[child]++ != 0) {
          return fail(Code::kCorrupt, "node {} of the tree model has two parents", child);
        }
      }
    }
  }
  if (auto orphan = std::ranges::find(reached, 0); orphan != reached.end()) {
    return fail(Code::kCorrupt, "node {} of the tree model cannot be reached",
                orphan - reached.begin());
  }
  return {};
}

std::uint32_t tree_depth(const Forest& forest, std::size_t tree) {
  std::size_t begin = forest.roots[tree];
  std::size_t end = tree + 1 < forest.trees() ? forest.roots[tree + 1] : forest.nodes.size();
  std::vector<std::uint32_t> depth(end - begin, 0);
  std::uint32_t deepest = 0;
  for (std::size_t i = begin; i < end; ++i) {
    deepest = std::max(deepest, depth[i - begin]);
    if (forest.nodes[i].leaf()) continue;
    std::size_t left = forest.nodes[i].left - begin;
    depth[left] = depth[left + 1] = depth[i - begin] + 1;
  }
  return deepest;
}

bool goes_right(const Forest& forest, const TreeNode& node, float value) {
  if (std::isnan(value)) return !node.default_left;
  if (!node.categorical()) return value >= node.value;
  if (value < 0 || value >= static_cast<float>(kCategoryCodeLimit)) return false;
  return std::ranges::binary_search(forest.categories_of(node.category_set),
                                    static_cast<std::uint32_t>(value));
}

float plain_margin(const Forest& forest, std::span<const float> row) {
  float margin = forest.base_margin;
  for (std::uint32_t root : forest.roots) {
    const TreeNode* node = &forest.nodes[root];
    while (!node->leaf()) {
      node = &forest.nodes[node->left + (goes_right(forest, *node, row[node->feature]) ? 1 : 0)];
    }
    margin += node->value;
  }
  return margin;
}

}  // namespace lode
