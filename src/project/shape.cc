#include "project/shape.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/byte_size.h"
#include "base/component.h"
#include "table/expression/syntax.h"
#include "table/type.h"

namespace lode {
namespace {

std::vector<std::string_view> key_names(const Section& section) {
  std::vector<std::string_view> names;
  for (const Key& key : section.keys) names.push_back(key.name);
  return names;
}

const Key* find_key(const Section& section, std::string_view name) {
  for (const Key& key : section.keys)
    if (key.name == name) return &key;
  return nullptr;
}

std::string_view expected(const Key& key) {
  switch (key.form) {
    case Form::kNone:
      return "a map";
    case Form::kText:
      return key.section || key.component ? "text or a map" : "text";
    case Form::kName:
      return "a name";
    case Form::kWhole:
      return "a whole number";
    case Form::kFlag:
      return "true or false";
    case Form::kDuration:
      return "a length of time, such as 90s, 120m or 7h";
    case Form::kSize:
      return "a size, such as 512MiB or 4GB";
    case Form::kRange:
      return "a range of times, such as 2001-01-01..2001-01-29";
    case Form::kExpression:
      return key.component ? "an expression or a map" : "an expression";
    case Form::kType:
      return "a type";
    case Form::kScalar:
      return "a value";
  }
  return "a value";
}

Result<TimeRange> fail_range(std::string_view text) {
  return fail(
      Code::kInvalid,
      "'{}' is not a range of times; write A..B, ..B or A.., such as 2001-01-01..2001-01-29", text);
}

// SQL's names stand in expressions alone: here one name a type, which goes into hashes.
Status check_type(std::string_view text) {
  constexpr std::array<std::string_view, 7> kNames = {"bool",  "int64", "double",   "string",
                                                      "bytes", "date",  "timestamp"};
  Result<Type> type = parse_type(text);
  if (type) return {};
  if (std::optional<Type> meant = type_named(lower_ascii(text)))
    return fail(Code::kInvalid, "'{}' is not a type here; write {}", text, meant->text());
  std::string_view near = nearest(text, kNames);
  if (!near.empty())
    return fail(Code::kInvalid, "'{}' is not a type; did you mean '{}'?", text, near);
  return fail(type.error());
}

Status check_form(const YamlNode& node, const Key& key) {
  switch (key.form) {
    case Form::kName:
      if (!is_name(node.text))
        return fail(Code::kInvalid, "'{}' is no name; use a-z, 0-9 and _, a letter first",
                    node.text);
      return {};
    case Form::kWhole: {
      TRY_VOID(parse_whole(node.text));
      return {};
    }
    case Form::kFlag:
      if (node.text != "true" && node.text != "false")
        return fail(Code::kInvalid, "'{}' is neither true nor false", node.text);
      return {};
    case Form::kDuration:
      TRY_VOID(parse_duration(node.text));
      return {};
    case Form::kSize:
      TRY_VOID(parse_size(node.text));
      return {};
    case Form::kRange:
      TRY_VOID(parse_range(node.text));
      return {};
    case Form::kType:
      return check_type(node.text);
    default:
      return {};
  }
}

}  // namespace

Result<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    return fail(Code::kInvalid, "'{}' is not a whole number of 0 to 9223372036854775807", text);
  return value;
}

Result<TimeRange> parse_range(std::string_view text) {
  std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return fail_range(text);
  TimeRange range;
  std::string_view begin = text.substr(0, dots);
  std::string_view end = text.substr(dots + 2);
  if (!begin.empty()) {
    TRY(ParsedTime parsed, parse_timestamp(begin));
    range.begin = parsed.t;
  }
  if (!end.empty()) {
    TRY(ParsedTime parsed, parse_timestamp(end));
    range.end = parsed.t;
  }
  if (range.begin && range.end && *range.begin >= *range.end)
    return fail(Code::kInvalid, "the range '{}' is empty: it ends before it begins; swap the times",
                text);
  return range;
}

void Shape::report(const YamlNode& node, Place place, std::string message) {
  problems_.add(place, std::move(message));
  broken_.insert(&node);
}

void Shape::check(const YamlNode& node, const Section& section) {
  if (!node.map()) {
    report(node, node.place,
           fmt::format("a {} is a map of keys, not {}", section.name, kind_name(node.kind)));
    return;
  }
  check_keys(node, section);
}

void Shape::check_keys(const YamlNode& node, const Section& section) {
  std::vector<std::string_view> names = key_names(section);
  std::vector<std::string_view> meant;  // keys that a misspelt one seems to stand for
  for (const YamlEntry& entry : node.entries) {
    if (const Key* key = find_key(section, entry.key)) {
      check_value(entry, *key);
      continue;
    }
    problems_.add(entry.place,
                  unknown_word(fmt::format("key in a {}:", section.name), entry.key, names));
    meant.push_back(nearest(entry.key, names));
  }
  for (const Key& key : section.keys) {
    if (!key.required || node.find(key.name) || is_among(key.name, meant)) continue;
    problems_.add(node.place,
                  fmt::format("the {} has no '{}': {}", section.name, key.name, key.doc));
  }
}

