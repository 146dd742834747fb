// A model's card as Markdown, from the JSON that orchestrate/model_card.h wrote.
#pragma once

#include <string>

#include "base/stored_json.h"
#include "lake/runs.h"

namespace lode {

// `sections`: the array "card" of the model's record. Characters that Markdown reads as marks are
// escaped, so that a column's name stays what it is.
std::string model_card_text(const ModelRecord& model, const JsonValue& sections);

}  // namespace lode
