#include "lake/scoring_rows.h"

#include "base/json.h"
#include "base/stored_json.h"

namespace lode {
namespace {

std::string things_json(const std::vector<ScoredThing>& things) {
  JsonWriter json;
  json.begin_array();
  for (const ScoredThing& thing : things)
    json.begin_object()
        .field("kind", thing.kind)
        .field("name", thing.name)
        .field("is", thing.is)
        .end_object();
  return json.end_array().take();
}

Result<std::vector<ScoredThing>> things_in(std::string_view text) {
  TRY(JsonValue json, parse_json(text));
  std::vector<ScoredThing> things;
  auto part = [](const JsonValue& item, std::string_view name) {
    const JsonValue* found = item.find(name);
    return found == nullptr ? std::string() : std::string(found->text);
  };
  for (const JsonValue& item : json.items)
    things.push_back({part(item, "kind"), part(item, "name"), part(item, "is")});
  return things;
}

}  // namespace

Status insert_scoring(Sqlite& database, const ScoringRecord& scoring) {
  TRY(auto query,
      database.query("INSERT INTO scorings SELECT ?1, count(*), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                     "?10, ?11, ?12, ?13, ?14 FROM scorings WHERE run = ?1"));
  return query->bind(scoring.run)
      .bind(scoring.name)
      .bind(scoring.model)
      .bind(scoring.version)
      .bind(text(scoring.content))
      .bind(scoring.selection)
      .bind(scoring.records_read)
      .bind(scoring.scored)
      .bind(scoring.unchanged)
      .bind(scoring.gone)
      .bind(scoring.standing)
      .bind(scoring.seconds)
      .bind(things_json(scoring.inputs))
      .bind(things_json(scoring.outputs))
      .run();
}

Result<std::vector<ScoringRecord>> read_scorings(Sqlite& database, std::string_view project) {
  TRY(auto query,
      database.query("SELECT s.* FROM scorings s JOIN runs r ON s.run = r.id WHERE r.project = ? "
                     "ORDER BY r.number, s.place"));
  query->bind(project);
  std::vector<ScoringRecord> all;
  while (true) {
    TRY(bool more, query->step());
    if (!more) return all;
    ScoringRecord& scoring = all.emplace_back();
    scoring.run = query->text(0);
    scoring.name = query->text(2);
    scoring.model = query->text(3);
    scoring.version = query->integer(4);
    TRY(scoring.content, parse_content_hash(query->text(5)));
    scoring.selection = query->text(6);
    scoring.records_read = query->integer(7);
    scoring.scored = query->integer(8);
    scoring.unchanged = query->integer(9);
    scoring.gone = query->integer(10);
    scoring.standing = query->integer(11);
    scoring.seconds = query->real(12);
    TRY(scoring.inputs, things_in(query->text(13)));
    TRY(scoring.outputs, things_in(query->text(14)));
  }
}

}  // namespace lode
