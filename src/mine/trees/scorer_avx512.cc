// AVX-512 (F, BW, DQ, VL, VBMI). Compiled for it, reached only through best_kernel().
// g++ 12's own header trips over its "undefined" vectors.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include "mine/trees/scorer_block.h"

namespace lode {
namespace {

struct Avx512 {
  using Mask = __m512i;
  static constexpr std::size_t kMaskBytes = 64;

  static Mask load(const MaskLine& line, std::size_t) { return _mm512_load_si512(&line); }
  static void store(MaskLine& line, std::size_t, Mask mask) { _mm512_store_si512(&line, mask); }
  static Mask mux(Mask d, Mask a, Mask b) { return _mm512_ternarylogic_epi64(d, a, b, 0xac); }

  template <bool kMissingRight>
  static __mmask16 right(__m512 values, __m512 threshold) {
    return kMissingRight ? _mm512_cmp_ps_mask(values, threshold, _CMP_NLT_UQ)
                         : _mm512_cmp_ps_mask(values, threshold, _CMP_GE_OQ);
  }

  template <bool kMissingRight>
  static void compare(const float* column, const float* thresholds, std::uint32_t count,
                      MaskLine* masks) {
    for (std::size_t word = 0; word < kBlockWords; ++word) {
      const float* rows = column + 64 * word;
      __m512 a = _mm512_load_ps(rows);
      __m512 b = _mm512_load_ps(rows + 16);
      __m512 c = _mm512_load_ps(rows + 32);
      __m512 d = _mm512_load_ps(rows + 48);
      for (std::uint32_t i = 0; i < count; ++i) {
        __m512 threshold = _mm512_set1_ps(thresholds[i]);
        __mmask32 low =
            _mm512_kunpackw(right<kMissingRight>(b, threshold), right<kMissingRight>(a, threshold));
        __mmask32 high =
            _mm512_kunpackw(right<kMissingRight>(d, threshold), right<kMissingRight>(c, threshold));
        masks[i].words[word] = _mm512_kunpackd(high, low);
      }
    }
  }

  static void byte_sets(const std::uint8_t* codes, const std::uint8_t* sets, std::uint32_t count,
                        MaskLine* masks) {
    const __m512i bit_of = _mm512_set1_epi64(static_cast<long long>(0x8040201008040201U));
    for (std::size_t word = 0; word < kBlockWords; ++word) {
      __m512i code = _mm512_load_si512(codes + 64 * word);
      __m512i byte = _mm512_and_si512(_mm512_srli_epi16(code, 3), _mm512_set1_epi8(31));
      __m512i bit = _mm512_shuffle_epi8(bit_of, _mm512_and_si512(code, _mm512_set1_epi8(7)));
      for (std::uint32_t i = 0; i < count; ++i) {
        __m512i set = _mm512_broadcast_i64x4(
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sets + i * kByteSetBytes)));
        masks[i].words[word] = _mm512_test_epi8_mask(_mm512_permutexvar_epi8(byte, set), bit);
      }
    }
  }

  template <std::uint32_t kDepth>
  static void add_leaves(const MaskLine* planes, const float* leaves, float* margins) {
    constexpr bool kSmall = kDepth <= 6;
    __m512 table[4];
    for (std::size_t i = 0; kSmall && i < (kDepth == 6 ? 4 : kDepth == 5 ? 2 : 1); ++i)
      table[i] = _mm512_load_ps(leaves + 16 * i);
    for (std::size_t word = 0; word < kBlockWords; ++word) {
      __m512i path = _mm512_setzero_si512();
      for (std::uint32_t level = 0; level < kDepth; ++level) {
        path =
            _mm512_mask_add_epi8(path, planes[level].words[word], path,
                                 _mm512_set1_epi8(static_cast<char>(1U << (kDepth - 1 - level))));
      }
      alignas(64) std::uint8_t paths[64];
      _mm512_store_si512(paths, path);
      for (std::size_t quarter = 0; quarter < 4; ++quarter) {
        __m512i leaf = _mm512_cvtepu8_epi32(
            _mm_load_si128(reinterpret_cast<const __m128i*>(paths + 16 * quarter)));
        float* rows = margins + 64 * word + 16 * quarter;
        __m512 value;
        if constexpr (kDepth <= 4) {
          value = _mm512_permutexvar_ps(leaf, table[0]);
        } else if constexpr (kDepth == 5) {
          value = _mm512_permutex2var_ps(table[0], leaf, table[1]);
        } else if constexpr (kDepth == 6) {
          value = _mm512_mask_blend_ps(_mm512_test_epi32_mask(leaf, _mm512_set1_epi32(32)),
                                       _mm512_permutex2var_ps(table[0], leaf, table[1]),
                                       _mm512_permutex2var_ps(table[2], leaf, table[3]));
        } else {
          value = _mm512_i32gather_ps(leaf, leaves, 4);
        }
        _mm512_store_ps(rows, _mm512_add_ps(_mm512_load_ps(rows), value));
      }
    }
  }
};

// How many of a feature's cuts are <= value; nothing is <= NaN.
inline std::uint32_t count_cuts(const BinView& view, const BinFeature& feature, float value) {
  const __m512 x = _mm512_set1_ps(value);
  unsigned lines = 0;
  for (std::uint32_t i = 0; i < feature.pivot_lines; ++i) {
    __m512 pivots = _mm512_load_ps(view.pivots[feature.pivot_line + i].values);
    lines += static_cast<unsigned>(__builtin_popcount(_mm512_cmp_ps_mask(pivots, x, _CMP_LE_OQ)));
  }
  __m512 cuts = _mm512_load_ps(view.cuts[feature.cut_line + lines].values);
  return 16 * lines +
         static_cast<unsigned>(__builtin_popcount(_mm512_cmp_ps_mask(cuts, x, _CMP_LE_OQ)));
}

