// A model card (Mitchell et al., 2019): what is known of a model, under their headings, and what
// only its owner can say, marked as blank. It repeats what the report of the run holds and judges
// nothing itself.
#pragma once

#include <string>
#include <vector>

namespace lode {

class JsonWriter;
struct ModelReport;
struct TrainingReport;

struct CardLine {
  std::string text;
  bool blank = false;  // for the owner to fill in: the text says what
};

struct CardSection {
  std::string heading;
  std::vector<CardLine> lines{};
};

// All nine headings, in the paper's order. `training`: the set the model was made from.
std::vector<CardSection> model_card(const ModelReport& model, const TrainingReport& training);

// As the field "card" of the open object; nothing of an empty card.
void write_card(JsonWriter& json, const std::vector<CardSection>& card);

}  // namespace lode
