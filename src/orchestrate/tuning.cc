#include "orchestrate/tuning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "judge/distributions.h"
#include "mine/search.h"

namespace lode {
namespace {

constexpr double kAlpha = 0.05;          // of leaving what is declared for nothing
constexpr double kDropAlpha = 0.025;     // of dropping a trial that is as good as the best
constexpr std::uint64_t kAttempts = 16;  // at a point that was not tried
constexpr double kRefused = std::numeric_limits<double>::infinity();

double mean_loss(const FoldFits& fits, const Trial& trial) {
  double sum = 0;
  double rows = 0;
  for (std::size_t f = 0; f < trial.losses.size(); ++f) {
    for (double loss : trial.losses[f]) sum += loss;
    for (double count : fits.rows(f)) rows += count;
  }
  return sum / rows;
}

// P(T > t) of the difference over its error.
double upper_tail(double difference, double error, double blocks) {
  if (difference == 0 || blocks < 2) return 0.5;
  if (error == 0) return difference > 0 ? 0 : 1;
  return student_cdf(-difference / error, blocks - 1);
}

class Tuner {
 public:
  Tuner(const SearchSpace& space, const TuningRules& rules, FoldFits& fits, const CancelToken& end)
      : space_(space), rules_(rules), fits_(fits), end_(end) {}

  Result<Tuned> run() {
    Trial declared;
    declared.point = space_.start();
    declared.options = space_.given();
    TRY(bool finished, score(declared));
    if (!finished) return fail(Code::kLimit, "not one trial was finished in its time");
    if (declared.state == TrialState::kRefused) return fail(Code::kInvalid, "{}", declared.why);
    add(std::move(declared));
    while (std::ssize(out_.trials) < rules_.trials) {
      std::optional<Trial> trial = propose();
      out_.end = trial ? TuningEnd::kTime : TuningEnd::kSpace;
      if (!trial) break;
      TRY(bool done, score(*trial));
      if (!done) break;
      add(*std::move(trial));
      out_.end = TuningEnd::kTrials;
    }
    out_.chosen = choose();
    return std::move(out_);
  }

 private:
  const Trial& declared() const { return out_.trials[0]; }

  std::optional<Trial> propose() const {
    std::vector<TriedPoint> tried;
    for (const Trial& trial : out_.trials) tried.push_back({trial.point, rank(trial)});
    for (std::uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
      Trial trial;
      trial.point = next_point(space_.axes(), rules_.seed, out_.trials.size(), attempt, tried);
      trial.options = space_.options(trial.point);
      OptionTexts searched = space_.searched(trial.options);
      if (std::ranges::none_of(out_.trials, [&](const Trial& one) {
            return space_.searched(one.options) == searched;
          }))
        return trial;
    }
    return std::nullopt;
  }

  // Losses of trials that were scored on other folds, as what they have more than the declared
  // ones.
  double rank(const Trial& trial) const {
    if (trial.losses.empty()) return kRefused;
    return paired_loss(fits_, declared(), trial).difference;
  }

  // Whether it was scored before the end.
  Result<bool> score(Trial& trial) {
    for (std::size_t f = 0; f < fits_.folds(); ++f) {
      if (end_.cancelled()) return over();
      Result<FoldLosses> losses = fits_.losses(trial.options, f);
      if (!losses && end_.cancelled()) return over();
      if (!losses && losses.error().code() != Code::kInvalid) return fail(losses.error());
      if (!losses) {
        trial.state = TrialState::kRefused;
        trial.why = losses.error().message();
        trial.losses.clear();
        return true;
      }
      trial.losses.push_back(*std::move(losses));
      trial.loss = mean_loss(fits_, trial);
      if (f + 1 == fits_.folds() || out_.trials.empty()) continue;
      if (paired_loss(fits_, out_.trials[best_], trial).p_worse() >= kDropAlpha) continue;
      trial.state = TrialState::kDropped;
      return true;
    }
    return true;
  }

