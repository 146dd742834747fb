// What every x86-64 has: SSE2 for batches, and the walk that any kernel falls back to.
#include <emmintrin.h>

#include "mine/trees/scorer_block.h"

namespace lode {
namespace {

struct Baseline {
  using Mask = __m128i;
  static constexpr std::size_t kMaskBytes = 16;

  static Mask load(const MaskLine& line, std::size_t part) {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(&line) + part);
  }
  static void store(MaskLine& line, std::size_t part, Mask mask) {
    _mm_store_si128(reinterpret_cast<__m128i*>(&line) + part, mask);
  }
  static Mask mux(Mask d, Mask a, Mask b) {
    return _mm_xor_si128(a, _mm_and_si128(d, _mm_xor_si128(a, b)));
  }

  template <bool kMissingRight>
  static __m128i right(__m128 values, __m128 threshold) {
    return _mm_castps_si128(kMissingRight ? _mm_cmpnlt_ps(values, threshold)
                                          : _mm_cmpge_ps(values, threshold));
  }

  template <bool kMissingRight>
  static void compare(const float* column, const float* thresholds, std::uint32_t count,
                      MaskLine* masks) {
    for (std::size_t part = 0; part < kBlockRows / 16; ++part) {
      const float* rows = column + 16 * part;
      __m128 a = _mm_load_ps(rows);
      __m128 b = _mm_load_ps(rows + 4);
      __m128 c = _mm_load_ps(rows + 8);
      __m128 d = _mm_load_ps(rows + 12);
      for (std::uint32_t i = 0; i < count; ++i) {
        __m128 threshold = _mm_set1_ps(thresholds[i]);
        __m128i low =
            _mm_packs_epi32(right<kMissingRight>(a, threshold), right<kMissingRight>(b, threshold));
        __m128i high =
            _mm_packs_epi32(right<kMissingRight>(c, threshold), right<kMissingRight>(d, threshold));
        auto bits = static_cast<std::uint16_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
        __builtin_memcpy(reinterpret_cast<char*>(masks + i) + 2 * part, &bits, 2);
      }
    }
  }

  // A set's rows are those of its codes, one after the other: there is no byte shuffle to look a
  // code up with, and a block has few distinct codes.
  static void byte_sets(const std::uint8_t* codes, const std::uint8_t* sets, std::uint32_t count,
                        MaskLine* masks) {
    MaskLine rows_of[256] = {};
    std::uint64_t present[4] = {};
    for (std::size_t row = 0; row < kBlockRows; ++row) {
      rows_of[codes[row]].words[row / 64] |= std::uint64_t{1} << (row % 64);
      present[codes[row] / 64] |= std::uint64_t{1} << (codes[row] % 64);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      Mask sum[4] = {};
      for (std::size_t word = 0; word < 4; ++word) {
        std::uint64_t in;
        __builtin_memcpy(&in, sets + i * kByteSetBytes + 8 * word, 8);
        for (in &= present[word]; in != 0; in &= in - 1) {
          const MaskLine& rows = rows_of[64 * word + static_cast<unsigned>(__builtin_ctzll(in))];
          for (std::size_t part = 0; part < 4; ++part)
            sum[part] = _mm_or_si128(sum[part], load(rows, part));
        }
      }
      for (std::size_t part = 0; part < 4; ++part) store(masks[i], part, sum[part]);
    }
  }

  template <std::uint32_t kDepth>
  static void add_leaves(const MaskLine* planes, const float* leaves, float* margins) {
    for (std::size_t group = 0; group < kBlockRows / 8; ++group) {
      std::uint64_t paths = 0;  // of 8 rows, a byte each
      for (std::uint32_t level = 0; level < kDepth; ++level) {
        std::uint64_t bits = reinterpret_cast<const std::uint8_t*>(planes + level)[group];
        paths = 2 * paths + spread(bits);
      }
      for (std::size_t i = 0; i < 8; ++i)
        margins[8 * group + i] += leaves[(paths >> (8 * i)) & 0xff];
    }
  }

  // Bit i of a byte to the lowest bit of byte i.
  static std::uint64_t spread(std::uint64_t bits) {
    std::uint64_t low = ((bits & 0x0f) * 0x00204081U) & 0x01010101U;
    std::uint64_t high = ((bits >> 4) * 0x00204081U) & 0x01010101U;
    return low | high << 32;
  }
};

template <bool kCategorical>
std::uint32_t step(const WalkPlan& plan, const WalkNode* nodes, std::uint32_t at,
                   const float* row) {
  const WalkNode& node = nodes[at];
  float value = row[node.feature & kWalkFeature];
  bool right = value >= node.threshold;
  if (kCategorical && node.set != kNoCategorySet) {
    right = false;
    if (value >= 0 && value < static_cast<float>(kCategoryCodeLimit)) {
      auto code = static_cast<std::uint32_t>(value);
      std::uint32_t word = plan.set_begin[node.set] + code / 32;
      right =
          word < plan.set_begin[node.set + 1] && ((plan.set_words[word] >> (code % 32)) & 1U) != 0;
    }
  }
  bool missing = value != value;
  return node.left + (right ? 1U : 0U) + (missing ? node.feature >> 31 : 0U);
}

// Unrolled, so that the eight nodes stand in registers and their loads overlap.
template <bool kCategorical>
float walk(const WalkPlan& plan, const float* row, float margin) {
  const WalkNode* nodes = plan.nodes.data();
  for (std::size_t group = 0; group < plan.depths.size(); ++group) {
    std::uint32_t at[kWalkTrees];
    std::size_t first = group * kWalkTrees;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kWalkTrees; ++i) at[i] = plan.roots[first + i];
    for (std::uint32_t level = 0; level < plan.depths[group]; ++level) {
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kWalkTrees; ++i)
        at[i] = step<kCategorical>(plan, nodes, at[i], row);
    }
    std::size_t trees = plan.tree_count - first < kWalkTrees ? plan.tree_count - first : kWalkTrees;
    float leaves[kWalkTrees];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kWalkTrees; ++i) leaves[i] = plan.leaves[at[i]];
    for (std::size_t i = 0; i < trees; ++i) margin += leaves[i];
  }
  return margin;
}

}  // namespace

float walk_row(const WalkPlan& plan, const float* row, float margin) {
  return plan.categorical ? walk<true>(plan, row, margin) : walk<false>(plan, row, margin);
}

ScorerKernels baseline_scorer() { return {.row = nullptr, .block = score_block<Baseline>}; }

}  // namespace lode
