#include "feedback/trigger.h"

namespace lode {

Result<std::unique_ptr<Trigger>> make_trigger(
    std::string_view name, std::span<const std::pair<std::string, std::string>> options) {
  const Component* component = find_component("trigger", name);
  if (component == nullptr) {
    std::vector<std::string_view> known;
    for (const Component* one : components("trigger")) known.push_back(one->name);
    std::string_view guess = nearest(name, known);
    return fail(Code::kNotFound, "unknown trigger '{}'{}", name,
                guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess));
  }
  TRY(OptionValues values, OptionValues::parse(*component, options));
  return static_cast<const TriggerKind*>(component->factory)->make(values);
}

}  // namespace lode