void Shape::check_value(const YamlEntry& entry, const Key& key) {
  const YamlNode& node = entry.value;
  if (node.null()) {
    report(node, entry.place,
           fmt::format("'{}' has no value; give {} or remove the key", key.name, expected(key)));
    return;
  }
  switch (key.many) {
    case Many::kOne:
      check_one(node, key);
      return;
    case Many::kMap:
    case Many::kMapOfLists:
      check_map(entry, key);
      return;
    case Many::kOneOrList:
      if (!node.list()) {
        check_one(node, key);
        return;
      }
      break;
    case Many::kList:
      break;
  }
  if (!node.list()) {
    report(node, node.place,
           fmt::format("'{}' is a list, not {}; write [..., ...]", key.name, kind_name(node.kind)));
    return;
  }
  if (node.items.empty())
    report(node, node.place,
           fmt::format("'{}' is an empty list; give a value or remove the key", key.name));
  for (const YamlNode& item : node.items) check_one(item, key);
}

void Shape::check_map(const YamlEntry& entry, const Key& key) {
  const YamlNode& node = entry.value;
  if (!node.map()) {
    report(node, node.place,
           fmt::format("'{}' is a map of names, not {}; write name: ... under it", key.name,
                       kind_name(node.kind)));
    return;
  }
  for (const YamlEntry& named : node.entries) {
    if (key.beside) {
      if (const Key* special = find_key(*key.beside, named.key)) {
        check_value(named, *special);
        continue;
      }
    }
    if (key.names_checked && !is_name(named.key))
      problems_.add(named.place,
                    fmt::format("'{}' is no name; use a-z, 0-9 and _, a letter first", named.key));
    if (named.value.null()) {
      report(named.value, named.place,
             fmt::format("'{}' has no value; give {}", named.key, expected(key)));
    } else if (key.many == Many::kMap) {
      check_one(named.value, key);
    } else if (!named.value.list() || named.value.items.empty()) {
      report(named.value, named.value.place,
             fmt::format("'{}' needs a list of values to try, such as [1, 2]", named.key));
    } else {
      for (const YamlNode& item : named.value.items) check_one(item, key);
    }
  }
}

void Shape::check_one(const YamlNode& node, const Key& key) {
  if (node.map() && key.section) {
    check_keys(node, *key.section);
  } else if (node.map() && key.component) {
    // Its reader knows the component's options.
  } else if (node.scalar() && key.form != Form::kNone) {
    check_scalar(node, key);
  } else {
    report(node, node.place,
           fmt::format("'{}' needs {}, not {}", key.name, expected(key), kind_name(node.kind)));
  }
}

void Shape::check_scalar(const YamlNode& node, const Key& key) {
  if (node.text.empty() && key.form != Form::kScalar) {
    report(node, node.place, fmt::format("'{}' is empty; give {}", key.name, expected(key)));
    return;
  }
  if (Status status = check_form(node, key); !status)
    report(node, node.place, status.error().message());
}

bool CheckedMap::broken(std::string_view key) const {
  const YamlEntry* entry = node_->find(key);
  return entry && shape_->broken(entry->value);
}

Place CheckedMap::key_place(std::string_view key) const {
  const YamlEntry* entry = node_->find(key);
  return entry ? entry->place : node_->place;
}

const YamlNode* CheckedMap::find(std::string_view key) const {
  const YamlEntry* entry = node_->find(key);
  return entry && !shape_->broken(entry->value) ? &entry->value : nullptr;
}

std::optional<CheckedMap> CheckedMap::part(std::string_view key) const {
  const YamlNode* node = find(key);
  if (!node || !node->map()) return std::nullopt;
  return CheckedMap(*shape_, *node);
}

std::string CheckedMap::text(std::string_view key, std::string_view fallback) const {
  const YamlNode* node = find(key);
  return node && node->scalar() ? node->text : std::string(fallback);
}

bool CheckedMap::flag(std::string_view key, bool fallback) const {
  const YamlNode* node = find(key);
  return node ? node->text == "true" : fallback;
}

std::optional<std::int64_t> CheckedMap::whole(std::string_view key) const {
  const YamlNode* node = find(key);
  if (!node) return std::nullopt;
  Result<std::int64_t> value = parse_whole(node->text);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<Duration> CheckedMap::duration(std::string_view key) const {
  const YamlNode* node = find(key);
  if (!node) return std::nullopt;
  Result<Duration> value = parse_duration(node->text);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> CheckedMap::size(std::string_view key) const {
  const YamlNode* node = find(key);
  if (!node) return std::nullopt;
  Result<std::int64_t> value = parse_size(node->text);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<TimeRange> CheckedMap::range(std::string_view key) const {
  const YamlNode* node = find(key);
  if (!node) return std::nullopt;
  Result<TimeRange> value = parse_range(node->text);
  return value ? std::optional(*value) : std::nullopt;
}

}  // namespace lode
