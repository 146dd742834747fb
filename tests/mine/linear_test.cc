#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/file.h"
#include "base/math.h"
#include "base/random.h"
#include "mine/algorithm.h"
#include "mine/linear/cholesky.h"
#include "mine/linear/terms.h"
#include "tests/mine/linear_rows.h"

namespace lode {
namespace {

double log_loss_of(const FittedModel& model) {
  return nlohmann::json::parse(model.describe())["fit"]["log_loss"].get<double>();
}

TEST(Logistic, EqualsScikitLearnWithoutPenalty) {
  // scikit-learn 1.9.1, LogisticRegression(C=inf, solver="newton-cholesky", tol=1e-13) on
  // standardised a and b and indicators without the most frequent level.
  Rows rows = reference_rows();
  std::vector<double> weight = std::exchange(rows.weight, {});
  auto model = rows.fit().value();
  auto found = coefficients(*model);
  EXPECT_NEAR(found["a"], 0.45535425956457193, 1e-10);
  EXPECT_NEAR(found["b"], -0.00043764870992644365, 1e-13);
  EXPECT_NEAR(found["c=0"], 0.9877550233648154, 1e-10);
  EXPECT_NEAR(found["c=1"], 1.1197677245222402, 1e-10);
  EXPECT_EQ(found["c=2"], 0);
  EXPECT_NEAR(found["c=3"], 0.34940088171072037, 1e-10);
  EXPECT_NEAR(found["intercept"], 44.299278996003125, 1e-8);
  EXPECT_NEAR(log_loss_of(*model), 0.4847747391083507, 1e-14);
  EXPECT_NEAR(scores(*model, rows)[0], 0.35260513, 5e-9);
  EXPECT_TRUE(model->notes().empty());

  rows.weight = weight;
  found = coefficients(*rows.fit().value());
  EXPECT_NEAR(found["a"], 0.46244850356202166, 1e-10);
  EXPECT_NEAR(found["b"], -0.00040861733900373406, 1e-13);
  EXPECT_EQ(found["c=0"], 0);
  EXPECT_NEAR(found["c=2"], -1.0639034414915742, 1e-10);
}

TEST(Logistic, EqualsScikitLearnWithPenalty) {
  // The same with C = 1 / l2 and an indicator for every level.
  Rows rows = reference_rows();
  std::vector<double> weight = std::exchange(rows.weight, {});
  auto found = coefficients(*rows.fit({{"l2", "1"}}).value());
  EXPECT_NEAR(found["a"], 0.4421638108429898, 1e-9);
  EXPECT_NEAR(found["b"], -0.0004239759482107764, 1e-12);
  EXPECT_NEAR(found["c=0"], 0.3486390752514795, 1e-9);
  EXPECT_NEAR(found["c=2"], -0.5711667831619385, 1e-9);
  rows.weight = weight;
  auto model = rows.fit({{"l2", "2.5"}}).value();
  found = coefficients(*model);
  EXPECT_NEAR(found["a"], 0.43294649512738487, 1e-9);
  EXPECT_NEAR(found["c=3"], -0.05551812421212335, 1e-9);
  EXPECT_NEAR(log_loss_of(*model), 0.4853075698681851, 1e-12);
}

TEST(Logistic, OneIndicatorByHand) {
  // 1 of 4 late at x = 0, 3 of 4 at x = 1: log-odds -ln 3 and +ln 3.
  Rows rows = columns({"x"});
  for (double y : {0, 0, 0, 1}) rows.add({0}, {}, y);
  for (double y : {1, 1, 1, 0}) rows.add({1}, {}, y);
  auto found = coefficients(*rows.fit().value());
  EXPECT_NEAR(found["intercept"], -1.0986122886681098, 1e-9);
  EXPECT_NEAR(found["x"], 2 * 1.0986122886681098, 1e-9);
}

TEST(Logistic, IndicatorsEqualTheSameColumnsWrittenOut) {
  Rows rows = reference_rows();
  Rows dense = columns({"a", "b", "c0", "c1", "c3"});
  for (std::size_t i = 0; i < rows.label.size(); ++i) {
    std::int32_t c = rows.codes[i];
    dense.add({rows.values[2 * i], rows.values[2 * i + 1], c == 0 ? 1.0 : 0.0, c == 1 ? 1.0 : 0.0,
               c == 3 ? 1.0 : 0.0},
              {}, rows.label[i]);
  }
  rows.weight.clear();
  auto sparse = scores(*rows.fit().value(), rows);
  auto written_out = scores(*dense.fit().value(), dense);
  for (std::size_t i = 0; i < sparse.size(); ++i) EXPECT_NEAR(sparse[i], written_out[i], 1e-12);
}

TEST(Logistic, FarFromZeroColumnsLoseNothing) {
  Rows near = columns({"x"});
  Rows far = columns({"x"});
  Random random(4);
  for (int i = 0; i < 500; ++i) {
    double x = static_cast<double>(random.below(1000));
    double y = random.chance(sigmoid((x - 500) / 200)) ? 1 : 0;
    near.add({x}, {}, y);
    far.add({x + 1e15}, {}, y);  // microseconds of 2001, say: a unit is still exact
  }
  std::vector<double> expected = scores(*near.fit().value(), near);
  std::vector<double> found = scores(*far.fit().value(), far);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-10);
}

TEST(Logistic, LeavesOutConstantAndDependentColumnsAndSaysSo) {
  Rows rows = columns({"a", "one", "b", "sum"}, {{"c", {"x", "y", "never"}}, {"d", {"only"}}});
  Random random(1);
  for (int i = 0; i < 200; ++i) {
    double a = random.unit();
    double b = random.unit();
    rows.add({a, 7, b, a + 2 * b}, {i % 2, 0}, random.chance(0.2 + 0.5 * a) ? 1 : 0);
  }
  auto model = rows.fit().value();
  EXPECT_EQ(model->notes(), (std::vector<std::string>{
                                "column 'one' is 7 in every row: left out",
                                "column 'd' has one level in every row: left out",
                                "'sum' is a linear combination of columns before it: left out"}));
  auto found = coefficients(*model);
  EXPECT_EQ(found["one"], 0);
  EXPECT_EQ(found["sum"], 0);
  EXPECT_TRUE(std::isnan(found["c=never"]));
  Rows fewer = columns({"a", "b"}, {{"c", {"x", "y"}}});
  for (std::size_t i = 0; i < rows.label.size(); ++i)
    fewer.add({rows.values[4 * i], rows.values[4 * i + 2]}, {rows.codes[2 * i]}, rows.label[i]);
  EXPECT_EQ(scores(*model, rows), scores(*fewer.fit().value(), fewer));
}

TEST(Logistic, SaysThatClassesAreSeparated) {
  Rows rows = columns({"noise", "x"});
  Random random(2);
  for (int i = 0; i < 100; ++i) rows.add({random.unit(), i * 1.0}, {}, i < 50 ? 0 : 1);
  EXPECT_EQ(rows.refusal(),
            "the labels can be separated without error on some rows, so that coefficients grow for "
            "ever, that of 'x' fastest; is it made from the label? Leave it out, or set the option "
            "l2");
  EXPECT_EQ(rows.refusal({{"l2", "0.1"}}), "accepted");
  // Quasi-complete: only the rows with flag = 1 are told apart.
  Rows flag = columns({"flag"});
  for (int i = 0; i < 100; ++i) flag.add({i < 10 ? 1.0 : 0.0}, {}, i < 10 || i % 2 == 0 ? 1 : 0);
  EXPECT_TRUE(flag.refusal().starts_with("the labels can be separated")) << flag.refusal();
}

TEST(Logistic, NearlyDependentColumnsAreNotCalledSeparated) {
  Rows rows = columns({"a", "almost_a"});
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    double a = random.unit();
    rows.add({a, a + 1e-4 * random.unit()}, {}, random.chance(0.3 + 0.4 * a) ? 1 : 0);
  }
  EXPECT_EQ(rows.refusal(), "accepted");
}

