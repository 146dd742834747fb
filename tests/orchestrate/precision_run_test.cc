#include "orchestrate/precision_run.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

// From the highest score down 1 0 1 0: precision 1 at the first of two, 2/3 at the second.
TEST(AveragePrecision, OfFourRows) {
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  for (int day = 0; day < 60; ++day) {
    score.insert(score.end(), {0.9, 0.8, 0.7, 0.1});
    label.insert(label.end(), {1, 0, 1, 0});
  }
  Blocks blocks;
  blocks.count = 60;
  for (std::uint32_t i = 0; i < 240; ++i) blocks.of_row.push_back(i / 4);
  ThreadPool pool(1);
  auto found = judge_average_precision({score, label}, blocks, {.seed = 1}, pool, {});
  ASSERT_TRUE(found) << found.error().text();
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->name, "average_precision");
  EXPECT_DOUBLE_EQ((*found)->estimate.value, (1.0 + 2.0 / 3) / 2);
  // Every day is the same, so no draw of days changes it.
  EXPECT_DOUBLE_EQ((*found)->estimate.low, (*found)->estimate.value);
  std::vector<std::uint8_t> none(label.size(), 0);
  auto without = judge_average_precision({score, none}, blocks, {.seed = 1}, pool, {});
  ASSERT_TRUE(without) << without.error().text();
  EXPECT_FALSE(without->has_value()) << "without label 1 there is none";
}

TEST(AveragePrecision, IsDrawnLessOftenOverManyRows) {
  EXPECT_EQ(precision_replicates(8'000), 500);
  EXPECT_EQ(precision_replicates(200'000), 500);
  EXPECT_EQ(precision_replicates(400'000), 250);
  EXPECT_EQ(precision_replicates(50'000'000), 100);
}

}  // namespace
}  // namespace lode
