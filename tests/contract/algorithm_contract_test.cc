// What every registered algorithm keeps, run on each without being asked.
#include "tests/contract/algorithm_contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/hash.h"
#include "mine/trees/forest.h"
#include "mine/trees/tree_rows.h"

namespace lode {
namespace {

TEST_P(AlgorithmContract, SaysWhatItIs) {
  EXPECT_EQ(GetParam()->name, algorithm().name);
  EXPECT_FALSE(GetParam()->summary.empty());
  EXPECT_FALSE(GetParam()->description.empty());
  EXPECT_FALSE(GetParam()->example.empty());
  EXPECT_GE(algorithm().version, 1U);
  EXPECT_TRUE(OptionValues::parse(*GetParam(), {}).has_value()) << "defaults must be valid";
}

// What a model shows of itself to be explained by is the model: its trees or its terms give the
// score.
TEST_P(AlgorithmContract, TreesAndTermsAreTheScore) {
  Rows rows = signal_rows(2000);
  auto model = fitted(rows);
  std::vector<double> expected = scores(*model, rows);
  auto score_of = [&](double margin) { return algorithm().binary ? sigmoid(margin) : margin; };
  EXPECT_FALSE(model->forest() != nullptr && model->additive());
  if (const Forest* forest = model->forest()) {
    bool odds = forest->objective == Forest::Objective::kLogistic;
    std::vector<float> values = tree_rows(rows.matrix()).value();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      std::span<const float> row =
          std::span(values).subspan(i * forest->features, forest->features);
      auto margin = static_cast<double>(plain_margin(*forest, row));
      if (algorithm().binary && !odds) margin = std::clamp(margin, 0.0, 1.0);
      EXPECT_EQ(expected[i], odds ? sigmoid(margin) : margin);
    }
  }
  std::vector<double> terms(4 * expected.size());
  auto rest = model->terms(rows.matrix(), terms);
  EXPECT_EQ(rest.has_value(), model->additive());
  if (!rest) return;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    double margin = *rest;
    for (std::size_t j = 0; j < 4; ++j) margin += terms[i * 4 + j];
    EXPECT_EQ(expected[i], score_of(margin));
  }
  EXPECT_EQ(model->terms(rows.matrix(), std::span(terms).first(3)).error().code(), Code::kInvalid);
}

TEST_P(AlgorithmContract, SameSeedSameBytes) {
  Rows rows = signal_rows();
  EXPECT_EQ(fitted(rows)->serialize(), fitted(rows)->serialize());
}

TEST_P(AlgorithmContract, ThreadsDoNotShow) {
  Rows rows = signal_rows();
  std::string one = fitted(rows, 1)->serialize();
  EXPECT_EQ(one, fitted(rows, 2)->serialize());
  EXPECT_EQ(one, fitted(rows, 7)->serialize());
}

TEST_P(AlgorithmContract, SavedModelsScoreAsBefore) {
  Rows rows = signal_rows();
  auto model = fitted(rows);
  std::string bytes = model->serialize();
  auto loaded = load_model(bytes).value();
  EXPECT_EQ(scores(*loaded, rows), scores(*model, rows));
  EXPECT_EQ(loaded->serialize(), bytes);
  EXPECT_EQ(loaded->describe(), model->describe());
  EXPECT_EQ(*loaded->schema(), *model->schema());
}

TEST_P(AlgorithmContract, ARowAloneScoresAsInABatch) {
  Rows rows = signal_rows(1000);
  auto model = fitted(rows);
  std::vector<double> batch = scores(*model, rows);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Rows one;
    one.schema = rows.schema;
    one.append(rows, i);
    EXPECT_EQ(scores(*model, one)[0], batch[i]) << "row " << i;
  }
}

TEST_P(AlgorithmContract, ScoresAreProbabilitiesAndNoWorseThanTheBaseRate) {
  if (!algorithm().binary) GTEST_SKIP() << "not a classifier";
  Rows rows = signal_rows();
  std::vector<double> found = scores(*fitted(rows), rows);
  double rate = 0;
  for (double label : rows.label) rate += label / static_cast<double>(rows.label.size());
  double brier = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_GE(found[i], 0);
    ASSERT_LE(found[i], 1);
    double error = found[i] - rows.label[i];
    brier += error * error / static_cast<double>(found.size());
  }
  EXPECT_LE(brier, rate * (1 - rate) + 1e-12);
}

