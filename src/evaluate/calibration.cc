#include "evaluate/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "base/math.h"
#include "judge/distributions.h"

namespace lode {
namespace {

constexpr double kClip = 1e-15;  // as log_loss does
constexpr std::uint32_t kMostFolds = 1000;
constexpr std::size_t kKinds = std::size(kAllCalibrators);

double log_loss_of(double probability, std::uint8_t label) {
  double p = label == 1 ? probability : 1 - probability;
  return -portable_log(std::clamp(p, kClip, 1 - kClip));
}

class CrossFit {
 public:
  CrossFit(const ScoredRows& rows, const Blocks& blocks,
           std::span<const std::uint32_t> fold_of_block, ThreadPool& pool,
           const CancelToken& cancel)
      : rows_(rows), blocks_(blocks), fold_of_block_(fold_of_block), pool_(pool), cancel_(cancel) {}

  Result<CalibrationChoice> choose() {
    TRY(Sample sample, Sample::make(rows_, blocks_));
    TRY_VOID(check(sample));
    folds_ = 1 + *std::ranges::max_element(fold_of_block_);
    TRY_VOID(fit(sample));
    TRY_VOID(score(sample));
    return conclude(sample);
  }

 private:
  struct Kind {
    std::vector<std::optional<Calibrator>> without_fold;  // the last one: of all rows
    std::optional<Error> refused;
    std::vector<double> probability;  // out of fold
    std::vector<double> block_loss;   // weighted sums
    double log_loss = 0;
  };

  Status check(const Sample& sample) const {
    if (fold_of_block_.size() != blocks_.count)
      return fail(Code::kInvalid, "{} folds are given for {} blocks of rows", fold_of_block_.size(),
                  blocks_.count);
    std::uint32_t folds = 1 + *std::ranges::max_element(fold_of_block_);
    if (folds > kMostFolds || folds == 0)
      return fail(Code::kLimit, "a fold has number {}; the limit is {} folds", folds - 1,
                  kMostFolds);
    std::vector<bool> block_seen(blocks_.count);
    std::vector<bool> fold_seen(folds);
    bool label_seen[2] = {};
    for (std::size_t i = 0; i < sample.rows(); ++i) {
      if (sample.weight(i) == 0) continue;
      block_seen[sample.block(i)] = true;
      fold_seen[fold_of_block_[sample.block(i)]] = true;
      label_seen[sample.label(i)] = true;
    }
    if (!label_seen[0] || !label_seen[1])
      return fail(Code::kInvalid, "all labels are {}; calibration needs rows of both labels",
                  label_seen[1] ? 1 : 0);
    if (std::ranges::count(block_seen, true) < 2 || folds < 2)
      return fail(Code::kInvalid,
                  "calibrators are judged on rows they were not fitted on: that takes at least 2 "
                  "folds, and there are {} of {} blocks",
                  folds, std::ranges::count(block_seen, true));
    auto empty = std::ranges::find(fold_seen, false);
    if (empty != fold_seen.end())
      return fail(Code::kInvalid, "no row of any weight is in fold {} of {}",
                  empty - fold_seen.begin(), folds);
    return {};
  }

  // A task a kind and fold; rows of the fold get weight 0, which is as if they were not there.
  Status fit(const Sample& sample) {
    for (Kind& kind : kinds_) kind.without_fold.resize(folds_ + 1);
    std::vector<std::optional<Error>> refused(kKinds * (folds_ + 1));
    auto task = [&](std::size_t t) -> Status {
      std::size_t k = t % kKinds;
      std::size_t fold = t / kKinds;
      std::vector<double> weight(sample.rows());
      for (std::size_t i = 0; i < sample.rows(); ++i)
        weight[i] = fold_of_block_[sample.block(i)] == fold ? 0 : sample.weight(i);
      auto fitted = fit_calibrator(kAllCalibrators[k], {rows_.score, rows_.label, weight});
      if (fitted) {
        kinds_[k].without_fold[fold] = *std::move(fitted);
        return {};
      }
      if (fitted.error().code() != Code::kInvalid) return fail(fitted.error());
      refused[t] = fitted.error();
      return {};
    };
    TRY_VOID(parallel_for(pool_, refused.size(), task, cancel_));
    for (std::size_t t = 0; t < refused.size(); ++t)
      if (refused[t] && !kinds_[t % kKinds].refused) kinds_[t % kKinds].refused = refused[t];
    return {};
  }

