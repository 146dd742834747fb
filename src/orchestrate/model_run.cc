#include "orchestrate/model_run.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "evaluate/explainer.h"
#include "judge/metric.h"
#include "judge/split.h"
#include "orchestrate/drivers_run.h"
#include "orchestrate/evaluation_run.h"
#include "orchestrate/naive_split.h"
#include "orchestrate/precision_run.h"
#include "orchestrate/recipe.h"
#include "orchestrate/row_splitter.h"
#include "orchestrate/tuning_run.h"
#include "project/definition.h"

namespace lode {
namespace {

constexpr std::string_view kLabelMetrics[] = {"auc", "log_loss", "brier", "calibration_error"};
constexpr std::string_view kNumberMetrics[] = {"rmse", "mae", "r2"};
constexpr std::int64_t kJudgingBytes = 48;  // a row judged
constexpr std::int64_t kKeptBytes = 20;  // a test row: its number, its score, its rank if judged so
constexpr std::int64_t kKeptTrainBytes = 16;  // a training row: its number and its score
constexpr std::int64_t kKeptFoldBytes = 24;   // a training row scored out of fold, and its block
constexpr std::int64_t kScoringBytes = std::int64_t{32} << 20;  // pieces of rows being scored

constexpr std::int64_t kFoldFits = 4;  // what calibration costs, in fits of all training rows

class ModelRunner {
 public:
  ModelRunner(const Model& model, const TrainingTable& training, Recipe recipe,
              const ModelMeans& means)
      : model_(model),
        training_(training),
        recipe_(std::move(recipe)),
        options_(recipe_.options()),
        splitter_(model, training),
        times_(training.time),
        timed_(training.timed),
        pool_(means.pool),
        cancel_(means.cancel),
        budget_(means.budget),
        stations_(means.stations),
        share_(means.share ? *means.share : means.cancel),
        optional_(means.give_up ? share_ : means.cancel),
        give_up_(means.give_up) {}

  Result<FittedRun> run(const FittedRun* compare_with) {
    report().name = model_.name;
    report().training = model_.from;
    report().algorithm = model_.algorithm;
    report().task = recipe_.task();
    report().seed = model_.seed;
    report().threads = model_.threads;
    if (!model_.note.empty()) report().notes.push_back(model_.note);
    TRY_VOID(choose_options());
    TRY_VOID(station("encode", StationKind::kOwn, [&](Station& station) -> Status {
      TRY_VOID(split_rows());
      return encode(rows_, station);
    }));
    report().train_rows = static_cast<std::int64_t>(rows_.train.size());
    report().test_rows = static_cast<std::int64_t>(rows_.test.size());
    report().embargoed = rows_.embargoed;
    report().purged = rows_.unknown_label;
    report().shared_group = rows_.shared_group;
    report().block_unit = splitter_.block_unit();
    for (const std::string& note : splitter_.notes()) report().notes.push_back(note);
    TRY_VOID(station("fit", StationKind::kTraining, [&](Station& station) {
      return fit(recipe_, options_, run_.model, station);
    }));
    TRY_VOID(tune_options());
    report().options = options_;
    report().chosen = report().tuning.says;
    for (const std::string& note : run_.model->notes()) report().notes.push_back(note);
    TRY_VOID(station("score", StationKind::kOwn, [&](Station& station) -> Status {
      encoded_.design = {};
      TRY_VOID(score("train", rows_.train, *run_.model, train_scores_, station));
      return score("test", rows_.test, *run_.model, run_.test_scores, station);
    }));
    TRY_VOID(calibrate());
    TRY_VOID(station("judge", StationKind::kOwn,
                     [&](Station& station) { return judge(compare_with, station); }));
    TRY_VOID(
        station("explain", StationKind::kOwn, [&](Station& station) { return explain(station); }));
    TRY_VOID(look_closer());
    TRY_VOID(judge_by_naive_split());
    run_.train_rows = std::move(rows_.train);
    run_.train_scores = std::move(train_scores_);
    return std::move(run_);
  }

 private:
  ModelReport& report() { return run_.report; }

  Status station(std::string_view name, StationKind kind,
                 const std::function<Status(Station&)>& work) {
    return stations_.run({.name = fmt::format("model {}: {}", model_.name, name), .kind = kind},
                         work);
  }

  // The rows of the model and the memory that it takes. Nothing the second time.
  Status split_rows() {
    if (run_.hold.bytes() > 0) return {};
    TRY(rows_, splitter_.split());
    return hold_memory();
  }