TEST(Logistic, RareLevelsOfOneLabelNeedAPenalty) {
  Rows rows = columns({}, {{"airport", {"ORD", "JFK", "XNA"}}});
  for (int i = 0; i < 40; ++i) rows.add({}, {i % 2}, i % 4 < 2 ? 1 : 0);
  rows.add({}, {2}, 1);
  EXPECT_EQ(rows.refusal(),
            "column 'airport': all rows of 1 level (XNA) have the same label, so that without a "
            "penalty the coefficient grows for ever; merge rare levels or set the option l2");
  auto found = coefficients(*rows.fit({{"l2", "1"}}).value());
  EXPECT_GT(found["airport=XNA"], 0);
  EXPECT_LT(found["airport=XNA"], 0.5);  // one row is no evidence
}

TEST(Logistic, UnseenLevelsAreRefusedOrTakeTheMeanEffect) {
  Rows rows = columns({}, {{"c", {"x", "y", "never"}}});
  // log-odds of x: -ln 3 in 4 rows; of y: ln 3 in 8 rows
  for (double y : {0, 0, 0, 1}) rows.add({}, {0}, y);
  for (double y : {1, 1, 1, 0, 1, 1, 1, 0}) rows.add({}, {1}, y);
  Rows unseen = rows;
  unseen.codes[1] = 2;
  std::vector<double> out(12);
  EXPECT_EQ(rows.fit().value()->predict(unseen.matrix(), out).error().message(),
            "row 1, column 'c': level 'never' was not seen in training; train with a level for the "
            "rest, or with the option unseen: mean");
  unseen.codes[1] = -1;
  EXPECT_EQ(
      rows.fit().value()->predict(unseen.matrix(), out).error().message(),
      "row 1, column 'c': its level was not seen in training; train with a level for the rest, "
      "or with the option unseen: mean");
  auto model = rows.fit({{"unseen", "mean"}}).value();
  double ln3 = 1.0986122886681098;
  EXPECT_NEAR(scores(*model, unseen)[1], sigmoid(ln3 * (8 - 4) / 12), 1e-10);
}

