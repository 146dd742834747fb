// What a zone of the lake holds: a Manifest lists parts, each named by the hash of its bytes, and
// is itself named so. One file, HEAD, says which manifest counts; switching it is how a zone
// changes.
//
// Format: docs/formats/manifest.md. Nothing that a manifest names is ever rewritten, so a reader
// that holds one may go on while a writer makes the next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "table/type.h"

namespace lode {

// A file of consecutive records, by ascending seq; not every seq need be in it.
struct ZonePart {
  ContentHash hash;  // of the file's bytes
  std::int64_t bytes = 0;
  std::int64_t rows = 0;  // at least 1
  std::int64_t first_seq = 0;
  std::int64_t last_seq = 0;
  std::size_t schema = 0;  // its place in Manifest::schemas
  bool operator==(const ZonePart&) const = default;
};

struct Manifest {
  static constexpr int kVersion = 1;

  std::int64_t origin =
      0;  // the seq history begins with; more than 0 once older history is deleted
  std::optional<ContentHash> parent{};  // the manifest before; none for the first
  std::vector<Schema> schemas{};        // in the order they came into use; none twice
  std::vector<ZonePart> parts{};        // ascending, seq ranges apart
  bool operator==(const Manifest&) const = default;

  std::int64_t rows() const;
  // One more than the last seq; `origin` when there are no parts.
  std::int64_t next_seq() const;
  // Adds a part behind the others; its schema is added if it is new.
  void add(ZonePart part, const Schema& schema);
};

// The canonical text: equal manifests have equal bytes, so its hash is the manifest's name.
std::string manifest_text(const Manifest& manifest);
// kCorrupt for anything manifest_text does not write; kUnsupported for a later version.
Result<Manifest> parse_manifest(std::string_view text);

// The end of every kCorrupt of a zone: what to do about it.
inline constexpr std::string_view kZoneRemedy =
    "restore it from a backup, or remove .lode and `lode run` again";

// Hash and length of a file; the other members are left alone. About 1 GB/s.
Result<ZonePart> hash_file(const RandomReader& reader);

// A directory with HEAD, manifests/ and parts/. One writer at a time (who holds the project's
// lock), any number of readers. After a crash at any moment HEAD names the old manifest or the new
// one, and everything it names is whole.
class ManifestStore {
 public:
  // Reads HEAD and its manifest and checks their hashes; a directory without HEAD is an empty zone
  // (it is made on the first write). kCorrupt names the file and what to do.
  static Result<ManifestStore> open(FileSystem& files, std::string directory);

  const Manifest& manifest() const { return manifest_; }
  // The name of the manifest; nothing for an empty zone.
  const std::optional<ContentHash>& name() const { return name_; }
  std::string part_path(const ContentHash& hash) const;
  // A part's file against its hash and length. kCorrupt names the file and what to do. About 1
  // GB/s.
  Status check_part(const ZonePart& part) const;
  // An older manifest.
  Result<Manifest> load(const ContentHash& name) const;

  // Writer: removes what no manifest reachable from HEAD names, and leftovers of a crash. Before
  // the first add_part; O(manifests).
  Status remove_garbage();
  // Writer: copies a file into parts/, under the hash of its bytes and durable; sets hash and
  // bytes.
  Result<ZonePart> add_part(FileSystem& from, const std::string& path);
  // Writer: makes an older manifest what the zone holds again; what came later becomes garbage.
  Status go_back(const ContentHash& name);
  // Writer: makes `next` what the zone holds. kConflict unless its parent is name() and HEAD still
  // says so. After another error the zone is as before or as after, and this object refuses to
  // write: open another one.
  Result<ContentHash> commit(Manifest next);

 private:
  ManifestStore(FileSystem& files, std::string directory)
      : files_(&files), directory_(std::move(directory)) {}
  std::string manifest_path(const ContentHash& name) const;
  Status check_new() const;
  Status check_writable() const;
  Result<ContentHash> write(const Manifest& next);

  FileSystem* files_;
  std::string directory_;
  Manifest manifest_;
  std::optional<ContentHash> name_;
  bool failed_ = false;
};

}  // namespace lode
