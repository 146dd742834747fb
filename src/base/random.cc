#include "base/random.h"

#include <algorithm>
#include <cassert>

namespace lode {
namespace {

// P(X <= k) for a Poisson variable of mean 1, times 2^64 and rounded; the value drawn is how many
// thresholds are at or below the random word. Beyond 20 the probability is below 2^-64.
constexpr std::array<std::uint64_t, 20> kPoissonThresholds = {
    0x5e2d58d8b3bcdf1bU, 0xbc5ab1b16779be35U, 0xeb715e1dc1582dc3U, 0xfb23979734a252f2U,
    0xff1025f59174dc3eU, 0xffd90f3ba4055e1aU, 0xfffa8b71fc72c914U, 0xffff540c0914b3caU,
    0xffffed1f4aa8f120U, 0xfffffe216e641463U, 0xffffffd4d85d3183U, 0xfffffffc6da262b5U,
    0xffffffffba12d179U, 0xfffffffffb07c64dU, 0xffffffffffab8ea5U, 0xfffffffffffabe22U,
    0xffffffffffffb11aU, 0xfffffffffffffba1U, 0xffffffffffffffc5U, 0xfffffffffffffffdU,
};

using Block = std::array<std::uint32_t, 4>;

inline Block block_at(std::uint64_t key, std::uint64_t counter, std::uint64_t stream) {
  constexpr std::uint64_t kMultiply0 = 0xD2511F53;
  constexpr std::uint64_t kMultiply1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
  constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
  auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };

  Block c = {low(counter), high(counter), low(stream), high(stream)};
  std::uint32_t key0 = low(key);
  std::uint32_t key1 = high(key);
  for (int round = 0; round < 10; ++round) {
    std::uint64_t product0 = kMultiply0 * c[0];
    std::uint64_t product1 = kMultiply1 * c[2];
    c = {high(product1) ^ c[1] ^ key0, low(product1), high(product0) ^ c[3] ^ key1, low(product0)};
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
  return c;
}

}  // namespace

Block philox(std::uint64_t key, std::uint64_t counter, std::uint64_t stream) {
  return block_at(key, counter, stream);
}

// Four blocks at once: their rounds are independent, which hides the latency of the
// multiplications.
void Random::refill() {
  constexpr std::size_t kBlocks = kBuffered / 2;
  std::array<Block, kBlocks> blocks;
  for (std::size_t i = 0; i < kBlocks; ++i) blocks[i] = block_at(seed_, block_ + i, stream_);
  block_ += kBlocks;
  // Values are taken from the back, so the first word pair of the first block goes there.
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const Block& words = blocks[i];
    buffer_[kBuffered - 1 - 2 * i] = words[0] | std::uint64_t{words[1]} << 32;
    buffer_[kBuffered - 2 - 2 * i] = words[2] | std::uint64_t{words[3]} << 32;
  }
  left_ = kBuffered;
}

std::uint64_t Random::below(std::uint64_t n) {
  assert(n >= 1);
  using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(next64()) * n;
  if (static_cast<std::uint64_t>(product) < n) {
    // Of 2^64 words, the first 2^64 mod n of each bucket are refused, so that buckets are equal.
    std::uint64_t refused = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < refused) product = static_cast<Wide>(next64()) * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

int Random::poisson1() {
  const auto& t = kPoissonThresholds;
  std::uint64_t word = next64();
  // Counted without branches up to 3, because 98 of 100 draws end there in no predictable way.
  int k = (word >= t[0] ? 1 : 0) + (word >= t[1] ? 1 : 0) + (word >= t[2] ? 1 : 0);
  if (word < t[3]) [[likely]]
    return k;
  for (std::size_t i = 3; i < t.size() && word >= t[i]; ++i) ++k;
  return k;
}

}  // namespace lode
