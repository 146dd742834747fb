#include "base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace lode {
namespace {

std::string pattern(std::size_t size) {  // byte i is i mod 251
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i % 251);
  return out;
}

// Expected texts: printf ... | b2sum -l 256 (GNU coreutils 9.1).
TEST(ContentHash, EqualsB2sum) {
  EXPECT_EQ(text(content_hash("")),
            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  EXPECT_EQ(text(content_hash("abc")),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(text(content_hash(pattern(100'000))),
            "916cfaa800ee55811e82095babeb88ea29c9ef8a36e8d7e20c7b772c344c9e1c");
}

TEST(ContentHash, PiecesMakeTheWhole) {
  std::string bytes = pattern(1000);
  for (std::size_t cut : {0, 1, 127, 128, 129, 999, 1000}) {
    ContentHasher hasher;
    hasher.add(std::string_view(bytes).substr(0, cut));
    hasher.add(std::string_view(bytes).substr(cut));
    EXPECT_EQ(hasher.finish(), content_hash(bytes)) << cut;
  }
}

TEST(ContentHash, FieldsDoNotRunTogether) {
  auto fields = [](std::string_view a, std::string_view b) {
    ContentHasher hasher;
    hasher.add_field(a);
    hasher.add_field(b);
    return hasher.finish();
  };
  EXPECT_NE(fields("ab", "c"), fields("a", "bc"));
  // A field is its length as 8 little-endian bytes, then itself.
  EXPECT_EQ(fields("a", ""), content_hash(std::string("\1\0\0\0\0\0\0\0a\0\0\0\0\0\0\0\0", 17)));
}

TEST(ContentHash, TextReadsBack) {
  ContentHash hash = content_hash("abc");
  EXPECT_EQ(parse_content_hash(text(hash)).value(), hash);
  std::string upper = text(hash);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_EQ(parse_content_hash(upper).value(), hash);
  EXPECT_EQ(parse_content_hash("").error().code(), Code::kInvalid);
  EXPECT_FALSE(parse_content_hash(text(hash) + "0").has_value());
  EXPECT_FALSE(parse_content_hash(std::string(63, '0') + "g").has_value());
  EXPECT_FALSE(parse_content_hash(std::string(62, '0') + "0x").has_value());
}

// Shards, sketches and page checksums that are stored depend on these. Confirmed by the Python
// package xxhash 4.1.0 (xxh3_64_intdigest), over each of the algorithm's length classes.
TEST(Hash64, GoldenValuesOfTexts) {
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2U);
  EXPECT_EQ(hash64(pattern(1)), 0xc44bdff4074eecdbU);
  EXPECT_EQ(hash64(pattern(3)), 0x5f4299fc161c9cbbU);
  EXPECT_EQ(hash64(pattern(4)), 0x60dab036a58211f2U);
  EXPECT_EQ(hash64(pattern(8)), 0x3a1c2d7c85af88f8U);
  EXPECT_EQ(hash64(pattern(9)), 0xe9612598145bb9dcU);
  EXPECT_EQ(hash64(pattern(16)), 0x8355e3a6f61770dbU);
  EXPECT_EQ(hash64(pattern(17)), 0x9ef341a99de37328U);
  EXPECT_EQ(hash64(pattern(128)), 0x85c6174c7ff4c46bU);
  EXPECT_EQ(hash64(pattern(129)), 0xec7642b431ba3e5aU);
  EXPECT_EQ(hash64(pattern(240)), 0x375a384d957fe865U);
  EXPECT_EQ(hash64(pattern(241)), 0x02e8cd95421c6d02U);
  EXPECT_EQ(hash64(pattern(1024)), 0xe5d78bafa45b2aa5U);
  EXPECT_EQ(hash64(pattern(1025)), 0xe95c42288f28186eU);
  EXPECT_EQ(hash64(pattern(100000)), 0x42c23aeead96750dU);
}

// SplitMix64 of seed 0: its first three outputs (Vigna's reference program).
TEST(Hash64, GoldenValuesOfNumbers) {
  EXPECT_EQ(hash64(std::uint64_t{0}), 0xe220a8397b1dcdafU);
  EXPECT_EQ(hash64(0x9e3779b97f4a7c15U), 0x6e789e6aa1b965f4U);
  EXPECT_EQ(hash64(0x3c6ef372fe94f82aU), 0x06c45d188009454fU);
}

TEST(Hash64, CombinedHashesDependOnOrder) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t a = 0; a < 100; ++a)
    for (std::uint64_t b = 0; b < 100; ++b) seen.insert(hash_combine(a, b));
  EXPECT_EQ(seen.size(), 10'000U);
  EXPECT_EQ(hash_combine(1, 2), 0x048f459dad4b981bU);
}

}  // namespace
}  // namespace lode
