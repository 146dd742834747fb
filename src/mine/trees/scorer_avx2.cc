// AVX2. Compiled for it, reached only through best_kernel().
#include <immintrin.h>

#include "mine/trees/scorer_block.h"

namespace lode {
namespace {

struct Avx2 {
  using Mask = __m256i;
  static constexpr std::size_t kMaskBytes = 32;

  static Mask load(const MaskLine& line, std::size_t part) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(&line) + part);
  }
  static void store(MaskLine& line, std::size_t part, Mask mask) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(&line) + part, mask);
  }
  static Mask mux(Mask d, Mask a, Mask b) {
    return _mm256_xor_si256(a, _mm256_and_si256(d, _mm256_xor_si256(a, b)));
  }

  template <bool kMissingRight>
  static __m256i right(__m256 values, __m256 threshold) {
    return _mm256_castps_si256(kMissingRight ? _mm256_cmp_ps(values, threshold, _CMP_NLT_UQ)
                                             : _mm256_cmp_ps(values, threshold, _CMP_GE_OQ));
  }

  template <bool kMissingRight>
  static void compare(const float* column, const float* thresholds, std::uint32_t count,
                      MaskLine* masks) {
    // Packing works within halves; this brings the 32 bytes back into the order of the rows.
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    for (std::size_t part = 0; part < kBlockRows / 32; ++part) {
      const float* rows = column + 32 * part;
      __m256 a = _mm256_load_ps(rows);
      __m256 b = _mm256_load_ps(rows + 8);
      __m256 c = _mm256_load_ps(rows + 16);
      __m256 d = _mm256_load_ps(rows + 24);
      for (std::uint32_t i = 0; i < count; ++i) {
        __m256 threshold = _mm256_broadcast_ss(thresholds + i);
        __m256i low = _mm256_packs_epi32(right<kMissingRight>(a, threshold),
                                         right<kMissingRight>(b, threshold));
        __m256i high = _mm256_packs_epi32(right<kMissingRight>(c, threshold),
                                          right<kMissingRight>(d, threshold));
        __m256i all = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
        put(masks[i], part, static_cast<std::uint32_t>(_mm256_movemask_epi8(all)));
      }
    }
  }

  static void byte_sets(const std::uint8_t* codes, const std::uint8_t* sets, std::uint32_t count,
                        MaskLine* masks) {
    const __m256i bit_of = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201U));
    for (std::size_t part = 0; part < kBlockRows / 32; ++part) {
      __m256i code = _mm256_load_si256(reinterpret_cast<const __m256i*>(codes + 32 * part));
      __m256i byte = _mm256_and_si256(_mm256_srli_epi16(code, 3), _mm256_set1_epi8(31));
      __m256i upper = _mm256_slli_epi16(byte, 3);  // bit 7 = the byte is in the second sixteen
      __m256i bit = _mm256_shuffle_epi8(bit_of, _mm256_and_si256(code, _mm256_set1_epi8(7)));
      for (std::uint32_t i = 0; i < count; ++i) {
        auto* set = reinterpret_cast<const __m128i*>(sets + i * kByteSetBytes);
        __m256i first = _mm256_broadcastsi128_si256(_mm_loadu_si128(set));
        __m256i second = _mm256_broadcastsi128_si256(_mm_loadu_si128(set + 1));
        __m256i held = _mm256_blendv_epi8(_mm256_shuffle_epi8(first, byte),
                                          _mm256_shuffle_epi8(second, byte), upper);
        __m256i in = _mm256_cmpeq_epi8(_mm256_and_si256(held, bit), bit);
        put(masks[i], part, static_cast<std::uint32_t>(_mm256_movemask_epi8(in)));
      }
    }
  }

  // 32 rows' bits into one half of a 64-row word.
  static void put(MaskLine& line, std::size_t part, std::uint32_t bits) {
    __builtin_memcpy(reinterpret_cast<char*>(&line) + 4 * part, &bits, 4);
  }

  template <std::uint32_t kDepth>
  static void add_leaves(const MaskLine* planes, const float* leaves, float* margins) {
    const __m256i spread = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
                                            2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bit_of = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201U));
    for (std::size_t part = 0; part < kBlockRows / 32; ++part) {
      __m256i path = _mm256_setzero_si256();
      for (std::uint32_t level = 0; level < kDepth; ++level) {
        int bits;
        __builtin_memcpy(&bits, reinterpret_cast<const char*>(planes + level) + 4 * part, 4);
        __m256i each =
            _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(bits), spread), bit_of);
        __m256i taken = _mm256_cmpeq_epi8(each, bit_of);  // -1 where right: path = 2 path + 1
        path = _mm256_sub_epi8(_mm256_add_epi8(path, path), taken);
      }
      alignas(32) std::uint8_t paths[32];
      _mm256_store_si256(reinterpret_cast<__m256i*>(paths), path);
      for (std::size_t i = 0; i < 4; ++i) {
        __m256i leaf =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(paths + 8 * i)));
        float* rows = margins + 32 * part + 8 * i;
        _mm256_store_ps(rows,
                        _mm256_add_ps(_mm256_load_ps(rows), _mm256_i32gather_ps(leaves, leaf, 4)));
      }
    }
  }
};

}  // namespace

ScorerKernels avx2_scorer() { return {.row = nullptr, .block = score_block<Avx2>}; }

}  // namespace lode
