#include "evaluate/worst_slices.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/math.h"
#include "base/random.h"
#include "judge/log_loss.h"

namespace lode {
namespace {

constexpr std::size_t kRows = 2000;
constexpr std::uint32_t kBlocks = 40;

struct Rows {
  std::vector<double> score = std::vector<double>(kRows);
  std::vector<std::uint8_t> label = std::vector<std::uint8_t>(kRows);
  Blocks blocks{std::vector<std::uint32_t>(kRows), kBlocks};
  std::vector<SlicedColumn> columns{};

  Result<WorstSlices> search(const SliceOptions& options = {}, int threads = 1) const {
    ThreadPool pool(threads);
    return find_worst_slices({score, label}, blocks, columns, options, pool);
  }
};

// Rows of a block share a part of their luck; what columns say has nothing to do with it, but for
// those of a kind that goes with the block (a weekday), as many columns of real data do.
Rows noise(std::uint64_t seed, std::size_t columns, std::int32_t slices) {
  Random random(seed, 5);
  Rows rows;
  std::vector<double> luck(kBlocks);
  for (double& one : luck) one = 1.5 * (random.unit() - 0.5);
  for (std::size_t i = 0; i < kRows; ++i) {
    auto block = static_cast<std::uint32_t>(i * kBlocks / kRows);
    rows.blocks.of_row[i] = block;
    double odds = 3 * random.unit() - 2.5;
    rows.score[i] = 1 / (1 + portable_exp(-odds));
    rows.label[i] = random.chance(1 / (1 + portable_exp(-odds - luck[block]))) ? 1 : 0;
  }
  for (std::size_t c = 0; c < columns; ++c) {
    SlicedColumn column{.column = "c" + std::to_string(c)};
    for (std::int32_t s = 0; s < slices; ++s) column.slices.push_back(std::to_string(s));
    bool by_block = c % 3 == 0;
    for (std::size_t i = 0; i < kRows; ++i)
      column.of_row.push_back(
          by_block ? static_cast<std::int32_t>(rows.blocks.of_row[i] + c) % slices
                   : static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(slices))));
    rows.columns.push_back(std::move(column));
  }
  return rows;
}

// Holm's promise: at 0.05, in at most 50 of 1000 sets of pure noise is any of 36 slices called
// worse. Three standard errors of 1000 such sets are 21.
TEST(WorstSlices, OnPureNoiseAFalseSliceIsAsRareAsPromised) {
  constexpr int kSets = 1000;
  int with_false = 0;
  for (std::uint64_t seed = 0; seed < kSets; ++seed) {
    auto found = noise(seed, 9, 4).search({.draws = {.replicates = 40}});
    ASSERT_TRUE(found) << found.error().text();
    ASSERT_EQ(found->looked, 36);
    bool any = false;
    for (const SliceLoss& slice : found->worst) any = any || slice.worse;
    with_false += any ? 1 : 0;
  }
  RecordProperty("sets_with_a_false_slice", with_false);
  EXPECT_LE(with_false, 50 + 21);
  EXPECT_GE(with_false, 5) << "a test that never errs would not look";
}

// In slice 2 of c1 the score says the contrary of what comes true.
TEST(WorstSlices, WhereTheModelIsWrongIsFound) {
  Rows rows = noise(7, 9, 4);
  for (std::size_t i = 0; i < kRows; ++i)
    if (rows.columns[1].of_row[i] == 2) rows.score[i] = 1 - rows.score[i];
  WorstSlices found = rows.search().value();
  ASSERT_FALSE(found.worst.empty());
  const SliceLoss& worst = found.worst[0];
  EXPECT_EQ(worst.column + "=" + worst.slice, "c1=2");
  EXPECT_TRUE(worst.worse);
  EXPECT_LT(worst.p, 1e-6);
  EXPECT_GT(worst.difference.low, 0);
  double sums[4] = {};  // rows, losses in it and elsewhere
  double predicted = 0;
  double observed = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    bool inside = rows.columns[1].of_row[i] == 2;
    sums[inside ? 0 : 2] += 1;
    sums[inside ? 1 : 3] += log_loss_of(rows.score[i], rows.label[i]);
    if (inside) predicted += rows.score[i], observed += rows.label[i];
  }
  EXPECT_EQ(worst.rows, static_cast<std::int64_t>(sums[0]));
  EXPECT_NEAR(worst.loss, sums[1] / sums[0], 1e-12);
  EXPECT_NEAR(worst.elsewhere, sums[3] / sums[2], 1e-12);
  EXPECT_NEAR(worst.difference.value, sums[1] / sums[0] - sums[3] / sums[2], 1e-12);
  EXPECT_NEAR(worst.predicted, predicted / sums[0], 1e-12);
  EXPECT_NEAR(worst.observed, observed / sums[0], 1e-12);
  ASSERT_GT(found.worst.size(), 1U);
  EXPECT_FALSE(found.worst[1].worse);
}

