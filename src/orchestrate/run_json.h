// A run as one JSON object: what `lode run --json` prints, what is kept of the run
// (orchestrate/kept_report.h) and what the report's page is drawn from. Made once, so that all
// three hold the same digits.
#pragma once

#include <string>
#include <vector>

#include "lake/runs.h"
#include "orchestrate/report.h"

namespace lode {

class JsonWriter;

// Fields: project, run, seconds, memory, sources, features, training, models (name, version,
// dataset, algorithm, metrics by split, each with value, low, high), retraining, stations,
// counters.
std::string run_json(const RunReport& report);

// As fields of the open object: "stations", "own_seconds", "training_seconds" and "counters".
void write_stations(JsonWriter& json, const std::vector<StationRecord>& stations);
void write_counters(JsonWriter& json, const std::vector<CounterRecord>& counters);

}  // namespace lode
