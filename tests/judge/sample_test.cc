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

TEST(Blocks, MergedAreWholeBlocksAndEvenlyMany) {
  Blocks blocks{.of_row = {}, .count = 1000};
  for (std::uint32_t i = 0; i < 3000; ++i) blocks.of_row.push_back(i % 1000);
  Blocks merged = merge_blocks(blocks, 100, 5);
  EXPECT_EQ(merged.count, 100U);
  std::vector<int> rows(100);
  for (std::size_t i = 0; i < 3000; ++i) {
    EXPECT_EQ(merged.of_row[i], merged.of_row[i % 1000]) << "a block stays whole";
    ++rows[merged.of_row[i]];
  }
  for (int count : rows) EXPECT_EQ(count, 30);
  EXPECT_NE(merged.of_row, merge_blocks(blocks, 100, 6).of_row);
  EXPECT_EQ(merge_blocks(blocks, 1000, 5).of_row, blocks.of_row) << "few enough are left alone";
}

}  // namespace
}  // namespace lode
