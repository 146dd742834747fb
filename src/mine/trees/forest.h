// A forest of binary decision trees as values: what a boosted model is once its trainer is gone.
// Scoring, explanation and storage work on this alone, so a served model needs no training library.
//
// Decisions are XGBoost's, to the bit: a numeric value goes left when value < threshold, a missing
// one (NaN) by the node's default; a category goes right when it is in the node's set and left
// otherwise, so a code that no set names, a negative one and one of 2^24 or more go left. A code is
// the value without its fraction. A row's margin is float32: base_margin, plus one leaf of every
// tree, added in the order of the trees.
//
// Threads: a Forest is written by the function that makes it and only read afterwards.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lode {

inline constexpr std::uint32_t kNoCategorySet = 0xffffffff;
// Category codes are exact in float32 below this.
inline constexpr std::uint32_t kCategoryCodeLimit = 1U << 24;

struct TreeNode {
  float value = 0;         // a leaf's addend, a numeric split's threshold, 0 in a categorical split
  std::uint32_t left = 0;  // index in Forest::nodes; the right child is left + 1; 0 = a leaf
  std::uint32_t feature = 0;
  std::uint32_t category_set = kNoCategorySet;  // index for Forest::categories_of
  bool default_left = false;                    // where a missing value goes
  float gain = 0;                               // loss reduction of the split, 0 in a leaf
  float cover = 0;                              // sum of hessians of the training rows that came by

  bool leaf() const { return left == 0; }
  bool categorical() const { return category_set != kNoCategorySet; }
  bool operator==(const TreeNode&) const = default;
};

struct Forest {
  enum class Objective : std::uint8_t {
    kLogistic = 0,      // probability = 1 / (1 + e^-margin)
    kSquaredError = 1,  // prediction = margin
  };

  Objective objective = Objective::kSquaredError;
  std::uint32_t features = 0;  // values in a row
  float base_margin = 0;
  std::vector<std::uint32_t> roots;            // one per tree, ascending
  std::vector<TreeNode> nodes;                 // trees one after the other, children after parents
  std::vector<std::uint32_t> set_begin = {0};  // set s = categories[set_begin[s], set_begin[s + 1])
  std::vector<std::uint32_t> categories;       // ascending within a set

  std::size_t trees() const { return roots.size(); }
  std::size_t sets() const { return set_begin.size() - 1; }
  std::span<const std::uint32_t> categories_of(std::uint32_t set) const {
    return std::span(categories).subspan(set_begin[set], set_begin[set + 1] - set_begin[set]);
  }
  bool operator==(const Forest&) const = default;
};

// What every reader of a Forest may rely on, and every maker must run: each node belongs to exactly
// one tree and is reached once, children stand after their parent and inside their tree, features
// and sets exist, numbers are finite, sets ascend below kCategoryCodeLimit. kCorrupt otherwise.
// O(nodes + categories).
Status check(const Forest& forest);

// Longest path from a tree's root to a leaf, in splits; 0 for a single leaf.
std::uint32_t tree_depth(const Forest& forest, std::size_t tree);

// Whether a value takes the right branch of a split. The definition; scorers must equal it.
bool goes_right(const Forest& forest, const TreeNode& node, float value);

// The margin of one row of forest.features values by the plainest walk. For tests and explanation;
// scorer.h is the fast one, and equal in bytes.
float plain_margin(const Forest& forest, std::span<const float> row);

// Reads the bytes XGBoost saves, JSON or UBJSON ("json" and "ubj" of XGBoosterSaveModelToBuffer;
// written against 3.2.0). Takes gbtree models of binary:logistic and reg:squarederror with one
// output; dart, gblinear, several classes or targets, other objectives and models that recode
// categories by name are kUnsupported. Anything malformed is kCorrupt. Unreachable (pruned) nodes
// are dropped.
// base_margin of a logistic model is -log(1 / base_score - 1) with a correctly rounded logarithm;
// the C library's logf, which XGBoost uses, may differ from it in the last bit. The training
// adapter finds out and puts in what XGBoost itself adds. Memory: about 10 times the input.
Result<Forest> forest_from_xgboost(std::string_view bytes);

// lode's own stored form (docs/formats/tree-model.md): versioned, checksummed, loads without a JSON
// parser. encode(decode(x)) == x. decode: kCorrupt for damaged bytes, kUnsupported for a later
// version. O(nodes).
std::string encode_forest(const Forest& forest);
Result<Forest> decode_forest(std::string_view bytes);

}  // namespace lode