TEST_P(AlgorithmContract, DegenerateDataGiveErrorsOrSoundModels) {
  Rows rows = signal_rows(200);
  for (std::size_t count : {1U, 2U, 3U}) expect_error_or_sound(rows.first(count));
  Rows constant = rows;
  for (std::size_t i = 0; i < constant.values.size(); i += 3) constant.values[i] = 5;
  expect_error_or_sound(constant);
  std::ranges::fill(constant.values, 5.0);
  std::ranges::fill(constant.codes, 1);
  expect_error_or_sound(constant);
  for (double label : {0.0, 1.0}) {
    Rows one_class = rows;
    std::ranges::fill(one_class.label, label);
    expect_error_or_sound(one_class);
  }
  Rows extreme = rows;
  extreme.values[0] = 1e308;
  extreme.values[3] = -1e308;
  extreme.values[6] = 5e-324;
  expect_error_or_sound(extreme);
  Rows no_columns;
  no_columns.label = rows.label;
  expect_error_or_sound(no_columns);
}

TEST_P(AlgorithmContract, RefusesBadData) {
  Rows rows = signal_rows(200);
  EXPECT_EQ(fit(rows.first(0)).error().message(), "there are no rows to learn from");
  Rows infinite = rows;
  infinite.values[4] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(fit(infinite).error().code(), Code::kInvalid);
  Rows code = rows;
  code.codes[5] = 3;
  EXPECT_EQ(fit(code).error().message(), "row 5, column 'group': code 3 of 3 levels");
  Rows label = rows;
  label.label[6] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(fit(label).error().code(), Code::kInvalid);
  Rows weight = rows;
  weight.weight.assign(200, 0.0);
  EXPECT_EQ(fit(weight).error().message(), "the weights of 200 rows sum to 0");
  weight.weight[1] = -1;
  EXPECT_EQ(fit(weight).error().code(), Code::kInvalid);
  weight.weight.resize(199);
  EXPECT_EQ(fit(weight).error().code(), Code::kInvalid);
}

TEST_P(AlgorithmContract, MissingValuesAreTakenOrRefused) {
  Rows rows = signal_rows(2000);
  auto model = fitted(rows);
  rows.values[0] = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> out(rows.label.size());
  if (algorithm().takes_missing) {
    EXPECT_TRUE(std::isfinite(scores(*model, rows)[0]));
    rows.codes[0] = -1;
    EXPECT_TRUE(std::isfinite(scores(*fitted(rows), rows)[0]));
  } else {
    EXPECT_EQ(fit(rows).error().code(), Code::kInvalid);
    EXPECT_EQ(model->predict(rows.matrix(), out).error().code(), Code::kInvalid);
  }
}

TEST_P(AlgorithmContract, StopsWhenCancelled) {
  Rows rows = signal_rows();
  ThreadPool pool(2);
  FitOptions options;
  options.cancel.cancel();
  auto model = fit_model(algorithm().name, rows.data(), options, pool);
  EXPECT_EQ(model.error().code(), Code::kCancelled);
}

// The bytes with a checksum that is right again, so that what lies behind it is reached.
std::string resealed(std::string bytes) {
  std::string_view hashed = std::string_view(bytes).substr(0, bytes.size() - 8);
  ByteWriter writer;
  writer.raw(hashed);
  writer.u64(hash64(hashed));
  return writer.bytes();
}

TEST_P(AlgorithmContract, HostileBytesGiveErrors) {
  Rows rows = signal_rows(500);
  std::string bytes = fitted(rows)->serialize();
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 64)
    EXPECT_FALSE(load_model(std::string_view(bytes).substr(0, size)).has_value()) << size;
  EXPECT_EQ(load_model("LODEMODL").error().code(), Code::kCorrupt);
  Random random(23);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = bytes;
    std::size_t at = random.below(damaged.size() - 8);
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1 + random.below(255)));
    EXPECT_FALSE(load_model(damaged).has_value()) << "byte " << at << " changed";
    auto loaded = load_model(resealed(damaged));
    if (!loaded) {
      EXPECT_FALSE(loaded.error().message().empty());
      continue;
    }
    // A changed number is still a model: it must score, or refuse, without harm.
    std::vector<double> out(rows.label.size());
    DesignMatrix matrix = rows.matrix();
    (void)(*loaded)->predict(matrix, out);
    (void)(*loaded)->describe();
  }
  for (int round = 0; round < 300; ++round) {
    std::size_t size = 20 + random.below(bytes.size() - 20);
    EXPECT_FALSE(load_model(resealed(bytes.substr(0, size))).has_value()) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Registered, AlgorithmContract, testing::ValuesIn(components("algorithm")),
                         algorithm_test_name);

}  // namespace
}  // namespace lode
