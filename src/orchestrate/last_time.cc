#include "orchestrate/last_time.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrate/run_log.h"

namespace lode {
namespace {

bool is_of(StepKind kind, std::string_view name, const std::string& station) {
  switch (kind) {
    case StepKind::kSource:
      return station == fmt::format("ingest {}", name) || station == fmt::format("load {}", name);
    case StepKind::kTraining:
      return station == fmt::format("training set {}", name) ||
             station == fmt::format("training set {} when known", name);
    case StepKind::kModel:
      return station.starts_with(fmt::format("model {}: ", name));
    case StepKind::kLeaderboards:
      return station == "leaderboard" || station.starts_with("learning curve ");
    case StepKind::kProfile:
      return station == fmt::format("profile {}", name);
    case StepKind::kWalk:
      return station.starts_with(fmt::format("retraining {}: ", name));
    case StepKind::kScores:
      return station.starts_with(fmt::format("scores {}: ", name));
  }
  return false;
}

// Of a model a fit and of a source rows that were read: less is not what making it takes.
bool made_it(StepKind kind, std::string_view name, const StationRecord& station) {
  if (kind == StepKind::kSource)
    return station.name == fmt::format("ingest {}", name) && station.units > 0;
  if (kind == StepKind::kModel) return station.name == fmt::format("model {}: fit", name);
  return true;
}

// Whether the station makes a step of this kind, of any name.
bool makes_one(StepKind kind, const std::string& station) {
  if (kind == StepKind::kTraining)
    return station.starts_with("training set ") && !station.ends_with(" when known");
  return station.starts_with("model ") && station.ends_with(": score");
}

// What the run kept of all steps of the kind together.
LastTime part_of_kept(StepKind kind, const RunRecord& run) {
  std::string_view kept = kind == StepKind::kTraining ? "keep training sets"
                          : kind == StepKind::kModel  ? "keep scores"
                                                      : "";
  LastTime part;
  std::int64_t made = 0;
  for (const StationRecord& station : run.stations) {
    if (makes_one(kind, station.name)) ++made;
    if (station.name != kept) continue;
    part.seconds += station.seconds;
    part.bytes_written += station.bytes_written;
  }
  part.seconds /= static_cast<double>(std::max<std::int64_t>(1, made));
  part.bytes_written /= std::max<std::int64_t>(1, made);
  return part;
}

// Accepted rows of all sources as of a run: it loaded them, or one before it did and they were the
// same since.
std::int64_t loaded_rows(const std::vector<RunRecord>& runs, std::size_t from) {
  for (std::size_t i = from; i < runs.size(); ++i) {
    std::int64_t rows = 0;
    for (const CounterRecord& counter : runs[i].counters)
      if (counter.name == "lode_records_loaded_total") rows += counter.value;
    if (rows > 0) return rows;
  }
  return 0;
}

}  // namespace

LastTime last_time(StepKind kind, std::string_view name, const std::vector<RunRecord>& runs) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunRecord& run = runs[i];
    if (run.state != RunState::kSucceeded) continue;
    // What else scores reads less than a run of the source.
    if (run.command != kRunCommand && kind != StepKind::kScores) continue;
    LastTime last = part_of_kept(kind, run);
    bool made = false;
    std::int64_t units = 0;
    for (const StationRecord& station : run.stations) {
      if (!is_of(kind, name, station.name)) continue;
      last.seconds += station.seconds;
      last.bytes_written += station.bytes_written;
      if (made_it(kind, name, station)) made = true, units = station.units;
    }
    if (!made) continue;
    last.rows = kind == StepKind::kSource ? units : loaded_rows(runs, i);
    last.run = run.id;
    return last;
  }
  return {};
}

}  // namespace lode
