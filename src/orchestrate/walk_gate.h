// The gate at the end of a walk's period: who may take the place of what is live, judged on all
// rows that both have scored, as far as their labels are known by then, under one ledger of alpha.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "evaluate/gate.h"
#include "orchestrate/walk_candidate.h"
#include "orchestrate/walk_report.h"
#include "project/project.h"

namespace lode {

// The rows a walk has scored so far.
struct WalkedRows {
  std::span<const WalkPeriod> periods;
  std::span<const std::int64_t> rows;         // of the table, period after period
  std::span<const std::size_t> first_places;  // of each period, in rows
};

class WalkGate {
 public:
  // All must outlive it.
  WalkGate(const Retraining& walk, const TrainingTable& training, const RowsByTime& by_time,
           ThreadPool& pool, const CancelToken& cancel)
      : walk_(walk), training_(training), by_time_(by_time), pool_(pool), cancel_(cancel) {}

  struct Said {
    std::vector<WalkDecision> looks{};
    std::size_t live = 0;  // in the next period
  };
  // At `now`: every candidate that stands and is not live is looked at, with an equal share of
  // alpha; of those that may be promoted the one that gained most is. Where none
  // stands nobody is looked at and no alpha is spent. Errors: decide()'s.
  Result<Said> look(std::span<const WalkCandidate> candidates, std::size_t live,
                    const WalkedRows& walked, std::int64_t now);

 private:
  struct Evidence;
  Evidence evidence_of(const WalkCandidate& first, const WalkCandidate& second,
                       const WalkedRows& walked, std::int64_t from, std::int64_t now) const;
  GatePolicy policy() const;
  double alpha_of(std::int64_t challengers);

  const Retraining& walk_;
  const TrainingTable& training_;
  const RowsByTime& by_time_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  std::map<std::int64_t, double> alpha_;  // of a look, by challengers that share it
};

}  // namespace lode