  // The rows encoded for training, once as columns and once as a matrix, and what a trainer makes
  // of them; or scores of all rows, and what judging sorts and draws of them.
  Status hold_memory() {
    auto train = static_cast<std::int64_t>(rows_.train.size());
    auto all = train + static_cast<std::int64_t>(rows_.test.size());
    TRY(run_.hold,
        budget_.hold("model " + model_.name,
                     16 * all + std::max(recipe_.fitting_bytes(train), kJudgingBytes * all) +
                         kScoringBytes));
    return {};
  }

  // Encoders see the training rows and nothing else.
  Status encode(const SplitRows& rows, Station& station) {
    TRY(encoded_, recipe_.encode(rows.train));
    report().encoders.clear();
    for (std::size_t i = 0; i < encoded_.encoders.size(); ++i)
      report().encoders.emplace_back(encoded_.encoders[i].column.name, encoded_.encoder_texts[i]);
    station.advance(std::ssize(rows.train));
    return {};
  }

  Status fit(const Recipe& recipe, const ModelOptions& options, std::unique_ptr<FittedModel>& model,
             Station& station) {
    std::int64_t began = stations_.clock().steady_ns();
    TRY(model, recipe.fit(encoded_, options));
    made_in_ = microseconds((stations_.clock().steady_ns() - began) / 1000);
    station.advance(encoded_.design.matrix.rows);
    return {};
  }

  // A token that is over where about so many fits as the model's own have no time left: what would
  // not be finished is not begun, and leaves its time to what is quicker.
  CancelToken for_fits(std::int64_t fits) const {
    bool enough = !give_up_ || optional_.time_left().us / fits > made_in_.us;
    return enough ? optional_ : optional_.within(stations_.clock(), {});
  }

  Status score(const std::string& split_name, const std::vector<std::int64_t>& rows,
               const FittedModel& model, std::vector<double>& out, Station& station) {
    out.resize(rows.size());
    TRY(std::vector<EncodedCount> counts, recipe_.score(encoded_.encoders, model, rows, out));
    station.advance(std::ssize(rows));
    report().encoded[split_name] = {};
    report().unseen = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      report().encoded[split_name].push_back(
          {encoded_.encoders[i].column.name, counts[i].missing, counts[i].unseen});
      report().unseen += counts[i].unseen;  // of the test rows, the last that are scored
    }
    return {};
  }

  TuningTask tuning_task() const {
    return {{model_, training_, splitter_, rows_.train}, recipe_, made_in_};
  }
  TuningMeans tuning_means() const { return {pool_, cancel_, share_, budget_, stations_}; }

  Status choose_options() {
    if (!model_.choose) return {};
    TRY_VOID(split_rows());
    TRY(options_, chosen_options(tuning_task(), tuning_means(), report().tuning));
    return {};
  }

  // The model as declared is made: it says what a fit takes, stays where nothing better is found,
  // and is what the tuned one is held against on the test rows.
  Status tune_options() {
    if (!model_.tune) return {};
    TuningReport& said = report().tuning;
    TRY(ModelOptions found, tuned_options(tuning_task(), tuning_means(), said));
    if (said.chosen == 0) return {};
    std::unique_ptr<FittedModel> tuned;
    Recipe recipe = recipe_.stopped_by(optional_);
    Status fitted = station("fit tuned", StationKind::kTraining,
                            [&](Station& station) { return fit(recipe, found, tuned, station); });
    if (!fitted && fitted.error().code() == Code::kLimit && optional_.cancelled()) {
      keep_declared("no time was left to fit what was found", said);
      return cancel_.check();
    }
    TRY_VOID(fitted);
    declared_scores_.resize(rows_.test.size());
    TRY_VOID(station("score as declared", StationKind::kOwn, [&](Station& station) -> Status {
      station.advance(std::ssize(rows_.test));
      TRY_VOID(recipe_.score(encoded_.encoders, *run_.model, rows_.test, declared_scores_));
      return {};
    }));
    run_.model = std::move(tuned);
    options_ = std::move(found);
    return {};
  }

  Status compare_with_declared(const Outcomes& outcomes, const Blocks& blocks) {
    if (declared_scores_.empty()) return {};
    const JudgedRows& tuned = run_.judged_raw ? *run_.judged_raw : run_.judged;
    TRY(std::vector<const Metric*> wanted, judged_metrics(recipe_.task()));
    TRY(JudgedRows declared,
        JudgedRows::make(outcomes.with(declared_scores_), blocks, wanted, pool_, cancel_));
    TRY(std::vector<MetricDifference> differences,
        compare(declared, tuned, draws(), pool_, cancel_));
    for (const MetricDifference& d : differences)
      report().tuning.test.push_back({std::string(d.metric->name), d.first, d.difference});
    return {};
  }

