// Which of several models wins, by their scores on the same rows: the simplest of those that cannot
// be told apart from the best.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "judge/bootstrap.h"

namespace lode {

struct Contender {
  std::string model;
  const JudgedRows* judged;
  bool baseline = false;
};

struct ContenderStanding {
  Estimate value{};        // of the metric
  Estimate behind_best{};  // this less the best, on the same draws; 0 of the best itself
  bool tied = false;       // it cannot be told apart from the best
};

struct WinnerChoice {
  std::string winner{};
  std::vector<ContenderStanding> standings{};  // of each contender
};

// Contenders in the order of lode.yaml, one at least, of which less of the metric is better. A
// baseline that cannot be told apart from the best wins, since nothing is simpler; else, of those
// that cannot be and are better than the baseline, the first declared. The best always is. Errors:
// those of compare_by() and bootstrap().
Result<WinnerChoice> choose_winner(const Metric& metric, std::span<const Contender> contenders,
                                   const BootstrapOptions& draws, ThreadPool& pool,
                                   const CancelToken& cancel);

}  // namespace lode
