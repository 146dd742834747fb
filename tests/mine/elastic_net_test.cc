// covers: mine/linear/effects, mine/linear/loss
#include "mine/linear/elastic_net.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/file.h"
#include "base/random.h"
#include "tests/mine/linear_rows.h"

namespace lode {
namespace {

std::string number(double value) { return fmt::format("{}", value); }

Result<std::unique_ptr<FittedModel>> least_squares(const Rows& rows, Options options = {},
                                                   int threads = 1) {
  return rows.fit(std::move(options), threads, "linear");
}

double squared_error_of(const FittedModel& model) {
  return nlohmann::json::parse(model.describe())["fit"]["squared_error"].get<double>();
}

// Weighted means and deviations of the numbers, as glmnet and lode standardise them.
struct Standardised {
  std::vector<std::vector<double>> columns;  // then one a level
  std::vector<double> beta;                  // of the model, in their order
};

Standardised standardised(const Rows& rows, const FittedModel& model) {
  Standardised out;
  auto json = nlohmann::json::parse(model.describe());
  std::size_t n = rows.schema->numeric.size();
  std::size_t c = rows.schema->categories.size();
  std::size_t count = rows.label.size();
  double total = 0;
  for (std::size_t i = 0; i < count; ++i) total += rows.data().weight_of(static_cast<int>(i));
  for (std::size_t j = 0; j < n; ++j) {
    double mean = 0;
    double square = 0;
    for (std::size_t i = 0; i < count; ++i)
      mean += rows.data().weight_of(static_cast<int>(i)) * rows.values[i * n + j] / total;
    for (std::size_t i = 0; i < count; ++i)
      square += rows.data().weight_of(static_cast<int>(i)) *
                std::pow(rows.values[i * n + j] - mean, 2) / total;
    std::vector<double> column;
    for (std::size_t i = 0; i < count; ++i)
      column.push_back((rows.values[i * n + j] - mean) / std::sqrt(square));
    out.columns.push_back(column);
    out.beta.push_back(json["coefficients"][j]["coefficient"].get<double>() * std::sqrt(square));
  }
  std::size_t at = n;
  for (std::size_t k = 0; k < c; ++k)
    for (std::size_t level = 0; level < rows.schema->categories[k].levels.size(); ++level) {
      std::vector<double> column;
      for (std::size_t i = 0; i < count; ++i)
        column.push_back(rows.codes[i * c + k] == static_cast<std::int32_t>(level) ? 1 : 0);
      out.columns.push_back(column);
      out.beta.push_back(json["coefficients"][at++]["coefficient"].get<double>());
    }
  return out;
}

// The conditions of Karush, Kuhn and Tucker, worked out anew from the rows and the scores: the
// largest distance from them by the weight.
double kkt(const Rows& rows, const FittedModel& model, double l1, double l2) {
  Standardised terms = standardised(rows, model);
  std::vector<double> score = scores(model, rows);
  double worst = 0;
  double total = 0;
  double free = 0;  // of the intercept
  for (std::size_t i = 0; i < score.size(); ++i) {
    double weight = rows.data().weight_of(static_cast<int>(i));
    total += weight;
    free += weight * (score[i] - rows.label[i]);
  }
  worst = std::abs(free);
  for (std::size_t j = 0; j < terms.columns.size(); ++j) {
    double gradient = l2 * terms.beta[j];
    for (std::size_t i = 0; i < score.size(); ++i)
      gradient += rows.data().weight_of(static_cast<int>(i)) * (score[i] - rows.label[i]) *
                  terms.columns[j][i];
    double slack = terms.beta[j] == 0 ? std::max(0.0, std::abs(gradient) - l1)
                                      : std::abs(gradient + std::copysign(l1, terms.beta[j]));
    worst = std::max(worst, slack);
  }
  return worst / total;
}

TEST(Linear, EqualsScikitLearnWithoutPenalty) {
  // scikit-learn 1.9.1, LinearRegression on standardised a and b and indicators without the most
  // frequent level.
  Rows rows = reference_rows(true);
  rows.weight.clear();
  auto model = least_squares(rows).value();
  auto found = coefficients(*model);
  EXPECT_NEAR(found["a"], 2.986938428994233, 1e-12);
  EXPECT_NEAR(found["b"], 0.0020469712434989062, 1e-15);
  EXPECT_NEAR(found["c=0"], 1.6832691732692804, 1e-12);
  EXPECT_NEAR(found["c=1"], 5.321388700082945, 1e-12);
  EXPECT_EQ(found["c=2"], 0);
  EXPECT_NEAR(found["c=3"], 3.026112000603183, 1e-12);
  EXPECT_NEAR(squared_error_of(*model), 8.144387332266868, 1e-12);
}

TEST(Linear, EqualsScikitLearnWithPenalty) {
  // Ridge(alpha=2.5), and ElasticNet with alpha = (l1 + l2) / rows; an indicator for every level.
  Rows rows = reference_rows(true);
  rows.weight.clear();
  auto ridge = coefficients(*least_squares(rows, {{"l2", "2.5"}}).value());
  EXPECT_NEAR(ridge["a"], 2.968838130089457, 1e-11);
  EXPECT_NEAR(ridge["b"], 0.002033355049183116, 1e-14);
  EXPECT_NEAR(ridge["c=0"], -0.8055174539763694, 1e-11);
  EXPECT_NEAR(ridge["c=3"], 0.5057567044933262, 1e-11);
  auto model = least_squares(rows, {{"l1", "120"}, {"l2", "30"}}).value();
  auto net = coefficients(*model);
  EXPECT_NEAR(net["a"], 2.6926125148788285, 1e-8);
  EXPECT_NEAR(net["b"], 0.0017433116846231338, 1e-11);
  EXPECT_EQ(net["c=0"], 0);
  EXPECT_NEAR(net["c=1"], 1.2939598636778036, 1e-8);
  EXPECT_NEAR(net["c=2"], -0.9047828891229845, 1e-8);
  EXPECT_EQ(net["c=3"], 0);
  EXPECT_NEAR(squared_error_of(*model), 10.655349020059266, 1e-8);
}

TEST(Logistic, EqualsScikitLearnUnderAnElasticNet) {
  // scikit-learn 1.9.1, LogisticRegression(solver="saga", tol=1e-14), C = 1 / (l1 + l2).
  Rows rows = reference_rows();
  rows.weight.clear();
  auto net = coefficients(*rows.fit({{"l1", "6"}, {"l2", "2"}}).value());
  EXPECT_NEAR(net["a"], 0.37533448711721495, 1e-8);
  EXPECT_NEAR(net["b"], -0.0003405267231836179, 1e-11);
  EXPECT_EQ(net["c=0"], 0);
  EXPECT_NEAR(net["c=1"], 0.0032062245609795616, 1e-8);
  EXPECT_NEAR(net["c=2"], -0.2792190535178485, 1e-8);
  EXPECT_EQ(net["c=3"], 0);
  auto lasso = coefficients(*rows.fit({{"l1", "12"}}).value());
  EXPECT_NEAR(lasso["a"], 0.3466177395346736, 1e-8);
  EXPECT_NEAR(lasso["b"], -0.0003043384734484254, 1e-11);
  for (const char* level : {"c=0", "c=1", "c=2", "c=3"}) EXPECT_EQ(lasso[level], 0);
}

TEST(ElasticNet, KeepsTheConditionsOfAnOptimum) {
  for (bool numbers : {false, true}) {
    Rows rows = reference_rows(numbers);
    for (double l1 : {0.0, 0.01, 1.0, 10.0, 40.0})
      for (double l2 : {0.1, 3.0, 100.0}) {
        auto model =
            rows.fit({{"l1", number(l1)}, {"l2", number(l2)}}, 1, numbers ? "linear" : "logistic");
        ASSERT_TRUE(model) << model.error().text();
        EXPECT_LE(kkt(rows, **model, l1, l2), 1e-6) << numbers << " " << l1 << " " << l2;
      }
  }
}

TEST(ElasticNet, KeepsTheConditionsWhereColumnsAreCopies) {
  // l1 alone and every level an indicator: many optima, and one of them is found.
  Random random(8);
  for (bool numbers : {false, true}) {
    Rows rows = columns({"x", "again", "almost"}, {{"c", {"p", "q", "r"}}});
    for (int i = 0; i < 600; ++i) {
      double x = random.unit();
      auto c = static_cast<std::int32_t>(random.below(3));
      double eta = 3 * x - 1 + 0.7 * c;
      rows.add({x, x, x + 1e-4 * random.unit()}, {c},
               numbers ? eta + random.unit() : (random.chance(sigmoid(eta)) ? 1 : 0));
    }
    for (const char* l1 : {"0.001", "0.5", "5"}) {
      auto model = rows.fit({{"l1", l1}}, 1, numbers ? "linear" : "logistic");
      ASSERT_TRUE(model) << model.error().text();
      EXPECT_LE(kkt(rows, **model, std::stod(l1), 0), 1e-6) << l1;
    }
  }
}

// The least l1 that leaves nothing: the largest element of the gradient at the base rate or mean.
double largest_l1(const Rows& rows) {
  double total = 0;
  double sum = 0;
  for (std::size_t i = 0; i < rows.label.size(); ++i) {
    total += rows.data().weight_of(static_cast<int>(i));
    sum += rows.data().weight_of(static_cast<int>(i)) * rows.label[i];
  }
  auto model = least_squares(rows, {{"l1", "1e9"}}).value();  // for the columns alone
  double most = 0;
  for (const std::vector<double>& column : standardised(rows, *model).columns) {
    double gradient = 0;
    for (std::size_t i = 0; i < column.size(); ++i)
      gradient +=
          rows.data().weight_of(static_cast<int>(i)) * (sum / total - rows.label[i]) * column[i];
    most = std::max(most, std::abs(gradient));
  }
  return most;
}

TEST(ElasticNet, TheLargestL1LeavesNothingAndLessLeavesSomething) {
  for (bool numbers : {false, true}) {
    Rows rows = reference_rows(numbers);
    const char* algorithm = numbers ? "linear" : "logistic";
    double most = largest_l1(rows);
    auto nothing = coefficients(*rows.fit({{"l1", number(most * 1.000001)}}, 1, algorithm).value());
    for (const auto& [name, value] : nothing) {
      if (name == "intercept") continue;
      EXPECT_EQ(value, 0) << name;
    }
    auto something = coefficients(*rows.fit({{"l1", number(most * 0.999)}}, 1, algorithm).value());
    EXPECT_EQ(std::ranges::count_if(something, [](const auto& one) { return one.second != 0; }), 2)
        << "the intercept and one column";
  }
}

TEST(ElasticNet, AlongThePathTheLossOnlyRisesAndTheNormOnlyFalls) {
  for (bool numbers : {false, true}) {
    Rows rows = reference_rows(numbers);
    double last_loss = 0;
    double last_norm = std::numeric_limits<double>::infinity();
    for (double l1 = 0.01; l1 < 4 * largest_l1(rows); l1 *= 2) {
      auto model = rows.fit({{"l1", number(l1)}}, 1, numbers ? "linear" : "logistic").value();
      double loss = numbers
                        ? squared_error_of(*model)
                        : nlohmann::json::parse(model->describe())["fit"]["log_loss"].get<double>();
      double norm = 0;
      for (double beta : standardised(rows, *model).beta) norm += std::abs(beta);
      EXPECT_GE(loss, last_loss * (1 - 1e-9)) << l1;
      EXPECT_LE(norm, last_norm * (1 + 1e-9)) << l1;
      last_loss = loss;
      last_norm = norm;
    }
    EXPECT_EQ(last_norm, 0);
  }
}

TEST(ElasticNet, APenaltyTowardsNothingIsNoPenalty) {
  // The closed form of least squares, and Newton's optimum: reached from both sides. Columns alone,
  // since a penalty changes which levels have an indicator.
  for (bool numbers : {false, true}) {
    Rows rows = reference_rows(numbers);
    Rows plain = columns({"a", "b"});
    for (std::size_t i = 0; i < rows.label.size(); ++i)
      plain.add({rows.values[2 * i], rows.values[2 * i + 1]}, {}, rows.label[i]);
    const char* algorithm = numbers ? "linear" : "logistic";
    std::vector<double> exact = scores(*plain.fit({}, 1, algorithm).value(), plain);
    std::vector<double> l1 = scores(*plain.fit({{"l1", "1e-9"}}, 1, algorithm).value(), plain);
    for (std::size_t i = 0; i < exact.size(); ++i) EXPECT_NEAR(exact[i], l1[i], 1e-8);
  }
}

TEST(ElasticNet, SeparableClassesHaveAnOptimumUnderL1) {
  Rows rows = columns({"x"});
  for (int i = 0; i < 100; ++i) rows.add({i * 1.0}, {}, i < 50 ? 0 : 1);
  auto model = rows.fit({{"l1", "1"}}).value();
  EXPECT_LE(kkt(rows, *model, 1, 0), 1e-6);
}

TEST(ElasticNet, ThreadsDoNotShow) {
  Random random(9);
  Rows rows = columns({"x", "y", "z"});
  for (int i = 0; i < 20'000; ++i) {
    double x = random.unit();
    rows.add({x, random.unit(), x * random.unit()}, {}, x + random.unit());
  }
  std::string one = least_squares(rows, {{"l1", "30"}}, 1).value()->serialize();
  EXPECT_EQ(one, least_squares(rows, {{"l1", "30"}}, 2).value()->serialize());
  EXPECT_EQ(one, least_squares(rows, {{"l1", "30"}}, 5).value()->serialize());
}

TEST(Linear, ALineIsFoundToTheLastDigits) {
  Rows rows = columns({"x", "y"});
  for (int i = 0; i < 50; ++i) rows.add({i * 1.0, i % 7 * 1.0}, {}, 3.0 + 2 * i - 0.5 * (i % 7));
  auto found = coefficients(*least_squares(rows).value());
  EXPECT_NEAR(found["intercept"], 3, 1e-12);
  EXPECT_NEAR(found["x"], 2, 1e-13);
  EXPECT_NEAR(found["y"], -0.5, 1e-13);
}

TEST(Linear, AShiftedAndScaledLabelShiftsAndScalesTheScores) {
  Rows rows = reference_rows(true);
  Rows other = rows;
  for (double& label : other.label) label = 1e6 - 40 * label;
  for (const Options& options : {Options{}, Options{{"l2", "3"}}}) {
    std::vector<double> before = scores(*least_squares(rows, options).value(), rows);
    std::vector<double> after = scores(*least_squares(other, options).value(), other);
    for (std::size_t i = 0; i < before.size(); ++i)
      EXPECT_NEAR(after[i], 1e6 - 40 * before[i], 1e-7);
  }
  // l1 is a length of the label.
  std::vector<double> before = scores(*least_squares(rows, {{"l1", "9"}}).value(), rows);
  std::vector<double> after = scores(*least_squares(other, {{"l1", "360"}}).value(), other);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i], 1e6 - 40 * before[i], 1e-5);
}

