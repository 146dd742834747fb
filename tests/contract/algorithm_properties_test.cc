// The properties of docs/properties-mining.md on every registered algorithm: what changes nothing
// in the data changes nothing in the model, or as little as its descriptor says.
#include <algorithm>
#include <limits>
#include <locale>
#include <numeric>
#include <set>
#include <thread>

#include "tests/contract/algorithm_contract.h"

namespace lode {
namespace {

class AlgorithmProperties : public AlgorithmContract {
 protected:
  static constexpr std::size_t kRows = 3000;

  static Rows rows_in(const Rows& rows, const std::vector<std::size_t>& order) {
    Rows out;
    out.schema = rows.schema;
    for (std::size_t row : order) out.append(rows, row);
    return out;
  }
  // The labels of signal_rows are 0 and 1; of an algorithm of numbers, numbers that follow the same
  // columns.
  static Rows rows_for(std::size_t count) {
    Rows rows = signal_rows(count);
    if (algorithm().binary) return rows;
    Random random(18);
    for (std::size_t i = 0; i < count; ++i)
      rows.label[i] = 20 + 4 * rows.values[3 * i] - 2 * rows.values[3 * i + 1] +
                      (rows.codes[i] == 2 ? 6 : 0) + 3 * random.unit();
    return rows;
  }
};

TEST_P(AlgorithmProperties, DeviationsAreDeclaredOnce) {
  std::set<Property> declared;
  for (const Deviation& deviation : algorithm().deviations) {
    EXPECT_TRUE(declared.insert(deviation.property).second)
        << property_name(deviation.property) << " twice";
    EXPECT_GT(deviation.tolerance, 0);
    EXPECT_TRUE(algorithm().baseline || deviation.tolerance <= 0.5)
        << "half a deviation of the labels is another model";
    EXPECT_FALSE(deviation.why.empty());
    EXPECT_NE(property_name(deviation.property), "?");
  }
}

// P1
TEST_P(AlgorithmProperties, TheOrderOfRowsDoesNotShow) {
  Rows rows = rows_for(kRows);
  std::vector<std::size_t> order(kRows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random(5).shuffle(std::span(order));
  auto model = fitted(rows_in(rows, order));
  expect_same(Property::kRowOrder, scores(*fitted(rows), rows), scores(*model, rows), rows.label);
}

// P2
TEST_P(AlgorithmProperties, TheOrderAndNamesOfColumnsDoNotShow) {
  Rows rows = rows_for(kRows);
  rows.schema->categories.push_back({"other", {"p", "q"}});
  Rows turned;
  turned.label = rows.label;
  turned.schema->numeric = {"n3", "n2", "n1"};
  turned.schema->categories = {{"c2", {"p", "q"}}, {"c1", {"a", "b", "c"}}};
  std::vector<std::int32_t> codes;
  Random random(6);
  for (std::size_t i = 0; i < kRows; ++i) {
    auto other = static_cast<std::int32_t>(random.below(2));
    codes.insert(codes.end(), {rows.codes[i], other});
    turned.codes.insert(turned.codes.end(), {other, rows.codes[i]});
    for (std::size_t j = 3; j-- > 0;) turned.values.push_back(rows.values[3 * i + j]);
  }
  rows.codes = codes;
  expect_same(Property::kColumnOrder, scores(*fitted(rows), rows), scores(*fitted(turned), turned),
              rows.label);
}

// P5
TEST_P(AlgorithmProperties, AWeightIsCopiesAndZeroIsNone) {
  Rows rows = rows_for(kRows);
  Rows repeated;
  repeated.schema = rows.schema;
  Random random(3);
  for (std::size_t i = 0; i < kRows; ++i) {
    auto weight = static_cast<int>(random.below(3));
    for (int k = 0; k < weight; ++k) repeated.append(rows, i);
    rows.weight.push_back(weight);
  }
  repeated.weight.clear();
  expect_same(Property::kWeights, scores(*fitted(rows), rows), scores(*fitted(repeated), rows),
              rows.label);
}

// P7
TEST_P(AlgorithmProperties, AnotherSeedIsNearlyTheSameModel) {
  Rows rows = rows_for(kRows);
  auto other = fit(rows, 1, 2);
  ASSERT_TRUE(other) << other.error().text();
  expect_same(Property::kSeed, scores(*fitted(rows), rows), scores(**other, rows), rows.label);
}

// P8. That unseen values are counted is the encoders' (tests/features/encoder_test.cc).
TEST_P(AlgorithmProperties, WhatTrainingNeverSawHasADefinedResult) {
  Rows rows = rows_for(500);
  rows.schema->categories[0].levels.push_back("never");
  auto model = fitted(rows);
  for (std::int32_t code : {3, -1}) {
    Rows unseen = rows.first(3);
    unseen.codes[1] = code;
    std::vector<double> out(3);
    Status status = model->predict(unseen.matrix(), out);
    if (!status) {
      EXPECT_EQ(status.error().code(), Code::kInvalid);
      EXPECT_NE(status.error().message().find("row 1, column 'group'"), std::string::npos)
          << status.error().text();
    } else {
      EXPECT_TRUE(std::isfinite(out[1]));
      EXPECT_EQ(out[2], scores(*model, rows)[2]) << "other rows are as they were";
    }
  }
}

// P8
TEST_P(AlgorithmProperties, OtherColumnsThanTheModelsAreRefused) {
  Rows rows = rows_for(300);
  auto model = fitted(rows);
  std::vector<double> out(1);
  auto refuses = [&](const std::vector<std::string>& numeric, std::vector<CategoryColumn> levels) {
    Rows other;
    other.schema->numeric = numeric;
    other.schema->categories = std::move(levels);
    other.values.assign(numeric.size(), 0.5);
    other.codes.assign(other.schema->categories.size(), 0);
    other.label = {1};
    Status status = model->predict(other.matrix(), out);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code(), Code::kInvalid);
  };
  std::vector<CategoryColumn> group = rows.schema->categories;
  refuses({"x", "ties"}, group);                    // one is missing
  refuses({"x", "ties", "noise", "extra"}, group);  // one more
  refuses({"ties", "x", "noise"}, group);           // another order
  refuses({"x", "ties", "noise"}, {});
  refuses({"x", "ties", "noise"}, {{"group", {"a", "b", "c", "new"}}});
}

// P8
TEST_P(AlgorithmProperties, AColumnThatIsMissingInEveryRowIsNoColumnOrRefused) {
  Rows rows = rows_for(1000);
  Rows without = rows;
  for (std::size_t i = 0; i < 1000; ++i) {
    rows.values[3 * i + 2] = std::numeric_limits<double>::quiet_NaN();
    without.values[3 * i + 2] = 7;
  }
  auto model = fit(rows);
  if (!algorithm().takes_missing) {
    EXPECT_EQ(model.error().code(), Code::kInvalid);
    return;
  }
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(scores(**model, rows), scores(*fitted(without), without)) << "as a constant one";
}

// P9
TEST_P(AlgorithmProperties, ADoubledColumnAndMoreColumnsThanRowsAreTakenOrRefused) {
  Rows doubled = rows_for(200);
  doubled.schema->numeric.push_back("x again");
  std::vector<double> values;
  for (std::size_t i = 0; i < 200; ++i)
    values.insert(values.end(), {doubled.values[3 * i], doubled.values[3 * i + 1],
                                 doubled.values[3 * i + 2], doubled.values[3 * i]});
  doubled.values = values;
  expect_error_or_sound(doubled);
  Rows wide;
  Random random(12);
  for (int j = 0; j < 60; ++j) wide.schema->numeric.push_back(fmt::format("c{}", j));
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 60; ++j) wide.values.push_back(random.unit());
    wide.label.push_back(i % 2);
  }
  expect_error_or_sound(wide);
  Rows nothing = rows_for(100);
  std::ranges::fill(nothing.label, 0.0);
  expect_error_or_sound(nothing);
}

