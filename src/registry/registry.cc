#include "registry/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/json.h"

namespace lode {
namespace {

bool is_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= 64 && letter(name[0]) && std::ranges::all_of(name, inner);
}

Status check_name(std::string_view what, std::string_view name) {
  if (is_name(name)) return {};
  return fail(Code::kInvalid,
              "'{}' is no name for {}: letters, digits, '-' and '_', a letter first, 64 at most",
              name, what);
}

std::string listed(const std::map<std::string, std::int64_t>& aliases) {
  std::string out;
  for (const auto& [alias, version] : aliases)
    out += fmt::format("{}{} (version {})", out.empty() ? "" : ", ", alias, version);
  return out.empty() ? "it has none" : "it has " + out;
}

// The versions an alias came to by promotion and still stands on, the newest last: going back takes
// one off.
std::vector<std::int64_t> trail_of(const std::vector<ModelEvent>& events, std::string_view alias) {
  std::vector<std::int64_t> trail;
  for (const ModelEvent& event : events) {
    if (event.kind != ModelEventKind::kAlias || event.name != alias) continue;
    if (event.value == "rollback" && trail.size() > 1)
      trail.pop_back();
    else
      trail.push_back(event.version);
  }
  return trail;
}

std::vector<ModelEvent> of_model(const std::vector<ModelEvent>& events, std::string_view model) {
  std::vector<ModelEvent> own;
  std::ranges::copy_if(events, std::back_inserter(own),
                       [&](const ModelEvent& event) { return event.model == model; });
  return own;
}

}  // namespace

void write_event(JsonWriter& json, const ModelEvent& event) {
  json.field("number", event.number)
      .field("kind", model_event_kind_name(event.kind))
      .field("name", event.name)
      .field("version", event.version)
      .field("value", event.value)
      .field("at", text(event.at))
      .field("by", event.actor)
      .field("why", event.why)
      .key("details")
      .raw(event.details_json);
}

Standing standing_of(const std::vector<ModelEvent>& events) {
  Standing out;
  for (const ModelEvent& event : events) {
    switch (event.kind) {
      case ModelEventKind::kAlias:
        out.aliases[event.name] = event.version;
        if (event.version == 0) out.aliases.erase(event.name);
        break;
      case ModelEventKind::kTag:
        out.tags[event.version][event.name] = event.value;
        if (event.value.empty()) out.tags[event.version].erase(event.name);
        break;
      case ModelEventKind::kApproval:
        out.approvals[event.version].push_back(event);
        break;
      case ModelEventKind::kGate:
        break;  // it says something, and changes nothing
    }
  }
  return out;
}

Result<ModelRecord> Registry::find(std::string_view reference) {
  std::size_t at = reference.rfind('@');
  if (at == std::string_view::npos) return store_.model(project_, reference, 0);
  std::string_view model = reference.substr(0, at);
  std::string_view which = reference.substr(at + 1);
  std::int64_t version = 0;
  auto [end, error] = std::from_chars(which.data(), which.data() + which.size(), version);
  if (error == std::errc() && end == which.data() + which.size() && version > 0)
    return store_.model(project_, model, version);
  TRY_VOID(check_name("an alias", which));
  TRY(ModelRecord newest, store_.model(project_, model, 0));
  TRY(Standing stands, standing(model));
  auto found = stands.aliases.find(std::string(which));
  if (found == stands.aliases.end())
    return fail(Code::kNotFound,
                "model '{}' has no alias '{}'; {}. `lode registry promote {}@{} "
                "--alias {}` gives it one",
                model, which, listed(stands.aliases), model, newest.version, which);
  return store_.model(project_, model, found->second);
}

Result<Standing> Registry::standing(std::string_view model) {
  TRY(std::vector<ModelEvent> events, history(model));
  return standing_of(events);
}

