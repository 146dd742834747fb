// Every kernel against the plain walk of forest.h, to the bit. What XGBoost itself answers is held
// against the scorer in xgboost_test.cc.
#include "mine/trees/scorer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/mine/trees/random_forest.h"

namespace lode {
namespace {

std::vector<float> plain_margins(const Forest& forest, const std::vector<float>& rows) {
  std::vector<float> margins;
  for (std::size_t at = 0; at < rows.size(); at += forest.features)
    margins.push_back(plain_margin(forest, std::span(rows).subspan(at, forest.features)));
  return margins;
}

std::vector<float> one_by_one(const Scorer& scorer, const std::vector<float>& rows) {
  std::vector<float> margins;
  for (std::size_t at = 0; at < rows.size(); at += scorer.features())
    margins.push_back(scorer.margin(rows.data() + at));
  return margins;
}

std::vector<float> as_batch(const Scorer& scorer, const std::vector<float>& rows) {
  std::vector<float> margins(rows.size() / scorer.features());
  Scorer::Workspace workspace = scorer.workspace();
  scorer.margins(rows.data(), scorer.features(), margins.size(), margins, workspace);
  return margins;
}

std::vector<float> by_columns(const Scorer& scorer, const std::vector<float>& rows) {
  std::size_t count = rows.size() / scorer.features();
  std::vector<std::vector<float>> columns(scorer.features(), std::vector<float>(count));
  std::vector<const float*> views;
  for (std::size_t f = 0; f < columns.size(); ++f) {
    for (std::size_t i = 0; i < count; ++i) columns[f][i] = rows[i * columns.size() + f];
    views.push_back(columns[f].data());
  }
  std::vector<float> margins(count);
  Scorer::Workspace workspace = scorer.workspace();
  scorer.margins(views, margins, workspace);
  return margins;
}

// All ways of all kernels; 700 rows are one whole block and a part of one.
void expect_equal(const Forest& forest, const std::vector<float>& rows, std::string_view what) {
  ASSERT_TRUE(check(forest)) << check(forest).error().text();
  std::vector<std::uint32_t> expected = bits_of(plain_margins(forest, rows));
  for (Kernel kernel : available_kernels()) {
    Scorer scorer = Scorer::compile(forest, kernel);
    SCOPED_TRACE(std::string(what) + ", " + std::string(kernel_name(kernel)));
    EXPECT_EQ(bits_of(one_by_one(scorer, rows)), expected) << "one by one";
    EXPECT_EQ(bits_of(as_batch(scorer, rows)), expected) << "as a batch";
    EXPECT_EQ(bits_of(by_columns(scorer, rows)), expected) << "by columns";
  }
}

void expect_equal(std::uint64_t seed, const ForestShape& shape, std::string_view what) {
  for (double missing : {0.0, 0.1, 0.9})
    expect_equal(random_forest(seed, shape), random_rows(seed, shape, 700, missing), what);
}

TEST(Scorer, EqualsThePlainWalkAtEveryDepth) {
  for (std::uint32_t depth = 0; depth <= 10; ++depth) {
    expect_equal(depth, {.depth = depth}, "depth " + std::to_string(depth));
    expect_equal(depth, {.depth = depth, .early_leaf = 0.5}, "ragged " + std::to_string(depth));
  }
}

TEST(Scorer, EqualsThePlainWalkForAnyNumberOfTrees) {
  for (std::size_t trees : {0U, 1U, 2U, 7U, 8U, 9U, 15U, 17U, 300U})
    expect_equal(trees, {.trees = trees, .depth = 4}, std::to_string(trees) + " trees");
}

TEST(Scorer, EqualsThePlainWalkWithCategories) {
  for (std::uint32_t levels : {1U, 2U, 7U, 40U, 253U, 254U, 255U, 400U, 6000U}) {
    expect_equal(levels, {.features = 8, .categorical = 3, .levels = levels},
                 std::to_string(levels) + " levels");
  }
  expect_equal(1, {.features = 70, .categorical = 70, .levels = 5},
               "more categories than bins take");
  expect_equal(2, {.features = 9, .categorical = 4, .levels = 12, .depth = 8}, "deep");
}

TEST(Scorer, EqualsThePlainWalkWithManyThresholds) {
  // 1, 2 and 4 tables of slots, then too many; any number of cuts per feature.
  for (std::uint32_t features : {1U, 20U, 40U, 63U, 64U, 100U, 127U, 200U}) {
    expect_equal(features, {.features = features, .trees = 60}, std::to_string(features));
  }
  expect_equal(1, {.features = 3, .trees = 200, .cuts = 0}, "thousands of cuts on a feature");
  expect_equal(2, {.features = 1, .trees = 40, .depth = 6, .cuts = 256}, "one feature");
}

TEST(Scorer, TakesTheWayItSays) {
  Scorer usual = Scorer::compile(random_forest(1, {}), best_kernel());
  EXPECT_EQ(usual.binned_rows(), best_kernel() == Kernel::kAvx512);
  EXPECT_TRUE(usual.masked_batches());
  Scorer deep = Scorer::compile(random_forest(1, {.trees = 2, .depth = 9, .early_leaf = 0}));
  EXPECT_FALSE(deep.binned_rows());
  EXPECT_FALSE(deep.masked_batches());
}

TEST(Scorer, EveryBatchSizeGivesTheSameRows) {
  ForestShape shape = {.features = 12, .categorical = 2, .levels = 30, .trees = 30};
  Forest forest = random_forest(5, shape);
  std::vector<float> rows = random_rows(5, shape, 1200, 0.1);
  std::vector<float> expected = plain_margins(forest, rows);
  for (Kernel kernel : available_kernels()) {
    Scorer scorer = Scorer::compile(forest, kernel);
    Scorer::Workspace workspace = scorer.workspace();  // reused: nothing of a batch may stay in it
    for (std::size_t count : {1U, 2U, 31U, 32U, 33U, 159U, 160U, 161U, 511U, 512U, 513U, 1151U}) {
      std::vector<float> margins(count);
      scorer.margins(rows.data(), shape.features, count, margins, workspace);
      EXPECT_EQ(bits_of(margins),
                bits_of({expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(count)}))
          << count << " rows, " << kernel_name(kernel);
    }
  }
}

TEST(Scorer, RowsMayStandApart) {
  ForestShape shape = {.features = 5};
  Forest forest = random_forest(9, shape);
  std::vector<float> rows = random_rows(9, {.features = 8}, 600, 0);
  Scorer scorer = Scorer::compile(forest);
  Scorer::Workspace workspace = scorer.workspace();
  std::vector<float> margins(600);
  scorer.margins(rows.data(), 8, 600, margins, workspace);
  for (std::size_t i = 0; i < 600; ++i)
    ASSERT_EQ(margins[i], plain_margin(forest, std::span(rows).subspan(8 * i, 5))) << i;
}

TEST(Scorer, ValuesAtTheEdges) {
  // Thresholds 0, the smallest denormal, 1 and the largest float; both zeros, both infinities.
  constexpr float kTiny = std::numeric_limits<float>::denorm_min();
  constexpr float kHuge = std::numeric_limits<float>::max();
  Forest forest;
  forest.features = 1;
  for (float threshold : {0.0F, -0.0F, kTiny, -kTiny, 1.0F, kHuge, -kHuge}) {
    for (bool default_left : {false, true}) {
      auto root = static_cast<std::uint32_t>(forest.nodes.size());
      forest.roots.push_back(root);
      forest.nodes.push_back({.value = threshold, .left = root + 1, .default_left = default_left});
      forest.nodes.push_back({.value = static_cast<float>(root) * 0.37F});
      forest.nodes.push_back({.value = static_cast<float>(root) * -0.11F});
    }
  }
  std::vector<float> rows;
  for (float value :
       {0.0F, -0.0F, kTiny, -kTiny, 2 * kTiny, 1.0F, std::nextafter(1.0F, 0.0F), kHuge, -kHuge,
        std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
        std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN()}) {
    rows.push_back(value);
  }
  while (rows.size() < 600) rows.push_back(rows[rows.size() % 13]);
  expect_equal(forest, rows, "edges");
}

TEST(Scorer, CodesAtTheEdges) {
  Forest forest;
  forest.features = 2;
  auto add = [&](std::uint32_t feature, std::vector<std::uint32_t> codes, bool default_left) {
    auto root = static_cast<std::uint32_t>(forest.nodes.size());
    forest.roots.push_back(root);
    forest.nodes.push_back({.left = root + 1,
                            .feature = feature,
                            .category_set = static_cast<std::uint32_t>(forest.sets()),
                            .default_left = default_left});
    forest.nodes.push_back({.value = 1});
    forest.nodes.push_back({.value = static_cast<float>(root + 2)});
    forest.categories.insert(forest.categories.end(), codes.begin(), codes.end());
    forest.set_begin.push_back(static_cast<std::uint32_t>(forest.categories.size()));
  };
  for (bool default_left : {false, true}) {
    add(0, {0}, default_left);
    add(0, {253}, default_left);
    add(0, {}, default_left);
    add(1, {0, 31, 32, 1000}, default_left);
    add(1, {kCategoryCodeLimit - 1}, default_left);
  }
  std::vector<float> codes = {0,
                              -0.0F,
                              0.75F,
                              -0.25F,
                              -1,
                              1,
                              31,
                              32,
                              253,
                              253.9F,
                              254,
                              255,
                              256,
                              999,
                              1000,
                              1001,
                              16777215,
                              16777216,
                              3e9F,
                              1e30F,
                              std::numeric_limits<float>::infinity(),
                              -std::numeric_limits<float>::infinity(),
                              std::numeric_limits<float>::quiet_NaN()};
  std::vector<float> rows;
  for (std::size_t i = 0; i < 600; ++i) {
    rows.push_back(codes[i % codes.size()]);
    rows.push_back(codes[i % codes.size()]);
  }
  expect_equal(forest, rows, "codes");
}

TEST(Scorer, LeavesAreAddedInTheOrderOfTheTrees) {
  // 1e8 + 1 - 1e8 is 0 in float32 in this order and 1 in any other.
  Forest forest;
  forest.features = 1;
  for (float leaf : {1e8F, 1.0F, -1e8F}) {
    forest.roots.push_back(static_cast<std::uint32_t>(forest.nodes.size()));
    forest.nodes.push_back({.value = leaf});
  }
  for (Kernel kernel : available_kernels()) {
    Scorer scorer = Scorer::compile(forest, kernel);
    float row = 0;
    EXPECT_EQ(scorer.margin(&row), 0.0F) << kernel_name(kernel);
    EXPECT_EQ(as_batch(scorer, std::vector<float>(600, 0.0F)), std::vector<float>(600, 0.0F));
  }
}

TEST(Scorer, NegativeZeroStaysAsItIs) {
  // Padding by a tree of +0 would turn a margin of -0 into +0.
  Forest forest;
  forest.features = 1;
  forest.base_margin = -0.0F;
  forest.roots = {0};
  forest.nodes = {{.value = -0.0F}};
  expect_equal(forest, std::vector<float>(600, 1.0F), "minus zero");
  forest.roots.clear();
  forest.nodes.clear();
  expect_equal(forest, std::vector<float>(600, 1.0F), "no trees");
}

}  // namespace
}  // namespace lode
