#include "evaluate/tree_shap.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace lode {
namespace {

constexpr std::size_t kTaskRows = 32;        // explained by one task, tree by tree
constexpr std::size_t kChunkRows = 128;      // background rows read before equal ones are joined
constexpr double kMostAdditiveError = 1e-9;  // relative

Result<std::size_t> count_rows(const Forest& forest, std::span<const float> rows) {
  if (rows.size() % forest.features != 0)
    return fail(Code::kInvalid, "{} values are not rows of {} features", rows.size(),
                forest.features);
  return rows.size() / forest.features;
}

Result<std::size_t> count_given_rows(const Forest& forest, std::span<const float> rows) {
  TRY(std::size_t count, count_rows(forest, rows));
  if (count == 0) return fail(Code::kInvalid, "there are no background rows to explain against");
  return count;
}

// With `first` features that only one row fulfils and `second` that only the other does, the
// Shapley value of one of the first: (first - 1)! second! / (first + second)!.
class TwoRowWeights {
 public:
  TwoRowWeights() {
    for (std::size_t second = 0; second <= kMostSlots; ++second) {
      double value = 1 / static_cast<double>(second + 1);
      for (std::size_t first = 1; first + second <= kMostSlots; ++first) {
        of_[first][second] = value;
        value *= static_cast<double>(first) / static_cast<double>(first + second + 1);
      }
    }
  }
  double of(std::size_t first, std::size_t second) const { return of_[first][second]; }

 private:
  std::array<std::array<double, kMostSlots + 1>, kMostSlots + 1> of_{};
};

const TwoRowWeights& two_row_weights() {
  static const TwoRowWeights weights;
  return weights;
}

// Calls visit(slot) for every set bit, from slot 0 up.
template <typename Visit>
void for_each_slot(std::uint64_t mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1) visit(static_cast<std::size_t>(std::countr_zero(mask)));
}

}  // namespace

struct TreeExplainer::Scratch {
  explicit Scratch(const TreePaths& paths) : masks(paths.widest_tree()) {}
  std::vector<std::uint64_t> masks;          // of the nodes of a tree
  std::array<double, kTaskRows> sizes = {};  // of the leaves a row is in, without their signs
};

double margin_in_double(const Forest& forest, std::span<const float> row) {
  auto margin = static_cast<double>(forest.base_margin);
  for (std::uint32_t root : forest.roots) {
    const TreeNode* node = &forest.nodes[root];
    while (!node->leaf())
      node = &forest.nodes[node->left + (goes_right(forest, *node, row[node->feature]) ? 1 : 0)];
    margin += static_cast<double>(node->value);
  }
  return margin;
}

Result<TreePaths> TreeExplainer::paths_of(const Forest& forest) {
  if (forest.features == 0)
    return fail(Code::kInvalid, "a model without columns has nothing to explain");
  return TreePaths::make(forest);
}

void TreeExplainer::take_shares(std::span<const double> cover) {
  share_ = paths_.shares([&](const TreeNode& split) {
    double both = cover[split.left] + cover[split.left + 1];
    return both > 0 ? cover[split.left] / both : 0.5;
  });
  base_ = static_cast<double>(paths_.forest().base_margin);
  std::uint32_t most_slots = 1;
  for (const TreePaths::Leaf& leaf : paths_.leaves()) {
    double share = 1;
    for (std::size_t s = 0; s < leaf.slots; ++s) share *= share_[leaf.first_slot + s];
    base_ += share * leaf.value;
    most_slots = std::max(most_slots, leaf.slots);
  }
  rules_.resize(1);  // a leaf of s slots takes (s + 1) / 2 points
  for (std::size_t points = 1; points <= (most_slots + 1) / 2; ++points)
    rules_.push_back(gauss_legendre(points));
}

Result<TreeExplainer> TreeExplainer::by_training_cover(const Forest& forest) {
  TRY(TreePaths paths, paths_of(forest));
  std::vector<double> cover;
  for (const TreeNode& node : forest.nodes) {
    if (node.cover < 0)
      return fail(Code::kInvalid,
                  "node {} of the tree model has a cover of {}; count covers from rows instead",
                  cover.size(), node.cover);
    cover.push_back(static_cast<double>(node.cover));
  }
  TreeExplainer explainer(std::move(paths));
  explainer.take_shares(cover);
  return explainer;
}

