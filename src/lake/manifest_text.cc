// Manifests as canonical JSON. Strictness for free: what is read must be, byte for byte, what would
// be written.
#include <limits>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "lake/manifest.h"

namespace lode {
namespace {

using nlohmann::json;

void write_schema(const Schema& schema, JsonWriter& out) {
  out.begin_array();
  for (const Field& field : schema.fields()) {
    out.begin_object();
    out.field("name", field.name);
    out.field("type", field.type.text());
    out.end_object();
  }
  out.end_array();
}

void write_part(const ZonePart& part, JsonWriter& out) {
  out.begin_object();
  out.field("hash", text(part.hash));
  out.field("bytes", part.bytes);
  out.field("rows", part.rows);
  out.field("first_seq", part.first_seq);
  out.field("last_seq", part.last_seq);
  out.field("schema", part.schema);
  out.end_object();
}

std::unexpected<Error> damaged(std::string_view why) {
  return fail(Code::kCorrupt, "the manifest is damaged: {}", why);
}

Result<Schema> read_schema(const json& in) {
  std::vector<Field> fields;
  for (const json& field : in) {
    TRY(Type type, parse_type(field.at("type").get<std::string>()));
    fields.push_back({field.at("name").get<std::string>(), std::move(type)});
  }
  return Schema(std::move(fields));
}

Result<ZonePart> read_part(const json& in) {
  ZonePart part;
  TRY(part.hash, parse_content_hash(in.at("hash").get<std::string>()));
  part.bytes = in.at("bytes").get<std::int64_t>();
  part.rows = in.at("rows").get<std::int64_t>();
  part.first_seq = in.at("first_seq").get<std::int64_t>();
  part.last_seq = in.at("last_seq").get<std::int64_t>();
  part.schema = in.at("schema").get<std::size_t>();
  return part;
}

// Throws what nlohmann throws.
Result<Manifest> read_manifest(const json& in) {
  int version = in.at("version").get<int>();
  if (version != Manifest::kVersion)
    return fail(
        Code::kUnsupported,
        "the manifest has version {}, this lode reads version {}; use the lode that wrote it",
        version, Manifest::kVersion);
  Manifest manifest;
  manifest.origin = in.at("origin").get<std::int64_t>();
  if (!in.at("parent").is_null()) {
    TRY(manifest.parent, parse_content_hash(in.at("parent").get<std::string>()));
  }
  for (const json& schema : in.at("schemas")) {
    TRY(Schema read, read_schema(schema));
    manifest.schemas.push_back(std::move(read));
  }
  for (const json& part : in.at("parts")) {
    TRY(ZonePart read, read_part(part));
    manifest.parts.push_back(read);
  }
  return manifest;
}

Status check_parts(const Manifest& manifest) {
  std::int64_t next = manifest.origin;
  for (const ZonePart& part : manifest.parts) {
    if (part.first_seq < next || part.last_seq < part.first_seq)
      return damaged("its parts are not in the order of seq");
    if (part.rows < 1 || part.rows - 1 > part.last_seq - part.first_seq || part.bytes < 0)
      return damaged("a part has an impossible size");
    if (part.schema >= manifest.schemas.size()) return damaged("a part has no schema");
    if (part.last_seq == std::numeric_limits<std::int64_t>::max())
      return damaged("a part has an impossible seq");
    next = part.last_seq + 1;
  }
  return {};
}

}  // namespace

std::string manifest_text(const Manifest& manifest) {
  JsonWriter out;
  out.begin_object();
  out.field("version", Manifest::kVersion);
  out.field("origin", manifest.origin);
  out.key("parent");
  if (manifest.parent) {
    out.value(text(*manifest.parent));
  } else {
    out.null();
  }
  out.key("schemas").begin_array();
  for (const Schema& schema : manifest.schemas) write_schema(schema, out);
  out.end_array();
  out.key("parts").begin_array();
  for (const ZonePart& part : manifest.parts) write_part(part, out);
  out.end_array();
  out.end_object();
  return out.take() + "\n";
}

Result<Manifest> parse_manifest(std::string_view bytes) {
  try {
    TRY(Manifest manifest, read_manifest(json::parse(bytes)));
    if (manifest_text(manifest) != bytes) return damaged("it is not in the canonical form");
    TRY_VOID(check_parts(manifest));
    return manifest;
  } catch (const json::exception& exception) {
    return damaged(exception.what());
  }
}

}  // namespace lode
