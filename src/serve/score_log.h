// The scores of one model as they are kept: a log of entries, each a row's score or that it has
// none any more; the last entry of a row counts. A zone of the lake, so entries are durable block
// by block and never changed. Format: docs/formats/scores.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "lake/parquet_zone.h"
#include "table/column.h"

namespace lode {

inline constexpr std::string_view kEntryColumn = "_entry";  // int64: 0, 1, 2, ...
inline constexpr std::string_view kRowColumn = "row";       // int64: seq of the row's original
inline constexpr std::string_view kScoreColumn = "score";   // double; null: no score any more

class ScoreLog {
 public:
  // Belongs to one thread. `options` needs a scratch folder; its seq_column is set here.
  static Result<ScoreLog> open(std::string directory, ZoneOptions options);

  std::int64_t entries() const { return zone_.manifest().next_seq(); }
  std::size_t parts() const { return zone_.manifest().parts.size(); }
  const std::optional<ContentHash>& name() const { return zone_.name(); }
  // Adds a block; durable when it returns. The table has all columns but _entry. The caller holds
  // the project's lock.
  Status append(Table block);
  // Takes back what came behind this state.
  Status go_back(const ContentHash& name) { return zone_.go_back(name); }

  // The last entry of each row among the first `entries`, without those that have no score any
  // more, by ascending row. Cost: reads the log; 40 bytes an entry.
  Result<Table> current(std::int64_t entries);
  // The same of the entries from `since` on alone, those without a score among them.
  Result<Table> changed(std::int64_t since, std::int64_t entries);
  // The rows of current(), nothing else of them.
  Result<std::vector<std::int64_t>> current_rows(std::int64_t entries);

 private:
  explicit ScoreLog(ParquetZone zone) : zone_(std::move(zone)) {}
  Result<Table> read(const SeqRange& entries, std::vector<std::string> columns);
  Result<Table> last_of(const SeqRange& entries, bool gone_too);
  ParquetZone zone_;
};

}  // namespace lode
