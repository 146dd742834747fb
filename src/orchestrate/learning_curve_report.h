// What a learning curve says, as values: what a model is worth on its test rows when it learns from
// fewer rows, and whether more would help.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "judge/bootstrap.h"

namespace lode {

class JsonWriter;

struct LearningPoint {
  double share = 0;  // of the training rows
  std::int64_t rows = 0;
  Estimate value{};       // of the metric on the test rows, of scores before calibration
  Estimate more{};        // this less that of all training rows, paired; 0 of these themselves
  std::string why_not{};  // no value: too few rows, one label alone
};

struct LearningCurve {
  std::string model{};    // empty: nobody asked
  std::string why_not{};  // asked for, and not to be had
  std::string metric{};   // less of it is better
  std::int64_t test_rows = 0;
  std::vector<LearningPoint> points{};  // from the fewest rows to all
  bool helps = false;                   // all rows are clearly better than half of them
  std::string says{};                   // whether more rows would help, as a sentence
};

// As the field "learning_curve" of the open object; nothing where nobody asked.
void write_learning_curve(JsonWriter& json, const LearningCurve& curve);

}  // namespace lode
