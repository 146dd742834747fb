// The batch kernel, written once over an instruction set `Isa` and included by the three files that
// each define one. Everything is in an unnamed namespace and free of library functions, so that no
// instantiation of one instruction set can be linked into another.
//
// Isa provides:
//   Mask, load, store, mux       kMaskBytes of row bits; mux(d, a, b) takes b where d is set, else
//   a compare<kind>(...)           one numeric run over a column of kBlockRows values
//   byte_sets(...)               one byte-set run over kBlockRows codes
//   add_leaves(...)              to each row's margin the leaf its bits point at
#pragma once

#include "mine/trees/scorer_plan.h"

namespace lode {
namespace {

inline std::uint8_t byte_code(float value) {
  if (value != value) return kByteMissing;
  if (!(value >= 0) || value >= static_cast<float>(kByteUnseen)) return kByteUnseen;
  return static_cast<std::uint8_t>(value);
}

inline void wide_sets(const MaskView& view, const ConditionRun& run, const float* column,
                      MaskLine* masks) {
  for (std::uint32_t c = run.begin; c < run.end; ++c) {
    const WideSet& set = view.wide_sets[run.first + (c - run.begin)];
    for (std::size_t word = 0; word < kBlockWords; ++word) {
      std::uint64_t bits = 0;
      for (std::size_t i = 0; i < 64; ++i) {
        float value = column[64 * word + i];
        std::uint64_t right = 0;
        if (value != value) {
          right = set.missing_right;
        } else if (value >= 0 && value < static_cast<float>(kCategoryCodeLimit)) {
          auto code = static_cast<std::uint32_t>(value);
          if (code / 32 < set.words)
            right = (view.wide_words[set.first_word + code / 32] >> (code % 32)) & 1U;
        }
        bits |= right << i;
      }
      masks[c].words[word] = bits;
    }
  }
}

template <typename Isa>
void evaluate_run(const MaskView& view, const ConditionRun& run, const float* columns,
                  MaskLine* masks) {
  const float* column = columns + run.column * kBlockRows;
  std::uint32_t count = run.end - run.begin;
  switch (run.kind) {
    case ConditionRun::kMissingLeft:
      Isa::template compare<false>(column, view.thresholds + run.first, count, masks + run.begin);
      return;
    case ConditionRun::kMissingRight:
      Isa::template compare<true>(column, view.thresholds + run.first, count, masks + run.begin);
      return;
    case ConditionRun::kByteSet: {
      alignas(64) std::uint8_t codes[kBlockRows];
      for (std::size_t i = 0; i < kBlockRows; ++i) codes[i] = byte_code(column[i]);
      Isa::byte_sets(codes, view.byte_sets + run.first * kByteSetBytes, count, masks + run.begin);
      return;
    }
    case ConditionRun::kWideSet:
      wide_sets(view, run, column, masks);
      return;
  }
}

// The bits of a row's way down a tree, one plane of masks per level. On level l the row stands on
// one of 2^l nodes: their masks are halved by the decisions taken so far until one is left.
template <typename Isa, std::uint32_t kDepth>
void descend(const std::uint32_t* conditions, const MaskLine* masks, std::size_t part,
             MaskLine* planes) {
  typename Isa::Mask taken[kDepth];
  for (std::uint32_t level = 0; level < kDepth; ++level) {
    typename Isa::Mask at[kDepth == 1 ? 1 : 1U << (kDepth - 2)];
    const std::uint32_t* nodes = conditions + ((1U << level) - 1);
    std::uint32_t half = (1U << level) / 2;
    if (half == 0) {
      at[0] = Isa::load(masks[nodes[0]], part);
    } else {
      for (std::uint32_t i = 0; i < half; ++i) {
        at[i] = Isa::mux(taken[0], Isa::load(masks[nodes[i]], part),
                         Isa::load(masks[nodes[i + half]], part));
      }
      for (std::uint32_t by = 1; by < level; ++by) {
        half /= 2;
        for (std::uint32_t i = 0; i < half; ++i) at[i] = Isa::mux(taken[by], at[i], at[i + half]);
      }
    }
    taken[level] = at[0];
    Isa::store(planes[level], part, at[0]);
  }
}

template <typename Isa, std::uint32_t kDepth>
void add_tree(const MaskView& view, const MaskTree& tree, const MaskLine* masks, float* margins) {
  const float* leaves = view.leaves + tree.leaves;
  if constexpr (kDepth == 0) {
    for (std::size_t i = 0; i < kBlockRows; ++i) margins[i] += leaves[0];
  } else {
    MaskLine planes[kDepth];
    for (std::size_t part = 0; part < sizeof(MaskLine) / Isa::kMaskBytes; ++part)
      descend<Isa, kDepth>(view.tree_conditions + tree.conditions, masks, part, planes);
    Isa::template add_leaves<kDepth>(planes, leaves, margins);
  }
}

template <typename Isa>
void score_block(const MaskView& view, const float* columns, MaskLine* masks, float* margins) {
  for (std::size_t r = 0; r < view.run_count; ++r)
    evaluate_run<Isa>(view, view.runs[r], columns, masks);
  for (std::size_t t = 0; t < view.tree_count; ++t) {
    const MaskTree& tree = view.trees[t];
    switch (tree.depth) {
      case 0:
        add_tree<Isa, 0>(view, tree, masks, margins);
        break;
      case 1:
        add_tree<Isa, 1>(view, tree, masks, margins);
        break;
      case 2:
        add_tree<Isa, 2>(view, tree, masks, margins);
        break;
      case 3:
        add_tree<Isa, 3>(view, tree, masks, margins);
        break;
      case 4:
        add_tree<Isa, 4>(view, tree, masks, margins);
        break;
      case 5:
        add_tree<Isa, 5>(view, tree, masks, margins);
        break;
      case 6:
        add_tree<Isa, 6>(view, tree, masks, margins);
        break;
      case 7:
        add_tree<Isa, 7>(view, tree, masks, margins);
        break;
      default:
        add_tree<Isa, 8>(view, tree, masks, margins);
        break;
    }
  }
}

}  // namespace
}  // namespace lode
