// Names of contents and hashes of keys. A ContentHash names bytes for ever and resists an
// adversary; hash64 spreads keys over shards and sketches, and is fast.
//
// Both are fixed for all versions of lode: stored names, shard numbers and sketches depend on them.
// Threads: pure functions; a ContentHasher belongs to one thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lode {

// BLAKE2b with 32 bytes of output and no key (RFC 7693): what `b2sum -l 256` prints.
struct ContentHash {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const ContentHash&) const = default;
};

std::string text(const ContentHash& hash);  // 64 lower-case hexadecimal digits
// kInvalid unless exactly 64 hexadecimal digits; upper case is accepted.
Result<ContentHash> parse_content_hash(std::string_view hex);

ContentHash content_hash(std::string_view bytes);  // about 1 GB/s

// The same over pieces: add, add, finish. After finish() it may only be destroyed or assigned.
class ContentHasher {
 public:
  ContentHasher();
  void add(std::string_view bytes);
  // A length before the bytes, so that ("ab", "c") and ("a", "bc") differ.
  void add_field(std::string_view bytes);
  void add_field(std::uint64_t number);
  ContentHash finish();

 private:
  alignas(64) std::array<std::byte, 384> state_;
};

// XXH3 with 64 bits and seed 0, whose values are fixed since xxHash 0.8. About 3 ns for short keys.
std::uint64_t hash64(std::string_view bytes);
// A bijective mixer for numbers (SplitMix64's finaliser after adding its constant). Not equal to
// hash64 of the number's bytes.
constexpr std::uint64_t hash64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}
// Order matters: combine(a, b) != combine(b, a).
constexpr std::uint64_t hash_combine(std::uint64_t a, std::uint64_t b) {
  return hash64(hash64(a) ^ (b + 0x632be59bd9b4e019U));
}

}  // namespace lode
