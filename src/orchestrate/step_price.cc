#include "orchestrate/step_price.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ingest/stretches.h"
#include "mine/algorithm.h"
#include "orchestrate/last_time.h"
#include "orchestrate/score_question.h"
#include "orchestrate/step_outcomes.h"

namespace lode {
namespace {

using Basis = StepPrice::Basis;

// Measured on two cores over adult, telco-churn, bike-sharing and flights (docs/guides/budgets.md),
// for what was never made: seconds of a step, of a row, of a value.
constexpr double kStep = 0.15;
constexpr double kRowRead = 2e-6;
constexpr double kViewRead = 4e-7;   // of a row, a view and a window
constexpr double kValueKept = 4e-8;  // of a row and a column
constexpr double kModel = 0.35;      // beside its fits
constexpr double kModelRow = 6e-7;   // scored, judged, watched
// Packed: of a value in the raw zone, of one in a training set, of a score with what names it.
constexpr double kBytesRead = 2.5;
constexpr double kBytesKept = 1.2;
constexpr double kBytesOfScore = 9;
// Fits of a model beside its own: one of a random split, and what leaks are looked for with.
constexpr double kSideFits = 1.5;
constexpr double kFoldFits = 5;
// Of rows that are split by time, and how many are fitted is not known yet.
constexpr double kTrainShare = 0.75;

// Like which one that scores the rows is made.
const Model* scoring_model(const Project& project, const PlannedStep& step) {
  const ScoringJob& job = *std::ranges::find(project.scores, step.name, &ScoringJob::name);
  return declared_model(project, job.model.substr(0, job.model.find('@')));
}

class Pricer {
 public:
  Pricer(FileSystem& files, const Project& project, const std::vector<SourceSize>& sources,
         const std::vector<RunRecord>& runs)
      : files_(files), project_(project), sources_(sources), runs_(runs) {
    for (const SourceSize& source : sources) rows_ += source.rows;
  }

  StepPrice price(const PlannedStep& step) const {
    StepPrice price;
    if (!step.due) return price;
    price.rows = rows_of(step);
    if (step.kind == StepKind::kSource) price.bytes_read = source(step.name).due_bytes;
    LastTime last = last_time(step.kind, step.name, runs_);
    if (last.known())
      as_last_time(step, last, price);
    else
      roughly(step, price);
    return price;
  }

 private:
  const SourceSize& source(std::string_view name) const {
    return *std::ranges::find(sources_, name, &SourceSize::name);
  }
  double rows_of_set(std::string_view set) const {
    return source(project_.training_set(set)->rows).rows;
  }
  const Retraining& walk(std::string_view name) const {
    return *std::ranges::find(project_.retraining, name, &Retraining::name);
  }

  double rows_of(const PlannedStep& step) const {
    switch (step.kind) {
      case StepKind::kSource:
        return source(step.name).due_rows;
      case StepKind::kTraining:
        return rows_of_set(step.name);
      case StepKind::kModel:
        return rows_of_set(project_.model(step.name)->from);
      case StepKind::kWalk:
        return rows_of_set(project_.model(walk(step.name).champion)->from);
      case StepKind::kScores:
        return rows_of_set(scoring_model(project_, step)->from);
      case StepKind::kLeaderboards:
      case StepKind::kProfile:
        return 0;
    }
    return 0;
  }

  void as_last_time(const PlannedStep& step, const LastTime& last, StepPrice& price) const {
    constexpr double kAlike = 0.01;
    double now = step.kind == StepKind::kSource ? price.rows : rows_;
    double growth = last.rows > 0 && now > 0 ? now / static_cast<double>(last.rows) : 1;
    if (std::abs(growth - 1) < kAlike) growth = 1;
    double work = step.kind == StepKind::kModel ? more_work(*project_.model(step.name)) : 1;
    price.basis = Basis::kLastTime;
    price.run = last.run;
    price.seconds = last.seconds * growth * work;
    price.bytes_written = static_cast<double>(last.bytes_written) * growth;
    price.says = growth == 1 && work == 1 ? fmt::format("as in run {}", last.run)
                                          : fmt::format("run {}", last.run);
    if (growth != 1) price.says += fmt::format(", {:.3g} times the rows", growth);
    if (work != 1) price.says += fmt::format(", {:.3g} times the work by its options", work);
  }

  // By what its algorithm says of the options it has now, and of those it was made with last.
  double more_work(const Model& model) const {
    constexpr double kAlike = 0.02;
    std::optional<KeptStep> kept = kept_step(files_, project_, StepKind::kModel, model.name);
    ModelOutcome outcome;
    if (!kept || !read_outcome(kept->outcome, outcome)) return 1;
    if (outcome.report.algorithm != model.algorithm || model.tune || model.choose) return 1;
    auto rows = static_cast<double>(outcome.report.train_rows);
    double columns = columns_of(model);
    double then = seconds_of_fit(model.algorithm, outcome.report.options, rows, columns);
    double now = seconds_of_fit(model.algorithm, model.options, rows, columns);
    if (then <= 0 || now <= 0) return 1;
    return std::abs(now / then - 1) < kAlike ? 1 : now / then;
  }

