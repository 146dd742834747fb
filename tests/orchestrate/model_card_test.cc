#include "orchestrate/model_card.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "orchestrate/report.h"

namespace lode {
namespace {

ModelReport model() {
  ModelReport m;
  m.name = "returns";
  m.algorithm = "logistic";
  m.options = {{"l2", "1"}};
  m.seed = 7;
  m.threads = 2;
  m.train_rows = 100;
  m.test_rows = 50;
  m.blocks = 5;
  m.picture.train.declared = "..2001-01-29";
  m.picture.test.declared = "2001-01-29..";
  m.metrics["test"] = {{"log_loss", {0.5, 0.4, 0.6}}};
  m.notes = {"wrong on purpose"};
  return m;
}

TrainingReport training() {
  TrainingReport t;
  t.name = "orders";
  t.columns = {"amount", "shop"};
  t.positives = 0.25;
  return t;
}

bool says(const std::vector<CardSection>& card, std::string_view heading, std::string_view text) {
  for (const CardSection& section : card)
    if (section.heading == heading)
      return std::ranges::any_of(section.lines, [&](const CardLine& line) {
        return !line.blank && line.text.contains(text);
      });
  return false;
}

TEST(ModelCard, HasTheNineHeadingsOfThePaperInItsOrder) {
  std::vector<std::string> headings;
  for (const CardSection& section : model_card(model(), training()))
    headings.push_back(section.heading);
  EXPECT_EQ(headings,
            (std::vector<std::string>{"Model details", "Intended use", "Factors", "Metrics",
                                      "Evaluation data", "Training data", "Quantitative analyses",
                                      "Ethical considerations", "Caveats and recommendations"}));
}

TEST(ModelCard, RepeatsWhatTheReportHolds) {
  ModelReport m = model();
  m.evaluation.decision.rule = "at most 5 % of the rows";
  m.evaluation.decision.threshold = 0.75;
  m.evaluation.decision.figures = {{"precision", 0.8, {0.7, 0.6, 0.75}}};
  m.evaluation.slices.alpha = 0.05;
  m.evaluation.slices.found.worse = 1;
  m.evaluation.slices.found.worst = {{.column = "shop", .slice = "x", .rows = 9, .worse = true},
                                     {.column = "shop", .slice = "y", .rows = 8}};
  GroupRow small;
  small.group = "x";
  small.rows = 9;
  small.too_few = true;
  m.evaluation.fairness.tables = {{.column = "shop", .groups = {small}}};
  m.leakage.findings.push_back({.detector = "row_order", .looked = true});
  std::vector<CardSection> card = model_card(m, training());
  EXPECT_TRUE(says(card, "Model details", "logistic, l2 1"));
  EXPECT_TRUE(says(card, "Intended use", "score 0.75 and above"));
  EXPECT_TRUE(says(card, "Evaluation data", "50 rows: 2001-01-29.."));
  EXPECT_TRUE(says(card, "Training data", "amount, shop"));
  EXPECT_TRUE(says(card, "Quantitative analyses", "log_loss: 0.5000 [0.4000, 0.6000]"));
  EXPECT_TRUE(
      says(card, "Quantitative analyses", "precision: 0.8000 promised, 0.7000 [0.6000, 0.7500]"));
  EXPECT_TRUE(says(card, "Quantitative analyses", "Worse where shop is x"));
  EXPECT_FALSE(says(card, "Quantitative analyses", "shop is y")) << "it is not shown to be worse";
  EXPECT_TRUE(says(card, "Quantitative analyses", "shop x: 9 rows, too few"));
  EXPECT_TRUE(says(card, "Caveats and recommendations", "wrong on purpose"));
  EXPECT_TRUE(says(card, "Caveats and recommendations", "1 leak detectors looked"));
  m.leakage.findings[0].suspects.push_back({.column = "x", .sentence = "x tells the target"});
  card = model_card(m, training());
  EXPECT_TRUE(says(card, "Caveats and recommendations", "suspected of a leak"));
  EXPECT_TRUE(says(card, "Caveats and recommendations", "x tells the target"));
}

// What a machine cannot know is asked for in every section where the paper wants it.
TEST(ModelCard, TellsWhatTheAlgorithmDoesNotKeepToTheBit) {
  EXPECT_TRUE(says(model_card(model(), training()), "Model details", "sums of other terms"));
  ModelReport forest = model();
  forest.algorithm = "random_forest";
  auto card = model_card(forest, training());
  EXPECT_TRUE(says(card, "Model details", "Not kept to the bit: seed (other rows"));
  EXPECT_TRUE(says(card, "Model details", "at most 0.1 standard deviations"));
  ModelReport constant = model();
  constant.algorithm = "constant";
  EXPECT_TRUE(says(model_card(constant, training()), "Model details", "keeps all to the bit"));
}

TEST(ModelCard, WhatOnlyTheOwnerCanSayIsBlank) {
  for (const CardSection& section : model_card(model(), training())) {
    bool blank = std::ranges::any_of(section.lines, &CardLine::blank);
    EXPECT_EQ(blank, section.heading != "Quantitative analyses") << section.heading;
  }
}

}  // namespace
}  // namespace lode
