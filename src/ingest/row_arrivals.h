// The rows of a table as the arrivals they are judged as (docs/semantics.md 3).
#pragma once

#include <cstdint>
#include <string>

#include "ingest/acceptance.h"
#include "project/project.h"
#include "table/column.h"

namespace lode {

// What a row's change column says; an original for a source without one. `column` may be null.
RecordKind record_kind(const Source& source, const Column* column, std::int64_t row);

// Looks at a table that outlives it. Belongs to one thread.
class RowArrivals {
 public:
  // `table` has the source's declared columns first and in order, and kKnownColumn. No id is null.
  RowArrivals(const Source& source, const Table& table);

  // Valid until the next call. O(columns) for a source with an id.
  Arrival at(std::int64_t row);

 private:
  PayloadHash payload_of(std::int64_t row);

  const Source& source_;
  const Table& table_;
  const Column* change_;
  const Column* id_;
  const Column* partition_;
  const Column* time_;
  const Column* known_;
  std::string id_bytes_;
  std::string scratch_;
};

}  // namespace lode
