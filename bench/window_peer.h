// The benchmark's windows as SQL: twelve window columns in DuckDB.
#pragma once

#include <span>

#include "base/error.h"
#include "bench/window_events.h"
#include "bench/window_floor.h"

namespace lode {

// What plain_floor does, of events no two of which have one key and time (SQL's RANGE would show
// each of them both). The query alone is timed, from its start to its last row, on one thread; rows
// are read as they come. keys and bytes_per_key stay 0. Errors: kUnavailable without DuckDB.
Result<FloorResult> duckdb_windows(std::span<const WindowEvent> events);

}  // namespace lode
