// What every registered algorithm learns: a planted signal, nothing where there is none, and
// explanations that add up to the score (docs/properties-mining.md).
#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "evaluate/explainer.h"
#include "mine/trees/forest.h"
#include "tests/contract/algorithm_contract.h"

namespace lode {
namespace {

class AlgorithmLearning : public AlgorithmContract {
 protected:
  static bool learns() { return !algorithm().baseline; }

  // Two columns; labels follow the first as far as `slope` says.
  static Rows sample(std::size_t count, double slope, std::uint64_t seed) {
    Rows rows;
    rows.schema->numeric = {"x", "noise"};
    Random random(seed, 40);
    for (std::size_t i = 0; i < count; ++i) {
      double x = random.unit() * 2 - 1;
      double noise = random.unit();
      rows.values.insert(rows.values.end(), {x, noise});
      double u = random.unit();
      rows.label.push_back(algorithm().binary ? (u < sigmoid(slope * x) ? 1 : 0)
                                              : slope * x / 4 + (u - 0.5));
    }
    return rows;
  }

  // Kendall's concordance of scores and labels (for labels 0 and 1 the AUC, ties half): 0.5 is
  // chance.
  static double concordance(const std::vector<double>& score, const std::vector<double>& label) {
    double pairs = 0;
    double right = 0;
    for (std::size_t i = 0; i < score.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        if (label[i] == label[j]) continue;
        pairs += 1;
        if (score[i] == score[j]) {
          right += 0.5;
        } else if ((score[i] > score[j]) == (label[i] > label[j])) {
          right += 1;
        }
      }
    return pairs > 0 ? right / pairs : 0.5;
  }

  // On rows of the same making that training had not; nothing if there is no model.
  static std::optional<double> held_out(double slope, std::uint64_t seed) {
    auto model = fit(sample(150, slope, 2 * seed));
    if (!model) return std::nullopt;
    Rows test = sample(100, slope, 2 * seed + 1);
    return concordance(scores(**model, test), test.label);
  }
  // How often what was found on rows that were never seen is above what 5 in 100 shuffles of their
  // labels reach, of `seeds`.
  static double found(double slope, int seeds) {
    int above = 0;
    for (int seed = 0; seed < seeds; ++seed) {
      auto value = held_out(slope, static_cast<std::uint64_t>(seed));
      EXPECT_TRUE(value.has_value());
      // Of 100 rows without a relation the concordance has a standard deviation of 0.058 (labels 0
      // and 1 in halves: sqrt(101 / (12 * 50 * 50))) or 0.034 (Kendall: sqrt(2 (2n + 5) / (9 n
      // (n - 1))) / 2).
      double deviation = algorithm().binary ? 0.0580 : 0.0338;
      above += value.value_or(0) > 0.5 + 1.645 * deviation ? 1 : 0;
    }
    return static_cast<double>(above) / seeds;
  }
};

// P18, size: 200 seeds of 5 % have a standard deviation of 1.54 %.
TEST_P(AlgorithmLearning, InPureNoiseNothingIsFound) {
  EXPECT_LE(found(0, 200), 0.05 + 3 * 0.0154);
}

// P18, power
TEST_P(AlgorithmLearning, APlantedSignalIsFound) {
  if (!learns()) GTEST_SKIP() << "a baseline finds nothing, by its own description";
  EXPECT_GE(found(4, 200), 0.99);
}

// P17: labels shuffled in training are at chance on rows whose labels were not. Of 20 shuffles the
// mean is within 3 of its own standard errors.
TEST_P(AlgorithmLearning, ShuffledLabelsScoreAtChance) {
  if (!learns()) GTEST_SKIP() << "a baseline learns nothing of labels";
  Rows train = sample(400, 4, 900);
  Rows test = sample(400, 4, 901);
  std::vector<double> values;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random(seed, 41).shuffle(std::span(train.label));
    values.push_back(concordance(scores(*fitted(train), test), test.label));
  }
  double mean = std::accumulate(values.begin(), values.end(), 0.0) / 20;
  double square = 0;
  for (double value : values) square += (value - mean) * (value - mean) / 19;
  EXPECT_LE(std::abs(mean - 0.5), 3 * std::sqrt(square / 20) + 1e-12);
}

// P16. Without sampling each round takes the loss further down on the rows it is trained on.
TEST_P(AlgorithmLearning, MoreRoundsNeverRaiseTheLossInTraining) {
  bool rounds = std::ranges::any_of(GetParam()->options,
                                    [](const Option& option) { return option.name == "rounds"; });
  if (!rounds) GTEST_SKIP() << "no rounds";
  Rows rows = sample(500, 4, 7);
  ThreadPool pool(1);
  double last = std::numeric_limits<double>::infinity();
  for (const char* count : {"1", "2", "5", "10", "30", "100"}) {
    auto model = fit_model(algorithm().name, rows.data(),
                           {.options = {{"rounds", count}}, .cancel = {}}, pool);
    ASSERT_TRUE(model) << model.error().text();
    std::vector<double> score = scores(**model, rows);
    double loss = 0;
    for (std::size_t i = 0; i < score.size(); ++i)
      loss += algorithm().binary ? -portable_log(rows.label[i] == 1 ? score[i] : 1 - score[i])
                                 : (score[i] - rows.label[i]) * (score[i] - rows.label[i]);
    EXPECT_LE(loss, last) << count << " rounds";
    last = loss;
  }
}

// P15: contributions and base are the margin to 1e-9; a column that is the same in every row has
// none.
TEST_P(AlgorithmLearning, ContributionsAddUpAndADummyColumnHasNone) {
  Rows rows = signal_rows(1000);
  for (std::size_t i = 0; i < 1000; ++i) rows.values[3 * i + 2] = 7;
  auto model = fitted(rows);
  if (!ModelExplainer::can_explain(*model)) GTEST_SKIP() << "nothing to explain by";
  ThreadPool pool(2);
  Rows background = rows.first(50);
  auto explainer = ModelExplainer::make(*model, background.matrix(), pool).value();
  Rows few = rows.first(100);
  Attributions values = explainer.explain(few.matrix(), pool).value();
  std::vector<double> score = scores(*model, few);
  const Forest* forest = model->forest();
  bool odds =
      forest == nullptr ? algorithm().binary : forest->objective == Forest::Objective::kLogistic;
  for (std::size_t i = 0; i < 100; ++i) {
    double margin = values.base;
    for (double value : values.of_row(i)) margin += value;
    // A forest's own margin is a sum in float32, so that is as near as scores come.
    EXPECT_NEAR(odds ? sigmoid(margin) : margin, score[i], forest == nullptr ? 1e-9 : 1e-5);
    EXPECT_EQ(values.of_row(i)[2], 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Registered, AlgorithmLearning, testing::ValuesIn(components("algorithm")),
                         algorithm_test_name);

}  // namespace
}  // namespace lode
