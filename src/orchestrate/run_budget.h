// Budgets: what a run may take, held against what it would take before it takes it. A run is
// refused before anything is read, a step before it is begun; what was made before it stays.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "orchestrate/run_plan.h"
#include "orchestrate/step_price.h"
#include "project/project.h"

namespace lode {

// One sentence for each budget that a run of these steps would pass; none without a budget.
std::vector<std::string> over_budget(const Project& project, const RunPlan& plan,
                                     const std::vector<StepPrice>& prices);

// What went until now.
struct Spent {
  double seconds = 0;
  std::int64_t written = 0;  // bytes
};

// Belongs to the thread of the run; the project must outlive it.
class RunBudget {
 public:
  explicit RunBudget(const Project& project) : project_(project) {}

  // Before anything is read. kLimit, at the budget's place, with the numbers.
  Status check_run(const RunPlan& plan, std::vector<StepPrice> prices);
  // As they are known from now on; checked a step at a time.
  void set(const RunPlan& plan, std::vector<StepPrice> prices);
  // Before it is begun. kLimit as above; nothing of a step that has no price.
  Status check_step(StepKind kind, std::string_view name, const Spent& spent) const;

 private:
  Error refusal(std::string what) const;

  const Project& project_;
  std::vector<std::pair<std::pair<StepKind, std::string>, StepPrice>> prices_;
};

}  // namespace lode