Result<TreeExplainer> TreeExplainer::by_counted_cover(const Forest& forest,
                                                      std::span<const float> rows, ThreadPool& pool,
                                                      const CancelToken& cancel) {
  TRY(TreePaths paths, paths_of(forest));
  TRY(std::size_t count, count_given_rows(forest, rows));
  std::vector<double> cover(forest.nodes.size(), 0);
  TRY_VOID(parallel_for(
      pool, forest.trees(),
      [&](std::size_t tree) {
        for (std::size_t i = 0; i < count; ++i) {
          std::span<const float> row = rows.subspan(i * forest.features, forest.features);
          std::uint32_t n = forest.roots[tree];
          for (;;) {
            cover[n] += 1;
            const TreeNode& node = forest.nodes[n];
            if (node.leaf()) break;
            n = node.left + (goes_right(forest, node, row[node.feature]) ? 1 : 0);
          }
        }
      },
      cancel));
  TreeExplainer explainer(std::move(paths));
  explainer.take_shares(cover);
  return explainer;
}

TreeExplainer::TreeBackground TreeExplainer::read_background(std::size_t tree,
                                                             std::span<const float> rows) const {
  std::size_t features = paths_.forest().features;
  std::span leaves = paths_.leaves().subspan(paths_.first_leaf(tree),
                                             paths_.first_leaf(tree + 1) - paths_.first_leaf(tree));
  Scratch scratch(paths_);
  std::vector<std::vector<MaskCount>> seen(leaves.size());
  auto join_equal = [](std::vector<MaskCount>& masks) {
    std::ranges::sort(masks, {}, &MaskCount::mask);
    std::size_t kept = 0;
    for (std::size_t i = 1; i < masks.size(); ++i) {
      if (masks[i].mask == masks[kept].mask) {
        masks[kept].count += masks[i].count;
      } else {
        masks[++kept] = masks[i];
      }
    }
    masks.resize(kept + 1);
  };
  std::size_t count = rows.size() / features;
  for (std::size_t i = 0; i < count; ++i) {
    paths_.fill_masks(tree, rows.subspan(i * features, features), scratch.masks);
    for (std::size_t l = 0; l < leaves.size(); ++l)
      seen[l].push_back({.mask = paths_.mask_of(leaves[l], tree, scratch.masks), .count = 1});
    if ((i + 1) % kChunkRows == 0 || i + 1 == count) std::ranges::for_each(seen, join_equal);
  }
  TreeBackground out;
  for (const std::vector<MaskCount>& masks : seen) {
    out.first.push_back(out.masks.size());
    out.masks.insert(out.masks.end(), masks.begin(), masks.end());
  }
  out.first.push_back(out.masks.size());
  return out;
}

Result<TreeExplainer> TreeExplainer::against(const Forest& forest,
                                             std::span<const float> background, ThreadPool& pool,
                                             const CancelToken& cancel) {
  TRY(TreePaths paths, paths_of(forest));
  TRY(std::size_t count, count_given_rows(forest, background));
  if (count > std::numeric_limits<std::uint32_t>::max())
    return fail(Code::kLimit, "{} background rows; the limit is 2^32 - 1", count);
  TreeExplainer explainer(std::move(paths));
  explainer.background_.resize(forest.trees());
  TRY_VOID(parallel_for(
      pool, forest.trees(),
      [&](std::size_t tree) {
        explainer.background_[tree] = explainer.read_background(tree, background);
      },
      cancel));
  explainer.background_rows_ = static_cast<double>(count);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += margin_in_double(forest, background.subspan(i * forest.features, forest.features));
  explainer.base_ = sum / explainer.background_rows_;
  return explainer;
}

// The value of a coalition at this leaf is the product of 1 or 0 for its slots (fulfilled or not)
// and of the shares of the others, times the leaf's value. A slot's Shapley value is therefore
//   value (own_j - share_j) integral over t of the product over i != j of (t own_i + (1 - t)
//   share_i)
// since the weight of a coalition of s out of n - 1 is the integral of t^s (1 - t)^(n - 1 - s).
void TreeExplainer::add_path_dependent(const TreePaths::Leaf& leaf, std::uint64_t mask,
                                       std::span<double> out) const {
  std::size_t slots = leaf.slots;
  std::span share = std::span(share_).subspan(leaf.first_slot, slots);
  std::array<double, kMostSlots> factor;
  std::array<double, kMostSlots> before;  // product of the factors of earlier slots
  std::array<double, kMostSlots> integral;
  for (std::size_t s = 0; s < slots; ++s) {
    if ((mask >> s & 1) == 0 && share[s] == 0) return;  // no coalition comes here
    integral[s] = 0;
  }
  for (const QuadraturePoint& point : rules_[(slots + 1) / 2]) {
    double product = 1;
    for (std::size_t s = 0; s < slots; ++s) {
      before[s] = product;
      factor[s] = (1 - point.at) * share[s] + ((mask >> s & 1) != 0 ? point.at : 0);
      product *= factor[s];
    }
    double after = point.weight;
    for (std::size_t s = slots; s-- > 0;) {
      integral[s] += before[s] * after;
      after *= factor[s];
    }
  }
  std::span features = paths_.features(leaf);
  for (std::size_t s = 0; s < slots; ++s) {
    double own = (mask >> s & 1) != 0 ? 1 : 0;
    out[features[s]] += leaf.value * (own - share[s]) * integral[s];
  }
}

