#include "orchestrate/tuning_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "judge/log_loss.h"
#include "mine/search_space.h"
#include "orchestrate/model_run.h"
#include "orchestrate/tuning.h"
#include "project/definition.h"

namespace lode {
namespace {

constexpr std::uint64_t kTuningStream = 1;  // of folds: others than calibration's
constexpr int kReplicates = 500;
constexpr std::int64_t kScoredBytes = 40;  // a row that trials are scored on

// Rows of a training table as a model is fitted and scored on them. Encoders do not depend on the
// options: they are fitted once a fold.
class ModelFits final : public FoldFits {
 public:
  ModelFits(const TuningTask& task, const CancelToken& end, Stations& stations, std::string name)
      : task_(task),
        recipe_(task.recipe.stopped_by(end)),
        stations_(stations),
        name_(fmt::format("model {}: {}", task.rows.model.name, name)),
        shown_(stations.show({.name = name_, .unit = "rows"})) {}

  void take(std::vector<Fold> folds) {
    for (Fold& fold : folds) {
      Work& work = work_.emplace_back();
      work.outcomes = recipe_.outcomes(fold.scored);
      work.blocks = task_.rows.splitter.blocks(fold.scored);
      work.rows.resize(work.blocks.count);
      for (std::uint32_t block : work.blocks.of_row) work.rows[block] += 1;
      work.fold = std::move(fold);
    }
  }

  std::size_t folds() const override { return work_.size(); }
  std::span<const double> rows(std::size_t fold) const override { return work_[fold].rows; }
  std::int64_t scored() const {
    std::int64_t rows = 0;
    for (const Work& work : work_) rows += std::ssize(work.fold.scored);
    return rows;
  }
  // Of the trials in their order.
  const std::vector<double>& seconds() const { return seconds_; }

  Result<FoldLosses> losses(const OptionTexts& options, std::size_t fold) override {
    std::int64_t began = stations_.clock().steady_ns();
    if (fold == 0) seconds_.push_back(0);
    Work& work = work_[fold];
    std::unique_ptr<FittedModel> model;
    FoldLosses losses;
    if (!work.encoded)
      TRY_VOID(part("encode", StationKind::kOwn, [&](Station& station) -> Status {
        TRY(work.encoded, recipe_.encode(work.fold.train));
        station.advance(std::ssize(work.fold.train));
        return {};
      }));
    TRY_VOID(part("fit", StationKind::kTraining, [&](Station& station) -> Status {
      TRY(model, recipe_.fit(*work.encoded, options));
      station.advance(std::ssize(work.fold.train));
      return {};
    }));
    TRY_VOID(part("score", StationKind::kOwn, [&](Station& station) -> Status {
      TRY(losses, score(work, *model));
      station.advance(std::ssize(work.fold.scored));
      return {};
    }));
    constexpr double kNs = 1e-9;
    seconds_.back() += static_cast<double>(stations_.clock().steady_ns() - began) * kNs;
    return losses;
  }

 private:
  struct Work {
    Fold fold;
    Outcomes outcomes;
    Blocks blocks;
    std::vector<double> rows;  // of each block
    std::optional<EncodedRows> encoded;
  };

  // Its time counts however it ends.
  Status part(std::string_view what, StationKind kind,
              const std::function<Status(Station&)>& work) {
    Status ended;
    TRY_VOID(stations_.run_part({.name = fmt::format("{}, {}", name_, what), .kind = kind}, shown_,
                                [&](Station& station) -> Status {
                                  ended = work(station);
                                  return {};
                                }));
    return ended;
  }

  Result<FoldLosses> score(const Work& work, const FittedModel& model) const {
    std::vector<double> scores(work.fold.scored.size());
    TRY_VOID(recipe_.score(work.encoded->encoders, model, work.fold.scored, scores));
    FoldLosses losses(work.blocks.count);
    bool binary = work.outcomes.task == Task::kBinary;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      double miss = binary ? 0 : scores[i] - work.outcomes.number[i];
      losses[work.blocks.of_row[i]] +=
          binary ? log_loss_of(scores[i], work.outcomes.label[i]) : miss * miss;
    }
    return losses;
  }

