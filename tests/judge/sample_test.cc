#include "judge/sample.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(Blocks, DaysAreUtcAlsoBefore1970) {
  std::vector<Timestamp> times = {{86'400'000'000}, {86'399'999'999}, {0}, {-1}, {86'400'000'001}};
  Blocks blocks = blocks_by_day(times);
  EXPECT_EQ(blocks.count, 3U);
  EXPECT_EQ(blocks.of_row, (std::vector<std::uint32_t>{2, 1, 1, 0, 2}));
  std::vector<std::int64_t> keys = {50, -3, 50};
  EXPECT_EQ(blocks_by_key(keys).of_row, (std::vector<std::uint32_t>{1, 0, 1}));
}

TEST(Sample, RanksAnyFiniteDoubles) {
  std::vector<double> score = {1e300, -1e-310, 0, -1e300, 5, -0.0, 1e-310, 5};
  std::vector<std::uint8_t> label(8, 0);
  Blocks blocks = one_block(8);
  Sample sample = Sample::make_ranked({.score = score, .label = label}, blocks).value();
  EXPECT_EQ(sample.ranking().row, (std::vector<std::uint32_t>{3, 1, 2, 5, 6, 4, 7, 0}));
  EXPECT_EQ(sample.ranking().cell, (std::vector<std::uint32_t>{0, 0, 0, 2, 0, 0, 2, 0}));
}

TEST(Sample, RefusesBlocksThatDoNotExist) {
  std::vector<double> score = {1, 2};
  std::vector<std::uint8_t> label = {0, 1};
  Blocks blocks = {{0, 2}, 2};
  EXPECT_EQ(Sample::make({.score = score, .label = label}, blocks).error().message(),
            "row 1: block 2 of 2 does not exist");
  blocks.of_row.pop_back();
  EXPECT_EQ(Sample::make({.score = score, .label = label}, blocks).error().message(),
            "2 scores, 2 labels, 0 weights and 1 block numbers differ");
}

}  // namespace
}  // namespace lode
