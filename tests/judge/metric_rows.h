// Rows to hold metrics against: by hand, and from a generator that any language has.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "judge/metric.h"

namespace lode {

struct Rows {
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  std::vector<double> weight;
  std::vector<double> number{};  // of the other task, beside the labels

  ScoredRows plain() const { return {.score = score, .label = label}; }
  ScoredRows weighted() const { return {.score = score, .label = label, .weight = weight}; }
  ScoredRows numbers() const { return {.score = score, .label = {}, .number = number}; }
  ScoredRows weighted_numbers() const {
    return {.score = score, .label = {}, .weight = weight, .number = number};
  }
  void add(double s, std::uint8_t l, double w = 1) {
    score.push_back(s);
    label.push_back(l);
    weight.push_back(w);
  }
};

inline Rows ten_rows() {
  return {.score = {.1, .4, .35, .8, .4, .65, .9, .2, .4, .05},
          .label = {0, 0, 1, 1, 1, 0, 1, 0, 1, 0},
          .weight = {1, 2, .5, 3, 1, 1, 2, 1, 0, 4}};
}

// A thousand rows with ties from a linear congruential generator, so that any language can make
// them.
inline Rows thousand_rows() {
  Rows rows;
  std::uint64_t x = 12345;
  auto next = [&x] {
    x = (x * 1103515245 + 12345) % (std::uint64_t{1} << 31);
    return x >> 16;
  };
  for (int i = 0; i < 1000; ++i) {
    double score = static_cast<double>(next() % 999 + 1) / 1000;
    bool label = static_cast<double>(next() % 1000) < 1000 * (0.2 + 0.6 * score);
    rows.add(score, label ? 1 : 0, static_cast<double>(next() % 4));
  }
  return rows;
}

// The same with numbers of 100 to 250 that follow the score, and scores of their size.
inline Rows thousand_numbers() {
  Rows rows = thousand_rows();
  for (int i = 0; i < 1000; ++i) {
    double& score = rows.score[static_cast<std::size_t>(i)];
    rows.number.push_back(100 + 50 * score + (i * 7919 % 1000) / 10.0);
    score = 100 + 100 * score;
  }
  return rows;
}

inline double value_of(std::string_view metric, const ScoredRows& rows) {
  Result<double> value = evaluate(metric, rows);
  EXPECT_TRUE(value.has_value()) << metric << ": " << value.error().text();
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

}  // namespace lode
