// covers: evaluate/block_draws
#include "evaluate/group_rates.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace lode {
namespace {

constexpr BootstrapOptions kDraws{.replicates = 200, .seed = 1};

struct Rows {
  std::vector<double> score{};
  std::vector<std::uint8_t> label{};
  Blocks blocks{};
  SlicedColumn column{.column = "sex", .slices = {"f", "m"}};

  void add(std::int32_t group, double s, std::uint8_t y, int times = 1) {
    for (int i = 0; i < times; ++i) {
      score.push_back(s);
      label.push_back(y);
      column.of_row.push_back(group);
    }
  }
  Result<GroupTable> compare(double threshold, const GroupOptions& options = {}) {
    if (blocks.count == 0) blocks = block_per_row(score.size());
    TRY(BlockDraws draws, BlockDraws::make(blocks.count, kDraws));
    return compare_groups({score, label}, blocks, threshold, column, draws, options);
  }
};

double value(const GroupTable& table, std::size_t group, std::size_t figure) {
  return table.groups[group].figures[figure].value.value().value;
}

// Group m: 100 rows, 40 of label 1, of which 30 are flagged, and 15 of the 60 others. Group f: 80
// rows, 40 of label 1, of which 20 are flagged, and 10 of the 40 others.
TEST(GroupRates, ByHand) {
  Rows rows;
  rows.add(1, 0.8, 1, 30);
  rows.add(1, 0.2, 1, 10);
  rows.add(1, 0.8, 0, 15);
  rows.add(1, 0.2, 0, 45);
  rows.add(0, 0.8, 1, 20);
  rows.add(0, 0.2, 1, 20);
  rows.add(0, 0.8, 0, 10);
  rows.add(0, 0.2, 0, 30);
  GroupTable table = rows.compare(0.5).value();
  ASSERT_EQ(table.groups.size(), 2U);
  EXPECT_EQ(table.groups[0].group, "m") << "the largest first";
  EXPECT_EQ(table.groups[1].rows, 80);
  EXPECT_EQ(table.groups[1].positive, 40);
  const double m[] = {0.4, 0.45, 0.75, 0.25, 30.0 / 45, (45 * 0.8 + 55 * 0.2) / 100 - 0.4};
  const double f[] = {0.5, 30.0 / 80, 0.5, 0.25, 20.0 / 30, (30 * 0.8 + 50 * 0.2) / 80 - 0.5};
  for (std::size_t i = 0; i < std::size(kGroupFigures); ++i) {
    EXPECT_NEAR(value(table, 0, i), m[i], 1e-12) << kGroupFigures[i];
    EXPECT_NEAR(value(table, 1, i), f[i], 1e-12) << kGroupFigures[i];
    EXPECT_FALSE(table.groups[0].figures[i].ratio) << "the largest has none to itself";
    double ratio = table.groups[1].figures[i].ratio.value().value;
    EXPECT_NEAR(ratio, i == 5 ? f[i] - m[i] : f[i] / m[i], 1e-12) << kGroupFigures[i];
    Estimate e = *table.groups[1].figures[i].value;
    EXPECT_LT(e.low, e.value);
    EXPECT_GT(e.high, e.value);
  }
}

// 29 rows of label 1: the group is too small, its rate of true positives is not shown; the rate of
// false ones is.
TEST(GroupRates, WhatRestsOnTooFewRowsIsNotShown) {
  Rows rows;
  rows.add(1, 0.8, 1, 50);
  rows.add(1, 0.2, 0, 50);
  rows.add(0, 0.8, 1, 29);
  rows.add(0, 0.8, 0, 50);
  GroupTable table = rows.compare(0.5).value();
  const GroupRow& small = table.groups[1];
  EXPECT_TRUE(small.too_few);
  EXPECT_FALSE(table.groups[0].too_few);
  EXPECT_FALSE(small.figures[2].value);
  EXPECT_TRUE(small.figures[3].value);
  EXPECT_TRUE(small.figures[0].value);
}

// Both groups flag alike, 1000 sets: a ratio's interval must hold 1 in about 95 of 100.
TEST(GroupRates, TheIntervalOfARatioHoldsTheTruth) {
  int held = 0;
  constexpr int kSets = 500;
  for (std::uint64_t seed = 0; seed < kSets; ++seed) {
    Random random(seed, 9);
    Rows rows;
    for (int i = 0; i < 400; ++i)
      rows.add(random.chance(0.4) ? 0 : 1, random.unit(), random.chance(0.5) ? 1 : 0);
    GroupTable table = rows.compare(0.6).value();
    Estimate ratio = table.groups[1].figures[1].ratio.value();
    held += ratio.low <= 1 && 1 <= ratio.high;
  }
  RecordProperty("held", held);
  EXPECT_GE(held, 460);  // 475 less three standard errors
  EXPECT_LE(held, 490);
}

TEST(GroupRates, RareValuesAreCounted) {
  Rows rows;
  rows.add(1, 0.8, 1, 40);
  rows.add(-1, 0.8, 0, 3);
  rows.column.other_values = 2;
  GroupTable table = rows.compare(0.5).value();
  EXPECT_EQ(table.other_rows, 3);
  EXPECT_EQ(table.other_values, 2);
}

TEST(GroupRates, OtherRowsOrBlocksAreRefused) {
  Rows rows;
  rows.add(1, 0.8, 1, 40);
  rows.column.of_row.pop_back();
  EXPECT_EQ(rows.compare(0.5).error().code(), Code::kInvalid);
  EXPECT_EQ(BlockDraws::make(1, kDraws).error().text(),
            "an interval draws blocks of rows, and there is only 1");
}

}  // namespace
}  // namespace lode
