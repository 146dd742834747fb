#include "lake/model_lineage.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/json.h"
#include "base/stored_json.h"

namespace lode {
namespace {

void write_lineage_model(JsonWriter& json, std::string_view key, const LineageModel& model) {
  json.key(key)
      .begin_object()
      .field("name", model.name)
      .field("version", model.version)
      .field("content", text(model.content))
      .end_object();
}

void write_sources(JsonWriter& json, const std::vector<LineageSource>& sources) {
  json.key("sources").begin_array();
  for (const LineageSource& source : sources) {
    json.begin_object()
        .field("name", source.name)
        .field("zone", text(source.zone))
        .field("rows", source.rows)
        .field("accepted", source.accepted)
        .key("files")
        .begin_array();
    for (const LineageFile& file : source.files)
      json.begin_object()
          .field("name", file.name)
          .field("content", text(file.content))
          .field("bytes", file.bytes)
          .field("rows", file.rows)
          .end_object();
    json.end_array().end_object();
  }
  json.end_array();
}

void write_origin(JsonWriter& json, const LineageOrigin& origin) {
  json.key("origin").begin_object().field("project", origin.project);
  write_lineage_model(json, "model", origin.model);
  json.field("run", origin.run)
      .field("created", text(origin.created))
      .field("exported", text(origin.exported))
      .field("archive", text(origin.archive))
      .end_object();
}

// ---- and back: each takes a member that may be missing, and refuses one of another kind

using Kind = JsonValue::Kind;

std::unexpected<Error> no_lineage(std::string_view name) {
  return fail(Code::kCorrupt, "'{}' of a stored lineage is not what it should be", name);
}

Status take(const JsonValue& from, std::string_view name, std::string& out) {
  const JsonValue* member = from.find(name);
  if (member == nullptr) return {};
  if (member->kind != Kind::kString) return no_lineage(name);
  out = member->text;
  return {};
}

Status take(const JsonValue& from, std::string_view name, std::int64_t& out) {
  const JsonValue* member = from.find(name);
  if (member == nullptr) return {};
  const char* end = member->raw.data() + member->raw.size();
  auto [stopped, status] = std::from_chars(member->raw.data(), end, out);
  if (member->kind != Kind::kNumber || status != std::errc() || stopped != end)
    return no_lineage(name);
  return {};
}

Status take(const JsonValue& from, std::string_view name, ContentHash& out) {
  std::string hex;
  TRY_VOID(take(from, name, hex));
  Result<ContentHash> hash = parse_content_hash(hex);
  if (!hash) return no_lineage(name);
  out = *hash;
  return {};
}

Status take(const JsonValue& from, std::string_view name, Timestamp& out) {
  std::string written;
  TRY_VOID(take(from, name, written));
  Result<ParsedTime> time = parse_timestamp(written);
  if (!time) return no_lineage(name);
  out = time->t;
  return {};
}

// The items of a list of objects, nothing where there is none.
Result<std::vector<const JsonValue*>> objects(const JsonValue& from, std::string_view name) {
  std::vector<const JsonValue*> out;
  const JsonValue* member = from.find(name);
  if (member == nullptr) return out;
  if (member->kind != Kind::kArray) return no_lineage(name);
  for (const JsonValue& item : member->items) {
    if (item.kind != Kind::kObject) return no_lineage(name);
    out.push_back(&item);
  }
  return out;
}

Status take(const JsonValue& from, std::string_view name, std::optional<LineageModel>& out) {
  const JsonValue* member = from.find(name);
  if (member == nullptr) return {};
  if (member->kind != Kind::kObject) return no_lineage(name);
  LineageModel& model = out.emplace();
  TRY_VOID(take(*member, "name", model.name));
  TRY_VOID(take(*member, "version", model.version));
  return take(*member, "content", model.content);
}

Result<LineageSource> parse_source(const JsonValue& from) {
  LineageSource source;
  TRY_VOID(take(from, "name", source.name));
  TRY_VOID(take(from, "zone", source.zone));
  TRY_VOID(take(from, "rows", source.rows));
  TRY_VOID(take(from, "accepted", source.accepted));
  TRY(auto files, objects(from, "files"));
  for (const JsonValue* item : files) {
    LineageFile& file = source.files.emplace_back();
    TRY_VOID(take(*item, "name", file.name));
    TRY_VOID(take(*item, "content", file.content));
    TRY_VOID(take(*item, "bytes", file.bytes));
    TRY_VOID(take(*item, "rows", file.rows));
  }
  return source;
}

Status take(const JsonValue& from, std::string_view name, std::optional<LineageOrigin>& out) {
  const JsonValue* member = from.find(name);
  if (member == nullptr) return {};
  if (member->kind != Kind::kObject) return no_lineage(name);
  LineageOrigin& origin = out.emplace();
  std::optional<LineageModel> model;
  TRY_VOID(take(*member, "project", origin.project));
  TRY_VOID(take(*member, "model", model));
  if (model) origin.model = *model;
  TRY_VOID(take(*member, "run", origin.run));
  TRY_VOID(take(*member, "created", origin.created));
  TRY_VOID(take(*member, "exported", origin.exported));
  return take(*member, "archive", origin.archive);
}

Status take_code(const JsonValue& from, ModelLineage& out) {
  TRY_VOID(take(from, "semantics", out.semantics));
  TRY_VOID(take(from, "time_zones", out.time_zones));
  TRY_VOID(take(from, "lode", out.lode));
  TRY_VOID(take(from, "commit", out.commit));
  TRY_VOID(take(from, "compiler", out.compiler));
  TRY_VOID(take(from, "system", out.system));
  TRY_VOID(take(from, "distribution", out.distribution));
  std::int64_t processors = 0;
  TRY_VOID(take(from, "processors", processors));
  if (processors < 0 || processors > std::numeric_limits<int>::max())
    return no_lineage("processors");
  out.processors = static_cast<int>(processors);
  return {};
}

Status take_data(const JsonValue& from, ModelLineage& out) {
  TRY_VOID(take(from, "training", out.training));
  TRY_VOID(take(from, "rows", out.rows));
  TRY_VOID(take(from, "train_rows", out.train_rows));
  TRY_VOID(take(from, "test_rows", out.test_rows));
  if (from.find("tested") != nullptr) {
    TRY_VOID(take(from, "tested", out.tested.emplace()));
  }
  TRY_VOID(take(from, "cut", out.cut));
  TRY(auto sources, objects(from, "sources"));
  for (const JsonValue* item : sources) {
    TRY(LineageSource source, parse_source(*item));
    out.sources.push_back(std::move(source));
  }
  TRY(auto definitions, objects(from, "definitions"));
  for (const JsonValue* item : definitions) {
    LineageDefinition& one = out.definitions.emplace_back();
    TRY_VOID(take(*item, "kind", one.kind));
    TRY_VOID(take(*item, "name", one.name));
    TRY_VOID(take(*item, "hash", one.hash));
    TRY_VOID(take(*item, "of", one.of));
  }
  TRY(auto encoders, objects(from, "encoders"));
  for (const JsonValue* item : encoders) {
    auto& [column, encoder] = out.encoders.emplace_back();
    TRY_VOID(take(*item, "column", column));
    TRY_VOID(take(*item, "encoder", encoder));
  }
  return {};
}

}  // namespace

std::string lineage_json(const ModelLineage& lineage) {
  JsonWriter json;
  json.begin_object();
  if (!lineage.recorded) return json.end_object().take();
  json.field("training", lineage.training)
      .field("rows", lineage.rows)
      .field("train_rows", lineage.train_rows)
      .field("test_rows", lineage.test_rows);
  if (lineage.tested) json.field("tested", text(*lineage.tested));
  json.field("cut", lineage.cut)
      .field("semantics", lineage.semantics)
      .field("time_zones", lineage.time_zones);
  write_sources(json, lineage.sources);
  json.key("definitions").begin_array();
  for (const LineageDefinition& one : lineage.definitions) {
    json.begin_object()
        .field("kind", one.kind)
        .field("name", one.name)
        .field("hash", text(one.hash));
    if (!one.of.empty()) json.field("of", one.of);
    json.end_object();
  }
  json.end_array().key("encoders").begin_array();
  for (const auto& [column, encoder] : lineage.encoders)
    json.begin_object().field("column", column).field("encoder", encoder).end_object();
  json.end_array()
      .field("lode", lineage.lode)
      .field("commit", lineage.commit)
      .field("compiler", lineage.compiler)
      .field("system", lineage.system)
      .field("distribution", lineage.distribution)
      .field("processors", lineage.processors);
  if (lineage.compared_with) write_lineage_model(json, "compared_with", *lineage.compared_with);
  if (lineage.before) write_lineage_model(json, "before", *lineage.before);
  if (lineage.origin) write_origin(json, *lineage.origin);
  return json.end_object().take();
}

Result<ModelLineage> parse_lineage(std::string_view text) {
  TRY(JsonValue json, parse_json(text));
  if (json.kind != Kind::kObject) return fail(Code::kCorrupt, "a stored lineage is no object");
  ModelLineage out;
  if (json.members.empty()) return out;
  out.recorded = true;
  TRY_VOID(take_data(json, out));
  TRY_VOID(take_code(json, out));
  TRY_VOID(take(json, "compared_with", out.compared_with));
  TRY_VOID(take(json, "before", out.before));
  TRY_VOID(take(json, "origin", out.origin));
  return out;
}

bool DatasetColumn::operator==(const DatasetColumn& other) const {
  auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  return name == other.name && type == other.type && nulls == other.nulls &&
         same(mean, other.mean) && same(deviation, other.deviation);
}

std::string dataset_columns_json(const std::vector<DatasetColumn>& columns) {
  JsonWriter json;
  json.begin_array();
  for (const DatasetColumn& column : columns)
    json.begin_object()
        .field("name", column.name)
        .field("type", column.type)
        .field("nulls", column.nulls)
        .field("mean", column.mean)
        .field("deviation", column.deviation)
        .end_object();
  return json.end_array().take();
}

Result<std::vector<DatasetColumn>> parse_dataset_columns(std::string_view text) {
  TRY(JsonValue json, parse_json(text));
  if (json.kind != Kind::kArray) return fail(Code::kCorrupt, "stored columns are no list");
  std::vector<DatasetColumn> out;
  for (const JsonValue& item : json.items) {
    if (item.kind != Kind::kObject) return fail(Code::kCorrupt, "a stored column is no object");
    DatasetColumn& column = out.emplace_back();
    TRY_VOID(take(item, "name", column.name));
    TRY_VOID(take(item, "type", column.type));
    TRY_VOID(take(item, "nulls", column.nulls));
    column.mean = item.at("mean");
    column.deviation = item.at("deviation");
  }
  return out;
}

}  // namespace lode
