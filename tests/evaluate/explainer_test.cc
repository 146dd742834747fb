// covers: evaluate/attributions
#include "evaluate/explainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/math.h"
#include "base/random.h"
#include "tests/mine/function_model.h"

namespace lode {
namespace {

// A number, a category of three levels, and labels that follow both.
struct Rows {
  std::shared_ptr<DesignSchema> schema = std::make_shared<DesignSchema>();
  std::vector<double> values;
  std::vector<std::int32_t> codes;
  std::vector<double> label;

  explicit Rows(std::uint64_t seed, std::size_t count = 400) {
    schema->numeric = {"x", "noise"};
    schema->categories = {{"group", {"a", "b", "c"}}};
    Random random(seed);
    for (std::size_t i = 0; i < count; ++i) {
      double x = random.unit() * 4 - 2;
      auto group = static_cast<std::int32_t>(random.below(3));
      values.insert(values.end(), {x, random.unit()});
      codes.push_back(group);
      label.push_back(random.chance(sigmoid(x + (group == 2 ? 1.5 : 0.0))) ? 1 : 0);
    }
  }
  DesignMatrix matrix() const {
    return {.schema = schema,
            .rows = static_cast<std::int64_t>(label.size()),
            .values = values,
            .codes = codes};
  }
};

std::unique_ptr<FittedModel> fitted(std::string_view algorithm, const Rows& rows,
                                    ThreadPool& pool) {
  auto model = fit_model(algorithm, {rows.matrix(), rows.label}, {}, pool);
  if (!model) throw std::runtime_error(model.error().text());
  return *std::move(model);
}

double log_odds(double p) { return std::log(p / (1 - p)); }

// The definition: the mean margin over background rows, a coalition's columns being the row's.
// With three columns all orders are few enough to be gone through.
std::vector<double> by_all_orders(const FittedModel& model, const Rows& rows, std::size_t row,
                                  const Rows& background) {
  auto value = [&](unsigned coalition) {
    Rows mixed = background;
    mixed.schema = std::const_pointer_cast<DesignSchema>(model.schema());
    for (std::size_t i = 0; i < mixed.label.size(); ++i) {
      for (std::size_t j = 0; j < 2; ++j)
        if ((coalition >> j & 1) != 0) mixed.values[i * 2 + j] = rows.values[row * 2 + j];
      if ((coalition >> 2 & 1) != 0) mixed.codes[i] = rows.codes[row];
    }
    std::vector<double> scores(mixed.label.size());
    EXPECT_TRUE(model.predict(mixed.matrix(), scores).has_value());
    double sum = 0;
    for (double score : scores) sum += log_odds(score);
    return sum / static_cast<double>(scores.size());
  };
  std::vector<double> out(3);
  std::vector<unsigned> order = {0, 1, 2};
  do {
    unsigned coalition = 0;
    for (unsigned column : order) {
      double before = value(coalition);
      coalition |= 1U << column;
      out[column] += (value(coalition) - before) / 6;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return out;
}

// A scored margin is 100 trees added in float32 below 8: each addition rounds by 2^-22 at most.
constexpr double kRounding = 100 * 0x1p-22;

class Explainer : public testing::TestWithParam<const char*> {};

TEST_P(Explainer, GivesTheShapleyValuesOfTheDefinition) {
  ThreadPool pool(2);
  Rows rows(1);
  Rows background(2, 30);
  std::unique_ptr<FittedModel> model = fitted(GetParam(), rows, pool);
  auto explainer = ModelExplainer::make(*model, background.matrix(), pool).value();
  Attributions all = explainer.explain(rows.matrix(), pool).value();
  ASSERT_EQ(all.rows(), rows.label.size());
  std::vector<double> scores(rows.label.size());
  ASSERT_TRUE(model->predict(rows.matrix(), scores).has_value());
  for (std::size_t i = 0; i < 12; ++i) {
    std::vector<double> expected = by_all_orders(*model, rows, i, background);
    for (std::size_t c = 0; c < 3; ++c)
      EXPECT_NEAR(all.of_row(i)[c], expected[c], kRounding) << "row " << i << ", column " << c;
    double sum = std::accumulate(all.of_row(i).begin(), all.of_row(i).end(), all.base);
    EXPECT_NEAR(sum, log_odds(scores[i]), kRounding);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Explainer, testing::Values("logistic", "xgboost"),
                         [](const auto& model) { return std::string(model.param); });

TEST(ModelExplainer, NamesColumnsInTheOrderOfAttributions) {
  EXPECT_EQ(column_names(*Rows(1, 1).schema), (std::vector<std::string>{"x", "noise", "group"}));
}

TEST(ModelExplainer, RefusesWhatItCannotExplain) {
  ThreadPool pool(1);
  Rows rows(1);
  std::unique_ptr<FittedModel> constant = fitted("constant", rows, pool);
  EXPECT_FALSE(ModelExplainer::can_explain(*constant));
  EXPECT_EQ(ModelExplainer::make(*constant, rows.matrix(), pool).error().code(),
            Code::kUnsupported);
  FunctionModel other({"x"}, [](std::span<const double> v) { return v[0]; });
  EXPECT_FALSE(ModelExplainer::can_explain(other));
  std::vector<double> terms(1);
  DesignMatrix one{.schema = other.schema(), .rows = 1, .values = terms, .codes = {}};
  EXPECT_EQ(other.terms(one, terms).error().code(), Code::kUnsupported);
  std::unique_ptr<FittedModel> logistic = fitted("logistic", rows, pool);
  EXPECT_EQ(ModelExplainer::make(*logistic, Rows(1, 0).matrix(), pool).error().code(),
            Code::kInvalid);
}

}  // namespace
}  // namespace lode
