// What every registered metric keeps, run on each without being asked, on every kind of target that
// it can judge.
#include <gtest/gtest.h>

#include <cmath>

#include "base/component.h"
#include "base/random.h"
#include "judge/metric.h"
#include "tests/judge/metric_rows.h"

namespace lode {
namespace {

// A thousand rows with targets of one kind, and what is shown of them to a metric.
struct Shown {
  Task task;
  Rows rows;

  ScoredRows view(std::span<const double> weight) const {
    if (task == Task::kBinary) return {.score = rows.score, .label = rows.label, .weight = weight};
    return {.score = rows.score, .label = {}, .weight = weight, .number = rows.number};
  }
  // Every row as often as its weight says.
  Shown repeated() const {
    Shown out{.task = task, .rows = {}};
    for (std::size_t i = 0; i < rows.score.size(); ++i)
      for (int k = 0; k < static_cast<int>(rows.weight[i]); ++k) out.take(*this, i, 1);
    return out;
  }
  Shown without_weight_zero() const {
    Shown out{.task = task, .rows = {}};
    for (std::size_t i = 0; i < rows.score.size(); ++i)
      if (rows.weight[i] > 0) out.take(*this, i, rows.weight[i]);
    return out;
  }

 private:
  void take(const Shown& from, std::size_t row, double weight) {
    rows.add(from.rows.score[row], from.rows.label[row], weight);
    if (!from.rows.number.empty()) rows.number.push_back(from.rows.number[row]);
  }
};

class MetricContract : public testing::TestWithParam<const Component*> {
 protected:
  static const Metric& metric() { return *static_cast<const Metric*>(GetParam()->factory); }
  // The thousand rows by every task that the metric takes.
  static std::vector<Shown> shown() {
    std::vector<Shown> out;
    if (metric().takes(Task::kBinary)) out.push_back({Task::kBinary, thousand_rows()});
    if (metric().takes(Task::kNumber)) out.push_back({Task::kNumber, thousand_numbers()});
    return out;
  }
};

TEST_P(MetricContract, SaysWhatItIs) {
  EXPECT_EQ(GetParam()->name, metric().name);
  EXPECT_FALSE(GetParam()->summary.empty());
  EXPECT_FALSE(GetParam()->description.empty());
  EXPECT_FALSE(GetParam()->example.empty());
  EXPECT_FALSE(metric().undefined.empty());
}

TEST_P(MetricContract, WeightsAreFrequencies) {
  // Bins of the calibration errors are cut by rows, so theirs are only about frequencies.
  if (metric().name.starts_with("calibration_error")) GTEST_SKIP() << "its bins are cut by rows";
  for (const Shown& rows : shown()) {
    double weighted = value_of(metric().name, rows.view(rows.rows.weight));
    double near = 1e-13 * std::max(1.0, std::fabs(weighted));
    EXPECT_NEAR(value_of(metric().name, rows.repeated().view({})), weighted, near);
    Shown without = rows.without_weight_zero();
    EXPECT_NEAR(value_of(metric().name, without.view(without.rows.weight)), weighted, near);
  }
}

TEST_P(MetricContract, DrawsOfBlocksAreWeightsOfTheirRows) {
  Random random(7);
  // Few blocks take the matrix of AUC, many its pass.
  for (std::uint32_t count : {13U, 5000U}) {
    for (const Shown& rows : shown()) {
      Blocks blocks{{}, count};
      for (std::size_t i = 0; i < rows.rows.score.size(); ++i)
        blocks.of_row.push_back(static_cast<std::uint32_t>(random.below(count)));
      std::vector<double> draws(count);
      for (double& draw : draws) draw = random.poisson1();
      for (const ScoredRows& view : {rows.view({}), rows.view(rows.rows.weight)}) {
        Sample sample = Sample::make_ranked(view, blocks).value();
        std::vector<double> weight;
        for (std::size_t i = 0; i < rows.rows.score.size(); ++i)
          weight.push_back(sample.weight(i) * draws[blocks.of_row[i]]);
        double drawn = prepare_metric(metric(), sample).value()->value(draws);
        EXPECT_NEAR(drawn, value_of(metric().name, rows.view(weight)),
                    1e-13 * std::max(1.0, std::fabs(drawn)))
            << count;
      }
    }
  }
}

TEST_P(MetricContract, UndefinedWithoutRows) {
  for (const Shown& rows : shown()) {
    Blocks blocks = block_per_row(rows.rows.score.size());
    Sample sample = Sample::make_ranked(rows.view({}), blocks).value();
    std::vector<double> nothing(rows.rows.score.size(), 0.0);
    auto prepared = prepare_metric(metric(), sample).value();
    EXPECT_TRUE(std::isnan(prepared->value(nothing)));
    EXPECT_TRUE(std::isnan(prepared->replicate(nothing)));
  }
}

// By the direction it declares, scores that are the targets are not beaten by those of the rows.
TEST_P(MetricContract, NothingBeatsTheTruth) {
  for (Shown rows : shown()) {
    double as_they_stand = value_of(metric().name, rows.view({}));
    for (std::size_t i = 0; i < rows.rows.score.size(); ++i)
      rows.rows.score[i] = rows.task == Task::kBinary ? rows.rows.label[i] : rows.rows.number[i];
    double truth = value_of(metric().name, rows.view({}));
    switch (metric().better) {
      case Direction::kHigher:  // equal where all rows are taken: precision_at_1000
        EXPECT_GE(truth, as_they_stand);
        break;
      case Direction::kLower:
        EXPECT_LT(truth, as_they_stand);
        break;
      case Direction::kZero:
        EXPECT_LT(std::fabs(truth), std::fabs(as_they_stand));
        break;
    }
  }
}

TEST_P(MetricContract, RefusesTargetsOfAnotherKind) {
  Rows labels = thousand_rows();
  Rows numbers = thousand_numbers();
  for (Task task : {Task::kBinary, Task::kNumber}) {
    Result<double> value =
        evaluate(metric(), task == Task::kBinary ? labels.plain() : numbers.numbers());
    EXPECT_EQ(value.has_value(), metric().takes(task));
    if (!value) {
      EXPECT_EQ(value.error().code(), Code::kInvalid);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, MetricContract, testing::ValuesIn(components("metric")),
                         [](const auto& one) { return std::string(one.param->name); });

}  // namespace
}  // namespace lode
