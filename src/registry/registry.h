// The standing of models: which version an alias means, what is tagged and approved, and what was
// live when. All of it follows from the history of events in the metadata store (lake/runs.h);
// nothing else is kept, so a promotion or a rollback is one event and there is nothing to undo by
// halves.
//
// A reference to a model is NAME (its newest version), NAME@VERSION or NAME@ALIAS.
//
// Threads: any; another process may change the same models, and who loses is told (kConflict).
// Cost: a call reads the events of a project: about 2 us an event.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "lake/runs.h"

namespace lode {

class JsonWriter;

// The alias of the version that answers; others are the project's own.
inline constexpr std::string_view kChampion = "champion";

// Who does something to a model, and why.
struct Act {
  std::string actor;  // "gate", a user's name
  std::string why;
  std::string details_json = "{}";
};

struct Standing {
  std::map<std::string, std::int64_t> aliases{};                      // to a version
  std::map<std::int64_t, std::map<std::string, std::string>> tags{};  // of each version
  std::map<std::int64_t, std::vector<ModelEvent>> approvals{};        // of each version
};

// What stands after these events of one model, in order.
Standing standing_of(const std::vector<ModelEvent>& events);

// As fields of the open object, but for the model's name: that it happened to is known to who asks.
void write_event(JsonWriter& json, const ModelEvent& event);

class Registry {
 public:
  // `store` and `clock` must outlive it.
  Registry(MetadataStore& store, std::string project, const Clock& clock)
      : store_(store), project_(std::move(project)), clock_(clock) {}

  // The model a reference means. kNotFound says what there is; kInvalid for one that is none.
  Result<ModelRecord> find(std::string_view reference);

  Result<std::vector<ModelEvent>> history(std::string_view model) {
    return store_.model_events(project_, model);
  }
  Result<Standing> standing(std::string_view model);
  // What the alias meant at a time; nothing before it was first set, or when it pointed nowhere.
  Result<std::optional<std::int64_t>> version_at(std::string_view model, std::string_view alias,
                                                 Timestamp at);

  // The alias means this version from now on. kInvalid if it does already, or for a name that is
  // not letters, digits, '-' and '_', beginning with a letter.
  Result<ModelEvent> promote(std::string_view reference, std::string_view alias, const Act& act);
  // Back to what the alias meant before it came to what it means now; again goes further back. An
  // event, like a promotion. kInvalid when there was nothing before.
  Result<ModelEvent> roll_back(std::string_view model, std::string_view alias, const Act& act);
  // The alias means no version from here on. kInvalid if it means none already.
  Result<ModelEvent> clear(std::string_view model, std::string_view alias, const Act& act);
  // An empty value takes the tag away. kInvalid for such a name, or one that is not there.
  Result<ModelEvent> tag(std::string_view reference, std::string_view name, std::string_view value,
                         const Act& act);
  // `stage` is what it is approved for: "production". kInvalid without an actor.
  Result<ModelEvent> approve(std::string_view reference, std::string_view stage, const Act& act);

 private:
  // The project's events as they are before an act: what it is decided by, and added behind.
  Result<std::vector<ModelEvent>> seen() { return store_.model_events(project_, ""); }
  Result<ModelEvent> add(ModelEvent event, const Act& act, const std::vector<ModelEvent>& seen);

  MetadataStore& store_;
  std::string project_;
  const Clock& clock_;
};

}  // namespace lode