TEST(Linear, LeavesOutDependentColumnsAndRefusesAConstantLabel) {
  Rows rows = columns({"x", "twice"});
  for (int i = 0; i < 30; ++i) rows.add({i * 1.0, i * 2.0}, {}, i % 5 + 0.1 * i);
  auto model = least_squares(rows).value();
  EXPECT_EQ(
      model->notes(),
      (std::vector<std::string>{"'twice' is a linear combination of columns before it: left out"}));
  std::ranges::fill(rows.label, 4.5);
  EXPECT_EQ(least_squares(rows).error().message(),
            "all 30 rows with weight have the label 4.5: there is nothing to tell apart");
  for (std::size_t i = 0; i < rows.label.size(); ++i) rows.label[i] = (i % 2 == 0 ? 1 : -1) * 1e308;
  EXPECT_EQ(least_squares(rows).error().message(),
            "the labels are too large or too near to each other for doubles; rescale them");
}

TEST(Linear, GoldenFilesLoadAndAreWrittenAgain) {
  // docs/formats/model.md. Also the proof that another machine trains to the same bytes.
  for (const char* algorithm : {"logistic", "linear"}) {
    bool numbers = std::string_view(algorithm) == "linear";
    std::string path =
        fmt::format(LODE_SOURCE_DIR "/tests/mine/golden/{}-{}.model", algorithm, numbers ? 1 : 2);
    Rows rows = reference_rows(numbers);
    auto model = rows.fit({{"l1", "6"}, {"l2", "2.5"}, {"unseen", "mean"}}, 1, algorithm).value();
    bool update = std::getenv("LODE_UPDATE_GOLDEN") != nullptr;
    if (update && !exists(posix_files(), path).value()) {
      ASSERT_TRUE(write_atomically(posix_files(), path, model->serialize()));
    }
    std::string golden = posix_files().read(path).value();
    EXPECT_EQ(scores(*load_model(golden).value(), rows), scores(*model, rows));
    EXPECT_EQ(model->serialize(), golden);
  }
}

