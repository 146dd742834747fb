// The scorer against XGBoost's own predictions, to the bit, and the algorithm "xgboost" as a whole.
// The training library is opened at run time: without it these tests are skipped with its reason.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>

#include "base/hash.h"
#include "base/math.h"
#include "base/random.h"
#include "mine/algorithm.h"
#include "mine/trees/scorer.h"
#include "mine/trees/xgboost_library.h"
#include "tests/mine/trees/random_forest.h"

namespace lode {
namespace {

class Xgboost : public testing::Test {
 protected:
  void SetUp() override {
    if (auto version = xgboost_version(); !version) GTEST_SKIP() << version.error().text();
  }
};

// Threads that spin while they wait took eight times as long on a machine with other work.
TEST_F(Xgboost, ItsThreadsAreToldHowToWait) {
  const char* policy = std::getenv("OMP_WAIT_POLICY");
  ASSERT_NE(policy, nullptr) << "the library is open, and nothing was said";
  EXPECT_NE(std::string_view(policy), "");
}

struct Data {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<bool> categorical{};
  std::vector<float> values{};
  std::vector<float> label{};

  XgboostRows view() const {
    XgboostRows out{.values = values, .rows = rows, .columns = columns};
    out.categorical = categorical;
    out.label = label;
    return out;
  }
};

struct DataShape {
  std::uint32_t numeric = 6;
  std::uint32_t categorical = 0;
  std::uint32_t levels = 0;
  double missing = 0;
  bool coarse = false;  // few distinct values, so that thresholds meet them
};

// The label leans on the first columns and on whether a code is a multiple of 3.
Data make_data(std::uint64_t seed, std::size_t rows, const DataShape& shape) {
  Random random(seed, 3);
  Data data;
  data.rows = rows;
  data.columns = shape.numeric + shape.categorical;
  data.categorical.assign(data.columns, false);
  for (std::size_t f = shape.numeric; f < data.columns; ++f) data.categorical[f] = true;
  for (std::size_t i = 0; i < rows; ++i) {
    double signal = random.unit() - 0.5;
    for (std::uint32_t f = 0; f < data.columns; ++f) {
      double value = data.categorical[f] ? static_cast<double>(random.below(shape.levels))
                     : shape.coarse      ? static_cast<double>(random.below(7)) / 2 - 1.5
                                         : random.unit() * 6 - 3;
      signal +=
          data.categorical[f] ? (std::fmod(value, 3) == 0 ? 0.6 : -0.4) : value * (f < 2 ? 1 : .2);
      if (!data.categorical[f] && value == 0 && random.chance(0.5)) value = -0.0;
      if (random.chance(shape.missing)) value = std::nan("");
      data.values.push_back(static_cast<float>(value));
    }
    data.label.push_back(signal > 0 ? 1.0F : 0.0F);
  }
  return data;
}

Result<XgboostBooster> train(const Data& data, XgboostBooster::Parameters parameters, int rounds) {
  parameters.emplace_back("tree_method", "hist");
  parameters.emplace_back("nthread", "1");
  TRY(XgboostBooster booster, XgboostBooster::create(data.view(), parameters));
  for (int i = 0; i < rounds; ++i) TRY_VOID(booster.update());
  return booster;
}

// Every kernel, one by one and as a batch, on rows with a base margin given to XGBoost outright.
void expect_equal(const XgboostBooster& booster, const Data& data, float base_margin) {
  Forest forest = forest_from_xgboost(booster.save().value()).value();
  EXPECT_EQ(forest_from_xgboost(booster.save(true).value()).value(), forest) << "JSON and UBJSON";
  forest.base_margin = base_margin;
  XgboostRows rows = data.view();
  std::vector<float> base(data.rows, base_margin);
  rows.base_margin = base;
  std::vector<std::uint32_t> expected = bits_of(booster.margins(rows).value());
  for (Kernel kernel : available_kernels()) {
    Scorer scorer = Scorer::compile(forest, kernel);
    Scorer::Workspace workspace = scorer.workspace();
    std::vector<float> batch(data.rows);
    scorer.margins(data.values.data(), data.columns, data.rows, batch, workspace);
    EXPECT_EQ(bits_of(batch), expected) << "batch, " << kernel_name(kernel);
    std::vector<float> single;
    for (std::size_t i = 0; i < data.rows; ++i)
      single.push_back(scorer.margin(data.values.data() + i * data.columns));
    EXPECT_EQ(bits_of(single), expected) << "one by one, " << kernel_name(kernel);
  }
}

TEST_F(Xgboost, NumbersAndMissingValuesAtEveryDepth) {
  for (double missing : {0.0, 0.1, 0.9}) {
    for (int depth = 1; depth <= 9; ++depth) {
      SCOPED_TRACE(fmt::format("missing {}, depth {}", missing, depth));
      Data data = make_data(static_cast<std::uint64_t>(depth), 1500,
                            {.missing = missing, .coarse = depth % 3 == 0});
      auto booster = train(data,
                           {{"objective", "binary:logistic"},
                            {"max_depth", std::to_string(depth)},
                            {"min_child_weight", "0.1"}},
                           10)
                         .value();
      expect_equal(booster, data, 0);
    }
  }
}

TEST_F(Xgboost, AnyNumberOfTrees) {
  Data data = make_data(7, 1000, {.missing = 0.1});
  for (int trees : {1, 2, 8, 50, 300}) {
    SCOPED_TRACE(trees);
    expect_equal(
        train(data, {{"objective", "reg:squarederror"}, {"max_depth", "5"}}, trees).value(), data,
        0.37F);
  }
}

TEST_F(Xgboost, CategoriesByOneLevelAndBySets) {
  for (std::uint32_t levels : {2U, 5U, 40U, 300U}) {
    for (const char* one_hot : {"1", "1000"}) {
      for (double missing : {0.0, 0.1}) {
        SCOPED_TRACE(
            fmt::format("{} levels, max_cat_to_onehot {}, missing {}", levels, one_hot, missing));
        Data data = make_data(
            levels, 2000, {.numeric = 2, .categorical = 3, .levels = levels, .missing = missing});
        auto booster = train(data,
                             {{"objective", "binary:logistic"},
                              {"max_depth", "6"},
                              {"max_cat_to_onehot", one_hot}},
                             20)
                           .value();
        expect_equal(booster, data, 0);
        // Codes training never saw, up to those no float32 tells apart, and fractions.
        for (std::size_t i = 0; i < data.values.size(); ++i) {
          constexpr float kOdd[] = {1000, 16777215, 16777216, 1e9F, 3.75F, 254, 255, 256, 299};
          if (data.categorical[i % data.columns] && i % 2 == 0) data.values[i] = kOdd[i / 2 % 9];
        }
        expect_equal(booster, data, 0);
      }
    }
  }
}

TEST_F(Xgboost, ExtremeNumbers) {
  // Values at the ends of float32, denormal ones and both zeros, as thresholds and as rows.
  constexpr float kValues[] = {
      0.0F,          -0.0F,          1e-45F, -1e-45F, 1e-40F,   -1e-40F,  1.17549435e-38F,
      3.4028235e38F, -3.4028235e38F, 1,      -1,      16777216, 16777218, 0.1F};
  Data data = make_data(3, 1400, {.numeric = 3});
  for (std::size_t i = 0; i < data.values.size(); ++i)
    data.values[i] = kValues[hash64(i) % std::size(kValues)];
  for (std::size_t i = 0; i < data.rows; ++i)
    data.label[i] = data.values[3 * i] > 0 || data.values[3 * i + 1] == 0.1F ? 1.0F : 0.0F;
  expect_equal(train(data,
                     {{"objective", "reg:squarederror"},
                      {"max_depth", "6"},
                      {"min_child_weight", "0"},
                      {"lambda", "0"}},
                     30)
                   .value(),
               data, -0.5F);
}

TEST_F(Xgboost, LossguideForestsAndSampledOnes) {
  Data data = make_data(11, 1500, {.missing = 0.1});
  for (const XgboostBooster::Parameters& parameters : std::vector<XgboostBooster::Parameters>{
           {{"grow_policy", "lossguide"}, {"max_leaves", "40"}, {"max_depth", "0"}},
           {{"subsample", "0.5"}, {"colsample_bytree", "0.5"}, {"gamma", "1"}, {"max_depth", "7"}},
           {{"num_parallel_tree", "4"}, {"subsample", "0.7"}, {"max_depth", "3"}},
           {{"max_bin", "4096"}, {"max_depth", "8"}, {"eta", "0.9"}}}) {
    XgboostBooster::Parameters all = parameters;
    all.emplace_back("objective", "binary:logistic");
    expect_equal(train(data, all, 12).value(), data, 0);
  }
}

TEST_F(Xgboost, RefusesInfinity) {
  Data data = make_data(1, 50, {});
  data.values[7] = std::numeric_limits<float>::infinity();
  auto refused = train(data, {}, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_EQ(
      refused.error().message(),
      "XGBoost refuses the rows: Check failed: valid: Input data contains `inf` or a value too "
      "large, while `missing` is not set to `inf`");
}

TEST_F(Xgboost, SavesAndLoadsItsOwnBytes) {
  Data data = make_data(2, 400, {.missing = 0.1});
  auto booster = train(data, {{"objective", "binary:logistic"}}, 5).value();
  auto again = XgboostBooster::load(booster.save().value()).value();
  EXPECT_EQ(bits_of(again.margins(data.view()).value()),
            bits_of(booster.margins(data.view()).value()));
  std::vector<float> in_place(data.rows);
  ASSERT_TRUE(again.margins_in_place(data.values.data(), data.rows, data.columns, in_place.data()));
  EXPECT_EQ(bits_of(in_place), bits_of(booster.margins(data.view()).value()));
  EXPECT_EQ(XgboostBooster::load("{}").error().code(), Code::kInvalid);
}

// ---- the algorithm
// ---------------------------------------------------------------------------------

// y = 1 when exactly one of a > 0.5 and level "even" holds, which no linear model can say.
struct Matrix {
  std::shared_ptr<const DesignSchema> schema;
  std::vector<double> values;
  std::vector<std::int32_t> codes;
  std::vector<double> label;

  DesignMatrix features(std::size_t begin, std::size_t count) const {
    return {.schema = schema,
            .rows = static_cast<std::int64_t>(count),
            .values = std::span(values).subspan(2 * begin, 2 * count),
            .codes = std::span(codes).subspan(begin, count)};
  }
  LabelledMatrix labelled() const {
    return {.features = features(0, label.size()), .label = label, .weight = {}};
  }
};

Matrix make_matrix(std::size_t rows) {
  Matrix matrix;
  matrix.schema = std::make_shared<DesignSchema>(
      DesignSchema{.numeric = {"a", "b"},
                   .categories = {{.name = "parity", .levels = {"odd", "even", "other"}}},
                   .bags = {}});
  Random random(99);
  for (std::size_t i = 0; i < rows; ++i) {
    double a = random.unit();
    auto code = static_cast<std::int32_t>(random.below(4)) - 1;
    matrix.values.push_back(random.chance(0.05) ? std::nan("") : a);
    matrix.values.push_back(random.unit());
    matrix.codes.push_back(code);
    matrix.label.push_back((a > 0.5) != (code == 1) ? 1 : 0);
  }
  return matrix;
}

Result<std::unique_ptr<FittedModel>> fit(std::string_view algorithm, const Matrix& matrix,
                                         std::vector<std::pair<std::string, std::string>> options) {
  ThreadPool pool(1);
  return fit_model(algorithm, matrix.labelled(),
                   {.seed = 5, .options = std::move(options), .cancel = {}}, pool);
}

TEST_F(Xgboost, LearnsWhatALinearModelCannot) {
  Matrix matrix = make_matrix(4000);
  auto model = fit("xgboost", matrix, {{"rounds", "20"}, {"max_depth", "3"}}).value();
  std::vector<double> scores(4000);
  ASSERT_TRUE(model->predict(matrix.features(0, 4000), scores));
  std::size_t right = 0;
  for (std::size_t i = 0; i < 4000; ++i) {
    ASSERT_TRUE(scores[i] > 0 && scores[i] < 1);
    right += (scores[i] > 0.5) == (matrix.label[i] == 1) ? 1 : 0;
  }
  EXPECT_GT(right, 3800U);
}

TEST_F(Xgboost, ScoresAloneAsInABatchAndAfterLoading) {
  Matrix matrix = make_matrix(1500);
  for (std::string_view name : {"xgboost", "xgboost_regression"}) {
    auto model = fit(name, matrix, {{"rounds", "30"}}).value();
    auto loaded = load_model(model->serialize()).value();
    EXPECT_EQ(loaded->serialize(), model->serialize());
    std::vector<double> batch(1500);
    std::vector<double> again(1500);
    ASSERT_TRUE(model->predict(matrix.features(0, 1500), batch));
    ASSERT_TRUE(loaded->predict(matrix.features(0, 1500), again));
    EXPECT_EQ(batch, again);
    for (std::size_t i = 0; i < 1500; ++i) {
      double one = 0;
      ASSERT_TRUE(model->predict(matrix.features(i, 1), std::span(&one, 1)));
      ASSERT_EQ(one, batch[i]) << name << " row " << i;
    }
  }
}

TEST_F(Xgboost, AModelsScoresAreTheLibrarysMargins) {
  // The same training by hand, the margins with the library's own base score in them.
  Matrix matrix = make_matrix(900);
  auto model = fit("xgboost", matrix, {{"rounds", "8"}, {"eta", "0.2"}}).value();
  Data data{.rows = 900, .columns = 3, .categorical = {false, false, true}};
  for (std::size_t i = 0; i < 900; ++i) {
    data.values.push_back(static_cast<float>(matrix.values[2 * i]));
    data.values.push_back(static_cast<float>(matrix.values[2 * i + 1]));
    data.values.push_back(matrix.codes[i] < 0 ? std::nanf("")
                                              : static_cast<float>(matrix.codes[i]));
    data.label.push_back(static_cast<float>(matrix.label[i]));
  }
  auto booster = train(data, {{"objective", "binary:logistic"}, {"eta", "0.2"}, {"seed", "5"}}, 8);
  std::vector<float> margins = booster->margins(data.view()).value();
  std::vector<double> scores(900);
  ASSERT_TRUE(model->predict(matrix.features(0, 900), scores));
  for (std::size_t i = 0; i < 900; ++i)
    ASSERT_EQ(scores[i], sigmoid(static_cast<double>(margins[i]))) << "row " << i;
}

TEST_F(Xgboost, SameSeedSameBytes) {
  Matrix matrix = make_matrix(800);
  std::vector<std::pair<std::string, std::string>> options = {{"rounds", "10"},
                                                              {"subsample", "0.5"}};
  EXPECT_EQ(fit("xgboost", matrix, options).value()->serialize(),
            fit("xgboost", matrix, options).value()->serialize());
}

TEST_F(Xgboost, RefusesWhatItCannotLearnFrom) {
  Matrix one_class = make_matrix(50);
  std::ranges::fill(one_class.label, 1.0);
  EXPECT_EQ(
      fit("xgboost", one_class, {}).error().message(),
      "every training row has label 1: there is nothing to learn; widen the training range, or "
      "look at how the label is made");
  Matrix large = make_matrix(50);
  large.values[6] = 1e39;
  EXPECT_EQ(
      fit("xgboost", large, {}).error().message(),
      "row 3, column 'a': 1e+39 is too large for float32, in which boosted trees compare; cap "
      "it or set the row aside");
  EXPECT_EQ(fit("xgboost", make_matrix(50), {{"max_dept", "3"}}).error().message(),
            "algorithm xgboost has no option 'max_dept'; did you mean 'max_depth'?");
  std::vector<double> label = {0, 1};
  LabelledMatrix bare;
  bare.features.schema = std::make_shared<DesignSchema>();
  bare.features.rows = 2;
  bare.label = label;
  ThreadPool pool(1);
  EXPECT_EQ(fit_model("xgboost", bare, {}, pool).error().message(),
            "xgboost needs at least one column to learn from");
}

TEST_F(Xgboost, ScoringRefusesWhatTrainingRefuses) {
  Matrix matrix = make_matrix(600);
  auto model = fit("xgboost", matrix, {{"rounds", "2"}}).value();
  std::vector<double> scores(600);
  matrix.values[2 * 555] = -1e39;
  EXPECT_EQ(model->predict(matrix.features(0, 600), scores).error().message(),
            "row 555, column 'a': -1e+39 is too large for float32, in which boosted trees compare; "
            "cap it or set the row aside");
  EXPECT_FALSE(model->predict(matrix.features(555, 1), std::span(scores).first(1)));
}

TEST_F(Xgboost, StopsWhenAsked) {
  Matrix matrix = make_matrix(100);
  ThreadPool pool(1);
  FitOptions options;
  options.cancel.cancel();
  auto stopped = fit_model("xgboost", matrix.labelled(), options, pool);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), Code::kCancelled);
}

TEST_F(Xgboost, DescribesItself) {
  auto model = fit("xgboost", make_matrix(400), {{"rounds", "3"}, {"max_depth", "2"}}).value();
  std::string text = model->describe();
  EXPECT_NE(text.find("\"library\":\"xgboost " + xgboost_version().value() + "\""), text.npos)
      << text;
  EXPECT_NE(text.find("\"trees\":3"), text.npos) << text;
  EXPECT_NE(text.find("\"parity\":"), text.npos) << text;
}

}  // namespace
}  // namespace lode
