// A stored model for people: what it is, how it was judged, what it was made of, what it learned.
// What an algorithm or an encoder has to show is its own affair (mine/algorithm.h describe()), so
// it is printed by its shape: values as lines, lists as tables.
#pragma once

#include <string>
#include <string_view>

#include "base/stored_json.h"
#include "cli/output.h"
#include "lake/runs.h"

namespace lode {

// `judged` is the record's judgement, `stored` the header of the stored model.
void print_model(Output& out, const ModelRecord& model, const JsonValue& judged,
                 const JsonValue& stored);

// "0.7315 [0.7240, 0.7386]" of an object with value, low and high, as the metric is written; "" if
// there is none.
std::string estimate_text(std::string_view metric, const JsonValue* estimate);
// The estimate of a metric on a split, or nullptr.
const JsonValue* find_estimate(const JsonValue& judged, std::string_view split,
                               std::string_view metric);

}  // namespace lode
