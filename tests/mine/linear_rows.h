// Rows for tests of linear models, and what such a model says of itself.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/math.h"
#include "mine/algorithm.h"

namespace lode {

using Options = std::vector<std::pair<std::string, std::string>>;

struct Rows {
  std::shared_ptr<DesignSchema> schema = std::make_shared<DesignSchema>();
  std::vector<double> values;
  std::vector<std::int32_t> codes;
  std::vector<double> label;
  std::vector<double> weight;

  void add(std::initializer_list<double> row, std::initializer_list<std::int32_t> levels,
           double y) {
    values.insert(values.end(), row);
    codes.insert(codes.end(), levels);
    label.push_back(y);
  }
  DesignMatrix matrix() const {
    return {.schema = schema,
            .rows = static_cast<std::int64_t>(label.size()),
            .values = values,
            .codes = codes};
  }
  LabelledMatrix data() const { return {.features = matrix(), .label = label, .weight = weight}; }
  Result<std::unique_ptr<FittedModel>> fit(Options options = {}, int threads = 1,
                                           const char* algorithm = "logistic") const {
    ThreadPool pool(threads);
    return fit_model(algorithm, data(), {.options = std::move(options), .cancel = {}}, pool);
  }
  std::string refusal(Options options = {}) const {
    auto model = fit(std::move(options));
    return model ? std::string("accepted") : model.error().message();
  }
};

inline Rows columns(std::vector<std::string> numeric, std::vector<CategoryColumn> categories = {}) {
  Rows rows;
  rows.schema->numeric = std::move(numeric);
  rows.schema->categories = std::move(categories);
  return rows;
}

inline std::vector<double> scores(const FittedModel& model, const Rows& rows) {
  std::vector<double> out(rows.label.size());
  Status status = model.predict(rows.matrix(), out);
  EXPECT_TRUE(status.has_value()) << status.error().text();
  return out;
}

// "distance" or "origin=ORD" -> coefficient; also "intercept".
inline std::map<std::string, double> coefficients(const FittedModel& model) {
  auto json = nlohmann::json::parse(model.describe());
  std::map<std::string, double> found = {{"intercept", json["intercept"].get<double>()}};
  for (const auto& one : json["coefficients"]) {
    std::string name = one["column"].get<std::string>();
    if (one.contains("level")) name += "=" + one["level"].get<std::string>();
    found[name] = one["coefficient"].is_null() ? std::nan("") : one["coefficient"].get<double>();
  }
  return found;
}

// 400 rows from a linear congruential generator, the same that scikit-learn was given. `numbers`:
// labels are numbers, else 0 and 1.
inline Rows reference_rows(bool numbers = false) {
  Rows rows = columns({"a", "b"}, {{"c", {"0", "1", "2", "3"}}});
  std::uint64_t x = 12345;
  auto next = [&x] {
    x = (x * 1103515245 + 12345) % (std::uint64_t{1} << 31);
    return x >> 16;
  };
  constexpr std::array<double, 4> kShift = {0, .8, -.5, .2};
  for (int i = 0; i < 400; ++i) {
    double a = static_cast<double>(next() % 1000) / 100 - 3;
    double b = static_cast<double>(next() % 1000) * 7.0 + 100000;
    auto c = static_cast<std::int32_t>(next() % 4);
    double u = static_cast<double>(next() % 1000) / 1000;
    rows.weight.push_back(static_cast<double>(next() % 3));
    double eta = 0.4 * a - 0.0004 * (b - 103500) + kShift[static_cast<std::size_t>(c)] - .3;
    double number = 50 + 3 * a + 0.002 * b + 4 * kShift[static_cast<std::size_t>(c)] + 10 * u;
    rows.add({a, b}, {c}, numbers ? number : u < sigmoid(eta) ? 1 : 0);
  }
  return rows;
}

}  // namespace lode
