// What a step took the last time a run made it, by the records of runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lake/runs.h"
#include "orchestrate/kept_step.h"

namespace lode {

// How many of the newest runs are looked through: those before tell little of today.
inline constexpr int kRunsLookedThrough = 200;

struct LastTime {
  std::string run{};  // "": none of the runs made it
  double seconds = 0;
  std::int64_t bytes_written = 0;
  // Of a source that it read then; of any other step the accepted rows of all sources then, 0 if
  // that is not known.
  std::int64_t rows = 0;
  bool known() const { return !run.empty(); }
};

// `runs`: newest first. Of what a run keeps together (training sets, scores) each step that it made
// has an equal part. Only runs that were done count.
LastTime last_time(StepKind kind, std::string_view name, const std::vector<RunRecord>& runs);

}  // namespace lode
