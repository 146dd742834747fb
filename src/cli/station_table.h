// The stations of a run, and what it counted, as `lode run` and `lode runs` show them.
#pragma once

#include <vector>

#include "cli/output.h"
#include "lake/runs.h"

namespace lode {

// A table, and below it the seconds by whose work they were.
void print_stations(Output& out, const std::vector<StationRecord>& stations, double seconds);
void print_counters(Output& out, const std::vector<CounterRecord>& counters);

}  // namespace lode