TEST(Logistic, RefusesWhatItCannotFit) {
  Rows rows = columns({"x"});
  for (int i = 0; i < 10; ++i) rows.add({i * 1.0}, {}, i % 2);
  EXPECT_EQ(rows.refusal(), "accepted");
  Rows missing = rows;
  missing.values[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(missing.refusal(),
            "row 3, column 'x': missing; give its training column a value for then, such as "
            "coalesce(x, 0), "
            "or choose an algorithm that takes missing values");
  missing.values[3] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(missing.refusal(), "row 3, column 'x': infinite; cap it or set the row aside");
  Rows one_class = rows;
  one_class.label.assign(10, 1);
  EXPECT_EQ(one_class.refusal(),
            "all 10 rows with weight have the label 1: there is nothing to tell apart");
  EXPECT_EQ(rows.refusal({{"max_iterations", "1"}}).substr(0, 32),
            "no optimum after 1 iterations: t");
  Rows huge = rows;
  for (double& value : huge.values) value *= 1e300;
  EXPECT_EQ(huge.refusal(),
            "column 'x' cannot be standardised: its values are too large or too near to each other "
            "for doubles; rescale it");
}

TEST(Logistic, TheFirstGoldenFileLoads) {
  // docs/formats/model.md. Also the proof that another machine trains to the same numbers.
  std::string golden =
      posix_files().read(LODE_SOURCE_DIR "/tests/mine/golden/logistic-1.model").value();
  Rows rows = reference_rows();
  auto loaded = load_model(golden).value();
  EXPECT_NEAR(scores(*loaded, rows)[0], 0.37396774, 5e-9);  // scikit-learn 1.9.1
  // Version 1 knew no l1. Its model is that of today, but for the bytes that say so.
  auto today = rows.fit({{"l2", "2.5"}, {"unseen", "mean"}}).value();
  EXPECT_EQ(loaded->describe(), today->describe());
  EXPECT_EQ(loaded->serialize(), today->serialize());
}

TEST(Cholesky, SolvesByHandAndFindsDependentRows) {
  // [4 2; 2 5] x = [8 8] has x = [1.5 1].
  PackedMatrix a(2);
  a.row(0)[0] = 4;
  a.row(1)[0] = 2;
  a.row(1)[1] = 5;
  std::vector<bool> active(2, true);
  EXPECT_TRUE(factor_in_place(a, active, 1e-12).empty());
  EXPECT_EQ(a.row(0)[0], 2);
  EXPECT_EQ(a.row(1)[0], 1);
  EXPECT_EQ(a.row(1)[1], 2);
  std::vector<double> b = {8, 8};
  solve_in_place(a, active, b);
  EXPECT_EQ(b, (std::vector<double>{1.5, 1}));
  // The Gram matrix of x, 2 x, y with x y = 0: the second row depends on the first.
  PackedMatrix gram(3);
  gram.row(0)[0] = 1;
  gram.row(1)[0] = 2;
  gram.row(1)[1] = 4;
  gram.row(2)[2] = 9;
  active.assign(3, true);
  EXPECT_EQ(factor_in_place(gram, active, 1e-12), (std::vector<std::size_t>{1}));
  b = {5, 100, 18};
  solve_in_place(gram, active, b);
  EXPECT_EQ(b, (std::vector<double>{5, 0, 2}));
}

TEST(Cholesky, SolvesALargerSystem) {
  constexpr std::size_t kSize = 37;
  Random random(5);
  std::vector<double> root(kSize * kSize);
  for (double& cell : root) cell = random.unit() - 0.5;
  PackedMatrix a(kSize);
  std::vector<double> x(kSize);
  std::vector<double> b(kSize);
  for (double& value : x) value = random.unit();
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j < kSize; ++j) {
      double cell = i == j ? 0.1 : 0.0;
      for (std::size_t k = 0; k < kSize; ++k) cell += root[i * kSize + k] * root[j * kSize + k];
      if (j <= i) a.row(i)[j] = cell;
      b[i] += cell * x[j];
    }
  }
  std::vector<bool> active(kSize, true);
  EXPECT_TRUE(factor_in_place(a, active, 1e-12).empty());
  solve_in_place(a, active, b);
  for (std::size_t i = 0; i < kSize; ++i) EXPECT_NEAR(b[i], x[i], 1e-11);
}

TEST(Lanes, CoverAllRowsOnceWhateverTheWidth) {
  for (std::int64_t rows : {1, 4096, 4097, 458'388}) {
    for (std::size_t width : {1U, 1000U, 8'000'000U, 100'000'000U}) {
      Lanes lanes = Lanes::of(rows, width);
      EXPECT_GE(lanes.count, 1U);
      EXPECT_LE(lanes.count, 64U);
      EXPECT_EQ(lanes.begin(0), 0);
      EXPECT_EQ(lanes.end(lanes.count - 1), rows);
    }
  }
  EXPECT_EQ(Lanes::of(458'388, 8).count, 64U);
  EXPECT_EQ(Lanes::of(458'388, 8'000'000).count, 4U);
}

TEST(Lanes, JoinAsATree) {
  std::vector<std::vector<double>> parts = {{1}, {10}, {100}, {1000}, {1e-16}};
  join_lanes(std::vector<std::span<double>>(parts.begin(), parts.end()));
  EXPECT_EQ(parts[0][0], ((1.0 + 10) + (100.0 + 1000)) + 1e-16);
  EXPECT_EQ(parts[2][0], 1100);  // neighbours first
}

}  // namespace
}  // namespace lode
