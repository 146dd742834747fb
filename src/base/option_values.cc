#include "base/option_values.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <optional>

namespace lode {
namespace {

// The whole of `text` as a number of type T.
template <typename T>
std::optional<T> read_whole(std::string_view text) {
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Status check_range(const Option& option, double value) {
  if (value >= option.least && value <= option.most) return {};
  return fail(Code::kInvalid, "option {}: {} is outside {} .. {}", option.name, value, option.least,
              option.most);
}

std::vector<std::string_view> choices_of(const Option& option) {
  std::vector<std::string_view> choices;
  std::string_view rest = option.choices;
  for (std::size_t bar = rest.find('|'); bar != rest.npos; bar = rest.find('|')) {
    choices.push_back(rest.substr(0, bar));
    rest.remove_prefix(bar + 1);
  }
  choices.push_back(rest);
  return choices;
}

std::unexpected<Error> unknown_option(const Component& component, std::string_view name) {
  std::vector<std::string_view> known;
  std::string list;
  for (const Option& option : component.options) {
    known.push_back(option.name);
    list += list.empty() ? "" : ", ";
    list += option.name;
  }
  std::string_view guess = nearest(name, known);
  if (!guess.empty())
    return fail(Code::kInvalid, "{} {} has no option '{}'; did you mean '{}'?", component.kind,
                component.name, name, guess);
  if (list.empty())
    return fail(Code::kInvalid, "{} {} has no option '{}': it has none", component.kind,
                component.name, name);
  return fail(Code::kInvalid, "{} {} has no option '{}'; it has {}", component.kind, component.name,
              name, list);
}

}  // namespace

Result<OptionValues::Value> OptionValues::parse_one(const Option& option, std::string_view text) {
  Value value;
  value.name = option.name;
  value.type = option.type;
  value.text = text;
  switch (option.type) {
    case OptionType::kBool:
      if (text != "true" && text != "false")
        return fail(Code::kInvalid, "option {}: '{}' is not true or false", option.name, text);
      value.whole = text == "true" ? 1 : 0;
      break;
    case OptionType::kInt: {
      std::optional<std::int64_t> whole = read_whole<std::int64_t>(text);
      if (!whole)
        return fail(Code::kInvalid, "option {}: '{}' is not a whole number", option.name, text);
      TRY_VOID(check_range(option, static_cast<double>(*whole)));
      value.whole = *whole;
      break;
    }
    case OptionType::kNumber: {
      std::optional<double> number = read_whole<double>(text);
      if (!number || !std::isfinite(*number))
        return fail(Code::kInvalid, "option {}: '{}' is not a number", option.name, text);
      TRY_VOID(check_range(option, *number));
      value.number = *number;
      break;
    }
    case OptionType::kText:
      break;
    case OptionType::kChoice: {
      std::vector<std::string_view> choices = choices_of(option);
      if (std::ranges::find(choices, text) != choices.end()) break;
      std::string_view guess = nearest(text, choices);
      if (!guess.empty())
        return fail(Code::kInvalid, "option {}: '{}' is not a choice; did you mean '{}'?",
                    option.name, text, guess);
      return fail(Code::kInvalid, "option {}: '{}' is not among {}", option.name, text,
                  option.choices);
    }
    case OptionType::kDuration: {
      auto length = parse_duration(text);
      if (!length) return fail(length.error().context(fmt::format("option {}", option.name)));
      value.whole = length->us;
      break;
    }
  }
  return value;
}

Result<OptionValues> OptionValues::parse(
    const Component& component, std::span<const std::pair<std::string, std::string>> given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& name = given[i].first;
    if (std::ranges::find(component.options, name, &Option::name) == component.options.end())
      return unknown_option(component, name);
    for (std::size_t j = 0; j < i; ++j)
      if (given[j].first == name) return fail(Code::kInvalid, "option {} is given twice", name);
  }
  OptionValues values;
  for (const Option& option : component.options) {
    auto found = std::ranges::find(given, option.name, &std::pair<std::string, std::string>::first);
    if (found == given.end() && option.fallback.empty())
      return fail(Code::kInvalid, "{} {} needs the option '{}': {}", component.kind, component.name,
                  option.name, option.doc);
    std::string_view text =
        found == given.end() ? option.fallback : std::string_view(found->second);
    TRY(Value value, parse_one(option, text));
    values.values_.push_back(std::move(value));
  }
  return values;
}

const OptionValues::Value& OptionValues::get(std::string_view name, OptionType type) const {
  auto found = std::ranges::find(values_, name, &Value::name);
  assert(found != values_.end() && found->type == type);
  (void)type;
  return *found;
}

bool OptionValues::flag(std::string_view name) const {
  return get(name, OptionType::kBool).whole != 0;
}
std::int64_t OptionValues::integer(std::string_view name) const {
  return get(name, OptionType::kInt).whole;
}
double OptionValues::number(std::string_view name) const {
  return get(name, OptionType::kNumber).number;
}
const std::string& OptionValues::text(std::string_view name) const {
  auto found = std::ranges::find(values_, name, &Value::name);
  assert(found != values_.end() &&
         (found->type == OptionType::kText || found->type == OptionType::kChoice));
  return found->text;
}
Duration OptionValues::duration(std::string_view name) const {
  return microseconds(get(name, OptionType::kDuration).whole);
}

}  // namespace lode