  const TuningTask& task_;
  Recipe recipe_;
  Stations& stations_;
  std::string name_;
  ProgressStation shown_;
  std::vector<Work> work_;
  std::vector<double> seconds_;
};

// A mean of losses as the metric has it.
double as_metric(Task task, double mean) { return task == Task::kBinary ? mean : std::sqrt(mean); }

// Loss of the first less that of the second, blocks of all folds being drawn.
Estimate gain_of(const FoldFits& fits, Task task, const Trial& first, const Trial& second,
                 std::uint64_t seed) {
  std::vector<double> losses[2];
  std::vector<double> rows;
  for (std::size_t f = 0; f < fits.folds(); ++f) {
    losses[0].insert(losses[0].end(), first.losses[f].begin(), first.losses[f].end());
    losses[1].insert(losses[1].end(), second.losses[f].begin(), second.losses[f].end());
    rows.insert(rows.end(), fits.rows(f).begin(), fits.rows(f).end());
  }
  auto gain = [&](std::span<const double> draws) {
    double sum[2] = {0, 0};
    double count = 0;
    for (std::size_t b = 0; b < rows.size(); ++b) {
      for (int i = 0; i < 2; ++i) sum[i] += draws[b] * losses[i][b];
      count += draws[b] * rows[b];
    }
    return as_metric(task, sum[0] / count) - as_metric(task, sum[1] / count);
  };
  std::vector<double> draws(rows.size(), 1.0);
  double value = gain(draws);
  BootstrapOptions options{.replicates = kReplicates, .seed = seed};
  std::vector<double> replicates;
  for (int r = 0; r < options.replicates; ++r) {
    draw_blocks(options, static_cast<std::size_t>(r), draws);
    replicates.push_back(gain(draws));
  }
  int undefined = 0;
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  return percentile_interval(value, std::move(replicates), options.level, undefined)
      .value_or(Estimate{value, kNan, kNan});
}

std::string options_text(const OptionTexts& options) {
  std::string out;
  for (const auto& [name, value] : options)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, value);
  return out;
}

std::string_view end_name(TuningEnd end) {
  constexpr std::string_view kNames[] = {"trials", "time", "space"};
  return kNames[static_cast<std::size_t>(end)];
}

template <typename Searched>
void report_trials(const Tuned& tuned, const ModelFits& fits, Task task, const Searched& searched,
                   TuningReport& report) {
  report.folds = static_cast<std::int64_t>(fits.folds());
  report.rows = fits.scored();
  report.chosen = tuned.chosen;
  for (std::size_t i = 0; i < tuned.trials.size(); ++i) {
    const Trial& trial = tuned.trials[i];
    report.trials.push_back({.options = searched(trial.options),
                             .state = std::string(trial_state_name(trial.state)),
                             .folds = std::ssize(trial.losses),
                             .loss = trial.losses.empty() ? std::numeric_limits<double>::quiet_NaN()
                                                          : as_metric(task, trial.loss),
                             .seconds = fits.seconds()[i],
                             .why = trial.why});
  }
}

// The time a search may take: its own, and a part of the model's share of the run's.
Duration time_of(const Tuning& tune, const CancelToken& share, TuningReport& report) {
  report.limit = tune.time;
  Duration most = tune.time.us > 0 ? tune.time : CancelToken::kForever;
  Duration left = share.time_left();
  constexpr std::int64_t kPercent = 60;  // the rest is for fitting, judging, calibrating, ...
  if (left == CancelToken::kForever || left.us / 100 * kPercent >= most.us) return most;
  report.by_run = true;
  report.limit = {left.us / 100 * kPercent};
  return report.limit;
}

std::string said(const Tuned& tuned, const SearchSpace& space, std::string_view metric,
                 const Estimate& gain) {
  auto others = tuned.trials.size() - 1;
  if (others == 0) return "the declared options are kept: there was time for no others";
  if (tuned.chosen == 0)
    return fmt::format(
        "the declared options are kept: of {} other{} none is better beyond what the luckiest "
        "would "
        "show by chance",
        others, others == 1 ? "" : "s");
  return fmt::format(
      "{}: of {} trials the simplest that cannot be told apart from the best; {} lower than with "
      "the declared options by {:.4g} [{:.4g}, {:.4g}], on the rows it was chosen by",
      options_text(space.searched(tuned.trials[tuned.chosen].options)), tuned.trials.size(),
      metric == "log_loss" ? "log-loss" : "RMSE", gain.value, gain.low, gain.high);
}

class OptionSearch {
 public:
  OptionSearch(const TuningTask& task, const TuningMeans& means, TuningReport& report)
      : task_(task), means_(means), report_(report), model_(task.rows.model) {}

  Result<ModelOptions> run() {
    const Clock& clock = means_.stations.clock();
    std::int64_t began = clock.steady_ns();
    report_.metric = deciding_metric(task_.recipe.task());
    Result<ModelOptions> found = search();
    constexpr double kNs = 1e-9;
    report_.seconds = static_cast<double>(clock.steady_ns() - began) * kNs;
    TRY_VOID(means_.stations.end_parts());
    TRY_VOID(means_.cancel.check());
    if (found) return found;
    if (found.error().code() != Code::kInvalid && found.error().code() != Code::kLimit)
      return fail(found.error());
    keep_declared(found.error().message(), report_);
    return task_.recipe.options();
  }

