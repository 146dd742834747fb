// The choice of options by trial: which options are tried, when a trial is given up, and which
// wins. It knows folds by their losses alone; what fits them is given (orchestrate/tuning_run.h).
//
// Trial 0 is the model as it is declared. Each other is of a point of the search space
// (mine/search.h) and is scored fold after fold; it is dropped as soon as it is worse than the best
// so far on the same folds by more than chance (racing: Maron and Moore, 1994). What is declared is
// left only for options whose loss is lower beyond what the luckiest of all trials would show by
// chance (Bonferroni's correction, 5 % for them all); of those and of what cannot be told apart
// from the best of them, the simplest is taken.
//
// Determinism: the trials follow from the seed and the losses before them, the choice from the
// trials. A clock decides one thing, how many there are: a trial that its end comes upon counts as
// never begun, so the same number of trials is the same choice to the bit.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "mine/search_space.h"

namespace lode {

// Losses of rows, added up by blocks of rows that belong together, fold after fold.
using FoldLosses = std::vector<double>;

class FoldFits {
 public:
  virtual ~FoldFits() = default;
  virtual std::size_t folds() const = 0;
  // Rows of each block of a fold.
  virtual std::span<const double> rows(std::size_t fold) const = 0;
  // Fits and scores a fold with these options. kInvalid: they are refused for this data; kLimit
  // where the token it was given is over; other errors end the search.
  virtual Result<FoldLosses> losses(const OptionTexts& options, std::size_t fold) = 0;
};

enum class TrialState : std::uint8_t { kFinished, kDropped, kRefused };
std::string_view trial_state_name(TrialState state);  // "finished"

struct Trial {
  TrialState state = TrialState::kFinished;
  OptionTexts options{};             // all of them
  std::vector<double> point{};       // of the search space
  std::vector<FoldLosses> losses{};  // of the folds that were scored
  double loss = 0;                   // mean of a row over them
  std::string why{};                 // of one that was refused
};

enum class TuningEnd : std::uint8_t { kTrials, kTime, kSpace };

struct Tuned {
  std::vector<Trial> trials{};
  std::size_t chosen = 0;
  TuningEnd end = TuningEnd::kTrials;  // kSpace: hardly a point is left that was not tried
};

// What of two means of losses is no chance, blocks being drawn: the ratio estimator's standard
// error and Student's t.
struct PairedLoss {
  double difference = 0;  // of the second less the first, a row
  double error = 0;       // its standard error
  double blocks = 0;
  // One-sided p that the second is not better, or not worse. 1/2 where nothing differs.
  double p_better() const;
  double p_worse() const;
};
// On the folds that both have.
PairedLoss paired_loss(const FoldFits& fits, const Trial& first, const Trial& second);

struct TuningRules {
  std::uint64_t seed = 1;
  std::int64_t trials = 1;  // at most, the declared options among them
};

// `end`: what the fits are cancelled by. Errors: kLimit if the declared options were not scored in
// time; what refuses them; kCancelled.
Result<Tuned> tune(const SearchSpace& space, const TuningRules& rules, FoldFits& fits,
                   const CancelToken& end);

// Every one of the candidates on every fold; the least loss wins, the first of equals. Errors:
// those of the fits.
Result<Tuned> try_all(const std::vector<OptionTexts>& candidates, FoldFits& fits);

}  // namespace lode
