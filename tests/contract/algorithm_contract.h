// Rows that the contract suites of algorithms are run on, and the suite's base: every registered
// algorithm, without being asked.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/math.h"
#include "base/random.h"
#include "mine/algorithm.h"

namespace lode {

struct Rows {
  std::shared_ptr<DesignSchema> schema = std::make_shared<DesignSchema>();
  std::vector<double> values;
  std::vector<std::int32_t> codes;
  std::vector<double> label;
  std::vector<double> weight;

  DesignMatrix matrix() const {
    return {.schema = schema,
            .rows = static_cast<std::int64_t>(label.size()),
            .values = values,
            .codes = codes};
  }
  LabelledMatrix data() const { return {.features = matrix(), .label = label, .weight = weight}; }
  void append(const Rows& other, std::size_t row) {
    std::size_t n = schema->numeric.size();
    std::size_t c = schema->categories.size();
    for (std::size_t j = 0; j < n; ++j) values.push_back(other.values[row * n + j]);
    for (std::size_t j = 0; j < c; ++j) codes.push_back(other.codes[row * c + j]);
    label.push_back(other.label[row]);
    if (!other.weight.empty()) weight.push_back(other.weight[row]);
  }
  Rows first(std::size_t rows) const {
    Rows part;
    part.schema = schema;
    for (std::size_t i = 0; i < rows; ++i) part.append(*this, i);
    return part;
  }
};

// Three numbers, one of them whole and in ties, and a category; labels follow all but the third.
// 20 000 rows, so that work is cut into several lanes.
inline Rows signal_rows(std::size_t count = 20'000) {
  Rows rows;
  rows.schema->numeric = {"x", "ties", "noise"};
  rows.schema->categories = {{"group", {"a", "b", "c"}}};
  Random random(17);
  for (std::size_t i = 0; i < count; ++i) {
    double x = random.unit() * 4 - 2;
    auto ties = static_cast<double>(random.below(5));
    auto group = static_cast<std::int32_t>(random.below(3));
    rows.values.insert(rows.values.end(), {x, ties, random.unit()});
    rows.codes.push_back(group);
    double eta = x - 0.5 * ties + (group == 2 ? 1.5 : 0.0);
    rows.label.push_back(random.chance(sigmoid(eta)) ? 1 : 0);
  }
  return rows;
}

class AlgorithmContract : public testing::TestWithParam<const Component*> {
 protected:
  // A trainer in a library that this machine lacks cannot be tested, and that is said.
  void SetUp() override {
    auto probe = fit(signal_rows(100));
    if (!probe && probe.error().code() == Code::kUnavailable) GTEST_SKIP() << probe.error().text();
  }
  static const Algorithm& algorithm() {
    return *static_cast<const Algorithm*>(GetParam()->factory);
  }
  static Result<std::unique_ptr<FittedModel>> fit(const Rows& rows, int threads = 1,
                                                  std::uint64_t seed = 1) {
    ThreadPool pool(threads);
    return fit_model(algorithm().name, rows.data(), {.seed = seed, .options = {}, .cancel = {}},
                     pool);
  }
  // The model, or a failure that says why there is none.
  static std::unique_ptr<FittedModel> fitted(const Rows& rows, int threads = 1) {
    auto model = fit(rows, threads);
    if (!model) throw std::runtime_error(model.error().text());
    return *std::move(model);
  }
  static std::vector<double> scores(const FittedModel& model, const Rows& rows) {
    std::vector<double> out(rows.label.size());
    Status status = model.predict(rows.matrix(), out);
    EXPECT_TRUE(status.has_value()) << status.error().text();
    return out;
  }
  // How far two scores of a row lie apart: root mean square, in standard deviations of the labels.
  static double difference(const std::vector<double>& a, const std::vector<double>& b,
                           const std::vector<double>& label) {
    double mean = 0;
    double square = 0;
    auto count = static_cast<double>(label.size());
    for (double y : label) mean += y / count;
    for (double y : label) square += (y - mean) * (y - mean) / count;
    double apart = 0;
    for (std::size_t i = 0; i < a.size(); ++i) apart += (a[i] - b[i]) * (a[i] - b[i]) / count;
    return std::sqrt(apart / square);
  }
  // Scores that a property says are the same: to the bit, or as far apart as the algorithm says,
  // and then, unless it is about rounding, not a hundred times nearer.
  static void expect_same(Property property, const std::vector<double>& a,
                          const std::vector<double>& b, const std::vector<double>& label) {
    double apart = difference(a, b, label);
    RecordProperty("apart", fmt::format("{:.3g}", apart));
    for (const Deviation& deviation : algorithm().deviations) {
      if (deviation.property != property) continue;
      EXPECT_LE(apart, deviation.tolerance) << deviation.why;
      bool rounding = deviation.tolerance < 1e-4;
      EXPECT_TRUE(rounding || apart >= deviation.tolerance / 100) << "kept far better: " << apart;
      return;
    }
    EXPECT_EQ(a, b) << "apart by " << apart << " and not declared";
  }
  // Either an error that says something, or a model whose scores are finite.
  static void expect_error_or_sound(const Rows& rows) {
    auto model = fit(rows);
    if (!model) {
      EXPECT_FALSE(model.error().message().empty());
      EXPECT_NE(model.error().code(), Code::kInternal) << model.error().text();
      return;
    }
    for (double score : scores(**model, rows)) EXPECT_TRUE(std::isfinite(score));
  }
};

inline std::string algorithm_test_name(const testing::TestParamInfo<const Component*>& info) {
  return std::string(info.param->name);
}

}  // namespace lode
