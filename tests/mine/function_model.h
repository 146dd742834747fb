// A model that is a function of its numeric columns, for tests of what is said of any model.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mine/algorithm.h"

namespace lode {

using ScoreFunction = std::function<double(std::span<const double> values)>;

class FunctionModel final : public FittedModel {
 public:
  FunctionModel(std::vector<std::string> columns, ScoreFunction function)
      : FittedModel(
            {.algorithm = &kAlgorithm, .schema = schema_of(std::move(columns)), .notes = {}}),
        function_(std::move(function)) {}

 private:
  static std::shared_ptr<const DesignSchema> schema_of(std::vector<std::string> columns) {
    auto schema = std::make_shared<DesignSchema>();
    schema->numeric = std::move(columns);
    return schema;
  }
  Status score(const DesignMatrix& rows, std::span<double> out) const override {
    for (std::int64_t i = 0; i < rows.rows; ++i)
      out[static_cast<std::size_t>(i)] = function_(rows.values_of(i));
    return {};
  }
  void write(ByteWriter&) const override {}
  void describe(JsonWriter&) const override {}

  static constexpr Algorithm kAlgorithm = {.name = "function",
                                           .version = 1,
                                           .takes_missing = true,
                                           .binary = false,
                                           .fit = nullptr,
                                           .load = nullptr};
  ScoreFunction function_;
};

}  // namespace lode