// P10
TEST_P(AlgorithmProperties, ZerosOfEitherSignAreOneNumber) {
  Rows rows = rows_for(1000);
  for (std::size_t i = 0; i < 1000; i += 3) rows.values[3 * i] = 0.0;
  Rows negative = rows;
  for (double& value : negative.values)
    if (value == 0) value = -0.0;
  auto model = fitted(rows);
  EXPECT_EQ(scores(*model, rows), scores(*model, negative));
  EXPECT_EQ(scores(*fitted(negative), rows), scores(*model, rows));
}

// P10
TEST_P(AlgorithmProperties, NoNumberIsScoredToAnythingButANumber) {
  Rows rows = rows_for(500);
  auto model = fitted(rows);
  for (double value : {std::numeric_limits<double>::infinity(), 1e308, -1e308, 5e-324,
                       std::numeric_limits<double>::quiet_NaN()}) {
    Rows odd = rows.first(2);
    odd.values[1] = value;
    std::vector<double> out(2);
    Status status = model->predict(odd.matrix(), out);
    if (!status) {
      EXPECT_EQ(status.error().code(), Code::kInvalid) << status.error().text();
    } else {
      EXPECT_FALSE(std::isnan(out[0]));
      EXPECT_FALSE(std::isinf(value)) << "an infinity is refused";
    }
  }
}

// P11. By a power of two and a whole number, so that neither rounds.
TEST_P(AlgorithmProperties, AColumnShiftedAndScaledIsTheSameColumn) {
  Rows rows = rows_for(kRows);
  for (std::size_t i = 0; i < kRows; ++i)
    rows.values[3 * i] = std::round(rows.values[3 * i] * 256) / 256;
  Rows changed = rows;
  for (std::size_t i = 0; i < kRows; ++i) {
    changed.values[3 * i] = 4 * rows.values[3 * i] + 16;
    changed.values[3 * i + 1] = rows.values[3 * i + 1] / 2 - 3;
  }
  expect_same(Property::kAffine, scores(*fitted(rows), rows), scores(*fitted(changed), changed),
              rows.label);
}

