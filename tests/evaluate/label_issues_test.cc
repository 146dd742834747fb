#include "evaluate/label_issues.h"

#include <gtest/gtest.h>

#include <set>

#include "base/math.h"
#include "base/random.h"

namespace lode {
namespace {

// Six rows by hand. Means: p0 of label 0 = (.9 + .8 + .2) / 3 = .6333, p1 of label 1 = (.9 + .7 +
// .1) / 3 = .5667. Given 0: two are taken for 0, one (p1 = .8) for 1; given 1: two for 1, one (p0 =
// .9) for 0. So one of three of each is wrong, and those two are listed, the surest first.
TEST(LabelIssues, ByHand) {
  std::vector<double> score = {0.1, 0.2, 0.8, 0.9, 0.7, 0.1};
  std::vector<std::uint8_t> label = {0, 0, 0, 1, 1, 1};
  LabelIssues found = find_label_issues({score, label}).value();
  EXPECT_EQ(found.rows, 6U);
  EXPECT_DOUBLE_EQ(found.wrong[0], 1);
  EXPECT_DOUBLE_EQ(found.wrong[1], 1);
  ASSERT_EQ(found.issues.size(), 2U);
  EXPECT_EQ(found.issues[0].row, 5U);
  EXPECT_EQ(found.issues[0].label, 1);
  EXPECT_DOUBLE_EQ(found.issues[0].probability, 0.1);
  EXPECT_EQ(found.issues[1].row, 2U);
  EXPECT_DOUBLE_EQ(found.issues[1].probability, 1 - 0.8);
}

// Log-odds are spread from -30 to 30, so one row in forty comes against its odds by luck; 5 % of
// the labels are turned round. Scores are the true probabilities. Over 20 sets, of what was turned
// at least nine in ten are listed, and of what is listed at least three in four were turned.
TEST(LabelIssues, PlantedFlipsAreFound) {
  int planted = 0;
  int found_planted = 0;
  int listed = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed, 3);
    std::vector<double> score;
    std::vector<std::uint8_t> label;
    std::set<std::size_t> flipped;
    for (std::size_t i = 0; i < 2000; ++i) {
      double odds = 60 * random.unit() - 30;
      double p = 1 / (1 + portable_exp(-odds));
      score.push_back(p);
      bool one = random.chance(p);
      bool flip = random.chance(0.05);
      if (flip) flipped.insert(i);
      label.push_back(one != flip ? 1 : 0);
    }
    LabelIssues found = find_label_issues({score, label}).value();
    planted += static_cast<int>(flipped.size());
    listed += static_cast<int>(found.issues.size());
    for (const LabelIssue& issue : found.issues) found_planted += flipped.contains(issue.row);
  }
  RecordProperty("planted", planted);
  RecordProperty("listed", listed);
  RecordProperty("found", found_planted);
  EXPECT_GT(found_planted, 0.9 * planted) << planted << " " << listed;
  EXPECT_GT(found_planted, 0.75 * listed) << found_planted;
}

// Scores that agree with every label leave nothing to list.
TEST(LabelIssues, NoneWhereScoresAndLabelsAgree) {
  std::vector<double> score = {0.1, 0.2, 0.3, 0.9, 0.8, 0.7};
  std::vector<std::uint8_t> label = {0, 0, 0, 1, 1, 1};
  EXPECT_TRUE(find_label_issues({score, label}).value().issues.empty());
}

// No row is named whose given label is the likelier one: where outcomes are luck and none passes
// one half, that leaves none.
TEST(LabelIssues, OfLuckWithoutARowAgainstTheOddsNothingIsNamed) {
  Random random(1);
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  for (int i = 0; i < 1000; ++i) {
    score.push_back(0.4 * random.unit());
    label.push_back(random.chance(score.back()) ? 1 : 0);
  }
  LabelIssues found = find_label_issues({score, label}).value();
  for (const LabelIssue& issue : found.issues)
    EXPECT_EQ(issue.label, 1) << "label 0 is likelier everywhere";
}

TEST(LabelIssues, OneLabelAloneAndScoresThatAreNoneAreRefused) {
  std::vector<double> score = {0.1, 0.2};
  std::vector<std::uint8_t> label = {1, 1};
  EXPECT_EQ(find_label_issues({score, label}).error().text(),
            "all labels are 1: nothing shows which could be the other");
  score[1] = 2;
  label[0] = 0;
  EXPECT_EQ(find_label_issues({score, label}).error().text(), "row 1: score 2 is no probability");
}

}  // namespace
}  // namespace lode