// Two slices of 4 rows each in 2 blocks, by hand: losses 1 and 3 in the first slice's blocks (means
// 2), 1 and 1 in the other's: part of block 1 = (2 - 2 2) / 4 - 0 = -0.5, of block 2 = 0.5;
// standard error sqrt(0.5 2) = 1, t = 1 with one degree of freedom: p = 0.25; Holm's for two
// slices: 0.5.
TEST(WorstSlices, ThePValueByHand) {
  Rows rows;
  double one = portable_exp(-1.0);
  double three = portable_exp(-3.0);
  rows.score = {one, one, three, three, one, one, one, one};
  rows.label.assign(8, 1);
  rows.blocks = {{0, 0, 1, 1, 0, 0, 1, 1}, 2};
  rows.columns = {{.column = "c", .slices = {"x", "y"}, .of_row = {0, 0, 0, 0, 1, 1, 1, 1}}};
  SliceOptions options{
      .least_rows = 1, .least_of_label = 0, .least_blocks = 2, .draws = {.replicates = 40}};
  WorstSlices found = rows.search(options).value();
  ASSERT_EQ(found.worst.size(), 2U);
  EXPECT_NEAR(found.worst[0].difference.value, 1, 1e-12);
  EXPECT_NEAR(found.worst[0].p, 0.5, 1e-9);
  EXPECT_NEAR(found.worst[1].p, 0.75, 1e-9);
}

TEST(WorstSlices, SlicesOfTooFewRowsAreNamedAndNotTested) {
  Rows rows = noise(3, 1, 2);
  rows.columns[0].slices.push_back("rare");
  for (std::size_t i = 0; i < 49; ++i) rows.columns[0].of_row[i * 40] = 2;
  WorstSlices found = rows.search().value();
  EXPECT_EQ(found.looked, 2);
  EXPECT_EQ(found.thin, 1);
  ASSERT_EQ(found.few.size(), 1U);
  EXPECT_EQ(found.few[0].slice, "rare");
  EXPECT_EQ(found.few[0].rows, 49);
}

TEST(WorstSlices, AreTheSameOnAnyNumberOfThreads) {
  Rows rows = noise(11, 6, 5);
  WorstSlices one = rows.search().value();
  WorstSlices four = rows.search({}, 4).value();
  ASSERT_EQ(one.worst.size(), four.worst.size());
  for (std::size_t i = 0; i < one.worst.size(); ++i) {
    EXPECT_EQ(one.worst[i].p, four.worst[i].p);
    EXPECT_EQ(one.worst[i].difference.low, four.worst[i].difference.low);
  }
}

TEST(WorstSlices, WhatCannotBeJudgedIsRefused) {
  Rows rows = noise(1, 1, 2);
  rows.score[3] = 1.5;
  EXPECT_EQ(rows.search().error().text(), "row 3: score 1.5 is no probability");
  rows = noise(1, 1, 2);
  rows.columns[0].of_row.pop_back();
  EXPECT_EQ(rows.search().error().code(), Code::kInvalid);
  EXPECT_EQ(noise(1, 1, 2).search({.alpha = 0}).error().code(), Code::kInvalid);
  rows = noise(1, 1, 2);
  rows.blocks = one_block(kRows);
  EXPECT_EQ(rows.search().error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace lode