// P12
TEST_P(AlgorithmProperties, LabelsExchangedOrScaledGiveScoresExchangedOrScaled) {
  Rows rows = rows_for(kRows);
  Rows changed = rows;
  for (double& label : changed.label) label = algorithm().binary ? 1 - label : 64 - 4 * label;
  std::vector<double> back = scores(*fitted(changed), rows);
  for (double& score : back) score = algorithm().binary ? 1 - score : (64 - score) / 4;
  expect_same(Property::kRelabelling, scores(*fitted(rows), rows), back, rows.label);
}

// P13
TEST_P(AlgorithmProperties, MonotoneConstraintsHoldOnRandomPairs) {
  if (std::ranges::find(GetParam()->options, "monotone", &Option::name) ==
      GetParam()->options.end())
    GTEST_SKIP() << "offers no monotone constraints";
  Rows rows = rows_for(kRows);
  // x goes up and, behind 1, down again: what is learnt freely is not monotone.
  for (std::size_t i = 0; i < kRows; ++i)
    if (rows.values[3 * i] > 1) rows.label[i] = algorithm().binary ? 0 : 10;
  auto violations = [&](const std::string& constraints) {
    ThreadPool pool(1);
    auto model = fit_model(algorithm().name, rows.data(),
                           {.seed = 1, .options = {{"monotone", constraints}}, .cancel = {}}, pool);
    EXPECT_TRUE(model) << model.error().text();
    if (!model) return -1;
    constexpr std::size_t kPairs = 4000;
    Random random(29);
    Rows low;
    Rows high;
    std::vector<std::size_t> moved;
    low.schema = high.schema = rows.schema;
    for (std::size_t pair = 0; pair < kPairs; ++pair) {
      std::size_t row = random.below(kRows);
      moved.push_back(random.below(2));  // x or ties
      double& value = rows.values[3 * row + moved.back()];
      double was = value;
      low.append(rows, row);
      value += random.unit() * 3;
      high.append(rows, row);
      value = was;
    }
    std::vector<double> below = scores(**model, low);
    std::vector<double> above = scores(**model, high);
    int count = 0;
    for (std::size_t pair = 0; pair < kPairs; ++pair)
      count += moved[pair] == 0 ? below[pair] > above[pair] : below[pair] < above[pair];
    return count;
  };
  EXPECT_GT(violations("none"), 100) << "a test that cannot fail says nothing";
  EXPECT_EQ(violations("x up, ties down"), 0) << "to the bit";
  ThreadPool pool(1);
  for (const char* wrong : {"group up", "y up", "x sideways"}) {
    auto refused = fit_model(algorithm().name, rows.data(),
                             {.seed = 1, .options = {{"monotone", wrong}}, .cancel = {}}, pool);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code(), Code::kInvalid) << wrong;
  }
}

// P23: nothing of a fit that was stopped is left for the next one.
TEST_P(AlgorithmProperties, AFitAfterACancelledOneIsTheSame) {
  Rows rows = rows_for(1000);
  std::string before = fitted(rows)->serialize();
  ThreadPool pool(1);
  FitOptions options;
  options.cancel.cancel();
  EXPECT_EQ(fit_model(algorithm().name, rows.data(), options, pool).error().code(),
            Code::kCancelled);
  EXPECT_EQ(fitted(rows)->serialize(), before);
}

// P24: no generator and no locale that others share.
TEST_P(AlgorithmProperties, OtherFitsAtTheSameTimeDoNotShow) {
  Rows rows = rows_for(1000);
  Rows others = rows_for(700);
  std::string alone = fitted(rows)->serialize();
  std::vector<std::string> found(2);
  {
    std::jthread first([&] { found[0] = fitted(rows)->serialize(); });
    std::jthread second([&] {
      (void)fitted(others);
      found[1] = fitted(rows)->serialize();
    });
  }
  EXPECT_EQ(found[0], alone);
  EXPECT_EQ(found[1], alone);
}

// A locale that writes numbers otherwise, whatever this machine has installed.
class OtherNumbers : public std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST_P(AlgorithmProperties, TheLocaleDoesNotShow) {
  Rows rows = rows_for(1000);
  auto model = fitted(rows);
  std::locale before = std::locale::global(std::locale(std::locale(), new OtherNumbers));
  auto other = fit(rows);
  std::string described = other ? (*other)->describe() : "";
  std::locale::global(before);
  ASSERT_TRUE(other) << other.error().text();
  EXPECT_EQ((*other)->serialize(), model->serialize());
  EXPECT_EQ(described, model->describe());
}

INSTANTIATE_TEST_SUITE_P(Registered, AlgorithmProperties,
                         testing::ValuesIn(components("algorithm")), algorithm_test_name);

}  // namespace
}  // namespace lode