  double columns_of(const Model& model) const {
    std::size_t columns = model.columns.empty() ? project_.training_set(model.from)->columns.size()
                                                : model.columns.size();
    return static_cast<double>(std::max<std::size_t>(1, columns));
  }

  static double seconds_of_fit(const std::string& algorithm,
                               const std::vector<std::pair<std::string, std::string>>& options,
                               double rows, double columns) {
    const Component* component = find_component("algorithm", algorithm);
    if (component == nullptr) return 0;
    const auto* found = static_cast<const Algorithm*>(component->factory);
    Result<OptionValues> values = OptionValues::parse(*component, options);
    return found->seconds == nullptr || !values ? 0 : found->seconds(*values, rows, columns);
  }

  void roughly(const PlannedStep& step, StepPrice& price) const {
    price.basis = Basis::kRough;
    price.says = "rough: never made";
    switch (step.kind) {
      case StepKind::kSource: {
        double columns = static_cast<double>(project_.source(step.name)->columns.size());
        price.seconds = kStep + kRowRead * price.rows;
        price.bytes_written = kBytesRead * price.rows * columns;
        return;
      }
      case StepKind::kTraining:
        return training_roughly(*project_.training_set(step.name), price);
      case StepKind::kModel: {
        const Model& model = *project_.model(step.name);
        price.seconds = seconds_of_model(model, price.rows);
        price.bytes_written = kBytesOfScore * price.rows;
        return;
      }
      case StepKind::kLeaderboards:
        price.seconds = 0.02 * static_cast<double>(project_.models.size());
        return;
      case StepKind::kWalk:
        return walk_roughly(walk(step.name), price);
      case StepKind::kScores:
        // Its features are read as those of a training set are.
        training_roughly(*project_.training_set(scoring_model(project_, step)->from), price);
        price.seconds += kModelRow * price.rows;
        price.bytes_written = kBytesOfScore * price.rows;
        return;
      case StepKind::kProfile:  // no step of a plan: made with its source
        return;
    }
  }

  void training_roughly(const TrainingSet& set, StepPrice& price) const {
    auto columns = static_cast<double>(set.columns.size());
    double reads = 0;
    for (const View& view : project_.views)
      reads += static_cast<double>(std::max<std::size_t>(1, view.windows.size()));
    price.seconds = kStep + price.rows * (kViewRead * reads + kValueKept * columns);
    price.bytes_written = kBytesKept * price.rows * (columns + 4);
  }

  static double train_share(const Model& model) {
    return model.split.random > 0 ? 1 - model.split.random : kTrainShare;
  }

  double seconds_of_model(const Model& model, double rows) const {
    double fit = seconds_of_fit(model.algorithm, model.options, rows * train_share(model),
                                columns_of(model));
    double fits = 1 + kSideFits;
    if (model.calibrate != "none" || model.threshold || model.label_issues || model.out_of_fold)
      fits += kFoldFits;
    if (model.choose)
      fits += std::accumulate(
          model.choose->grid.begin(), model.choose->grid.end(), 1.0,
          [](double all, const auto& one) { return all * static_cast<double>(one.second.size()); });
    return kModel + kModelRow * rows + fit * fits + seconds_of_search(model, fit);
  }

  static double seconds_of_search(const Model& model, double fit) {
    if (!model.tune) return 0;
    constexpr double kSecond = 1e-6;
    double most = model.tune->time.us > 0 ? static_cast<double>(model.tune->time.us) * kSecond
                                          : std::numeric_limits<double>::infinity();
    std::int64_t trials = model.tune->trials > 0    ? model.tune->trials
                          : model.tune->time.us > 0 ? kMostTrials
                                                    : kTrialsUnsaid;
    return std::min(most, fit * static_cast<double>(trials * model.tune->folds));
  }

  void walk_roughly(const Retraining& walk, StepPrice& price) const {
    const Model& champion = *project_.model(walk.champion);
    const SourceSize& source = this->source(project_.training_set(champion.from)->rows);
    if (!source.times || !walk.over.begin) {
      price.basis = Basis::kUnknown;
      price.says = "not estimated: how many periods it has is known when the rows are read";
      return;
    }
    auto end = walk.over.end ? walk.over.end->us : source.times->second;
    auto span =
        static_cast<double>(std::max<std::int64_t>(1, source.times->second - source.times->first));
    double periods = std::ceil(static_cast<double>(end - walk.over.begin->us) /
                               static_cast<double>(walk.every.us));
    double seconds = 0;
    for (const Challenger& challenger : walk.challengers) {
      const Model& like = *project_.model(challenger.model);
      double share = challenger.train.us > 0
                         ? std::min(1.0, static_cast<double>(challenger.train.us) / span)
                         : kTrainShare;
      seconds +=
          seconds_of_fit(like.algorithm, like.options, price.rows * share, columns_of(like)) +
          kModelRow * price.rows / std::max(1.0, periods);
    }
    price.seconds = kStep + std::max(0.0, periods) * (kStep + seconds);
  }