inline void fill_slots(const BinView& view, const float* row, std::uint8_t* bytes) {
  bytes[0] = 0;
  for (std::size_t f = 0; f < view.feature_count; ++f) {
    const BinFeature& feature = view.features[f];
    float value = row[feature.feature];
    std::uint32_t cuts = count_cuts(view, feature, value);
    bool missing = value != value;
    for (std::uint32_t s = feature.slot_begin; s < feature.slot_end; ++s) {
      const BinSlot& slot = view.slots[s];
      std::uint32_t above = cuts > slot.offset ? cuts - slot.offset : 0;
      above = above < kSlotBins ? above : kSlotBins;
      bytes[slot.slot] = missing ? slot.missing : static_cast<std::uint8_t>(above);
    }
  }
}

inline void fill_codes(const BinView& view, const float* row, std::uint32_t* codes) {
  for (std::size_t c = 0; c < view.category_count; ++c) {
    float value = row[view.categories[c].feature];
    std::uint32_t levels = view.categories[c].levels;
    if (value != value) {
      codes[c] = levels + 1;
    } else if (value >= 0 && value < static_cast<float>(levels)) {
      codes[c] = static_cast<std::uint32_t>(value);
    } else {
      codes[c] = levels;
    }
  }
}

// The bytes of a row in registers: a node's byte is picked by its slot.
template <int kTables>
struct SlotTable {
  __m512i part[kTables];

  explicit SlotTable(const std::uint8_t* bytes) {
    for (int i = 0; i < kTables; ++i) part[i] = _mm512_load_si512(bytes + 64 * i);
  }
  __m512i pick(__m512i slots) const {
    if constexpr (kTables == 1) {
      return _mm512_permutexvar_epi8(slots, part[0]);
    } else if constexpr (kTables == 2) {
      return _mm512_permutex2var_epi8(part[0], slots, part[1]);
    } else {
      return _mm512_mask_blend_epi8(_mm512_movepi8_mask(slots),
                                    _mm512_permutex2var_epi8(part[0], slots, part[1]),
                                    _mm512_permutex2var_epi8(part[2], slots, part[3]));
    }
  }
};

// Adds the nodes of a pass's trees that send this row's categories to the right.
inline void add_category_bits(const BinView& view, std::size_t pass, const std::uint32_t* codes,
                              std::uint64_t* right) {
  const BinCodeLine* lines = view.code_lines + pass * view.code_line_count;
  for (std::size_t c = 0; c < view.category_count; ++c) {
    const std::uint64_t* line = lines[view.categories[c].first + codes[c]].right;
    for (std::size_t i = 0; i < kPassTrees; i += 8) {
      _mm512_store_si512(
          right + i, _mm512_or_si512(_mm512_load_si512(right + i), _mm512_load_si512(line + i)));
    }
  }
}

// Eight trees go down together: node = 2 * node + the node's bit; leaf = where they end.
inline void descend_eight(const std::uint64_t* right, std::uint32_t depth, std::uint64_t* leaf) {
  const __m512i one = _mm512_set1_epi64(1);
  __m512i bits = _mm512_load_si512(right);
  __m512i node = one;
  for (std::uint32_t level = 0; level < depth; ++level) {
    __m512i way = _mm512_srlv_epi64(bits, node);
    node = _mm512_ternarylogic_epi64(_mm512_add_epi64(node, node), way, one, 0xf8);
  }
  _mm512_store_si512(leaf, _mm512_sub_epi64(node, _mm512_set1_epi64(1LL << depth)));
}

// Words written one by one and read back eight at a time must have left the store buffer by then:
// so a pass first asks all its trees, then descends in all of them.
template <int kTables, bool kCategories>
float score_row(const BinView& view, const float* row, float margin) {
  alignas(64) std::uint8_t bytes[kBinSlots] = {};
  std::uint32_t codes[kBinCategories];
  fill_slots(view, row, bytes);
  if (kCategories) fill_codes(view, row, codes);
  const SlotTable<kTables> table(bytes);
  alignas(64)
      std::uint64_t right[kPassTrees] = {};  // of each tree: the nodes that send this row right
  alignas(64) std::uint64_t leaf[kPassTrees];
  for (std::size_t t = 0; t < view.tree_count; t += kPassTrees) {
    std::size_t trees = view.tree_count - t < kPassTrees ? view.tree_count - t : kPassTrees;
    for (std::size_t i = 0; i < trees; ++i) {
      const BinNodes& nodes = view.nodes[t + i];
      right[i] = _mm512_cmpge_epu8_mask(table.pick(_mm512_load_si512(nodes.slot)),
                                        _mm512_load_si512(nodes.least));
    }
    if (kCategories) add_category_bits(view, t / kPassTrees, codes, right);
    for (std::size_t i = 0; i < trees; i += 8) descend_eight(right + i, view.depth, leaf + i);
    for (std::size_t i = 0; i < trees; ++i) margin += view.leaves[t + i].values[leaf[i]];
  }
  return margin;
}

float row(const BinView& view, const float* values, float margin) {
  if (view.category_count != 0) {
    if (view.slot_tables == 1) return score_row<1, true>(view, values, margin);
    if (view.slot_tables == 2) return score_row<2, true>(view, values, margin);
    return score_row<4, true>(view, values, margin);
  }
  if (view.slot_tables == 1) return score_row<1, false>(view, values, margin);
  if (view.slot_tables == 2) return score_row<2, false>(view, values, margin);
  return score_row<4, false>(view, values, margin);
}

}  // namespace

ScorerKernels avx512_scorer() { return {.row = row, .block = score_block<Avx512>}; }

}  // namespace lode
