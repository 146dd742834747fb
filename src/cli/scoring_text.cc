#include "cli/scoring_text.h"

#include "cli/text_table.h"

namespace lode {
namespace {

std::string things_text(const std::vector<ScoredThing>& things) {
  std::string out;
  for (const ScoredThing& thing : things)
    out += fmt::format(
        "{}{}", out.empty() ? "" : ", ",
        thing.kind == "source" ? thing.name : thing.name.substr(thing.name.rfind('/') + 1));
  return out;
}

void write_things(JsonWriter& json, std::string_view name, const std::vector<ScoredThing>& things) {
  json.key(name).begin_array();
  for (const ScoredThing& thing : things)
    json.begin_object()
        .field("kind", thing.kind)
        .field("name", thing.name)
        .field("is", thing.is)
        .end_object();
  json.end_array();
}

}  // namespace

void print_scorings(Output& out, const std::vector<ScoringRecord>& scorings) {
  if (scorings.empty()) return;
  out.print("\n{}\n", out.bold("Scored"));
  TextTable table({"run", "scores", "by", "rows", "scored", "unchanged", "have one", "records read",
                   "seconds", "of", "in"});
  for (const ScoringRecord& one : scorings)
    table.row({one.run, one.name, fmt::format("{}@{}", one.model, one.version), one.selection,
               one.scored, one.unchanged, one.standing, one.records_read,
               Cell::number(one.seconds, 2), things_text(one.inputs),
               one.outputs.empty() ? "the project alone" : things_text(one.outputs)});
  table.print(out);
}

void write_scoring_record(JsonWriter& json, const ScoringRecord& scoring) {
  json.begin_object().key("run").raw(scoring.run);
  if (!scoring.name.empty()) json.field("name", scoring.name);
  json.field("model", scoring.model)
      .field("version", scoring.version)
      .field("content", text(scoring.content))
      .field("selection", scoring.selection)
      .field("records_read", scoring.records_read)
      .field("scored", scoring.scored)
      .field("unchanged", scoring.unchanged)
      .field("gone", scoring.gone)
      .field("standing", scoring.standing)
      .field("seconds", scoring.seconds);
  write_things(json, "inputs", scoring.inputs);
  write_things(json, "outputs", scoring.outputs);
  json.end_object();
}

}  // namespace lode
