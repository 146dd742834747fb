// The kept scores of a model, brought up to date in durable steps (serve/score_state.h).
//
// Below .lode/PROJECT/kept_scores/MODEL/unlabelled (or /all, or declared_scores/NAME): `state`,
// what the log is; `job`, while one is at work; and the log of generation N as gN. A job's entries
// are those of its arrivals in an order that follows from them alone, so whoever goes on with it
// knows which are there.
#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "orchestrate/score_question.h"
#include "orchestrate/score_report.h"
#include "orchestrate/source_run.h"
#include "orchestrate/stations.h"

namespace lode {

class ScoreWhy;  // orchestrate/score_why.h

struct ScoreMeans {
  FileSystem& files;
  const Project& project;
  const ScoreQuestion& question;
  const ScoreRequest& request;
  Limits limits;
  const CancelToken& cancel;
  MemoryBudget& budget;
  ThreadPool& pool;
  Stations& stations;
  ScoreReport& report;
  const ScoreWhy* why = nullptr;  // where drivers of scores are asked for

  // What a stretch of it is called: "score", of declared ones "scores nightly: score".
  std::string station(std::string_view name) const {
    return request.name.empty() ? std::string(name)
                                : fmt::format("scores {}: {}", request.name, name);
  }
  SourceContext source_context() const {
    return {files, project, limits, cancel, false, {}, &budget};
  }
};

using RawZones = std::map<std::string, ContentHash, std::less<>>;

// Of the project's rows up to `cut`: finishes a job that was killed, does what has become due
// since, and gives all scores that stand, by ascending order of their rows. The caller holds the
// project's lock; `zones` are the raw zones as they are.
Result<Table> score_kept(const ScoreMeans& means, const RawZones& zones, std::int64_t cut);

// The folder of a model's kept scores (those with drivers apart), and of those that lode.yaml
// declares.
std::string kept_scores_path(const Project& project, std::string_view model, bool all,
                             std::int64_t why = 0);
std::string declared_scores_path(const Project& project, std::string_view name);

}  // namespace lode