Result<std::optional<std::int64_t>> Registry::version_at(std::string_view model,
                                                         std::string_view alias, Timestamp at) {
  TRY(std::vector<ModelEvent> events, history(model));
  std::optional<std::int64_t> version;
  for (const ModelEvent& event : events) {
    if (event.at > at || event.kind != ModelEventKind::kAlias || event.name != alias) continue;
    version = event.version;
  }
  return version == 0 ? std::nullopt : version;
}

// Times of a history never go back, also where a clock does.
Result<ModelEvent> Registry::add(ModelEvent event, const Act& act,
                                 const std::vector<ModelEvent>& seen) {
  event.project = project_;
  event.at = seen.empty() ? clock_.now() : std::max(clock_.now(), seen.back().at);
  event.actor = act.actor;
  event.why = act.why;
  event.details_json = act.details_json;
  TRY(event.number, store_.add_model_event(event, seen.empty() ? 0 : seen.back().number));
  return event;
}

Result<ModelEvent> Registry::promote(std::string_view reference, std::string_view alias,
                                     const Act& act) {
  TRY_VOID(check_name("an alias", alias));
  TRY(std::vector<ModelEvent> seen, this->seen());
  TRY(ModelRecord model, find(reference));
  Standing stands = standing_of(of_model(seen, model.name));
  auto now = stands.aliases.find(std::string(alias));
  if (now != stands.aliases.end() && now->second == model.version)
    return fail(Code::kInvalid, "version {} of model '{}' is its {} already", model.version,
                model.name, alias);
  return add({.model = model.name, .name = std::string(alias), .version = model.version}, act,
             seen);
}

Result<ModelEvent> Registry::roll_back(std::string_view model, std::string_view alias,
                                       const Act& act) {
  TRY(std::vector<ModelEvent> seen, this->seen());
  TRY_VOID(store_.model(project_, model, 0));
  std::vector<ModelEvent> events = of_model(seen, model);
  std::vector<std::int64_t> trail = trail_of(events, alias);
  if (trail.size() < 2)
    return fail(Code::kInvalid, "model '{}' had no {} before; {}", model, alias,
                listed(standing_of(events).aliases));
  return add({.model = std::string(model),
              .name = std::string(alias),
              .version = trail[trail.size() - 2],
              .value = "rollback"},
             act, seen);
}

Result<ModelEvent> Registry::clear(std::string_view model, std::string_view alias, const Act& act) {
  TRY_VOID(check_name("an alias", alias));
  TRY(std::vector<ModelEvent> seen, this->seen());
  TRY_VOID(store_.model(project_, model, 0));
  Standing stands = standing_of(of_model(seen, model));
  if (!stands.aliases.contains(std::string(alias)))
    return fail(Code::kInvalid, "model '{}' has no alias '{}'; {}", model, alias,
                listed(stands.aliases));
  return add({.model = std::string(model), .name = std::string(alias), .version = 0}, act, seen);
}

Result<ModelEvent> Registry::tag(std::string_view reference, std::string_view name,
                                 std::string_view value, const Act& act) {
  TRY_VOID(check_name("a tag", name));
  TRY(std::vector<ModelEvent> seen, this->seen());
  TRY(ModelRecord model, find(reference));
  Standing stands = standing_of(of_model(seen, model.name));
  if (value.empty() && !stands.tags[model.version].contains(std::string(name)))
    return fail(Code::kInvalid, "version {} of model '{}' has no tag '{}' to take away",
                model.version, model.name, name);
  return add({.model = model.name,
              .kind = ModelEventKind::kTag,
              .name = std::string(name),
              .version = model.version,
              .value = std::string(value)},
             act, seen);
}

Result<ModelEvent> Registry::approve(std::string_view reference, std::string_view stage,
                                     const Act& act) {
  TRY_VOID(check_name("a stage", stage));
  if (act.actor.empty()) return fail(Code::kInvalid, "an approval needs who gives it");
  TRY(std::vector<ModelEvent> seen, this->seen());
  TRY(ModelRecord model, find(reference));
  return add({.model = model.name,
              .kind = ModelEventKind::kApproval,
              .name = std::string(stage),
              .version = model.version},
             act, seen);
}

}  // namespace lode
