#include "orchestrate/model_archive.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/build_info.h"
#include "base/json.h"
#include "base/stored_json.h"
#include "orchestrate/catalogue.h"
#include "registry/archive.h"
#include "registry/registry.h"

namespace lode {
namespace {

constexpr std::string_view kVersionPart = "version.json";
constexpr std::string_view kLineagePart = "lineage.json";
constexpr std::string_view kDefinitionsPart = "definitions.json";
constexpr std::string_view kDatasetPart = "dataset.json";
constexpr std::string_view kHistoryPart = "history.json";
constexpr std::string_view kModelPart = "model.bin";
constexpr std::string_view kCardPart = "card.md";

std::unexpected<Error> odd(std::string_view part) {
  return fail(Code::kCorrupt, "part {} of the archive is not what it should be", part);
}

// ---- out

void write_texts(JsonWriter& json, std::string_view key, const NamedTexts& texts) {
  json.key(key).begin_array();
  for (const auto& [name, value] : texts)
    json.begin_object().field("name", name).field("value", value).end_object();
  json.end_array();
}

std::string version_part(const Project& project, const ModelRecord& record, Timestamp now) {
  JsonWriter json;
  json.begin_object()
      .field("project", project.name)
      .field("name", record.name)
      .field("version", record.version)
      .field("run", record.run)
      .field("created", text(record.created))
      .field("content", text(record.content))
      .field("dataset", record.dataset)
      .field("algorithm", record.algorithm)
      .field("seed", fmt::format("{}", record.seed))  // 64 bits, which a JSON number may lose
      .field("threads", record.threads);
  write_texts(json, "options", record.options);
  write_texts(json, "libraries", record.libraries);
  json.field("exported", text(now))
      .field("exported_by", fmt::format("lode {}", build_info().version))
      .key("judgement")
      .raw(record.metrics_json);
  return json.end_object().take();
}

std::string definitions_part(const ModelLineage& lineage,
                             const std::vector<DefinitionRecord>& definitions) {
  JsonWriter json;
  json.begin_array();
  for (const DefinitionRecord& one : definitions)
    if (std::ranges::find(lineage.definitions, one.hash, &LineageDefinition::hash) !=
        lineage.definitions.end())
      json.begin_object()
          .field("kind", one.kind)
          .field("name", one.name)
          .field("text", one.text)
          .end_object();
  return json.end_array().take();
}

std::string dataset_part(const DatasetRecord& dataset) {
  JsonWriter json;
  json.begin_object()
      .field("name", dataset.name)
      .field("training", dataset.training)
      .field("rows", dataset.rows)
      .field("target_mean", dataset.target_mean)
      .key("columns")
      .raw(dataset_columns_json(dataset.columns));
  return json.end_object().take();
}

std::string history_part(const std::vector<ModelEvent>& events) {
  JsonWriter json;
  json.begin_array();
  for (const ModelEvent& event : events) {
    json.begin_object();
    write_event(json, event);
    json.end_object();
  }
  return json.end_array().take();
}

// ---- in

class Parts {
 public:
  static Result<Parts> read(std::string_view archive) {
    Parts out;
    TRY(out.parts_, parse_archive(archive));
    return out;
  }
  Result<std::string_view> bytes(std::string_view name) const {
    auto part = std::ranges::find(parts_, name, &ArchivePart::name);
    if (part == parts_.end())
      return fail(Code::kCorrupt, "the archive has no part {}: it holds no model", name);
    return std::string_view(part->bytes);
  }
  Result<JsonValue> json(std::string_view name, JsonValue::Kind kind) const {
    TRY(std::string_view text, bytes(name));
    Result<JsonValue> json = parse_json(text);
    if (!json || json->kind != kind) return odd(name);
    return json;
  }

