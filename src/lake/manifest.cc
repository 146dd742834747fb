#include "lake/manifest.h"

#include <algorithm>
#include <set>

namespace lode {
namespace {

Status copy_into(const RandomReader& reader, FileWriter& writer) {
  std::string buffer(std::size_t{1} << 20, '\0');
  for (std::uint64_t at = 0;;) {
    TRY(std::size_t size, reader.read(at, buffer));
    if (size == 0) return {};
    TRY_VOID(writer.append(std::string_view(buffer).substr(0, size)));
    at += size;
  }
}

Result<ContentHash> parse_head(std::string_view text, const std::string& path) {
  bool whole = text.ends_with('\n');
  if (whole) text.remove_suffix(1);
  auto name = parse_content_hash(text);
  if (whole && name && lode::text(*name) == text) return *name;
  return fail(Code::kCorrupt, "'{}' is damaged; {}", path, kZoneRemedy);
}

// Missing directories are empty.
Result<std::vector<std::string>> list_if_there(FileSystem& files, const std::string& directory) {
  auto names = files.list(directory);
  if (!names && names.error().code() == Code::kNotFound) return std::vector<std::string>();
  return names;
}

Status remove_except(FileSystem& files, const std::string& directory,
                     const std::set<std::string>& kept) {
  TRY(std::vector<std::string> names, list_if_there(files, directory));
  bool removed = false;
  for (const std::string& name : names) {
    if (kept.contains(name)) continue;
    TRY_VOID(files.remove(join_path(directory, name)));
    removed = true;
  }
  return removed ? files.sync_directory(directory) : Status();
}

std::string part_name(const ContentHash& hash) { return text(hash) + ".parquet"; }
std::string manifest_name(const ContentHash& hash) { return text(hash) + ".json"; }

}  // namespace

std::int64_t Manifest::rows() const {
  std::int64_t rows = 0;
  for (const ZonePart& part : parts) rows += part.rows;
  return rows;
}

std::int64_t Manifest::next_seq() const {
  return parts.empty() ? origin : parts.back().last_seq + 1;
}

void Manifest::add(ZonePart part, const Schema& schema) {
  auto known = std::ranges::find(schemas, schema);
  part.schema = static_cast<std::size_t>(known - schemas.begin());
  if (known == schemas.end()) schemas.push_back(schema);
  parts.push_back(part);
}

Result<ManifestStore> ManifestStore::open(FileSystem& files, std::string directory) {
  ManifestStore store(files, std::move(directory));
  std::string head = join_path(store.directory_, "HEAD");
  auto text = files.read(head);
  if (!text && text.error().code() == Code::kNotFound) {
    TRY_VOID(store.check_new());
    return store;
  }
  if (!text) return fail(text.error());
  TRY(store.name_, parse_head(*text, head));
  auto manifest = store.load(*store.name_);
  if (!manifest && !exists(files, store.manifest_path(*store.name_)).value_or(true))
    return fail(Code::kCorrupt, "'{}' is damaged, or '{}', which it names, is missing; {}", head,
                store.manifest_path(*store.name_), kZoneRemedy);
  TRY(store.manifest_, manifest);
  return store;
}

std::string ManifestStore::part_path(const ContentHash& hash) const {
  return join_path(join_path(directory_, "parts"), part_name(hash));
}

std::string ManifestStore::manifest_path(const ContentHash& name) const {
  return join_path(join_path(directory_, "manifests"), manifest_name(name));
}

Status ManifestStore::check_part(const ZonePart& part) const {
  std::string path = part_path(part.hash);
  auto file = files_->open(path);
  if (!file && file.error().code() == Code::kNotFound)
    return fail(Code::kCorrupt, "'{}' is missing; {}", path, kZoneRemedy);
  if (!file) return fail(file.error());
  TRY(ZonePart found, hash_file(**file));
  if (found.hash == part.hash && found.bytes == part.bytes) return {};
  return fail(Code::kCorrupt, "'{}' is damaged: its bytes are not those its name says; {}", path,
              kZoneRemedy);
}

Result<Manifest> ManifestStore::load(const ContentHash& name) const {
  std::string path = manifest_path(name);
  auto bytes = files_->read(path);
  if (!bytes && bytes.error().code() == Code::kNotFound)
    return fail(Code::kCorrupt, "'{}' is missing; {}", path, kZoneRemedy);
  if (!bytes) return fail(bytes.error());
  if (content_hash(*bytes) != name)
    return fail(Code::kCorrupt, "'{}' is damaged: its bytes are not those its name says; {}", path,
                kZoneRemedy);
  auto manifest = parse_manifest(*bytes);
  if (!manifest) return fail(manifest.error().context(fmt::format("reading '{}'", path)));
  return manifest;
}

// A crash before the first switch of HEAD leaves one manifest at most; more mean that HEAD is lost,
// and the zone must not pass for an empty one.
Status ManifestStore::check_new() const {
  std::string directory = join_path(directory_, "manifests");
  TRY(std::vector<std::string> names, list_if_there(*files_, directory));
  std::erase_if(names, [](const std::string& name) { return is_leftover(name); });
  if (names.size() < 2) return {};
  return fail(Code::kCorrupt, "'{}' is missing, but '{}' holds {} manifests; {}",
              join_path(directory_, "HEAD"), directory, names.size(), kZoneRemedy);
}

Status ManifestStore::check_writable() const {
  if (!failed_) return {};
  return fail(Code::kConflict, "an earlier write to '{}' failed; open the zone again", directory_);
}

Status ManifestStore::remove_garbage() {
  std::set<std::string> manifests;
  std::set<std::string> parts;
  std::optional<ContentHash> name = name_;
  Manifest manifest = manifest_;
  while (name) {
    manifests.insert(manifest_name(*name));
    for (const ZonePart& part : manifest.parts) parts.insert(part_name(part.hash));
    name = manifest.parent;
    if (name) {
      TRY(manifest, load(*name));
    }
  }
  TRY_VOID(remove_except(*files_, join_path(directory_, "parts"), parts));
  TRY_VOID(remove_except(*files_, join_path(directory_, "manifests"), manifests));
  TRY(std::vector<std::string> names, list_if_there(*files_, directory_));
  for (const std::string& leftover : names)
    if (is_leftover(leftover)) TRY_VOID(files_->remove(join_path(directory_, leftover)));
  return {};
}

Result<ZonePart> ManifestStore::add_part(FileSystem& from, const std::string& path) {
  TRY_VOID(check_writable());
  TRY(std::unique_ptr<RandomReader> reader, from.open(path));
  TRY(ZonePart part, hash_file(*reader));
  TRY_VOID(files_->make_directories(join_path(directory_, "parts")));
  TRY(FileWriter writer, FileWriter::open(*files_, part_path(part.hash)));
  TRY_VOID(copy_into(*reader, writer));
  TRY_VOID(writer.commit());
  return part;
}

Result<ContentHash> ManifestStore::commit(Manifest next) {
  TRY_VOID(check_writable());
  TRY(ManifestStore now, open(*files_, directory_));
  if (next.parent != name_ || now.name_ != name_)
    return fail(Code::kConflict, "'{}' has changed since it was opened; open it again and repeat",
                directory_);
  auto name = write(next);
  failed_ = !name.has_value();
  if (!name) return name;
  manifest_ = std::move(next);
  name_ = *name;
  return name;
}

Status ManifestStore::go_back(const ContentHash& name) {
  TRY_VOID(check_writable());
  TRY(Manifest older, load(name));
  TRY_VOID(write_atomically(*files_, join_path(directory_, "HEAD"), text(name) + "\n"));
  manifest_ = std::move(older);
  name_ = name;
  return {};
}

Result<ContentHash> ManifestStore::write(const Manifest& next) {
  std::string bytes = manifest_text(next);
  if (auto readable = parse_manifest(bytes); !readable)
    return fail(Code::kInternal, "this manifest could not be read back: {}",
                readable.error().message());
  ContentHash name = content_hash(bytes);
  TRY_VOID(files_->make_directories(join_path(directory_, "manifests")));
  TRY_VOID(write_atomically(*files_, manifest_path(name), bytes));
  TRY_VOID(write_atomically(*files_, join_path(directory_, "HEAD"), text(name) + "\n"));
  return name;
}

Result<ZonePart> hash_file(const RandomReader& reader) {
  ContentHasher hasher;
  ZonePart part;
  std::string buffer(std::size_t{1} << 20, '\0');
  while (true) {
    TRY(std::size_t size, reader.read(static_cast<std::uint64_t>(part.bytes), buffer));
    if (size == 0) break;
    hasher.add(std::string_view(buffer).substr(0, size));
    part.bytes += static_cast<std::int64_t>(size);
  }
  part.hash = hasher.finish();
  return part;
}

}  // namespace lode
