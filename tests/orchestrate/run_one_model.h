// A model made and judged as a run makes it, for tests of what a run says of one.
#pragma once

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "orchestrate/model_run.h"

namespace lode {

inline FittedRun run_one_model(const TrainingTable& table, const Model& model,
                               std::vector<StationRecord>* stations = nullptr, int threads = 1) {
  Project project;
  ThreadPool pool(threads);
  static MemoryBudget budget(std::int64_t{1} << 30);  // a run's hold must not outlive it
  ManualClock clock{Timestamp{}};
  CancelToken cancel;
  Counter written;
  Stations all({clock, silent_progress(), cancel, budget, written},
               [](const StationRecord&) -> Status { return {}; });
  auto fitted = run_model(project, model, table, nullptr, {pool, cancel, budget, all});
  EXPECT_TRUE(fitted) << fitted.error().text();
  if (stations != nullptr) *stations = all.done();
  return fitted ? *std::move(fitted) : FittedRun{};
}

}  // namespace lode