 private:
  Result<ModelOptions> search() {
    const Tuning& tune_as = *model_.tune;
    TRY(const Component* algorithm, find_algorithm(model_.algorithm));
    TRY(SearchSpace space, SearchSpace::make(*algorithm, tune_as.options, task_.recipe.options()));
    Duration most = time_of(tune_as, means_.share, report_);
    TRY_VOID(check_time(most));
    CancelToken end = means_.cancel.within(means_.stations.clock(), most);
    FoldPlan plan{.dealt = static_cast<std::uint32_t>(tune_as.folds),
                  .only_trained_on = 2,
                  .stratified = true,
                  .stream = kTuningStream};
    plan.stretches = plan.dealt + plan.only_trained_on;
    TRY(std::vector<Fold> folds, make_folds(task_.rows, plan));
    report_.how = folds_text(task_.rows, folds.size());
    report_.most = tune_as.trials;
    TRY(MemoryBudget::Hold hold, held(folds));
    ModelFits fits(task_, end, means_.stations, "tune");
    fits.take(std::move(folds));
    TRY(Tuned tuned, tune(space, {.seed = model_.seed, .trials = tune_as.trials}, fits, end));
    report_trials(
        tuned, fits, task_.recipe.task(), [&](const OptionTexts& o) { return space.searched(o); },
        report_);
    report_.end = end_name(tuned.end);
    report_.gain = gain_of(fits, task_.recipe.task(), tuned.trials[0], tuned.trials[tuned.chosen],
                           model_.seed);
    report_.says = said(tuned, space, report_.metric, report_.gain);
    return tuned.trials[tuned.chosen].options;
  }

  // A search that would not finish one trial is not begun. A fold's fit takes at most its share of
  // the rows; encoding and scoring are as much again where fits are quick, and little where not.
  Status check_time(Duration most) const {
    Duration trial{task_.fit.us * (model_.tune->folds - 1)};
    if (trial.us < most.us) return {};
    return fail(Code::kLimit, "a trial takes about {:.1f} s, and {:.1f} s were left for all",
                static_cast<double>(trial.us) * 1e-6, static_cast<double>(most.us) * 1e-6);
  }

  // All folds stay encoded.
  Result<MemoryBudget::Hold> held(const std::vector<Fold>& folds) const {
    std::int64_t bytes = 0;
    for (const Fold& fold : folds)
      bytes += task_.recipe.fitting_bytes(std::ssize(fold.train)) +
               kScoredBytes * std::ssize(fold.scored);
    return means_.budget.hold("folds to tune model " + model_.name, bytes);
  }

  const TuningTask& task_;
  const TuningMeans& means_;
  TuningReport& report_;
  const Model& model_;
};

// Every combination of the values to choose from, over the model's other options.
std::vector<ModelOptions> candidates(const Choice& choose, const ModelOptions& options) {
  std::vector<ModelOptions> grid = {options};
  for (const auto& [name, values] : choose.grid) {
    std::vector<ModelOptions> wider;
    for (const auto& base : grid)
      for (const std::string& value : values) {
        wider.push_back(base);
        std::erase_if(wider.back(), [&](const auto& o) { return o.first == name; });
        wider.back().emplace_back(name, value);
      }
    grid = std::move(wider);
  }
  return grid;
}

// Of `options` those that were chosen among.
OptionTexts among(const Choice& choose, const ModelOptions& options) {
  OptionTexts out;
  for (const auto& [name, values] : choose.grid)
    for (const auto& [option, value] : options)
      if (option == name) out.emplace_back(name, value);
  return out;
}

}  // namespace

Result<ModelOptions> tuned_options(const TuningTask& task, const TuningMeans& means,
                                   TuningReport& report) {
  return OptionSearch(task, means, report).run();
}

Result<ModelOptions> chosen_options(const TuningTask& task, const TuningMeans& means,
                                    TuningReport& report) {
  const Choice& choose = *task.rows.model.choose;
  TRY(SplitRows rows, task.rows.splitter.split(choose.fit, choose.on));
  ModelFits fits(task, means.cancel, means.stations, "choose");
  std::vector<Fold> fold(1);
  fold[0] = {std::move(rows.train), std::move(rows.test)};
  fits.take(std::move(fold));
  std::int64_t began = means.stations.clock().steady_ns();
  TRY(Tuned tuned, try_all(candidates(choose, task.recipe.options()), fits));
  TRY_VOID(means.stations.end_parts());
  constexpr double kNs = 1e-9;
  report.seconds = static_cast<double>(means.stations.clock().steady_ns() - began) * kNs;
  report.metric = deciding_metric(task.recipe.task());
  report.how = "rows of " + range_text(choose.on);
  report.most = std::ssize(tuned.trials);
  report.end = end_name(tuned.end);
  report_trials(
      tuned, fits, task.recipe.task(), [&](const OptionTexts& o) { return among(choose, o); },
      report);
  report.gain = gain_of(fits, task.recipe.task(), tuned.trials[0], tuned.trials[tuned.chosen],
                        task.rows.model.seed);
  const ModelOptions& best = tuned.trials[tuned.chosen].options;
  report.says = fmt::format("{}: the best of {} on {}", options_text(among(choose, best)),
                            tuned.trials.size(), range_text(choose.on));
  return best;
}

void keep_declared(const std::string& why, TuningReport& report) {
  report.chosen = 0;
  report.gain = {};
  report.why_not = why;
  report.says = "the declared options are kept: " + why;
}

Status check_tuning(const Model& model) {
  if (!model.tune) return {};
  TRY(const Component* algorithm, find_algorithm(model.algorithm));
  TRY_VOID(SearchSpace::make(*algorithm, model.tune->options, model.options));
  return {};
}

}  // namespace lode