  Result<bool> over() const {
    if (end_.stopped()) return fail(end_.check().error());
    return false;
  }

  void add(Trial trial) {
    out_.trials.push_back(std::move(trial));
    const Trial& last = out_.trials.back();
    if (last.state == TrialState::kFinished && last.loss < out_.trials[best_].loss)
      best_ = out_.trials.size() - 1;
  }

  // The best is the likeliest to be better than what is declared; if it is not, none is.
  std::size_t choose() const {
    const std::vector<Trial>& trials = out_.trials;
    double least_p = kAlpha / static_cast<double>(std::max<std::size_t>(1, trials.size() - 1));
    auto clearly_better = [&](const Trial& trial) {
      return trial.state == TrialState::kFinished &&
             paired_loss(fits_, declared(), trial).p_better() < least_p;
    };
    std::size_t chosen = 0;
    for (std::size_t i = 1; i < trials.size(); ++i)
      if (clearly_better(trials[i]) && (chosen == 0 || trials[i].loss < trials[chosen].loss))
        chosen = i;
    if (chosen == 0) return 0;
    const Trial& best = trials[chosen];
    for (std::size_t i = 1; i < trials.size(); ++i) {
      if (!clearly_better(trials[i])) continue;
      if (paired_loss(fits_, best, trials[i]).p_worse() < kAlpha / 2) continue;
      if (space_.complexity(trials[i].point) < space_.complexity(trials[chosen].point)) chosen = i;
    }
    return chosen;
  }

  const SearchSpace& space_;
  const TuningRules& rules_;
  FoldFits& fits_;
  const CancelToken& end_;
  Tuned out_;
  std::size_t best_ = 0;  // of the finished ones
};

}  // namespace

std::string_view trial_state_name(TrialState state) {
  constexpr std::array<std::string_view, 3> kNames = {"finished", "dropped", "refused"};
  return kNames[static_cast<std::size_t>(state)];
}

double PairedLoss::p_better() const { return upper_tail(-difference, error, blocks); }
double PairedLoss::p_worse() const { return upper_tail(difference, error, blocks); }

PairedLoss paired_loss(const FoldFits& fits, const Trial& first, const Trial& second) {
  PairedLoss out;
  double rows = 0;
  std::size_t folds = std::min(first.losses.size(), second.losses.size());
  for (std::size_t f = 0; f < folds; ++f)
    for (std::size_t b = 0; b < first.losses[f].size(); ++b) {
      out.difference += second.losses[f][b] - first.losses[f][b];
      rows += fits.rows(f)[b];
      out.blocks += 1;
    }
  out.difference /= rows;
  double squares = 0;
  for (std::size_t f = 0; f < folds; ++f)
    for (std::size_t b = 0; b < first.losses[f].size(); ++b) {
      double rest = second.losses[f][b] - first.losses[f][b] - fits.rows(f)[b] * out.difference;
      squares += rest * rest;
    }
  if (out.blocks > 1) out.error = std::sqrt(squares * out.blocks / (out.blocks - 1)) / rows;
  return out;
}

Result<Tuned> tune(const SearchSpace& space, const TuningRules& rules, FoldFits& fits,
                   const CancelToken& end) {
  return Tuner(space, rules, fits, end).run();
}

Result<Tuned> try_all(const std::vector<OptionTexts>& candidates, FoldFits& fits) {
  Tuned out;
  for (const OptionTexts& options : candidates) {
    Trial& trial = out.trials.emplace_back();
    trial.options = options;
    for (std::size_t f = 0; f < fits.folds(); ++f) {
      TRY(FoldLosses losses, fits.losses(options, f));
      trial.losses.push_back(std::move(losses));
    }
    trial.loss = mean_loss(fits, trial);
    if (trial.loss < out.trials[out.chosen].loss) out.chosen = out.trials.size() - 1;
  }
  return out;
}

}  // namespace lode
