// Shapley values of trees against the definition: every coalition of columns, valued by a plain
// recursion, for both meanings of "not known".
// covers: evaluate/tree_paths
#include "evaluate/tree_shap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "tests/mine/trees/random_forest.h"
#include "tests/mine/trees/small_forest.h"

namespace lode {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

using Row = std::span<const float>;
using Game = std::function<double(std::uint32_t coalition)>;

Row row_of(const Forest& forest, const std::vector<float>& rows, std::size_t i) {
  return Row(rows).subspan(i * forest.features, forest.features);
}

// Shapley 1953, all 2^n coalitions of n columns.
std::vector<double> by_definition(std::uint32_t columns, const Game& game) {
  std::vector<double> value(std::size_t{1} << columns);
  for (std::uint32_t s = 0; s < value.size(); ++s) value[s] = game(s);
  std::vector<double> factorial = {1};
  for (std::uint32_t i = 1; i <= columns; ++i) factorial.push_back(factorial.back() * i);
  std::vector<double> out(columns, 0);
  for (std::uint32_t s = 0; s < value.size(); ++s) {
    auto size = static_cast<std::size_t>(std::popcount(s));
    for (std::uint32_t j = 0; j < columns; ++j) {
      if ((s >> j & 1) != 0) continue;
      out[j] += factorial[size] * factorial[columns - size - 1] / factorial[columns] *
                (value[s | 1U << j] - value[s]);
    }
  }
  return out;
}

// Columns of the coalition as in the row, the others passed by both sides in proportion.
double expected_below(const Forest& forest, const std::vector<double>& cover, std::uint32_t n,
                      Row row, std::uint32_t coalition) {
  const TreeNode& node = forest.nodes[n];
  if (node.leaf()) return static_cast<double>(node.value);
  auto below = [&](std::uint32_t child) {
    return expected_below(forest, cover, child, row, coalition);
  };
  if ((coalition >> node.feature & 1) != 0)
    return below(node.left + (goes_right(forest, node, row[node.feature]) ? 1 : 0));
  double both = cover[node.left] + cover[node.left + 1];
  double left = both > 0 ? cover[node.left] / both : 0.5;
  return left * below(node.left) + (1 - left) * below(node.left + 1);
}

Game path_dependent_game(const Forest& forest, const std::vector<double>& cover, Row row) {
  return [&forest, &cover, row](std::uint32_t coalition) {
    double sum = static_cast<double>(forest.base_margin);
    for (std::uint32_t root : forest.roots)
      sum += expected_below(forest, cover, root, row, coalition);
    return sum;
  };
}

Game interventional_game(const Forest& forest, const std::vector<float>& background, Row row) {
  return [&forest, &background, row](std::uint32_t coalition) {
    std::size_t count = background.size() / forest.features;
    double sum = 0;
    for (std::size_t b = 0; b < count; ++b) {
      Row other = row_of(forest, background, b);
      std::vector<float> mixed(other.begin(), other.end());
      for (std::uint32_t j = 0; j < forest.features; ++j)
        if ((coalition >> j & 1) != 0) mixed[j] = row[j];
      sum += margin_in_double(forest, mixed);
    }
    return sum / static_cast<double>(count);
  };
}

std::vector<double> training_cover(const Forest& forest) {
  std::vector<double> cover;
  for (const TreeNode& node : forest.nodes) cover.push_back(static_cast<double>(node.cover));
  return cover;
}

std::vector<double> counted_cover(const Forest& forest, const std::vector<float>& rows) {
  std::vector<double> cover(forest.nodes.size(), 0);
  for (std::size_t i = 0; i < rows.size() / forest.features; ++i) {
    for (std::uint32_t n : forest.roots) {
      for (cover[n] += 1; !forest.nodes[n].leaf(); cover[n] += 1) {
        const TreeNode& node = forest.nodes[n];
        float value = rows[i * forest.features + node.feature];
        n = node.left + (goes_right(forest, node, value) ? 1 : 0);
      }
    }
  }
  return cover;
}

Attributions explained(const Result<TreeExplainer>& explainer, const std::vector<float>& rows,
                       int threads = 1) {
  EXPECT_TRUE(explainer) << explainer.error().text();
  ThreadPool pool(threads);
  auto out = explainer->explain(rows, pool);
  EXPECT_TRUE(out) << out.error().text();
  return out ? *out : Attributions{.base = 0, .columns = 1, .values = {}};
}

void expect_additive(const Forest& forest, const Attributions& found,
                     const std::vector<float>& rows) {
  ASSERT_EQ(found.rows(), rows.size() / forest.features);
  for (std::size_t i = 0; i < found.rows(); ++i) {
    double sum = found.base;
    for (double value : found.of_row(i)) sum += value;
    double margin = margin_in_double(forest, row_of(forest, rows, i));
    EXPECT_NEAR(sum, margin, 1e-12 * (1 + std::abs(margin))) << "row " << i;
  }
}

using GameOfRow = std::function<Game(Row)>;

void expect_defined(const Forest& forest, const Attributions& found, const std::vector<float>& rows,
                    const GameOfRow& game_of) {
  expect_additive(forest, found, rows);
  for (std::size_t i = 0; i < found.rows(); ++i) {
    Game game = game_of(row_of(forest, rows, i));
    EXPECT_NEAR(found.base, game(0), 1e-12) << "row " << i;
    std::vector<double> expected = by_definition(forest.features, game);
    for (std::uint32_t j = 0; j < forest.features; ++j)
      EXPECT_NEAR(found.of_row(i)[j], expected[j], 1e-12) << "row " << i << ", column " << j;
  }
}

// Every explainer of a forest against the definition.
void expect_defined(const Forest& forest, const std::vector<float>& rows,
                    const std::vector<float>& background) {
  ThreadPool pool(2);
  std::vector<double> cover = training_cover(forest);
  auto by_cover = [&](Row row) { return path_dependent_game(forest, cover, row); };
  {
    SCOPED_TRACE("training cover");
    expect_defined(forest, explained(TreeExplainer::by_training_cover(forest), rows), rows,
                   by_cover);
  }
  cover = counted_cover(forest, background);
  {
    SCOPED_TRACE("counted cover");
    expect_defined(forest,
                   explained(TreeExplainer::by_counted_cover(forest, background, pool), rows), rows,
                   by_cover);
  }
  SCOPED_TRACE("against rows");
  expect_defined(forest, explained(TreeExplainer::against(forest, background, pool), rows), rows,
                 [&](Row row) { return interventional_game(forest, background, row); });
}

TEST(TreeShap, EqualsTheDefinitionOnRandomForests) {
  std::vector<ForestShape> shapes = {
      {.features = 1, .trees = 3, .depth = 4},
      {.features = 2, .trees = 4, .depth = 0},
      {.features = 3, .trees = 5, .depth = 6},  // features again and again on a path
      {.features = 6, .categorical = 3, .levels = 9, .trees = 6, .depth = 4},
      {.features = 4, .categorical = 4, .levels = 40, .trees = 3, .depth = 5},
      {.features = 10, .trees = 4, .depth = 5, .early_leaf = 0.3, .cuts = 4},
      {.features = 10, .categorical = 2, .levels = 5, .trees = 1, .depth = 9, .early_leaf = 0},
  };
  for (std::size_t s = 0; s < shapes.size(); ++s) {
    for (double missing : {0.0, 0.3}) {
      SCOPED_TRACE("shape " + std::to_string(s) + ", missing " + std::to_string(missing));
      Forest forest = random_forest(s, shapes[s]);
      expect_defined(forest, random_rows(s, shapes[s], 3, missing),
                     random_rows(s + 100, shapes[s], 9, missing));
    }
  }
}

TEST(TreeShap, ByHand) {
  Forest forest = small_forest();
  ThreadPool pool(1);
  // (0.75, level 3) is worth 4; one background row, (0.25, level 0), -1. Alone, x0 leads to 2 and
  // x1 leaves it at -1, so x0 has ((2 + 1) + (4 + 1)) / 2 = 4 and x1 ((-1 + 1) + (4 - 2)) / 2 = 1.
  Attributions found =
      explained(TreeExplainer::against(forest, std::vector<float>{0.25F, 0}, pool), {0.75F, 3.0F});
  EXPECT_DOUBLE_EQ(found.base, 0.125 + 0.25 - 1);
  EXPECT_DOUBLE_EQ(found.values[0], 4);
  EXPECT_DOUBLE_EQ(found.values[1], 1);
  // By cover: nothing known -0.6 + 0.4 (0.25 2 + 0.75 4) = 0.8; x0 known 3.5; x1 known
  // -0.6 + 0.4 4 = 1; both 4.
  found = explained(TreeExplainer::by_training_cover(forest), {0.75F, 3.0F});
  EXPECT_NEAR(found.base, 0.125 + 0.25 + 0.8, 1e-15);
  EXPECT_NEAR(found.values[0], (2.7 + 3) / 2, 1e-15);
  EXPECT_NEAR(found.values[1], (0.2 + 0.5) / 2, 1e-15);
}

TEST(TreeShap, MissingValuesAndUnseenLevelsGoTheForestsWay) {
  Forest forest = small_forest();
  std::vector<float> rows;
  for (float x0 : {0.25F, 0.75F, kMissing})
    for (float x1 : {0.0F, 1.0F, 77.0F, -1.0F, 3e7F, kMissing}) rows.insert(rows.end(), {x0, x1});
  expect_defined(forest, rows, rows);
}

TEST(TreeShap, AColumnThatNoSplitReadsGetsExactlyNothing) {
  ForestShape shape = {.features = 8, .trees = 10, .depth = 4};
  Forest forest = random_forest(3, shape);
  for (TreeNode& node : forest.nodes)
    if (!node.leaf() && (node.feature == 2 || node.feature == 7)) node.feature = 1;
  ThreadPool pool(1);
  std::vector<float> rows = random_rows(4, shape, 50, 0.1);
  for (const auto& explainer : {TreeExplainer::by_training_cover(forest),
                                TreeExplainer::by_counted_cover(forest, rows, pool),
                                TreeExplainer::against(forest, rows, pool)}) {
    Attributions found = explained(explainer, rows);
    for (std::size_t i = 0; i < found.rows(); ++i) {
      EXPECT_EQ(found.of_row(i)[2], 0);
      EXPECT_EQ(found.of_row(i)[7], 0);
    }
    EXPECT_NE(found.of_row(0)[1], 0);
  }
}

TEST(TreeShap, AColumnEqualToEveryBackgroundRowGetsExactlyNothing) {
  ForestShape shape = {.features = 6, .trees = 10, .depth = 5};
  Forest forest = random_forest(5, shape);
  ThreadPool pool(1);
  std::vector<float> background = random_rows(6, shape, 20, 0);
  std::vector<float> rows = random_rows(7, shape, 20, 0);
  for (std::size_t i = 0; i < 20; ++i) background[i * 6 + 3] = rows[i * 6 + 3] = 0.5F;
  Attributions found = explained(TreeExplainer::against(forest, background, pool), rows);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(found.of_row(i)[3], 0);
}

// A forest and the same with columns 0 and 1 exchanged, together: equal values get equal credit.
TEST(TreeShap, ColumnsThatPlayTheSameRoleGetTheSame) {
  ForestShape shape = {.features = 5, .trees = 12, .depth = 5};
  Forest forest = random_forest(8, shape);
  Forest both = forest;
  auto shift = static_cast<std::uint32_t>(forest.nodes.size());
  for (std::uint32_t root : forest.roots) both.roots.push_back(root + shift);
  for (TreeNode node : forest.nodes) {
    if (!node.leaf()) node.left += shift;
    if (!node.leaf() && node.feature < 2) node.feature = 1 - node.feature;
    both.nodes.push_back(node);
  }
  std::vector<float> rows = random_rows(9, shape, 40, 0.1);
  for (std::size_t i = 0; i < 40; ++i) rows[i * 5 + 1] = rows[i * 5];
  ThreadPool pool(1);
  for (const auto& explainer :
       {TreeExplainer::by_training_cover(both), TreeExplainer::against(both, rows, pool)}) {
    Attributions found = explained(explainer, rows);
    for (std::size_t i = 0; i < 40; ++i) EXPECT_NEAR(found.of_row(i)[0], found.of_row(i)[1], 1e-14);
  }
}

// The shape on which Algorithm 2's divisions lose everything (shap/shap#4042): 60 features on one
// path, and next to nobody goes on at any of them.
Forest lopsided_chain(std::uint32_t features, float stays) {
  Forest forest;
  forest.features = features;
  forest.roots = {0};
  forest.nodes.emplace_back();
  std::uint32_t at = 0;
  for (std::uint32_t f = 0; f < features; ++f) {
    auto left = static_cast<std::uint32_t>(forest.nodes.size());
    forest.nodes[at] = {.value = 0, .left = left, .feature = f, .cover = forest.nodes[at].cover};
    forest.nodes.push_back({.value = f % 2 == 0 ? 1.0F : -0.5F, .cover = 1});
    forest.nodes.push_back({.value = 3, .cover = stays});
    at = left + 1;
  }
  return forest;
}

TEST(TreeShap, StaysAdditiveOnDeepLopsidedTrees) {
  for (float stays : {1e-30F, 1e-9F, 1e-3F, 1.0F, 1e9F, 0.0F}) {
    Forest forest = lopsided_chain(60, stays);
    std::vector<float> rows;
    for (std::uint32_t i = 0; i < 70; ++i)
      for (std::uint32_t f = 0; f < 60; ++f) rows.push_back(f < i ? 1.0F : -1.0F);
    ThreadPool pool(1);
    for (const auto& explainer : {TreeExplainer::by_training_cover(forest),
                                  TreeExplainer::by_counted_cover(forest, rows, pool),
                                  TreeExplainer::against(forest, rows, pool)}) {
      Attributions found = explained(explainer, rows);
      expect_additive(forest, found, rows);
      // No column can do more than the distance from the least leaf to the largest.
      for (double value : found.values) EXPECT_LE(std::abs(value), 3.5 + 1e-12) << stays;
    }
  }
}

TEST(TreeShap, AnyThreadCountAndAnyCompanyGiveTheSameBytes) {
  ForestShape shape = {.features = 12, .categorical = 3, .levels = 20, .trees = 40};
  Forest forest = random_forest(10, shape);
  std::vector<float> rows = random_rows(11, shape, 131, 0.1);
  std::vector<float> background = random_rows(12, shape, 300, 0.1);
  ThreadPool one(1);
  ThreadPool three(3);
  auto alone = TreeExplainer::against(forest, background, one);
  auto together = TreeExplainer::against(forest, background, three);
  auto by_cover = TreeExplainer::by_counted_cover(forest, background, three);
  EXPECT_EQ(explained(alone, rows, 1).values, explained(together, rows, 3).values);
  for (const auto* explainer : {&together, &by_cover}) {
    Attributions all = explained(*explainer, rows, 3);
    expect_additive(forest, all, rows);
    for (std::size_t i : {0U, 31U, 32U, 130U}) {
      Row row = row_of(forest, rows, i);
      std::vector<double> here(all.of_row(i).begin(), all.of_row(i).end());
      EXPECT_EQ(explained(*explainer, {row.begin(), row.end()}).values, here);
    }
  }
}

// Background rows twice over are the same background; in which order they come cannot show.
TEST(TreeShap, BackgroundRowsAreASample) {
  ForestShape shape = {.features = 6, .trees = 8, .depth = 5};
  Forest forest = random_forest(13, shape);
  std::vector<float> background = random_rows(14, shape, 150, 0.1);
  std::vector<float> twice;
  for (std::size_t i = 150; i-- > 0;) {
    Row row = row_of(forest, background, i);
    for (int time = 0; time < 2; ++time) twice.insert(twice.end(), row.begin(), row.end());
  }
  std::vector<float> rows = random_rows(15, shape, 20, 0.1);
  ThreadPool pool(1);
  Attributions once = explained(TreeExplainer::against(forest, background, pool), rows);
  Attributions doubled = explained(TreeExplainer::against(forest, twice, pool), rows);
  for (std::size_t i = 0; i < once.values.size(); ++i)
    EXPECT_NEAR(once.values[i], doubled.values[i], 1e-15);
}

std::string refusal(const Result<TreeExplainer>& explainer) {
  return explainer ? "accepted" : explainer.error().message();
}

TEST(TreeShap, RefusesWhatItCannotExplain) {
  ThreadPool pool(1);
  Forest forest = small_forest();
  std::vector<float> half = {1, 2, 3};
  EXPECT_EQ(refusal(TreeExplainer::against(forest, {}, pool)),
            "there are no background rows to explain against");
  EXPECT_EQ(refusal(TreeExplainer::by_counted_cover(forest, half, pool)),
            "3 values are not rows of 2 features");
  auto explainer = TreeExplainer::by_training_cover(forest);
  ASSERT_TRUE(explainer);
  EXPECT_FALSE(explainer->explain(half, pool));
  auto none = explainer->explain({}, pool);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->rows(), 0U);
  CancelToken cancel;
  cancel.cancel();
  auto stopped = explainer->explain(std::vector<float>{1, 2}, pool, cancel);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), Code::kCancelled);

  forest.nodes[3].cover = -1;
  EXPECT_EQ(refusal(TreeExplainer::by_training_cover(forest)),
            "node 3 of the tree model has a cover of -1; count covers from rows instead");
  EXPECT_EQ(refusal(TreeExplainer::by_training_cover({})),
            "a model without columns has nothing to explain");
  EXPECT_EQ(refusal(TreeExplainer::by_training_cover(lopsided_chain(64, 1))), "accepted");
  EXPECT_EQ(refusal(TreeExplainer::by_training_cover(lopsided_chain(65, 1))),
            "a path of a tree asks for more than 64 features, which cannot be explained");
  Forest deep = lopsided_chain(257, 1);
  for (TreeNode& node : deep.nodes) node.feature = 0;
  EXPECT_EQ(refusal(TreeExplainer::by_training_cover(deep)),
            "tree 0 is 257 splits deep; trees of up to 256 can be explained");
}

}  // namespace
}  // namespace lode
