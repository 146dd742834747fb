// The decoder "csv" below its registration, for tests and for callers that have text in memory.
#pragma once

#include <cstddef>
#include <memory>

#include "base/error.h"
#include "ingest/csv_bytes.h"
#include "ingest/csv_dialect.h"
#include "ingest/reader.h"

namespace lode {

struct CsvLimits {
  std::size_t row_bytes = std::size_t{10} << 20;    // a longer row is set aside
  std::size_t window_bytes = std::size_t{1} << 20;  // read at once; grows to a row's size
  std::int64_t batch_text_bytes = 64 << 20;         // strings of one column, then the batch ends
  bool short_cut = true;                            // csv_fast.h; off only to test it
};

// Reads the header, if there is one, and checks the declared columns against it. `rest`: the bytes
// from options.from on, if that is given.
Result<std::unique_ptr<RecordReader>> open_csv(std::unique_ptr<ByteSource> bytes,
                                               const CsvDialect& dialect,
                                               const ReadOptions& options,
                                               const CsvLimits& limits = {},
                                               std::unique_ptr<ByteSource> rest = nullptr);

}  // namespace lode
