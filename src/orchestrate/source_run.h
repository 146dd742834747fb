// One source from its files to the raw zone, and from the raw zone to records. What was read is not
// read again: files that grew, and new ones, are read on; files that changed otherwise are refused,
// because their rows have been counted (docs/semantics.md 2.5).
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "lake/parquet_zone.h"
#include "orchestrate/report.h"
#include "project/project.h"
#include "table/column.h"

namespace lode {

struct SourceRun {
  SourceReport report;
  ContentHash zone;           // name of the raw zone's manifest
  std::int64_t next_seq = 0;  // one past its last row, set aside or not
};

struct SourceContext {
  FileSystem& files;
  const Project& project;
  Limits limits;
  CancelToken cancel;
  bool replace = false;                            // read changed files anew
  std::function<void(std::int64_t rows)> advance;  // rows read since the last call
  MemoryBudget* budget = nullptr;                  // what is held is held of it
};

// A path under the project's state, root/.lode/PROJECT: projects in one folder keep apart, and
// removing .lode undoes them all.
std::string state_path(const Project& project, std::string_view name);
// Where the raw zone and the set-aside rows of a source are.
std::string raw_zone_path(const Project& project, const Source& source);
std::string aside_zone_path(const Project& project, const Source& source);

// One past every seq that receipts of the project have given, those of sources it no longer
// declares among them.
Result<std::int64_t> next_free_seq(FileSystem& files, const Project& project);

// Brings the raw zone up to date; rows that have no seq yet get them from `next_seq` on. The caller
// holds the project's lock. After a crash at any point it goes back to what the receipt says or
// finds all done: a zone counts only with its receipt, written last. kConflict: a file changed, and
// `replace` is not set.
Result<SourceRun> ingest_source(const Source& source, std::int64_t next_seq,
                                const SourceContext& context);

// What ingest_source would do, without doing it: nothing is written, and the lock is not needed.
struct SourceLook {
  std::string name{};
  bool due = false;                 // there is something to read
  std::string why{};                // "never read", "1.2 MB are new", "its declaration changed"
  std::int64_t bytes = 0;           // of its files
  std::int64_t due_bytes = 0;       // of them to be read
  std::int64_t rows = 0;            // there are, set aside or not
  std::optional<ContentHash> zone;  // of what is there
  std::int64_t next_seq = 0;        // one past its last row
};
// Errors: those of ingest_source about files and receipts. Hashes the files, 1 GB/s.
Result<SourceLook> look_at_source(const Source& source, std::int64_t next_seq,
                                  const SourceContext& context);

// All accepted records of a source with its derived columns, in seq order.
struct Records {
  Table table;
  std::int64_t bytes_read = 0;  // of the raw zone's parts
  MemoryBudget::Hold hold;
};
// Which of them: those up to a cut, and if there are ranges only those of these seqs. Of a source
// with corrections or retractions every record of an id that has one is among them all the same:
// what stands of an id is then known from the records that are there.
struct RecordsWanted {
  std::int64_t cut = std::numeric_limits<std::int64_t>::max();
  std::optional<std::vector<SeqRange>> ranges{};
  std::string or_where{};  // and beside the ranges, as ZoneRead has it
};
// kLimit as soon as the records read do not fit into the budget.
Result<Records> load_records(const Source& source, const SourceContext& context,
                             const RecordsWanted& wanted = {});

}  // namespace lode
