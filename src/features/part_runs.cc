#include "features/part_runs.h"

#include <array>
#include <cstring>
#include <utility>

#include "features/running_parts.h"

namespace lode {
namespace {

// Five parts have words; a set of them is an index below 32.
constexpr PartSet kWithWords[5] = {kPartSum, kPartSquares, kPartCount, kPartLeast, kPartGreatest};

constexpr PartSet parts_of(std::size_t index) {
  PartSet parts = 0;
  for (std::size_t i = 0; i < 5; ++i)
    if ((index >> i & 1) != 0) parts = static_cast<PartSet>(parts | kWithWords[i]);
  return parts;
}

std::size_t index_of(PartSet parts) {
  std::size_t index = 0;
  for (std::size_t i = 0; i < 5; ++i)
    if ((parts & kWithWords[i]) != 0) index |= std::size_t{1} << i;
  return index;
}

// Where Layout puts the parts of a set, from their first word.
constexpr PartWords words_of(PartSet parts) {
  PartWords at;
  int next = 0;
  auto take = [&](PartSet part, int words) {
    if ((parts & part) == 0) return -1;
    next += words;
    return next - words;
  };
  at.sum = take(kPartSum, 2);
  at.squares = take(kPartSquares, 4);
  at.count = take(kPartCount, 1);
  at.least = take(kPartLeast, 1);
  at.greatest = take(kPartGreatest, 1);
  return at;
}

template <std::size_t kIndex>
void add_run(std::int64_t* base, const std::int64_t* value, std::size_t stride,
             std::uint32_t count) {
  static constexpr PartWords kAt = words_of(parts_of(kIndex));
  for (; count > 0; --count, value += stride)
    if (*value != kNoValue) add_value(base, kAt, *value);
}

template <std::size_t kIndex>
void remove_run(std::int64_t* base, const std::int64_t* value, std::size_t stride,
                std::uint32_t count) {
  static constexpr PartWords kAt = words_of(parts_of(kIndex));
  for (; count > 0; --count, value += stride)
    if (*value != kNoValue) subtract_value(base, kAt, *value);
}

template <std::size_t kIndex>
bool read(const std::int64_t* base, Parts& out) {
  static constexpr PartWords kAt = words_of(parts_of(kIndex));
  bool stale = false;
  if constexpr (kAt.count >= 0) out.count = base[kAt.count];
  if constexpr (kAt.sum >= 0) std::memcpy(&out.sum, base + kAt.sum, sizeof out.sum);
  if constexpr (kAt.squares >= 0) out.squares = wide_squares(base + kAt.squares);
  if constexpr (kAt.least >= 0) {
    out.least = base[kAt.least];
    stale = out.least == kStaleLeast;
  }
  if constexpr (kAt.greatest >= 0) {
    out.greatest = base[kAt.greatest];
    stale = stale || out.greatest == kStaleGreatest;
  }
  return stale;
}

template <std::size_t... kIndex>
constexpr std::array<RunKernels, 32> kernels(std::index_sequence<kIndex...>) {
  return {RunKernels{add_run<kIndex>, remove_run<kIndex>, read<kIndex>}...};
}
constexpr auto kKernels = kernels(std::make_index_sequence<32>());

}  // namespace

RunKernels run_kernels(PartSet parts) { return kKernels[index_of(parts)]; }

}  // namespace lode
