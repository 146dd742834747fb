// The JSON schema and the reference page of lode.yaml, from the tables of vocabulary.cc.
#include <algorithm>
#include <vector>

#include "base/json.h"
#include "project/project.h"
#include "project/vocabulary.h"

namespace lode {
namespace {

constexpr std::string_view kNamePattern = "^[a-z][a-z0-9_]*$";
constexpr std::string_view kDurationPattern = "^([0-9]+(d|h|ms|us|m|s))+$";
constexpr std::string_view kRangePattern = "^[^ ]*\\.\\.[^ ]*$";

// ---- JSON schema -----------------------------------------------------------------------------

void write_section(JsonWriter& json, const Section& section, bool open);

// YAML reads `1` and `true` as other types than text; the file's reader takes them all.
void write_scalar(JsonWriter& json, Form form) {
  json.begin_object();
  switch (form) {
    case Form::kFlag:
      json.field("type", "boolean");
      break;
    case Form::kWhole:
      json.field("type", "integer").field("minimum", 0);
      break;
    case Form::kDuration:
      json.field("type", "string").field("pattern", kDurationPattern);
      break;
    case Form::kSize:
      json.key("type").begin_array().value("string").value("integer").end_array();
      break;
    case Form::kRange:
      json.field("type", "string").field("pattern", kRangePattern);
      break;
    case Form::kType:
      json.field("type", "string");
      break;
    default:
      json.key("type").begin_array().value("string").value("number").value("boolean").end_array();
  }
  json.end_object();
}

// What may stand for one value of a key.
void write_one(JsonWriter& json, const Key& key) {
  json.begin_object().key("anyOf").begin_array();
  if (key.form != Form::kNone) write_scalar(json, key.form);
  if (key.section) write_section(json, *key.section, false);
  if (key.component) json.begin_object().field("type", "object").end_object();
  json.end_array().end_object();
}

void write_list(JsonWriter& json, const Key& key) {
  json.begin_object().field("type", "array").field("minItems", 1).key("items");
  write_one(json, key);
  json.end_object();
}

void write_map(JsonWriter& json, const Key& key) {
  json.begin_object().field("type", "object");
  if (key.names_checked)
    json.key("propertyNames").begin_object().field("pattern", kNamePattern).end_object();
  if (key.beside) {
    json.key("properties").begin_object();
    for (const Key& special : key.beside->keys) {
      json.key(special.name);
      write_list(json, special);
    }
    json.end_object();
  }
  json.key("additionalProperties");
  key.many == Many::kMapOfLists ? write_list(json, key) : write_one(json, key);
  json.end_object();
}

void write_value(JsonWriter& json, const Key& key) {
  json.begin_object().field("description", key.doc);
  if (!key.fallback.empty()) json.field("$comment", fmt::format("default: {}", key.fallback));
  json.key("anyOf").begin_array();
  switch (key.many) {
    case Many::kOne:
      write_one(json, key);
      break;
    case Many::kList:
      write_list(json, key);
      break;
    case Many::kOneOrList:
      write_one(json, key);
      write_list(json, key);
      break;
    case Many::kMap:
    case Many::kMapOfLists:
      write_map(json, key);
      break;
  }
  json.end_array().end_object();
}

void write_section(JsonWriter& json, const Section& section, bool open) {
  if (!open) json.begin_object();
  json.field("type", "object").field("additionalProperties", false);
  json.key("properties").begin_object();
  for (const Key& key : section.keys) {
    json.key(key.name);
    write_value(json, key);
  }
  json.end_object();
  json.key("required").begin_array();
  for (const Key& key : section.keys)
    if (key.required) json.value(key.name);
  json.end_array();
  if (!open) json.end_object();
}

// ---- reference page --------------------------------------------------------------------------

std::string_view form_text(Form form) {
  switch (form) {
    case Form::kNone:
      return "";
    case Form::kText:
      return "text";
    case Form::kName:
      return "name";
    case Form::kWhole:
      return "whole number";
    case Form::kFlag:
      return "true or false";
    case Form::kDuration:
      return "length of time";
    case Form::kSize:
      return "size";
    case Form::kRange:
      return "range of times";
    case Form::kExpression:
      return "expression";
    case Form::kType:
      return "type";
    case Form::kScalar:
      return "value";
  }
  return "";
}

std::string one_text(const Key& key) {
  std::string out(form_text(key.form));
  auto add = [&](std::string_view more) {
    if (!out.empty()) out += " or ";
    out += more;
  };
  if (key.section)
    add(fmt::format("[{}](#{})", key.section->name, [&] {
      std::string anchor(key.section->name);
      std::ranges::replace(anchor, ' ', '-');
      return anchor;
    }()));
  if (key.component) add("name with options");
  return out;
}

std::string value_text(const Key& key) {
  std::string one = one_text(key);
  switch (key.many) {
    case Many::kOne:
      return one;
    case Many::kList:
      return "list: " + one;
    case Many::kOneOrList:
      return one + ", or a list";
    case Many::kMap:
      return "by name: " + one;
    case Many::kMapOfLists:
      return "by name: list of " + one;
  }
  return one;
}

void add_section(std::string& page, const Section& section, std::vector<const Section*>& seen) {
  if (std::ranges::find(seen, &section) != seen.end()) return;
  seen.push_back(&section);
  page += fmt::format("\n## {}\n\n", section.name);
  if (!section.path.empty()) page += fmt::format("At `{}`. ", section.path);
  page += fmt::format("{}\n\n", section.doc);
  std::string_view example = section.example;
  while (example.ends_with('\n')) example.remove_suffix(1);
  if (!example.empty()) page += fmt::format("```yaml\n{}\n```\n\n", example);
  page += "| key | value | default | meaning |\n|---|---|---|---|\n";
  for (const Key& key : section.keys) {
    std::string_view fallback = key.required ? "required" : key.fallback;
    page += fmt::format("| `{}` | {} | {} | {} |\n", key.name, value_text(key), fallback, key.doc);
  }
  for (const Key& key : section.keys) {
    if (key.section) add_section(page, *key.section, seen);
    if (key.beside) add_section(page, *key.beside, seen);
  }
}

constexpr std::string_view kIntroduction = R"(# lode.yaml

Made from the tables in src/project/vocabulary.cc; a test holds this page against them. What the
declarations mean is in docs/semantics.md; functions of expressions are in expressions.md.

- **The file** is YAML without anchors, aliases and tags, at most 1 MiB. A value that holds `: `, or
  starts with one of `* & ! % @ [ {`, needs quotes; so does one with `[`, `{` or `,` inside `{...}`.
- **Names** of sources, labels, features, values, training sets and models are `[a-z][a-z0-9_]*`.
  Sources, labels and features share one set of names.
- **Lengths of time**: `90s`, `120m`, `7h`, `1d12h`; units d h m s ms us.
- **Ranges of times**: `A..B`, `..B`, `A..`; A is inside, B is not; UTC unless an offset is written.
- **Expressions** are SQL's. `local(time)` is the wall clock of the row's zone.
- **Types**: bool, int64, double, decimal(p,s), string, bytes, date, timestamp, list<...>,
  struct<...>.
- **A component with options** is its name (`target`), or its name with them
  (`{target: {smoothing: 50}}`).
- All mistakes are reported at once, each with file:line:column.
)";

}  // namespace

std::string project_json_schema() {
  JsonWriter json(2);
  json.begin_object();
  json.field("$schema", "https://json-schema.org/draft/2020-12/schema");
  json.field("title", "lode.yaml");
  write_section(json, project_section(), true);
  json.end_object();
  return json.take() + "\n";
}

std::string project_reference() {
  std::string page(kIntroduction);
  std::vector<const Section*> seen;
  add_section(page, project_section(), seen);
  return page;
}

}  // namespace lode
