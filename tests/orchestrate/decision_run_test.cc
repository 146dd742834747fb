// Thresholds as a project asks for them, with what they promise and what comes.
#include "orchestrate/decision_run.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lode {
namespace {

using Kind = ThresholdRule::Kind;

// Two days of five rows.
struct Rows {
  std::vector<double> score{0.9, 0.8, 0.7, 0.3, 0.1, 0.8, 0.6, 0.5, 0.2, 0.1};
  std::vector<std::uint8_t> label{1, 1, 0, 1, 0, 0, 1, 0, 0, 0};
  Blocks blocks{{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}, 2};

  DecisionReport decide(const ThresholdRule& rule) const {
    DecisionReport out;
    Status found = find_threshold(rule, {score, label}, blocks, out);
    EXPECT_TRUE(found) << found.error().text();
    // Two blocks are drawn both not at all in e^-2 of the replicates: no interval of a share.
    auto draws = BlockDraws::make(blocks.count, {.replicates = 100, .seed = 1});
    Status judged = judge_threshold(rule, {score, label}, blocks, draws.value(), out);
    EXPECT_TRUE(judged) << judged.error().text();
    return out;
  }
};

const DecisionFigure& figure(const DecisionReport& report, std::string_view name) {
  for (const DecisionFigure& one : report.figures)
    if (one.name == name) return one;
  ADD_FAILURE() << name;
  return report.figures.front();
}

// Of four false negatives at most as dear as ten false positives: flagged from 0.3 on are 7 rows,
// all 4 of label 1 and 3 of label 0: cost 3 of 10 rows. From 0.6 on: 2 false, 1 missed, cost 12.
TEST(DecisionRun, ByCost) {
  DecisionReport report =
      Rows().decide({.kind = Kind::kCost, .false_positive = 1, .false_negative = 10});
  EXPECT_EQ(report.threshold, 0.3);
  EXPECT_EQ(report.promised.true_positive, 4);
  EXPECT_EQ(report.promised.false_positive, 3);
  EXPECT_EQ(report.promised.false_negative, 0);
  EXPECT_EQ(report.promised.true_negative, 3);
  EXPECT_DOUBLE_EQ(figure(report, "cost").promised, 0.3);
  EXPECT_DOUBLE_EQ(figure(report, "cost_with_none_flagged").promised, 4.0);
  EXPECT_DOUBLE_EQ(figure(report, "cost_with_all_flagged").promised, 0.6);
  EXPECT_DOUBLE_EQ(figure(report, "precision").promised, 4.0 / 7);
  EXPECT_DOUBLE_EQ(figure(report, "recall").promised, 1);
  EXPECT_DOUBLE_EQ(figure(report, "f1").promised, 8.0 / 11);
  // The same rows, so it comes as promised.
  for (const DecisionFigure& one : report.figures) EXPECT_EQ(one.came.value, one.promised);
}

// Flagged from .5 on are 6 rows, 3 of label 1; 1 is missed and 3 are left alone rightly.
TEST(DecisionRun, AtHalfWhereNobodyAsks) {
  Rows rows;
  HalfReport half;
  auto draws = BlockDraws::make(rows.blocks.count, {.replicates = 100, .seed = 1});
  ASSERT_TRUE(judge_half({rows.score, rows.label}, rows.blocks, draws.value(), half));
  EXPECT_TRUE(half.judged);
  EXPECT_EQ(half.came.true_positive, 3);
  EXPECT_EQ(half.came.false_positive, 3);
  EXPECT_EQ(half.came.false_negative, 1);
  EXPECT_EQ(half.came.true_negative, 3);
  ASSERT_EQ(half.figures.size(), 4U);
  EXPECT_DOUBLE_EQ(half.figures[0].came.value, 0.6);
  EXPECT_DOUBLE_EQ(half.figures[1].came.value, 0.5);
  EXPECT_DOUBLE_EQ(half.figures[2].came.value, 0.75);
  EXPECT_DOUBLE_EQ(half.figures[3].came.value, 0.6);
}

// A quarter of ten rows is two and a half: 0.9 alone flags one, 0.8 three.
TEST(DecisionRun, ByShareNeverFlagsMore) {
  DecisionReport report = Rows().decide({.kind = Kind::kShare, .amount = 0.25});
  EXPECT_EQ(report.threshold, 0.9);
  EXPECT_DOUBLE_EQ(figure(report, "flagged").promised, 0.1);
  report = Rows().decide({.kind = Kind::kShare, .amount = 0.3});
  EXPECT_EQ(report.threshold, 0.8);
  report = Rows().decide({.kind = Kind::kShare, .amount = 0.05});
  EXPECT_EQ(report.threshold, std::numeric_limits<double>::infinity());
  EXPECT_EQ(report.promised.flagged(), 0);
  EXPECT_TRUE(std::isnan(figure(report, "precision").promised));
}

// Two rows a day: from 0.8 on are two of the first day and one of the second; 0.7 would be three.
TEST(DecisionRun, ByRowsADayOnTheBusiestDay) {
  Rows rows;
  ThresholdRule rule{.kind = Kind::kRowsADay, .amount = 2};
  DecisionReport report = rows.decide(rule);
  EXPECT_EQ(report.threshold, 0.8);
  EXPECT_EQ(figure(report, "most_in_a_day").promised, 2);
  EXPECT_EQ(figure(report, "days_over_capacity").promised, 0);
  // Later both days have four rows above it.
  DecisionReport later = report;
  rows.score = {0.9, 0.9, 0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.9, 0.1};
  auto draws = BlockDraws::make(2, {.replicates = 100, .seed = 1});
  ASSERT_TRUE(judge_threshold(rule, {rows.score, rows.label}, rows.blocks, draws.value(), later));
  EXPECT_EQ(figure(later, "most_in_a_day").came.value, 4);
  EXPECT_EQ(figure(later, "days_over_capacity").came.value, 2);
  EXPECT_EQ(later.promised.flagged(), report.promised.flagged()) << "what was promised stays";
}

// 400 rows of which the upper half is of label 1 nine times in ten: with confidence that shows a
// precision of 0.8, and never one of 0.99.
TEST(DecisionRun, ByPrecisionSaysWhatIsShown) {
  Rows rows;
  rows.score.clear();
  rows.label.clear();
  rows.blocks = {{}, 40};
  for (std::uint32_t i = 0; i < 400; ++i) {
    bool upper = i % 2 == 0;
    rows.score.push_back(upper ? 0.9 : 0.1);
    rows.label.push_back(upper && i % 20 != 0 ? 1 : 0);
    rows.blocks.of_row.push_back(i / 10);
  }
  DecisionReport report = rows.decide({.kind = Kind::kPrecision, .amount = 0.8});
  EXPECT_EQ(report.threshold, 0.9);
  EXPECT_DOUBLE_EQ(figure(report, "precision").promised, 0.9);
  EXPECT_LT(figure(report, "precision").came.low, 0.9);
  EXPECT_GT(figure(report, "precision").came.high, 0.9);
  EXPECT_EQ(report.note.find("not reached"), std::string::npos) << report.note;
  report = rows.decide({.kind = Kind::kPrecision, .amount = 0.99});
  EXPECT_EQ(report.note.find("not reached: at the most a precision of 0."), 0U) << report.note;
}

TEST(DecisionRun, RulesHaveWords) {
  EXPECT_EQ(rule_text({.kind = Kind::kCost, .false_positive = 1, .false_negative = 2.5}),
            "least cost: a false positive costs 1, a false negative 2.5");
  EXPECT_EQ(rule_text({.kind = Kind::kShare, .amount = 0.05}), "at most 5 % of the rows");
  EXPECT_EQ(rule_text({.kind = Kind::kRowsADay, .amount = 40}), "at most 40 rows on any day");
  EXPECT_EQ(rule_text({.kind = Kind::kPrecision, .amount = 0.8}),
            "the most rows at a precision of at least 0.8");
}

}  // namespace
}  // namespace lode