  EvaluationMeans means() const { return {pool_, cancel_, budget_, stations_}; }
  EvaluationMeans optional_means() const { return {pool_, optional_, budget_, stations_}; }

  OutOfFoldTask as_trained(const Recipe& recipe) const {
    return {model_, training_, recipe, options_, splitter_, rows_.train};
  }

  // Numbers are not calibrated, no threshold is set on them, and their slices are not looked for.
  bool of_labels() const { return recipe_.task() == Task::kBinary; }

  Status calibrate() {
    CancelToken end = for_fits(kFoldFits);
    TRY(FoldedModel folds,
        evaluate_out_of_fold(as_trained(recipe_.stopped_by(end)), {pool_, end, budget_, stations_},
                             report().evaluation));
    run_.calibrator = std::move(folds.calibrator);
    TRY(run_.folded, judge_folds(std::move(folds), recipe_, pool_, cancel_));
    raw_scores_ = run_.test_scores;
    if (run_.calibrator.kind() == CalibratorKind::kIdentity) return {};
    TRY_VOID(run_.calibrator.apply(train_scores_, train_scores_));
    return run_.calibrator.apply(run_.test_scores, run_.test_scores);
  }

  Status judge(const FittedRun* compare_with, Station& station) {
    TRY_VOID(judge_split("train", recipe_.outcomes(rows_.train).with(train_scores_),
                         splitter_.blocks(rows_.train)));
    station.advance(std::ssize(rows_.train));
    Outcomes outcomes = recipe_.outcomes(rows_.test);
    Blocks blocks = splitter_.blocks(rows_.test);
    TRY(run_.judged, judge_split("test", outcomes.with(run_.test_scores), blocks));
    station.advance(std::ssize(rows_.test));
    report().blocks = run_.judged.blocks();
    raw_metrics_ = report().metrics["test"];
    if (of_labels())
      TRY_VOID(judge_raw({rows_.test, raw_scores_, run_.test_scores, outcomes.label, blocks}));
    TRY_VOID(judge_order(outcomes, blocks));
    TRY_VOID(compare_with_declared(outcomes, blocks));
    TRY(report().picture, picture_of({model_.split, timed_, times_, rows_.train, rows_.test,
                                      run_.test_scores, outcomes, blocks},
                                     draws(), pool_, cancel_));
    run_.encoders = std::move(encoded_.encoders);
    run_.test_rows = std::move(rows_.test);
    TRY_VOID(run_.hold.resize(kKeptBytes * std::ssize(run_.test_rows) +
                              kKeptTrainBytes * std::ssize(rows_.train)));
    return compare_with != nullptr ? compare_runs(run_, *compare_with, model_.seed, pool_, cancel_)
                                   : Status();
  }

  Result<JudgedRows> judge_split(const std::string& split_name, const ScoredRows& rows,
                                 const Blocks& blocks) {
    TRY(std::vector<const Metric*> wanted, judged_metrics(recipe_.task()));
    TRY(JudgedRows judged, JudgedRows::make(rows, blocks, wanted, pool_, cancel_));
    TRY(std::vector<MetricEstimate> estimates, bootstrap(judged, draws(), pool_, cancel_));
    for (const MetricEstimate& e : estimates)
      report().metrics[split_name].push_back({std::string(e.metric->name), e.estimate});
    return judged;
  }

  // Of the test rows alone, and behind what other makings of the model are held against.
  Status judge_order(const Outcomes& outcomes, const Blocks& blocks) {
    double sum = 0;
    for (double target : recipe_.targets(rows_.test)) sum += target;
    report().test_mean = sum / static_cast<double>(rows_.test.size());
    if (!of_labels()) return {};
    TRY(std::optional<MetricReport> precision,
        judge_average_precision(outcomes.with(run_.test_scores), blocks, draws(), pool_, cancel_));
    if (precision) report().metrics["test"].push_back(*std::move(precision));
    return {};
  }

  // What calibration changed, and the metrics of scores without it, which a model made another way
  // is held against.
  Status judge_raw(const TestedRows& tested) {
    TRY_VOID(compare_calibration(tested, draws(), means(), report().evaluation));
    if (run_.calibrator.kind() == CalibratorKind::kIdentity) return {};
    TRY(std::vector<const Metric*> wanted, judged_metrics(Task::kBinary));
    TRY(run_.judged_raw,
        JudgedRows::make({tested.raw, tested.labels}, tested.blocks, wanted, pool_, cancel_));
    TRY(std::vector<MetricEstimate> raw, bootstrap(*run_.judged_raw, draws(), pool_, cancel_));
    raw_metrics_.clear();
    for (const MetricEstimate& e : raw)
      raw_metrics_.push_back({std::string(e.metric->name), e.estimate});
    return {};
  }

