// What the leak detectors said of a model, and what it scores without what they suspect, as values.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "evaluate/leakage.h"
#include "judge/bootstrap.h"

namespace lode {

class JsonWriter;

// The model made and judged again.
struct LeakageRerun {
  std::string how;                     // "without the suspects", "outcomes read when known"
  std::vector<std::string> columns{};  // left out, or read otherwise
  std::int64_t test_rows = 0;
  std::int64_t test_rows_left_out = 0;
  std::vector<std::pair<std::string, Estimate>> metrics{};  // of the test rows
  // This less the model as it was made, on the same rows; empty where rows were left out.
  std::vector<std::pair<std::string, Estimate>> difference{};
  std::string why_not{};  // it was not made; the rest is then empty
};

struct LeakageReport {
  std::int64_t train_rows = 0;  // looked at
  std::int64_t test_rows = 0;
  std::vector<LeakFinding> findings{};  // a detector each, by name
  std::vector<LeakageRerun> reruns{};
  std::string why_not{};  // nobody looked

  bool suspected() const;
};

// As the field "leakage" of the open object.
void write_leakage(JsonWriter& json, const LeakageReport& leakage);

}  // namespace lode