  FileSystem& files_;
  const Project& project_;
  const std::vector<SourceSize>& sources_;
  const std::vector<RunRecord>& runs_;
  double rows_ = 0;
};

// Whether `later` follows from `step`, by what the kinds of both say.
bool follows(const Project& project, const PlannedStep& step, const PlannedStep& later) {
  if (step.kind >= later.kind) return false;
  if (step.kind == StepKind::kSource || later.kind == StepKind::kLeaderboards) return true;
  if (later.kind == StepKind::kScores) {
    const ScoringJob& job = *std::ranges::find(project.scores, later.name, &ScoringJob::name);
    if (step.kind == StepKind::kTraining) return scoring_model(project, later)->from == step.name;
    return step.kind != StepKind::kLeaderboards &&
           job.model.substr(0, job.model.find('@')) == step.name;
  }
  if (step.kind != StepKind::kTraining) return false;
  std::string_view model = later.name;
  if (later.kind == StepKind::kWalk)
    model = std::ranges::find(project.retraining, later.name, &Retraining::name)->champion;
  return project.model(model)->from == step.name;
}

}  // namespace

std::string_view price_basis_name(Basis basis) {
  switch (basis) {
    case Basis::kLastTime:
      return "last time";
    case Basis::kRough:
      return "rough";
    case Basis::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Result<std::vector<SourceSize>> sizes_of(FileSystem& files, const Project& project,
                                         const std::vector<SourceLook>& looks) {
  std::vector<SourceSize> sizes;
  for (const SourceLook& look : looks) {
    const Source& source = *project.source(look.name);
    SourceSize& size = sizes.emplace_back();
    size.name = look.name;
    size.rows = static_cast<double>(look.rows);
    size.due_bytes = static_cast<double>(look.due_bytes);
    if (!look.due || look.due_bytes == 0) continue;
    auto read_bytes = static_cast<double>(look.bytes - look.due_bytes);
    double density = read_bytes > 0 ? size.rows / read_bytes : 0;
    if (density == 0 && !source.files.empty()) {
      TRY(density, rows_a_byte(files, source.files.front().string(), read_options(source, 1)));
    }
    size.due_rows = std::round(density * size.due_bytes);
    size.rows = read_bytes > 0 ? size.rows + size.due_rows : size.due_rows;
  }
  return sizes;
}

std::vector<StepPrice> price_steps(FileSystem& files, const Project& project, const RunPlan& plan,
                                   const std::vector<SourceSize>& sources,
                                   const std::vector<RunRecord>& runs) {
  Pricer pricer(files, project, sources, runs);
  std::vector<StepPrice> prices;
  for (const PlannedStep& step : plan.steps) prices.push_back(pricer.price(step));
  return prices;
}

RunPrice price_of_run(const RunPlan& plan, const std::vector<StepPrice>& prices) {
  RunPrice run;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    if (!plan.steps[i].due) continue;
    const StepPrice& price = prices[i];
    ++run.due;
    run.rough += price.basis == Basis::kRough ? 1 : 0;
    run.unknown += price.basis == Basis::kUnknown ? 1 : 0;
    run.sum.bytes_read += price.bytes_read;
    run.sum.bytes_written += price.bytes_written;
    run.sum.seconds += price.seconds;
  }
  run.sum.basis = run.rough > 0 ? Basis::kRough : Basis::kLastTime;
  return run;
}

std::vector<std::string> invalidated_by(FileSystem& files, const Project& project,
                                        const RunPlan& plan, const PlannedStep& step) {
  std::vector<std::string> names;
  for (const PlannedStep& later : plan.steps)
    if (follows(project, step, later) && kept_step(files, project, later.kind, later.name))
      names.push_back(fmt::format("{} {}", step_kind_name(later.kind), later.name));
  return names;
}

double cost_of(const Project& project, double seconds) {
  constexpr double kHour = 3600;
  return project.price.hour * seconds / kHour;
}

std::string money_text(double cost, std::string_view currency) {
  constexpr double kWhole = 100;
  std::string number = cost >= kWhole ? fmt::format("{:.0f}", cost)
                       : cost >= 0.1  ? fmt::format("{:.2f}", cost)
                                      : fmt::format("{:.2g}", cost);
  return currency.empty() ? number : fmt::format("{} {}", number, currency);
}

}  // namespace lode
