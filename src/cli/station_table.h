// The stations of a run, and what it counted, as `lode run` and `lode runs` show them.
#pragma once

#include <vector>

#include "cli/output.h"
#include "lake/runs.h"

namespace lode {

// A table, and below it the seconds by whose work they were. With `long_ones`, and more stations
// than can be looked over, those that took 2 % of `seconds` each; the others are one row.
void print_stations(Output& out, const std::vector<StationRecord>& stations, double seconds,
                    bool long_ones = false);
void print_counters(Output& out, const std::vector<CounterRecord>& counters);

}  // namespace lode
