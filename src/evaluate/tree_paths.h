// A Forest taken apart for explaining: each leaf with the distinct features on its way from the
// root ("slots", numbered in order of first use), and for a row the slots whose conditions it
// fulfils. A leaf's value under any mixture of two rows depends on these bits alone.
//
// Threads: immutable once made. Memory: a copy of the forest, 5 bytes a node, 24 bytes a leaf and
// 4 a slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "mine/trees/forest.h"

namespace lode {

// Bits of slots fit a word; deeper than this no tree is worth explaining, nor trained by lode.
inline constexpr std::size_t kMostSlots = 64;
inline constexpr std::uint32_t kMostExplainedDepth = 256;

class TreePaths {
 public:
  struct Leaf {
    double value = 0;
    std::uint32_t node = 0;  // in Forest::nodes
    std::uint32_t slots = 0;
    std::size_t first_slot = 0;  // in features(), and in any array with an entry a slot
    // The bits of all its slots: a row that has them is in this leaf.
    std::uint64_t full() const {
      return slots == kMostSlots ? ~std::uint64_t{0} : (std::uint64_t{1} << slots) - 1;
    }
  };

  // kLimit: a path of more than kMostExplainedDepth splits or kMostSlots distinct features; and
  // what check(forest) says. O(leaves x depth).
  static Result<TreePaths> make(const Forest& forest);

  const Forest& forest() const { return forest_; }
  std::size_t trees() const { return forest_.trees(); }
  std::span<const Leaf> leaves() const { return leaves_; }
  // The leaves of a tree are leaves()[first_leaf(t) .. first_leaf(t + 1)).
  std::size_t first_leaf(std::size_t tree) const { return first_leaf_[tree]; }
  std::size_t slots() const { return features_.size(); }
  std::span<const std::uint32_t> features(const Leaf& leaf) const {
    return std::span(features_).subspan(leaf.first_slot, leaf.slots);
  }

  // masks[n] for every node n of the tree, counted from its root: bit s is cleared where the row
  // leaves the way to n at a condition on slot s. `masks` has widest_tree() entries. O(nodes).
  void fill_masks(std::size_t tree, std::span<const float> row,
                  std::span<std::uint64_t> masks) const;
  std::uint64_t mask_of(const Leaf& leaf, std::size_t tree,
                        std::span<const std::uint64_t> masks) const {
    return masks[leaf.node - forest_.roots[tree]] & leaf.full();
  }
  std::size_t widest_tree() const { return widest_tree_; }

  // share_of(node) is what goes left of all that comes to a split, 0 .. 1. One entry a slot: the
  // product of the shares along the way to the leaf at the splits of that slot's feature.
  template <typename ShareOf>
  std::vector<double> shares(ShareOf share_of) const {
    std::vector<double> out(slots(), 1.0);
    for (const Leaf& leaf : leaves_) {
      for (std::uint32_t child = leaf.node; parent_[child] != child; child = parent_[child]) {
        const TreeNode& split = forest_.nodes[parent_[child]];
        double left = share_of(split);
        out[leaf.first_slot + slot_[parent_[child]]] *= child == split.left ? left : 1 - left;
      }
    }
    return out;
  }

 private:
  Status add_tree(std::size_t tree);
  Status add_leaf(std::uint32_t node);

  Forest forest_;
  std::vector<std::uint32_t> parent_;  // of every node; a root's is itself
  std::vector<std::uint8_t> slot_;     // of every split
  std::vector<Leaf> leaves_;
  std::vector<std::size_t> first_leaf_ = {0};
  std::vector<std::uint32_t> features_;  // of every slot of every leaf
  std::size_t widest_tree_ = 0;          // nodes
};

}  // namespace lode
