// What of a project is out of date, and why: `lode run` makes those steps and no others, `lode
// plan` shows them with what they will take (orchestrate/step_price.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "orchestrate/kept_step.h"
#include "orchestrate/source_run.h"
#include "orchestrate/step_inputs.h"
#include "project/project.h"

namespace lode {

struct PlannedStep {
  StepKind kind = StepKind::kSource;
  std::string name;
  bool due = true;
  std::string why{};               // due: "its data changed"; else "as run 3 made it"
  StepInputs inputs{};             // empty where they follow from what is yet to be read
  std::optional<KeptStep> kept{};  // of one that is not due
};

struct RunPlan {
  std::vector<PlannedStep> steps{};  // in the order they are made; sources first

  // The project has it.
  const PlannedStep& step(StepKind kind, std::string_view name) const;
  bool due(StepKind kind, std::string_view name) const { return step(kind, name).due; }
  bool any_due(StepKind kind) const;
};

struct PlanContext {
  FileSystem& files;
  bool again = false;             // all of it, up to date or not
  std::int64_t memory_limit = 0;  // of --memory
  Duration time_limit{};          // of --time-limit
  std::int64_t made_since =
      0;  // with `again`: what this run or a later one made stands; 0: nothing
};

// Once all sources are read. A step is up to date when it was made of the same inputs by this build
// of lode, and what it left is whole. Errors: dataset_name's. Cost: reads what is kept, 1 GB/s.
Result<RunPlan> plan_run(const Project& project, const ReadSources& read,
                         const PlanContext& context);

// Before they are read, changing nothing: what comes from files that are new, grew or changed is
// due. Errors: those of plan_source. Hashes the sources' files, 1 GB/s.
struct LookedPlan {
  RunPlan plan;
  std::vector<SourceLook> sources{};  // as its first steps
};
Result<LookedPlan> look_ahead(const Project& project, const PlanContext& context,
                              const Limits& limits, bool replace);

}  // namespace lode