 private:
  std::vector<ArchivePart> parts_;
};

Result<std::string> text_of(const JsonValue& from, std::string_view name, std::string_view part) {
  const JsonValue* member = from.find(name);
  if (member == nullptr || member->kind != JsonValue::Kind::kString) return odd(part);
  return member->text;
}

template <typename T>
Result<T> whole(std::string_view digits, std::string_view part) {
  T out = 0;
  auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (status != std::errc() || end != digits.data() + digits.size()) return odd(part);
  return out;
}

template <typename T>
Result<T> whole_of(const JsonValue& from, std::string_view name, std::string_view part) {
  const JsonValue* member = from.find(name);
  if (member == nullptr || member->kind != JsonValue::Kind::kNumber) return odd(part);
  return whole<T>(member->raw, part);
}

Result<Timestamp> time_of(const JsonValue& from, std::string_view name, std::string_view part) {
  TRY(std::string written, text_of(from, name, part));
  Result<ParsedTime> time = parse_timestamp(written);
  if (!time) return odd(part);
  return time->t;
}

Result<NamedTexts> texts_of(const JsonValue& from, std::string_view key) {
  NamedTexts out;
  const JsonValue* list = from.find(key);
  if (list == nullptr || list->kind != JsonValue::Kind::kArray) return odd(kVersionPart);
  for (const JsonValue& item : list->items) {
    TRY(std::string name, text_of(item, "name", kVersionPart));
    TRY(std::string value, text_of(item, "value", kVersionPart));
    out.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

struct Incoming {
  ModelRecord record;  // as it was there
  LineageOrigin origin;
  std::vector<DefinitionRecord> definitions;
  std::optional<DatasetRecord> dataset;
  std::string history;  // JSON
  std::string model;
};

Status read_version(const Parts& parts, Incoming& in) {
  TRY(JsonValue json, parts.json(kVersionPart, JsonValue::Kind::kObject));
  ModelRecord& record = in.record;
  TRY(in.origin.project, text_of(json, "project", kVersionPart));
  TRY(record.name, text_of(json, "name", kVersionPart));
  TRY(record.version, whole_of<std::int64_t>(json, "version", kVersionPart));
  TRY(std::string run, text_of(json, "run", kVersionPart));
  TRY(in.origin.run, whole<std::int64_t>(run, kVersionPart));
  TRY(in.origin.created, time_of(json, "created", kVersionPart));
  TRY(in.origin.exported, time_of(json, "exported", kVersionPart));
  TRY(std::string content, text_of(json, "content", kVersionPart));
  Result<ContentHash> hash = parse_content_hash(content);
  if (!hash) return odd(kVersionPart);
  record.content = *hash;
  TRY(record.dataset, text_of(json, "dataset", kVersionPart));
  TRY(record.algorithm, text_of(json, "algorithm", kVersionPart));
  TRY(std::string seed, text_of(json, "seed", kVersionPart));
  TRY(record.seed, whole<std::uint64_t>(seed, kVersionPart));
  TRY(record.threads, whole_of<int>(json, "threads", kVersionPart));
  TRY(record.options, texts_of(json, "options"));
  TRY(record.libraries, texts_of(json, "libraries"));
  const JsonValue* judgement = json.find("judgement");
  if (judgement == nullptr || judgement->kind != JsonValue::Kind::kObject) return odd(kVersionPart);
  record.metrics_json = judgement->raw;
  in.origin.model = {record.name, record.version, record.content};
  return {};
}

Status read_definitions(const Parts& parts, Incoming& in) {
  TRY(JsonValue json, parts.json(kDefinitionsPart, JsonValue::Kind::kArray));
  for (const JsonValue& item : json.items) {
    DefinitionRecord& one = in.definitions.emplace_back();
    TRY(one.kind, text_of(item, "kind", kDefinitionsPart));
    TRY(one.name, text_of(item, "name", kDefinitionsPart));
    TRY(one.text, text_of(item, "text", kDefinitionsPart));
    one.hash = content_hash(one.text);
  }
  for (const LineageDefinition& named : in.record.lineage.definitions)
    if (std::ranges::find(in.definitions, named.hash, &DefinitionRecord::hash) ==
        in.definitions.end())
      return fail(Code::kCorrupt, "the archive lacks the text of {} {}, which its lineage names",
                  named.kind, named.name);
  return {};
}

Status read_dataset(const Parts& parts, Incoming& in) {
  if (!parts.bytes(kDatasetPart)) return {};
  TRY(JsonValue json, parts.json(kDatasetPart, JsonValue::Kind::kObject));
  DatasetRecord& set = in.dataset.emplace();
  TRY(set.name, text_of(json, "name", kDatasetPart));
  TRY(set.training, text_of(json, "training", kDatasetPart));
  TRY(set.rows, whole_of<std::int64_t>(json, "rows", kDatasetPart));
  set.target_mean = json.at("target_mean");
  set.run = "0";
  const JsonValue* columns = json.find("columns");
  if (columns == nullptr) return odd(kDatasetPart);
  TRY(set.columns, parse_dataset_columns(columns->raw));
  return {};
}

// All of it, held against itself; nothing is written yet.
Result<Incoming> read_incoming(std::string_view archive) {
  TRY(Parts parts, Parts::read(archive));
  Incoming in;
  TRY_VOID(read_version(parts, in));
  TRY(std::string_view lineage, parts.bytes(kLineagePart));
  TRY(in.record.lineage, parse_lineage(lineage));
  TRY_VOID(read_definitions(parts, in));
  TRY_VOID(read_dataset(parts, in));
  TRY(JsonValue history, parts.json(kHistoryPart, JsonValue::Kind::kArray));
  in.history = history.raw;
  TRY(std::string_view model, parts.bytes(kModelPart));
  in.model = model;
  if (content_hash(in.model) != in.record.content)
    return fail(Code::kCorrupt, "the archive holds another model than it says");
  TRY(StoredModel loaded, parse_stored_model(in.model));
  if (loaded.model->algorithm().name != in.record.algorithm) return odd(kVersionPart);
  in.origin.archive = content_hash(archive);
  return in;
}

Status check_model_name(std::string_view name) {
  auto bad = [](char c) {
    return c == '@' || c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  };
  if (!name.empty() && name.size() <= 200 && std::ranges::none_of(name, bad)) return {};
  return fail(Code::kInvalid, "'{}' is no name for a model: give one with --name", name);
}

}  // namespace

Result<std::string> export_model(const Project& project, FileSystem& files, MetadataStore& store,
                                 const Clock& clock, const ModelRecord& record,
                                 std::string_view card) {
  std::string path = model_path(project, text(record.content));
  TRY(StoredModel whole, load_stored_model(project, files, record.content));
  TRY(std::string model, files.read(path));
  TRY(std::vector<DefinitionRecord> definitions, store.definitions(project.name));
  TRY(std::vector<ModelEvent> events, store.model_events(project.name, record.name));
  TRY(std::vector<DatasetRecord> datasets, store.datasets(project.name));
  std::vector<ArchivePart> parts = {
      {std::string(kVersionPart), version_part(project, record, clock.now())},
      {std::string(kLineagePart), lineage_json(record.lineage)},
      {std::string(kDefinitionsPart), definitions_part(record.lineage, definitions)}};
  auto dataset = std::ranges::find(datasets, record.dataset, &DatasetRecord::name);
  if (dataset != datasets.end())
    parts.push_back({std::string(kDatasetPart), dataset_part(*dataset)});
  parts.push_back({std::string(kHistoryPart), history_part(events)});
  parts.push_back({std::string(kModelPart), std::move(model)});
  if (!card.empty()) parts.push_back({std::string(kCardPart), std::string(card)});
  return archive_bytes(parts);
}

Result<ImportedModel> import_model(const Project& project, FileSystem& files, MetadataStore& store,
                                   const Clock& clock, std::string_view archive, std::string name,
                                   std::string actor) {
  TRY(Incoming in, read_incoming(archive));
  if (name.empty()) name = in.record.name;
  TRY_VOID(check_model_name(name));
  ImportedModel out{.record = in.record, .from = in.origin.model, .project = in.origin.project};
  ModelRecord& record = out.record;
  record.project = project.name;
  record.name = std::move(name);
  record.run = "0";
  record.created = clock.now();
  record.lineage.origin = in.origin;
  auto newest = store.model(project.name, record.name, 0);
  if (!newest && newest.error().code() != Code::kNotFound) return fail(newest.error());
  std::string path = model_path(project, text(record.content));
  TRY_VOID(files.make_directories(parent_directory(path)));
  TRY_VOID(write_atomically(files, path, in.model));
  TRY_VOID(store.add_definitions(project.name, in.definitions));
  if (in.dataset) {
    in.dataset->project = project.name;
    TRY_VOID(store.add_dataset(*in.dataset));
  }
  TRY(record.version, store.add_model(record));
  out.was_here = newest && newest->version == record.version;
  if (out.was_here) {
    out.record = *newest;
    return out;
  }
  Registry registry(store, project.name, clock);
  JsonWriter details;
  details.begin_object()
      .field("archive", text(in.origin.archive))
      .key("history")
      .raw(in.history)
      .end_object();
  Act act{std::move(actor), "imported from an archive", details.take()};
  std::string from =
      fmt::format("{}/{}@{}", in.origin.project, in.origin.model.name, in.origin.model.version);
  TRY(ModelEvent event,
      registry.tag(fmt::format("{}@{}", record.name, record.version), "imported", from, act));
  return out;
}

}  // namespace lode
