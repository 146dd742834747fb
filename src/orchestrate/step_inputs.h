// What the steps of a run follow from: equal inputs, equal outcomes. orchestrate/kept_step.h keeps
// them with the outcome.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/time.h"
#include "orchestrate/kept_step.h"
#include "project/project.h"

namespace lode {

// A project's sources as a run has read them.
struct ReadSources {
  std::map<std::string, ContentHash, std::less<>> zones{};  // names of raw zones, by source
  std::int64_t next_seq = 0;                                // one past the last of the arrival list
};

// The name of a training set's content (docs/semantics.md 8.5). Errors: training_definition's.
Result<std::string> dataset_name(const Project& project, const TrainingSet& set,
                                 const ReadSources& read, FileSystem& files);

StepInputs source_inputs(const ContentHash& zone);
StepInputs training_inputs(const std::string& dataset);
// With what its monitor leaves to a model before it (orchestrate/monitor_run.h). Not what it is
// compared with: that is done again without making it again.
StepInputs model_inputs(const Project& project, const Model& model,
                        const std::map<std::string, std::string, std::less<>>& datasets);
StepInputs walk_inputs(const Project& project, const Retraining& walk, const std::string& dataset);
StepInputs leaderboard_inputs(const Project& project,
                              const std::map<std::string, std::string, std::less<>>& datasets);
struct ScoredBy;  // orchestrate/score_question.h
StepInputs scores_inputs(const ScoringJob& job, const std::string& dataset, const ScoredBy& by);
// Of a step that was made after something did not fit into memory.
StepInput memory_input(std::int64_t limit_bytes);
// Of one that was made in less time than it would have taken; 0: no limit.
StepInput time_input(Duration limit);

}  // namespace lode
