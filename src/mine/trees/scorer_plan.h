// The compiled forms of a Forest that the scorer's kernels run over. Internal to mine/trees.
//
// Kernels are compiled once per instruction set, so what they receive is plain structs of pointers:
// an inline function of the standard library instantiated in an AVX-512 file could otherwise be the
// copy the linker keeps for everyone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mine/trees/forest.h"

namespace lode {

// ---- walking: any forest
// ---------------------------------------------------------------------------

inline constexpr std::uint32_t kWalkDefaultRight = 1U << 31;
inline constexpr std::uint32_t kWalkFeature = kWalkDefaultRight - 1;
inline constexpr std::size_t kWalkTrees = 8;  // walked side by side

// A leaf is its own left child and its threshold NaN, so that walking on from it stays there.
struct WalkNode {
  float threshold;
  std::uint32_t left;
  std::uint32_t feature;  // and kWalkDefaultRight
  std::uint32_t set;      // kNoCategorySet = numeric
};

struct WalkPlan {
  bool categorical = false;
  std::size_t tree_count = 0;
  std::vector<WalkNode> nodes;
  std::vector<float> leaves;             // by node
  std::vector<std::uint32_t> roots;      // padded to a multiple of kWalkTrees with the last one
  std::vector<std::uint32_t> depths;     // per group of kWalkTrees: steps until all are at leaves
  std::vector<std::uint32_t> set_begin;  // set s = bits of words [set_begin[s], set_begin[s + 1])
  std::vector<std::uint32_t> set_words;
};

// ---- masks: batches, trees up to kMaskDepth
// --------------------------------------------------------

inline constexpr std::size_t kBlockRows = 512;
inline constexpr std::size_t kBlockWords = kBlockRows / 64;
inline constexpr std::uint32_t kMaskDepth = 8;
// Codes of a categorical value in a byte: 0..253 as they are, then these two.
inline constexpr std::uint8_t kByteUnseen = 254;
inline constexpr std::uint8_t kByteMissing = 255;
inline constexpr std::size_t kByteSetBytes = 32;

// Conditions [begin, end) that read one column in one way.
struct ConditionRun {
  enum Kind : std::uint32_t {
    kMissingLeft,   // numeric: right if value >= threshold
    kMissingRight,  // numeric: right unless value < threshold
    kByteSet,       // categorical with codes below 254: 32 bytes of bits a condition
    kWideSet,       // categorical with larger codes: words of bits
  };
  Kind kind;
  std::uint32_t column;  // in the block
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t first;  // of the first condition: in thresholds, byte_sets or wide_sets
};

struct WideSet {
  std::uint32_t first_word;
  std::uint32_t words;
  std::uint32_t missing_right;
};

struct MaskTree {
  std::uint32_t depth;
  std::uint32_t conditions;  // of its 2^depth - 1 splits in heap order: in tree_conditions
  std::uint32_t leaves;      // of its 2^depth leaves: in leaves; a multiple of 16
};

struct alignas(64) MaskLine {
  std::uint64_t words[kBlockWords];
};
struct alignas(64) FloatLine {
  float values[16];
};

struct MaskView {
  const ConditionRun* runs;
  std::size_t run_count;
  const float* thresholds;
  const std::uint8_t* byte_sets;
  const WideSet* wide_sets;
  const std::uint32_t* wide_words;
  const MaskTree* trees;
  std::size_t tree_count;
  const std::uint32_t* tree_conditions;
  const float* leaves;  // 64-byte aligned
};

struct MaskPlan {
  std::vector<std::uint32_t> columns;  // the features the model reads
  std::uint32_t conditions = 0;
  std::vector<ConditionRun> runs;
  std::vector<float> thresholds;
  std::vector<std::uint8_t> byte_sets;
  std::vector<WideSet> wide_sets;
  std::vector<std::uint32_t> wide_words;
  std::vector<MaskTree> trees;
  std::vector<std::uint32_t> tree_conditions;
  std::vector<FloatLine> leaves;