  Status look_closer() {
    std::vector<std::uint8_t> labels = recipe_.outcomes(run_.test_rows).label;
    Blocks blocks = splitter_.blocks(run_.test_rows);
    return evaluate_on_test(as_trained(recipe_),
                            {run_.test_rows, raw_scores_, run_.test_scores, labels, blocks,
                             ModelExplainer::can_explain(*run_.model)},
                            draws(), optional_means(), report().evaluation);
  }

  // Where rows were split at random there is nothing to be inflated by, and nothing is learnt by a
  // model that reads no columns.
  Status judge_by_naive_split() {
    if (model_.split.random > 0 && model_.split.groups.empty()) return {};
    if (!ModelExplainer::can_explain(*run_.model)) return {};
    auto train = std::ssize(rows_.train);
    TRY(MemoryBudget::Hold hold, budget_.hold("model " + model_.name + ", naive split",
                                              16 * (train + std::ssize(run_.test_rows)) +
                                                  recipe_.fitting_bytes(train) + kScoringBytes));
    CancelToken end = for_fits(1);
    Recipe recipe = recipe_.stopped_by(end);
    Result<InflationReport> found = judge_naive_split(
        {recipe, options_, rows_.train, run_.test_rows, raw_metrics_, model_.seed},
        fmt::format("model {}: random split", model_.name), stations_, pool_, end);
    if (!found && !only_told(found.error())) return fail(found.error());
    if (found) {
      report().inflation = *std::move(found);
    } else {
      report().notes.push_back("not judged by a random split: " + found.error().message());
    }
    return {};
  }

  // Too few blocks for an interval, values a model refuses, or no time left for what need not be
  // are no reason to lose the model.
  static bool only_told(const Error& error) {
    return error.code() == Code::kInvalid || error.code() == Code::kLimit;
  }

  Status explain(Station& station) {
    Result<DriversReport> drivers =
        explain_drivers(recipe_, run_.encoders, *run_.model,
                        {rows_.train, run_.test_rows, splitter_}, model_.seed, pool_, optional_);
    if (!drivers && !only_told(drivers.error())) return fail(drivers.error());
    if (drivers) {
      station.advance(drivers->rows);
      report().drivers = *std::move(drivers);
    } else {
      report().notes.push_back("not explained: " + drivers.error().message());
    }
    return {};
  }

  BootstrapOptions draws() const { return {.replicates = kJudgingReplicates, .seed = model_.seed}; }

  const Model& model_;
  const TrainingTable& training_;
  Recipe recipe_;
  ModelOptions options_;
  RowSplitter splitter_;
  std::span<const std::int64_t> times_;  // of the table's rows
  bool timed_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  MemoryBudget& budget_;
  Stations& stations_;
  CancelToken share_;     // over when the model has had its share of the run's time
  CancelToken optional_;  // what what can be left out is stopped by
  bool give_up_;
  Duration made_in_{};  // the last fit
  SplitRows rows_;
  EncodedRows encoded_;  // the design until the model is fitted
  std::vector<double> train_scores_;
  std::vector<double> declared_scores_;    // of the test rows with the declared options, or none
  std::vector<double> raw_scores_;         // of the test rows, before calibration
  std::vector<MetricReport> raw_metrics_;  // of them
  FittedRun run_;
};

// A target that is no label is refused before anything is made of it, with who would take it.
Status check_targets(const Model& model, const TrainingTable& training) {
  if (task_of(model.algorithm) == Task::kNumber) return {};
  auto odd = std::ranges::find_if(training.target, [](double y) { return y != 0 && y != 1; });
  if (odd == training.target.end()) return {};
  std::string others;
  for (const Component* other : components("algorithm"))
    if (task_of(other->name) == Task::kNumber)
      others += fmt::format("{}{}", others.empty() ? "" : ", ", other->name);
  return fail(Code::kInvalid,
              "{} learns labels of 0 and 1, and a target of '{}' is {}; numbers are learnt by {}",
              model.algorithm, model.from, *odd, others);
}

}  // namespace

std::string_view deciding_metric(Task task) { return task == Task::kBinary ? "log_loss" : "rmse"; }

