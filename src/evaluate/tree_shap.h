// Shapley values of a Forest's margin, exact: what every column contributed to a row's answer
// (Lundberg and Lee, NIPS 2017; for trees Lundberg, Erion et al., Nature Machine Intelligence 2,
// 2020). Decisions are the forest's own: thresholds in float32, default directions of missing
// values, sets of categories, levels that no set names.
//
// What a column that is "not known" does is a choice, and there are two:
//   - against(): it takes the value of a background row, and the values are means over these rows
//     (interventional). The question asked is "what did this value do, against those rows"; a
//     column no split reads gets exactly 0. The default choice: 200 rows.
//   - by_training_cover(), by_counted_cover(): the split is passed by both sides, in proportion to
//     the rows that took them (path-dependent, the paper's Algorithm 2 and XGBoost's own). Needs no
//     rows to explain against, but credits columns for what others said on the way. Training covers
//     are sums of hessians, not of rows: where the model was sure, rows count less. Covers counted
//     from rows mean what they say, and are the better-defined of the two.
// Both share left : right of a split's two children, which sums to 1 whatever rounding did to the
// parent's own cover. A split that nobody came to is passed half and half.
//
// Method: path-dependent values are, leaf by leaf, the integral of a polynomial of degree below the
// number of distinct features on the path (Owen 1972, Multilinear extensions of games). It is taken
// by Gauss-Legendre points, enough to be exact: sums of positive terms, none of the divisions that
// undo a step in Algorithm 2, so deep and lopsided trees lose no digits (shap/shap#4042 does).
// Interventional values are, leaf by leaf, closed formulas in how many features each of the two
// rows alone fulfils; background rows that fulfil the same are counted once.
//
// Guarantee: base + contributions = the margin, summed in double, within 1e-9 of the sizes of all
// that is added (base, contributions, leaves); every row of every call is held against that, and a
// miss is kInternal. (margin_in_double() differs from the float32 margin that a scorer gives by the
// latter's rounding.)
//
// Threads: immutable once made. Determinism: the same bytes on any number of threads; a row gets
// the same alone and among others. With T trees of L leaves and paths of D distinct features:
// cost of a row, path-dependent: O(T L D^2 / 2); interventional: O(T L B D), where B is the number
// of distinct fulfilments among the background rows at a leaf, at most min(rows, 2^D).
// Memory: of TreePaths, and 8 bytes a slot; interventional 16 bytes x T L B.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "evaluate/attributions.h"
#include "evaluate/quadrature.h"
#include "evaluate/tree_paths.h"

namespace lode {

// The margin of a row of forest.features values with leaves summed in double. O(trees x depth).
double margin_in_double(const Forest& forest, std::span<const float> row);

class TreeExplainer {
 public:
  // All rows below are row-major float32 of forest.features values, missing = NaN, categories as
  // codes: what the forest itself is given. Errors of all makers: what TreePaths::make refuses,
  // kInvalid for a forest without features. The forest is copied.

  // Also kInvalid: a negative cover.
  static Result<TreeExplainer> by_training_cover(const Forest& forest);
  // Also kInvalid: no rows, or half a row; kCancelled. O(trees x rows x depth).
  static Result<TreeExplainer> by_counted_cover(const Forest& forest, std::span<const float> rows,
                                                ThreadPool& pool, const CancelToken& cancel = {});
  // The same errors. O(rows x nodes), and sorting at every leaf.
  static Result<TreeExplainer> against(const Forest& forest, std::span<const float> background,
                                       ThreadPool& pool, const CancelToken& cancel = {});

  // The mean margin over the background rows, or over the covers.
  double base() const { return base_; }
  std::size_t features() const { return paths_.forest().features; }

  // kInvalid: half a row; kCancelled; kInternal where additivity fails, with the row.
  Result<Attributions> explain(std::span<const float> rows, ThreadPool& pool,
                               const CancelToken& cancel = {}) const;

 private:
  // Background rows that fulfil the same slots of a leaf.
  struct MaskCount {
    std::uint64_t mask = 0;
    std::uint32_t count = 0;
  };
  struct TreeBackground {
    std::vector<std::size_t> first;  // of each leaf of the tree, and the end
    std::vector<MaskCount> masks;
  };
  struct Scratch;

  explicit TreeExplainer(TreePaths paths) : paths_(std::move(paths)) {}
  static Result<TreePaths> paths_of(const Forest& forest);
  void take_shares(std::span<const double> cover);
  TreeBackground read_background(std::size_t tree, std::span<const float> rows) const;
  void explain_rows(std::span<const float> rows, std::span<double> out, std::span<double> margins,
                    Scratch& scratch) const;
  void add_path_dependent(const TreePaths::Leaf& leaf, std::uint64_t mask,
                          std::span<double> out) const;
  void add_interventional(const TreePaths::Leaf& leaf, std::span<const MaskCount> background,
                          std::uint64_t mask, std::span<double> out) const;

  TreePaths paths_;
  double base_ = 0;
  // Path-dependent: the share of every slot, and a rule for each number of points.
  std::vector<double> share_;
  std::vector<std::vector<QuadraturePoint>> rules_;
  // Interventional, by tree; empty otherwise.
  std::vector<TreeBackground> background_;
  double background_rows_ = 0;
};

}  // namespace lode
