// A zone of the lake: Tables of records in seq order, kept as Parquet parts under a manifest. The
// same records give the same files, byte for byte, so a zone's name says what is in it.
//
// Every Table of a zone has a column of int64 seqs, without nulls and ascending over the whole
// zone. Format: docs/formats/raw-zone.md.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "lake/manifest.h"
#include "table/column.h"

namespace lode {

struct ZoneOptions {
  std::string seq_column = "_seq";
  // Part of the format: zones written with other sizes have other names.
  std::int64_t rows_per_part = std::int64_t{1} << 20;
  std::string scratch;  // an existing directory for unfinished parts (.lode/tmp)
  // Where the zone is: DuckDB reads parts and writes unfinished ones by itself, from and to the
  // machine's files, so this must be a view of them.
  FileSystem* files = &posix_files();
  int threads = 1;                      // for reading; never shows in a result
  std::int64_t memory_limit_bytes = 0;  // 0 = DuckDB's default
};

// The records of a zone as a sequence of Tables, in seq order. Belongs to one thread.
class ZoneStream {
 public:
  struct State;
  explicit ZoneStream(std::unique_ptr<State> state);
  ~ZoneStream();
  ZoneStream(ZoneStream&&) noexcept;
  ZoneStream& operator=(ZoneStream&&) noexcept;

  const Schema& schema() const;
  // The next records, never an empty Table; nothing at the end. kCorrupt names a part whose bytes
  // are not those its name says.
  Result<std::optional<Table>> next();

 private:
  std::unique_ptr<State> state_;
};

// Both inclusive.
struct SeqRange {
  std::int64_t first = 0;
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
  bool operator==(const SeqRange&) const = default;
};

struct ZoneRead {
  std::vector<std::string> columns{};  // in this order; empty = all of the newest schema
  std::int64_t first_seq = 0;          // inclusive, both
  std::int64_t last_seq = std::numeric_limits<std::int64_t>::max();
  // Of these seqs only those in one of the ranges (ascending, apart), if there are any; a range
  // costs what its row groups do, not what the zone does. And beside them the records of which this
  // SQL condition over the zone's columns holds, for which all parts are looked through.
  std::optional<std::vector<SeqRange>> ranges{};
  std::string or_where{};
};

// Collects Tables into parts; nothing of it is in the zone before commit().
class ZoneWriter {
 public:
  struct State;
  explicit ZoneWriter(std::unique_ptr<State> state);
  ~ZoneWriter();
  ZoneWriter(ZoneWriter&&) noexcept;
  ZoneWriter& operator=(ZoneWriter&&) noexcept;

  // kInvalid: no seq column, a null or descending seq, or one the zone has passed; a schema other
  // than that of the Tables before in this commit. How rows are spread over Tables does not show.
  Status append(const Table& table);
  // Makes all appended records visible and durable, or none. Returns the zone's new name; without
  // records its old one stands, and an empty zone gives kInvalid. Once; then open another writer.
  Result<ContentHash> commit();

 private:
  std::unique_ptr<State> state_;
};

// Threads: one at a time. A reader sees the zone as it was when opened.
class ParquetZone {
 public:
  struct State;

  // The zone in `directory`; an empty one if there is nothing. Opens DuckDB on the first read or
  // write.
  static Result<ParquetZone> open(std::string directory, ZoneOptions options);
  ParquetZone(ParquetZone&&) noexcept;
  ParquetZone& operator=(ParquetZone&&) noexcept;
  ~ParquetZone();

  const Manifest& manifest() const;
  const std::optional<ContentHash>& name() const;
  std::string part_path(const ZonePart& part) const;
  // Whether the zone was once what `name` says, and has only had records added since. Reads a
  // manifest for each commit between.
  Result<bool> grew_from(const ContentHash& name) const;

  // Each part's hash is checked when it is first read, once in the life of this object.
  Result<ZoneStream> read(const ZoneRead& what = {});
  // The caller holds the project's lock. Makes an older manifest what the zone holds again, as if
  // later commits had not been. kCorrupt if it is not there.
  Status go_back(const ContentHash& name);
  // The caller holds the project's lock. Removes what crashes, and writers that did not commit,
  // have left behind. Of two writers open together only the first to commit succeeds.
  Result<ZoneWriter> write();

 private:
  explicit ParquetZone(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace lode
