#include "base/hash.h"

#include <sodium.h>

#include <cassert>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace lode {
namespace {

static_assert(sizeof(crypto_generichash_blake2b_state) == 384);
static_assert(alignof(crypto_generichash_blake2b_state) <= 64);

constexpr std::size_t kSize = sizeof(ContentHash::bytes);

auto* as_state(std::array<std::byte, 384>& bytes) {
  return reinterpret_cast<crypto_generichash_blake2b_state*>(bytes.data());
}
const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string text(const ContentHash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * kSize);
  for (std::uint8_t byte : hash.bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Result<ContentHash> parse_content_hash(std::string_view hex) {
  ContentHash hash;
  if (hex.size() != 2 * kSize)
    return fail(Code::kInvalid, "a content hash has 64 hexadecimal digits, '{}' has {} characters",
                hex.substr(0, 80), hex.size());
  for (std::size_t i = 0; i < kSize; ++i) {
    int high = hex_digit(hex[2 * i]);
    int low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return fail(Code::kInvalid,
                  "'{}' is not a content hash: it holds more than hexadecimal digits", hex);
    hash.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return hash;
}

ContentHash content_hash(std::string_view bytes) {
  ContentHasher hasher;
  hasher.add(bytes);
  return hasher.finish();
}

// sodium_init() only chooses a faster implementation; it may be called often and from any thread.
ContentHasher::ContentHasher() {
  [[maybe_unused]] static const int once = sodium_init();
  crypto_generichash_blake2b_init(as_state(state_), nullptr, 0, kSize);
}

void ContentHasher::add(std::string_view bytes) {
  crypto_generichash_blake2b_update(as_state(state_), as_bytes(bytes), bytes.size());
}

void ContentHasher::add_field(std::string_view bytes) {
  add_field(static_cast<std::uint64_t>(bytes.size()));
  add(bytes);
}

void ContentHasher::add_field(std::uint64_t number) {
  std::array<char, 8> little_endian;
  for (std::size_t i = 0; i < little_endian.size(); ++i)
    little_endian[i] = static_cast<char>(number >> (8 * i));
  add(std::string_view(little_endian.data(), little_endian.size()));
}

ContentHash ContentHasher::finish() {
  ContentHash hash;
  [[maybe_unused]] int failed =
      crypto_generichash_blake2b_final(as_state(state_), hash.bytes.data(), kSize);
  assert(failed == 0);
  return hash;
}

std::uint64_t hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace lode