  MaskView view() const;
};

// ---- bins: one row, trees up to kBinDepth
// ----------------------------------------------------------

inline constexpr std::uint32_t kBinDepth = 6;
inline constexpr std::size_t kBinSlots = 256;  // one byte each; slot 0 is always 0
inline constexpr std::uint32_t kSlotBins = 255;

// A byte derived from a numeric feature: how many of its cuts `offset`+1.. are <= the value, at
// most 255; for a missing value 0 or 255, so that each default direction has a byte of its own.
struct BinSlot {
  std::uint32_t offset;
  std::uint8_t slot;
  std::uint8_t missing;
};

// Cuts ascend, in lines of 16 padded with NaN and one line of NaN behind; a pivot is a line's last
// cut, in lines of 16 likewise.
struct BinFeature {
  std::uint32_t feature;
  std::uint32_t cut_line;
  std::uint32_t pivot_line;
  std::uint32_t pivot_lines;
  std::uint32_t slot_begin;
  std::uint32_t slot_end;
};

// Trees are scored in passes of so many (scorer_avx512.cc says why).
inline constexpr std::size_t kPassTrees = 64;

struct BinCategory {
  std::uint32_t feature;
  std::uint32_t levels;  // codes 0..levels-1 as they are, levels = unseen, levels + 1 = missing
  std::uint32_t first;   // line of code 0 within a pass
};

// For one code of one categorical feature, and each tree of a pass: the nodes that send it right.
struct alignas(64) BinCodeLine {
  std::uint64_t right[kPassTrees];
};

// Node n (1 = root, children 2n and 2n + 1) goes right when bytes[slot[n]] >= least[n].
struct alignas(64) BinNodes {
  std::uint8_t slot[64];
  std::uint8_t least[64];
};
struct alignas(64) BinLeaves {
  float values[64];
};

struct BinView {
  std::uint32_t slot_tables;  // of 64 bytes: 1, 2 or 4
  std::uint32_t depth;        // of the deepest tree
  const BinFeature* features;
  std::size_t feature_count;
  const BinSlot* slots;
  const FloatLine* cuts;
  const FloatLine* pivots;
  const BinCategory* categories;
  std::size_t category_count;     // at most kBinCategories
  const BinCodeLine* code_lines;  // code_line_count a pass
  std::size_t code_line_count;
  const BinNodes* nodes;
  const BinLeaves* leaves;
  std::size_t tree_count;
};

inline constexpr std::size_t kBinCategories = 64;

struct BinPlan {
  std::uint32_t slot_count = 1;
  std::uint32_t depth = 0;
  std::vector<BinFeature> features;
  std::vector<BinSlot> slots;
  std::vector<FloatLine> cuts;
  std::vector<FloatLine> pivots;
  std::vector<BinCategory> categories;
  std::vector<BinCodeLine> code_lines;
  std::uint32_t code_line_count = 0;
  std::vector<BinNodes> nodes;
  std::vector<BinLeaves> leaves;
  std::size_t tree_count = 0;

  BinView view() const;
};

// ---- making them
// -----------------------------------------------------------------------------------

WalkPlan make_walk_plan(const Forest& forest);
// False if the model does not fit (too deep, too many conditions): walk it then.
bool make_mask_plan(const Forest& forest, MaskPlan& plan);
// False if the model does not fit (too deep, too many bytes or categories): walk it then.
bool make_bin_plan(const Forest& forest, BinPlan& plan);

// Puts a tree on a complete heap of 2^depth - 1 splits: visit(slot, node) for each slot in order,
// where a leaf above the bottom stands for all slots below it, and leaf(i, value) for the 2^depth
// leaves.
template <typename Split, typename Leaf>
void for_each_slot(const Forest& forest, std::size_t tree, std::uint32_t depth, Split split,
                   Leaf leaf) {
  std::vector<std::uint32_t> at(std::size_t{2} << depth);
  at[1] = forest.roots[tree];
  std::size_t bottom = std::size_t{1} << depth;
  for (std::size_t slot = 1; slot < bottom; ++slot) {
    const TreeNode& node = forest.nodes[at[slot]];
    split(slot, node);
    at[2 * slot] = node.leaf() ? at[slot] : node.left;
    at[2 * slot + 1] = node.leaf() ? at[slot] : node.left + 1;
  }
  for (std::size_t i = 0; i < bottom; ++i) leaf(i, forest.nodes[at[bottom + i]].value);
}

// ---- kernels: one table per instruction set
// --------------------------------------------------------

struct ScorerKernels {
  // Adds the trees to `margin` in order. nullptr: rows are walked.
  float (*row)(const BinView& view, const float* row, float margin);
  // columns: kBlockRows values each, 64-byte aligned, in the order of MaskPlan::columns. masks: one
  // line per condition. margins: kBlockRows, 64-byte aligned, holding the base margin on entry.
  void (*block)(const MaskView& view, const float* columns, MaskLine* masks, float* margins);
};

ScorerKernels baseline_scorer();
ScorerKernels avx2_scorer();
ScorerKernels avx512_scorer();

float walk_row(const WalkPlan& plan, const float* row, float margin);

}  // namespace lode