// A mixture of the row and a background row is in this leaf when it takes from each what only that
// one fulfils; of the slots that both fulfil neither matters, and one that neither fulfils rules
// the leaf out.
void TreeExplainer::add_interventional(const TreePaths::Leaf& leaf,
                                       std::span<const MaskCount> background, std::uint64_t mask,
                                       std::span<double> out) const {
  const TwoRowWeights& weights = two_row_weights();
  std::array<double, kMostSlots> sum{};
  for (const MaskCount& other : background) {
    if ((mask | other.mask) != leaf.full()) continue;
    std::uint64_t own = mask & ~other.mask;
    std::uint64_t theirs = other.mask & ~mask;
    auto owned = static_cast<std::size_t>(std::popcount(own));
    auto given = static_cast<std::size_t>(std::popcount(theirs));
    double count = other.count;
    if (owned > 0)
      for_each_slot(own, [&](std::size_t s) { sum[s] += count * weights.of(owned, given); });
    if (given > 0)
      for_each_slot(theirs, [&](std::size_t s) { sum[s] -= count * weights.of(given, owned); });
  }
  std::span features = paths_.features(leaf);
  for (std::size_t s = 0; s < leaf.slots; ++s)
    out[features[s]] += leaf.value * (sum[s] / background_rows_);
}

// Tree by tree, so that a tree's leaves stay near while the rows of the task go through them.
void TreeExplainer::explain_rows(std::span<const float> rows, std::span<double> out,
                                 std::span<double> margins, Scratch& scratch) const {
  std::size_t width = features();
  std::ranges::fill(margins, static_cast<double>(paths_.forest().base_margin));
  for (std::size_t tree = 0; tree < paths_.trees(); ++tree) {
    std::size_t first = paths_.first_leaf(tree);
    for (std::size_t i = 0; i < margins.size(); ++i) {
      std::span into = out.subspan(i * width, width);
      paths_.fill_masks(tree, rows.subspan(i * width, width), scratch.masks);
      for (std::size_t l = first; l < paths_.first_leaf(tree + 1); ++l) {
        const TreePaths::Leaf& leaf = paths_.leaves()[l];
        std::uint64_t mask = paths_.mask_of(leaf, tree, scratch.masks);
        if (mask == leaf.full()) {
          margins[i] += leaf.value;
          scratch.sizes[i] += std::abs(leaf.value);
        }
        if (background_.empty()) {
          add_path_dependent(leaf, mask, into);
          continue;
        }
        const TreeBackground& background = background_[tree];
        std::size_t begin = background.first[l - first];
        std::size_t end = background.first[l - first + 1];
        add_interventional(leaf, std::span(background.masks).subspan(begin, end - begin), mask,
                           into);
      }
    }
  }
}

Result<Attributions> TreeExplainer::explain(std::span<const float> rows, ThreadPool& pool,
                                            const CancelToken& cancel) const {
  TRY(std::size_t count, count_rows(paths_.forest(), rows));
  std::size_t width = features();
  Attributions out{.base = base_, .columns = width, .values = std::vector<double>(rows.size())};
  TRY_VOID(parallel_for(
      pool, (count + kTaskRows - 1) / kTaskRows,
      [&](std::size_t task) -> Status {
        std::size_t begin = task * kTaskRows;
        std::size_t here = std::min(kTaskRows, count - begin);
        Scratch scratch(paths_);
        std::array<double, kTaskRows> margins;
        explain_rows(rows.subspan(begin * width, here * width),
                     std::span(out.values).subspan(begin * width, here * width),
                     std::span(margins).first(here), scratch);
        for (std::size_t i = 0; i < here; ++i) {
          double sum = base_;
          double size = std::abs(base_) + scratch.sizes[i];
          for (double value : out.of_row(begin + i)) {
            sum += value;
            size += std::abs(value);
          }
          if (!(std::abs(sum - margins[i]) <= kMostAdditiveError * size))
            return fail(Code::kInternal,
                        "row {}: the contributions sum to {} and the margin is {}; please report "
                        "this with the model",
                        begin + i, sum, margins[i]);
        }
        return {};
      },
      cancel));
  return out;
}

}  // namespace lode
