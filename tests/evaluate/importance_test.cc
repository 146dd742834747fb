#include "evaluate/importance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "tests/mine/function_model.h"

namespace lode {
namespace {

constexpr std::size_t kRows = 6000;
constexpr std::uint32_t kBlocks = 60;
constexpr std::size_t kColumns[] = {0, 1, 2};

// Three numbers uniform in [-1, 1], the label 3 a + b and noise of variance 1/3.
struct Rows {
  std::vector<double> values;
  std::vector<double> label;
  Blocks blocks;

  explicit Rows(std::uint64_t seed = 1) {
    Random random(seed);
    auto draw = [&] { return random.unit() * 2 - 1; };
    for (std::size_t i = 0; i < kRows; ++i) {
      double a = draw();
      double b = draw();
      values.insert(values.end(), {a, b, draw()});
      label.push_back(3 * a + b + draw());
      blocks.of_row.push_back(static_cast<std::uint32_t>(i % kBlocks));
    }
    blocks.count = kBlocks;
  }
  LabelledRows of(const FittedModel& model) const {
    return {{.schema = model.schema(), .rows = std::ssize(label), .values = values, .codes = {}},
            label};
  }
};

const FunctionModel kModel({"a", "b", "c"},
                           [](std::span<const double> v) { return 3 * v[0] + v[1]; });

std::vector<Estimate> importance(const FittedModel& model, const Rows& rows, int threads = 2) {
  ThreadPool pool(threads);
  auto found = permutation_importance(model, rows.of(model), rows.blocks, kColumns, 5,
                                      {.replicates = 400, .seed = 3}, pool);
  if (!found) throw std::runtime_error(found.error().text());
  return *std::move(found);
}

// A column dealt out anew adds the variance of what it brings twice: 2 * 9 / 3 and 2 / 3.
TEST(PermutationImportance, IsTwiceTheVarianceOfWhatAColumnBrings) {
  std::vector<Estimate> found = importance(kModel, Rows());
  EXPECT_NEAR(found[0].value, 6, 0.25);
  EXPECT_LE(found[0].low, 6);
  EXPECT_GE(found[0].high, 6);
  EXPECT_NEAR(found[1].value, 2.0 / 3, 0.05);
  EXPECT_EQ(found[2].value, 0);
  EXPECT_EQ(found[2].low, 0);
  EXPECT_EQ(found[2].high, 0);
}

// A model that learnt noise: its column does harm, and dealing it out anew harms no more.
TEST(PermutationImportance, OfAColumnThatBroughtOnlyNoiseIsNotAboveNothing) {
  FunctionModel noisy({"a", "b", "c"},
                      [](std::span<const double> v) { return 3 * v[0] + v[1] + 0.3 * v[2]; });
  int above = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<Estimate> found = importance(noisy, Rows(seed));
    above += found[2].low > 0 ? 1 : 0;
  }
  EXPECT_LE(above, 3);
}

TEST(PermutationImportance, TheSameBytesOnAnyNumberOfThreads) {
  std::vector<Estimate> one = importance(kModel, Rows(), 1);
  std::vector<Estimate> four = importance(kModel, Rows(), 4);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(one[c].value, four[c].value);
    EXPECT_EQ(one[c].low, four[c].low);
    EXPECT_EQ(one[c].high, four[c].high);
  }
}

// Interval of a model judged on other rows of the same law: it holds the truth about as often as
// it says. Rows of a block are independent here.
TEST(PermutationImportance, IntervalsHoldWhatOtherRowsWouldShow) {
  int held = 0;
  constexpr int kSets = 200;
  ThreadPool pool(2);
  std::size_t column[] = {1};
  for (std::uint64_t seed = 0; seed < kSets; ++seed) {
    Rows rows(1000 + seed);
    auto found = permutation_importance(kModel, rows.of(kModel), rows.blocks, column, 3,
                                        {.replicates = 200, .seed = seed}, pool)
                     .value();
    held += found[0].low <= 2.0 / 3 && 2.0 / 3 <= found[0].high ? 1 : 0;
  }
  EXPECT_GE(held, 180) << "of 200, where 190 are promised";
}

TEST(MeanContributions, AreMeansOfSizesWithIntervalsOverBlocks) {
  Attributions values{.base = 1, .columns = 2, .values = {}};
  Blocks blocks{.of_row = {}, .count = 40};
  double sum = 0;
  for (int i = 0; i < 400; ++i) {
    double value = i % 2 == 0 ? i : -i;
    values.values.insert(values.values.end(), {value, 2});
    blocks.of_row.push_back(static_cast<std::uint32_t>(i / 10));
    sum += i;
  }
  ThreadPool pool(1);
  auto found = mean_contributions(values, blocks, {.replicates = 400, .seed = 1}, pool).value();
  EXPECT_DOUBLE_EQ(found[0].value, sum / 400);
  // Blocks hold rows that are alike, so the mean of 40 is uncertain by 115.6 / sqrt(40) = 18.3.
  EXPECT_NEAR(found[0].high - found[0].low, 2 * 1.96 * 18.3, 10);
  EXPECT_DOUBLE_EQ(found[1].value, 2);
  EXPECT_DOUBLE_EQ(found[1].low, 2);
  EXPECT_DOUBLE_EQ(found[1].high, 2);
}

TEST(Importance, WhatDoesNotFitIsRefused) {
  Rows rows;
  ThreadPool pool(1);
  auto refusal = [&](const Rows& given, std::vector<std::size_t> columns, int repeats) {
    auto found = permutation_importance(kModel, given.of(kModel), given.blocks, columns, repeats,
                                        {.replicates = 100}, pool);
    return found ? std::string("accepted") : found.error().message();
  };
  EXPECT_EQ(refusal(rows, {3}, 1), "column 3 of 3");
  EXPECT_EQ(refusal(rows, {0}, 0), "columns are dealt out at least once");
  Rows one_block = rows;
  one_block.blocks = lode::one_block(one_block.label.size());
  EXPECT_EQ(refusal(one_block, {0}, 1), "intervals need at least 2 blocks of rows, not 1");
  Rows short_blocks = rows;
  short_blocks.blocks.of_row.pop_back();
  EXPECT_EQ(refusal(short_blocks, {0}, 1), "5999 blocks for 6000 rows");
  EXPECT_EQ(refusal(rows, {}, 1), "accepted");
}

}  // namespace
}  // namespace lode
