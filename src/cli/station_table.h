// The stations of a run, and what it counted, as `lode run` and `lode runs` show them.
#pragma once

#include <vector>

#include "cli/output.h"
#include "lake/runs.h"

namespace lode {

class JsonWriter;

// A table, and below it the seconds by whose work they were.
void print_stations(Output& out, const std::vector<StationRecord>& stations, double seconds);
void print_counters(Output& out, const std::vector<CounterRecord>& counters);

// As fields of the open object: "stations", "own_seconds", "training_seconds" and "counters".
void write_stations(JsonWriter& json, const std::vector<StationRecord>& stations);
void write_counters(JsonWriter& json, const std::vector<CounterRecord>& counters);

}  // namespace lode