  Status score(const Sample& sample) {
    return parallel_for(
        pool_, kKinds,
        [&](std::size_t k) {
          Kind& kind = kinds_[k];
          if (kind.refused) return;
          kind.probability.resize(sample.rows());
          kind.block_loss.resize(blocks_.count);
          double total = 0;
          double weight = 0;
          for (std::size_t i = 0; i < sample.rows(); ++i) {
            const auto& calibrator = kind.without_fold[fold_of_block_[sample.block(i)]];
            kind.probability[i] = calibrator->probability(sample.score(i));
            double loss = sample.weight(i) * log_loss_of(kind.probability[i], sample.label(i));
            kind.block_loss[sample.block(i)] += loss;
            total += loss;
            weight += sample.weight(i);
          }
          kind.log_loss = total / weight;
        },
        cancel_);
  }

  // Of the mean of differences in loss, blocks being independent: the ratio estimator's linearised
  // variance (Cochran, 1977, 6.3).
  double standard_error(const Kind& a, const Kind& b, std::span<const double> block_weight) const {
    double total = 0;
    double blocks = 0;
    for (double weight : block_weight) {
      total += weight;
      blocks += weight > 0 ? 1 : 0;
    }
    double mean = a.log_loss - b.log_loss;
    double squares = 0;
    for (std::size_t i = 0; i < block_weight.size(); ++i) {
      double from = a.block_loss[i] - b.block_loss[i] - mean * block_weight[i];
      squares += from * from;
    }
    return std::sqrt(squares * blocks / (blocks - 1)) / total;
  }

  Result<CalibrationChoice> conclude(const Sample& sample) {
    std::vector<double> block_weight(blocks_.count);
    for (std::size_t i = 0; i < sample.rows(); ++i)
      block_weight[sample.block(i)] += sample.weight(i);
    CalibrationChoice out;
    std::optional<std::size_t> best;
    for (std::size_t k = 0; k < kKinds; ++k) {
      const Kind& kind = kinds_[k];
      CalibratorTrial trial{.kind = kAllCalibrators[k], .against = kAllCalibrators[k]};
      if (kind.refused) {
        trial.refused = kind.refused->message();
      } else {
        trial.log_loss = kind.log_loss;
        if (best) {
          trial.against = kAllCalibrators[*best];
          trial.gain = kinds_[*best].log_loss - kind.log_loss;
          trial.standard_error = standard_error(kinds_[*best], kind, block_weight);
        }
        trial.taken = !best || trial.gain > trial.standard_error;
        if (trial.taken) best = k;
      }
      out.trials.push_back(std::move(trial));
    }
    if (!best) return fail(Code::kInternal, "no calibrator takes these scores");  // platt does
    out.calibrator = *std::move(kinds_[*best].without_fold[folds_]);
    out.probability = std::move(kinds_[*best].probability);
    out.why = why(out.trials, *best);
    return out;
  }

  static std::string why(const std::vector<CalibratorTrial>& trials, std::size_t best) {
    const CalibratorTrial& chosen = trials[best];
    std::string name(calibrator_name(chosen.kind));
    if (chosen.against == chosen.kind)
      return fmt::format(
          "{}: nothing that bends more lowers the log-loss of {:.5f} out of fold by more than a "
          "standard error",
          name, chosen.log_loss);
    return fmt::format("{}: log-loss {:.5f} out of fold, {:.5f} ± {:.5f} below that of {}", name,
                       chosen.log_loss, chosen.gain, chosen.standard_error,
                       calibrator_name(chosen.against));
  }

  const ScoredRows& rows_;
  const Blocks& blocks_;
  std::span<const std::uint32_t> fold_of_block_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  std::uint32_t folds_ = 0;
  std::array<Kind, kKinds> kinds_;
};

}  // namespace

Result<CalibrationChoice> choose_calibrator(const ScoredRows& rows, const Blocks& blocks,
                                            std::span<const std::uint32_t> fold_of_block,
                                            ThreadPool& pool, const CancelToken& cancel) {
  return CrossFit(rows, blocks, fold_of_block, pool, cancel).choose();
}

Result<SpiegelhalterTest> spiegelhalter_test(const ScoredRows& rows) {
  TRY(Sample sample, Sample::make(rows, one_block(rows.score.size())));
  double difference = 0;
  double variance = 0;
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    double p = sample.score(i);
    if (p < 0 || p > 1)
      return fail(Code::kInvalid,
                  "row {}: score {} is not in [0, 1], as a test of calibration needs", i, p);
    double lever = 1 - 2 * p;
    difference += sample.weight(i) * (sample.label(i) - p) * lever;
    variance += sample.weight(i) * lever * lever * p * (1 - p);
  }
  if (!(variance > 0))
    return fail(Code::kInvalid,
                "all probabilities are 0, 0.5 or 1: Spiegelhalter's test says nothing about them");
  SpiegelhalterTest out;
  out.z = difference / std::sqrt(variance);
  out.p_value = 2 * normal_cdf(-std::abs(out.z));
  return out;
}

}  // namespace lode