TEST(ElasticNetQuadratic, ByHand) {
  // x^2 + (y - 3)^2 / 2 + |y| from 0: gradient (0, -3), hessian diag(2, 1), so y = 3 - 1.
  PackedMatrix hessian(2);
  hessian.row(0)[0] = 2;
  hessian.row(1)[1] = 1;
  std::vector<double> gradient = {0, -3};
  std::vector<double> zero = {0, 0};
  EXPECT_EQ(minimise_quadratic(hessian, gradient, zero, 1, 1e-12, {}).value(),
            (std::vector<double>{0, 2}));
  EXPECT_EQ(minimise_quadratic(hessian, gradient, zero, 3, 1e-12, {}).value(), zero);
  EXPECT_EQ(distance_from_optimum(zero, gradient, 3), 0);
  EXPECT_EQ(distance_from_optimum(zero, gradient, 1), 2);
  EXPECT_EQ(distance_from_optimum(std::vector<double>{0, 2}, std::vector<double>{0, -1}, 1), 0);
  EXPECT_EQ((ElasticNet{.l1 = 2, .l2 = 3}).penalty(std::vector<double>{100, -2, 1}), 6 + 7.5);
  CancelToken cancel;
  cancel.cancel();
  EXPECT_EQ(minimise_quadratic(hessian, gradient, zero, 1, 1e-12, cancel).error().code(),
            Code::kCancelled);
}

}  // namespace
}  // namespace lode
