#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

namespace lode {
namespace {

using Block = std::array<std::uint32_t, 4>;

// Known answers of Random123 (Salmon et al.), file kat_vectors, philox4x32 with 10 rounds.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox(0, 0, 0), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(~0ULL, ~0ULL, ~0ULL), (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, WordsAreTheBlocksInOrder) {
  Random random(0, 0);
  EXPECT_EQ(random.next64(), 0xe169c58d6627e8d5U);
  EXPECT_EQ(random.next64(), 0x9b00dbd8bc57ac4cU);
  Block second = philox(0, 1, 0);
  EXPECT_EQ(random.next64(), second[0] | std::uint64_t{second[1]} << 32);
}

// Bootstrap replicates, splits and forests of released versions were drawn with these: a change
// here changes every stored result. Computed once by an independent program in Python.
TEST(Random, GoldenValues) {
  Random random(42, 7);
  std::vector<std::uint64_t> drawn;
  for (int i = 0; i < 4; ++i) drawn.push_back(random.next64());
  for (int i = 0; i < 4; ++i) drawn.push_back(random.below(1000));
  for (int i = 0; i < 8; ++i) drawn.push_back(static_cast<std::uint64_t>(random.poisson1()));
  EXPECT_EQ(drawn, (std::vector<std::uint64_t>{0xe55410cc67ee6f2cU, 0x557398d36c7eca35U,
                                               0x600f6196e5dde940U, 0x2c8ed8398fcdf8f1U, 937, 824,
                                               493, 987, 0, 2, 2, 1, 1, 0, 1, 0}));
  EXPECT_EQ(random.unit(), 0x1.4f0abf91e906cp-2);

  std::vector<int> items(10);
  std::iota(items.begin(), items.end(), 0);
  Random(42, 8).shuffle(std::span(items));
  EXPECT_EQ(items, (std::vector<int>{7, 8, 2, 5, 1, 6, 4, 9, 3, 0}));
}

TEST(Random, StreamsAndSeedsDiffer) {
  EXPECT_NE(Random(1, 0).next64(), Random(1, 1).next64());
  EXPECT_NE(Random(1, 0).next64(), Random(2, 0).next64());
  EXPECT_EQ(Random(1).next64(), Random(1, 0).next64());
}

TEST(Random, BelowIsUniform) {
  Random random(3);
  std::array<int, 6> counts{};
  for (int i = 0; i < 600'000; ++i) ++counts[random.below(6)];
  // 100 000 expected, standard deviation 289: five of them.
  for (int count : counts) EXPECT_NEAR(count, 100'000, 1450);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0U);
}

// With n = 3 * 2^62 a multiplication without refusal would draw every third value twice as often
// as the others (the fraction at 0 mod 3 would be 1/2); without bias it is 1/3.
TEST(Random, BelowRefusesTheBiasedWords) {
  Random random(4);
  int divisible = 0;
  for (int i = 0; i < 90'000; ++i)
    if (random.below(3ULL << 62) % 3 == 0) ++divisible;
  EXPECT_NEAR(divisible, 30'000, 710);  // standard deviation 141
}

TEST(Random, UnitIsInRangeWithMeanOneHalf) {
  Random random(5);
  double sum = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    double u = random.unit();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
  }
  EXPECT_NEAR(sum / 1e6, 0.5, 0.0015);  // standard deviation 0.00029
}

TEST(Random, PoissonHasMeanAndVarianceOne) {
  Random random(6);
  std::array<int, 21> counts{};
  constexpr int kDraws = 1'000'000;
  for (int i = 0; i < kDraws; ++i) ++counts[static_cast<std::size_t>(random.poisson1())];
  double mean = 0;
  double square = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    mean += static_cast<double>(k) * counts[k] / kDraws;
    square += static_cast<double>(k * k) * counts[k] / kDraws;
  }
  EXPECT_NEAR(mean, 1.0, 0.005);
  EXPECT_NEAR(square - mean * mean, 1.0, 0.01);
  EXPECT_NEAR(counts[0], 367'879, 2400);  // e^-1
  EXPECT_NEAR(counts[1], 367'879, 2400);
  EXPECT_NEAR(counts[3], 61'313, 1200);  // e^-1 / 3!
}

TEST(Random, ShuffleIsUniformOverPermutations) {
  std::array<int, 6> counts{};
  for (std::uint64_t stream = 0; stream < 60'000; ++stream) {
    std::array<int, 3> items = {0, 1, 2};
    Random(9, stream).shuffle(std::span(items));
    ++counts[static_cast<std::size_t>(items[0] * 2 + (items[1] > items[2] ? 1 : 0))];
  }
  for (int count : counts) EXPECT_NEAR(count, 10'000, 460);  // standard deviation 91
}

}  // namespace
}  // namespace lode
