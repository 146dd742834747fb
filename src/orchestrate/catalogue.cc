#include "orchestrate/catalogue.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "lake/manifest.h"
#include "lake/parquet_zone.h"
#include "orchestrate/source_run.h"

namespace lode {
namespace {

std::string receipt_path(const std::string& zone) { return zone + ".receipt"; }

// Equal texts, equal zones: the receipt need not be parsed to be checked.
std::string receipt_of(std::string_view name, const ContentHash& zone) {
  std::string body = fmt::format("lode-kept 1\nof {}\nzone {}\n", name, text(zone));
  return fmt::format("{}sum {}\n", body, text(content_hash(body)));
}

// The same error with the easier remedy for what a run keeps beside its records.
Error of_group(const Error& error, std::string_view group) {
  std::string message = error.message();
  std::size_t at = message.find(kZoneRemedy);
  if (at == std::string::npos || (group != "training" && group != "scores")) return error;
  message.replace(at, kZoneRemedy.size(), "`lode run` makes it anew");
  return Error(error.code(), std::move(message), error.where());
}

Result<ManifestStore> open_zone(const Project& project, FileSystem& files, std::string_view group,
                                const std::string& name) {
  auto store = ManifestStore::open(files, state_path(project, fmt::format("{}/{}", group, name)));
  if (!store) return fail(of_group(store.error(), group));
  return store;
}

Status add_zone(const Project& project, FileSystem& files, std::string_view group,
                const std::string& name, std::vector<StoredZone>& zones) {
  TRY(ManifestStore store, open_zone(project, files, group, name));
  const Manifest& manifest = store.manifest();
  if (manifest.parts.empty()) return {};
  StoredZone zone{std::string(group), name, manifest.rows()};
  for (const ZonePart& part : manifest.parts) {
    zone.parts.push_back(store.part_path(part.hash));
    zone.one_schema = zone.one_schema && part.schema == manifest.parts.front().schema;
  }
  zones.push_back(std::move(zone));
  return {};
}

}  // namespace

std::string training_path(const Project& project, std::string_view set) {
  return state_path(project, fmt::format("training/{}", set));
}

std::string scores_path(const Project& project, std::string_view model) {
  return state_path(project, fmt::format("scores/{}", model));
}

std::string model_path(const Project& project, std::string_view content) {
  return state_path(project, fmt::format("models/{}", content));
}

bool is_kept(FileSystem& files, const std::string& path, std::string_view name) {
  Result<std::string> receipt = files.read(receipt_path(path));
  if (!receipt) return false;
  // A zone that cannot be read is written anew: all of it can be made again.
  Result<ManifestStore> store = ManifestStore::open(files, path);
  if (!store || !store->name() || *receipt != receipt_of(name, *store->name())) return false;
  return std::ranges::all_of(store->manifest().parts, [&](const ZonePart& part) {
    return store->check_part(part).has_value();
  });
}

Status keep(const Project& project, FileSystem& files, const std::string& path,
            std::string_view name, const Table& rows) {
  std::string receipt = receipt_path(path);
  TRY(bool there, exists(files, receipt));
  if (there) {
    TRY_VOID(files.remove(receipt));
    TRY_VOID(files.sync_directory(parent_directory(receipt)));
  }
  TRY_VOID(remove_tree(files, path));
  if (rows.rows == 0) return {};
  ZoneOptions options;
  options.scratch = state_path(project, "tmp");
  options.files = &files;
  TRY_VOID(files.make_directories(options.scratch));
  TRY(ParquetZone zone, ParquetZone::open(path, options));
  TRY(ZoneWriter writer, zone.write());
  TRY_VOID(writer.append(rows));
  TRY(ContentHash written, writer.commit());
  return write_atomically(files, receipt, receipt_of(name, written));
}

Status check_zone(const Project& project, FileSystem& files, const StoredZone& zone) {
  TRY(ManifestStore store, open_zone(project, files, zone.group, zone.name));
  for (const ZonePart& part : store.manifest().parts) {
    Status whole = store.check_part(part);
    if (!whole) return fail(of_group(whole.error(), zone.group));
  }
  return {};
}

Result<std::vector<StoredZone>> stored_zones(const Project& project, FileSystem& files) {
  std::vector<StoredZone> zones;
  for (const Source& source : project.sources) {
    TRY_VOID(add_zone(project, files, "raw", source.name, zones));
    TRY_VOID(add_zone(project, files, "aside", source.name, zones));
  }
  for (const TrainingSet& set : project.training)
    TRY_VOID(add_zone(project, files, "training", set.name, zones));
  for (const Model& model : project.models)
    TRY_VOID(add_zone(project, files, "scores", model.name, zones));
  return zones;
}

Result<bool> has_records(const Project& project, FileSystem& files, const Source& source) {
  TRY(ManifestStore store, ManifestStore::open(files, raw_zone_path(project, source)));
  return store.name().has_value();
}

namespace {

// Of a stored model: its pieces, in bytes that outlive them.
struct ModelFile {
  std::string bytes;
  std::string_view header, encoders, calibrator, model;
  std::int64_t version = 0;
};

// "lode-model 1 SIZE\n", "lode-model 2 SIZE SIZE\n" or "lode-model 3 SIZE SIZE SIZE\n", then the
// pieces of those sizes.
bool split_model(ModelFile& file) {
  constexpr std::size_t kWords = std::string_view("lode-model 1 ").size();
  std::string_view rest = file.bytes;
  std::size_t line = rest.find('\n');
  if (line == std::string_view::npos) return false;
  const char* at = rest.data() + kWords;
  const char* end = rest.data() + line;
  rest.remove_prefix(line + 1);
  std::string_view* const pieces[] = {&file.header, &file.encoders, &file.calibrator};
  for (std::string_view* piece : std::span(pieces).first(static_cast<std::size_t>(file.version))) {
    std::size_t size = 0;
    auto [stopped, status] = std::from_chars(at, end, size);
    if (status != std::errc() || size > rest.size()) return false;
    *piece = rest.substr(0, size);
    rest.remove_prefix(size);
    at = stopped;
    if (at != end && *at == ' ') ++at;
  }
  file.model = rest;
  return at == end;
}

Result<ModelFile> parse_model(std::string bytes) {
  ModelFile file;
  file.bytes = std::move(bytes);
  for (std::int64_t version : {1, 2, 3})
    if (file.bytes.starts_with(fmt::format("lode-model {} ", version))) file.version = version;
  if (file.version == 0)
    return fail(
        Code::kUnsupported,
        "not a stored model of version 1 to 3, which are what this lode reads; use the lode that "
        "wrote it, or `lode run` to make it anew");
  if (!split_model(file)) return fail(Code::kCorrupt, "a stored model without its pieces");
  return file;
}

Result<ModelFile> read_model(const Project& project, FileSystem& files,
                             const ContentHash& content) {
  std::string path = model_path(project, text(content));
  TRY(std::string bytes, files.read(path));
  if (content_hash(bytes) != content)
    return fail(Error(Code::kCorrupt,
                      "the stored model is not what its name says; remove it and run again",
                      {.file = path}));
  Result<ModelFile> file = parse_model(std::move(bytes));
  if (!file) return fail(file.error().at({.file = path}));
  return file;
}

Result<StoredModel> load(const ModelFile& file) {
  if (file.version < 2)
    return fail(Code::kUnsupported,
                "the model was stored without its encoders, by an older lode; `lode run` stores it "
                "with them");
  StoredModel out;
  out.header = file.header;
  TRY(out.encoders, load_encoders(file.encoders));
  TRY(out.model, load_model(file.model));
  if (file.version >= 3) {
    TRY(out.calibrator, load_calibrator(file.calibrator));
  }
  return out;
}

}  // namespace

Result<std::string> stored_model_header(const Project& project, FileSystem& files,
                                        const ContentHash& content) {
  TRY(ModelFile file, read_model(project, files, content));
  return std::string(file.header);
}

Result<StoredModel> parse_stored_model(std::string bytes) {
  TRY(ModelFile file, parse_model(std::move(bytes)));
  return load(file);
}

Result<StoredModel> load_stored_model(const Project& project, FileSystem& files,
                                      const ContentHash& content) {
  TRY(ModelFile file, read_model(project, files, content));
  return load(file);
}

}  // namespace lode