Result<std::vector<const Metric*>> judged_metrics(Task task) {
  std::vector<const Metric*> found;
  for (std::string_view name :
       task == Task::kBinary ? std::span<const std::string_view>(kLabelMetrics) : kNumberMetrics) {
    TRY(const Metric* metric, find_metric(name));
    found.push_back(metric);
  }
  return found;
}

Result<FittedRun> run_model(const Project& project, const Model& model,
                            const TrainingTable& training, const FittedRun* compare_with,
                            const ModelMeans& means) {
  auto run = [&]() -> Result<FittedRun> {
    TRY(Recipe recipe, Recipe::make(model, training, means.pool, means.cancel));
    TRY_VOID(check_targets(model, training));
    return ModelRunner(model, training, std::move(recipe), means).run(compare_with);
  }();
  if (!run)
    return fail(run.error()
                    .context("model " + model.name)
                    .at({.file = project.file.string(),
                         .line = model.place.line,
                         .column = model.place.column}));
  return run;
}

Status compare_runs(FittedRun& run, const FittedRun& other, std::uint64_t seed, ThreadPool& pool,
                    const CancelToken& cancel) {
  ModelReport& report = run.report;
  report.compared_with = other.report.name;
  report.comparison.clear();
  report.not_compared.clear();
  if (other.test_rows != run.test_rows) {
    report.not_compared =
        "not compared with " + other.report.name + ": it was tested on other rows";
    return {};
  }
  BootstrapOptions draws{.replicates = kJudgingReplicates, .seed = seed};
  TRY(std::vector<MetricDifference> differences,
      compare(other.judged, run.judged, draws, pool, cancel));
  for (const MetricDifference& d : differences)
    report.comparison.push_back(
        {std::string(d.metric->name), d.difference, d.clear(), d.second_is_better()});
  return {};
}

Status FittedRun::forget_training() {
  train_rows = {};
  train_scores = {};
  return hold.resize(kKeptBytes * std::ssize(test_rows) +
                     kKeptFoldBytes * std::ssize(folded.scored.rows));
}

Status check_algorithms(const Project& project) {
  for (const Model& model : project.models) {
    Where place{
        .file = project.file.string(), .line = model.place.line, .column = model.place.column};
    auto component = find_algorithm(model.algorithm);
    if (!component) return fail(component.error().at(place));
    Status tuned = check_tuning(model);
    if (!tuned) return fail(tuned.error().context("model " + model.name).at(place));
    const Model* other = project.model(model.compare_with);
    if (other == nullptr || task_of(other->algorithm) == task_of(model.algorithm)) continue;
    auto learns = [](const Model& one) {
      return task_of(one.algorithm) == Task::kBinary ? "labels of 0 and 1" : "numbers";
    };
    return fail(Error(Code::kInvalid,
                      fmt::format("model {}: {} learns {}, and the {} of {}, which it is compared "
                                  "with, {}",
                                  model.name, model.algorithm, learns(model), other->algorithm,
                                  other->name, learns(*other)),
                      place));
  }
  return {};
}

namespace {

// A search is stored as what repeats it: its number of trials, whatever ended it.
std::string made_definition(const Model& model, const FittedRun& run) {
  Model made = model;
  if (made.tune && run.report.tuning.why_not.empty()) {
    made.tune->time = {};
    made.tune->trials = std::ssize(run.report.tuning.trials);
  }
  return model_definition(made);
}

}  // namespace

std::string model_artifact(const Model& model, const FittedRun& run, const std::string& dataset) {
  // Without a calibrator a model is stored as it was before there were any.
  int version = run.calibrator.kind() == CalibratorKind::kIdentity ? 2 : 3;
  JsonWriter json;
  json.begin_object()
      .field("format", "lode-model")
      .field("version", version)
      .field("name", model.name)
      .field("dataset", dataset)
      .field("definition", made_definition(model, run))
      .field("seed", model.seed)
      .field("threads", model.threads)
      .key("encoders")
      .begin_array();
  for (const ColumnEncoder& one : run.encoders) one.encoder->describe(json);
  json.end_array();
  if (version > 2) json.field("calibrator", run.calibrator.describe());
  json.key("fitted").raw(run.model->describe()).end_object();
  std::string header = json.take();
  std::string encoders = serialize_encoders(run.encoders);
  std::string calibrator = version == 2 ? std::string() : run.calibrator.serialize();
  std::string bytes = fmt::format("lode-model {} {} {}", version, header.size(), encoders.size());
  if (version > 2) bytes += fmt::format(" {}", calibrator.size());
  bytes += "\n" + header + encoders + calibrator;
  bytes += run.model->serialize();
  return bytes;
}

}  // namespace lode
