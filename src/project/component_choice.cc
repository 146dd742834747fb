#include <algorithm>
#include <charconv>

#include "project/loading.h"

namespace lode {
namespace {

Result<double> parse_number(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value - value == 0))
    return fail(Code::kInvalid, "'{}' is not a number", text);
  return value;
}

Status check_number(const Option& option, std::string_view text) {
  TRY(double value, parse_number(text));
  if (option.type == OptionType::kInt && text.find_first_not_of("0123456789-") != text.npos)
    return fail(Code::kInvalid, "'{}' is not a whole number", text);
  if (value < option.least)
    return fail(Code::kInvalid, "{} is too small; the least is {}", text, option.least);
  if (value > option.most)
    return fail(Code::kInvalid, "{} is too large; the most is {}", text, option.most);
  return {};
}

Status check_choice(std::string_view choices, std::string_view text) {
  std::vector<std::string_view> known;
  for (std::size_t at = 0; at <= choices.size();) {
    std::size_t end = std::min(choices.find('|', at), choices.size());
    known.push_back(choices.substr(at, end - at));
    at = end + 1;
  }
  if (is_among(text, known)) return {};
  return fail(Code::kInvalid, "{}",
              unknown_word("choice", text, std::span<const std::string_view>(known)));
}

const Option* find_option(const Component& component, std::string_view name) {
  for (const Option& option : component.options)
    if (option.name == name) return &option;
  return nullptr;
}

// One option as text; in a grid, the texts of its list.
void read_option(Loading& loading, const YamlEntry& entry, const Option* option, bool grid,
                 OptionTexts& out) {
  auto take = [&](const YamlNode& value) {
    if (!value.scalar()) {
      loading.problems().add(
          value.null() ? entry.place : value.place,
          fmt::format("the option '{}' needs a value, not {}; put a word such as null in quotes",
                      entry.key, kind_name(value.kind)));
      return;
    }
    if (option) {
      if (Status status = check_option(*option, value.text); !status)
        loading.problems().add(value.place,
                               fmt::format("option '{}': {}", entry.key, status.error().message()));
    }
    out.emplace_back(entry.key, value.text);
  };
  if (grid) {
    for (const YamlNode& item : entry.value.items) take(item);
  } else {
    take(entry.value);
  }
}

bool check_name(Loading& loading, Place place, std::string_view kind, std::string_view name) {
  std::vector<std::string_view> known = known_components(kind);
  if (is_among(name, known)) return true;
  // Not all names when one is near: the list grows with every component.
  std::string_view meant = nearest(name, known);
  loading.problems().add(
      place, meant.empty()
                 ? unknown_word(kind, name, std::span<const std::string_view>(known))
                 : fmt::format("unknown {} '{}'; did you mean '{}'? `lode components {}` lists all",
                               kind, name, meant, kind));
  return false;
}

}  // namespace

std::vector<std::string_view> known_components(std::string_view kind) {
  std::vector<std::string_view> names;
  for (const Component* component : components(kind)) names.push_back(component->name);
  return names;
}

Status check_option(const Option& option, std::string_view text) {
  switch (option.type) {
    case OptionType::kBool:
      if (text == "true" || text == "false") return {};
      return fail(Code::kInvalid, "'{}' is neither true nor false", text);
    case OptionType::kInt:
    case OptionType::kNumber:
      return check_number(option, text);
    case OptionType::kText:
      return {};
    case OptionType::kChoice:
      return check_choice(option.choices, text);
    case OptionType::kDuration:
      TRY_VOID(parse_duration(text));
      return {};
  }
  return {};
}

OptionTexts read_options(Loading& loading, const YamlNode& node, std::string_view kind,
                         std::string_view name, bool grid) {
  OptionTexts options;
  const Component* component = find_component(kind, name);
  std::vector<std::string_view> known;
  if (component)
    for (const Option& option : component->options) known.push_back(option.name);
  for (const YamlEntry& entry : node.entries) {
    const Option* option = component ? find_option(*component, entry.key) : nullptr;
    if (component && !option) {
      loading.problems().add(entry.place, unknown_word(fmt::format("option of {}", name), entry.key,
                                                       std::span<const std::string_view>(known)));
      continue;
    }
    read_option(loading, entry, option, grid, options);
  }
  return options;
}

void require_options(Loading& loading, Place place, std::string_view kind, std::string_view name,
                     std::span<const std::string> given) {
  const Component* component = find_component(kind, name);
  if (!component) return;
  for (const Option& option : component->options) {
    if (!option.fallback.empty() || is_among(option.name, given)) continue;
    loading.problems().add(
        place, fmt::format("{} needs the option '{}': {}", name, option.name, option.doc));
  }
}

std::optional<ComponentChoice> read_component(Loading& loading, const YamlNode& node,
                                              std::string_view kind) {
  if (node.scalar()) {
    if (!check_name(loading, node.place, kind, node.text)) return std::nullopt;
    return ComponentChoice{node.text, node.place, {}, {}};
  }
  if (!node.map() || node.entries.size() != 1) {
    loading.problems().add(node.place,
                           fmt::format("one {} with its options is wanted, such as {{name: "
                                       "{{option: value}}}}",
                                       kind));
    return std::nullopt;
  }
  const YamlEntry& entry = node.entries[0];
  if (!check_name(loading, entry.place, kind, entry.key)) return std::nullopt;
  if (!entry.value.map() && !entry.value.null()) {
    loading.problems().add(entry.value.place,
                           fmt::format("'{}' needs its options as a map, such as "
                                       "{{option: value}}",
                                       entry.key));
    return std::nullopt;
  }
  ComponentChoice choice{entry.key, entry.place, {}, {}};
  for (const YamlEntry& option : entry.value.entries) choice.given.push_back(option.key);
  choice.options = read_options(loading, entry.value, kind, entry.key);
  return choice;
}

}  // namespace lode
