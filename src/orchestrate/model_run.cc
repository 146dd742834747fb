#include "orchestrate/model_run.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "judge/metric.h"
#include "judge/split.h"
#include "orchestrate/column_scorer.h"
#include "project/definition.h"

namespace lode {
namespace {

constexpr std::array<std::string_view, 4> kMetrics = {"auc", "log_loss", "brier",
                                                      "calibration_error"};
constexpr int kReplicates = 500;
constexpr std::int64_t kJudgingBytes = 48;                      // a row judged
constexpr std::int64_t kScoringBytes = std::int64_t{32} << 20;  // pieces of rows being scored

Period period_of(const TimeRange& range) {
  Period period;
  if (range.begin) period.begin = *range.begin;
  if (range.end) period.end = *range.end;
  return period;
}

std::string range_text(const TimeRange& range) {
  auto day = [](const std::optional<Timestamp>& t) {
    return t ? text(*t).substr(0, 10) : std::string();
  };
  return day(range.begin) + ".." + day(range.end);
}

class ModelRunner {
 public:
  ModelRunner(const Model& model, const TrainingTable& training, ThreadPool& pool,
              const CancelToken& cancel, MemoryBudget& budget)
      : model_(model), training_(training), pool_(pool), cancel_(cancel), budget_(budget) {}

  Result<FittedRun> run(const FittedRun* compare_with) {
    TRY_VOID(choose_columns());
    report().name = model_.name;
    report().training = model_.from;
    report().algorithm = model_.algorithm;
    report().seed = model_.seed;
    report().threads = model_.threads;
    if (!model_.note.empty()) report().notes.push_back(model_.note);
    options_ = model_.options;
    TRY_VOID(add_thread_option());
    TRY(SplitRows rows, split(model_.split.train, model_.split.test, model_.split.purge));
    TRY_VOID(hold_memory(rows));
    if (model_.choose) TRY_VOID(choose_options());
    report().options = options_;
    report().train_rows = static_cast<std::int64_t>(rows.train.size());
    report().test_rows = static_cast<std::int64_t>(rows.test.size());
    report().embargoed = rows.embargoed;
    report().purged = rows.unknown_label;

    std::vector<double> train_scores;
    TRY_VOID(fit_and_score(rows.train, rows.test, train_scores));
    for (const std::string& note : run_.model->notes()) report().notes.push_back(note);
    TRY_VOID(judge("train", rows.train, train_scores));
    TRY_VOID(judge("test", rows.test, run_.test_scores));
    run_.encoders = std::move(encoders_);
    run_.test_rows = std::move(rows.test);
    TRY_VOID(run_.hold.resize(16 * static_cast<std::int64_t>(run_.test_rows.size())));
    if (compare_with != nullptr) TRY_VOID(compare_to(*compare_with));
    return std::move(run_);
  }

 private:
  ModelReport& report() { return run_.report; }

  // The rows encoded for training, once as columns and once as a matrix, and what a trainer makes
  // of them; or scores of all rows, and what judging sorts and draws of them.
  Status hold_memory(const SplitRows& rows) {
    auto train = static_cast<std::int64_t>(rows.train.size());
    auto all = train + static_cast<std::int64_t>(rows.test.size());
    std::int64_t fitting = train * (32 + 24 * static_cast<std::int64_t>(columns_.size()));
    TRY(run_.hold, budget_.hold("model " + model_.name,
                                16 * all + std::max(fitting, kJudgingBytes * all) + kScoringBytes));
    return {};
  }

  Status choose_columns() {
    const Schema& schema = training_.columns.schema;
    for (std::size_t c = 0; c < schema.size(); ++c)
      if (model_.columns.empty() ||
          std::ranges::find(model_.columns, schema[c].name) != model_.columns.end())
        columns_.push_back(c);
    return {};
  }

  // A trainer that runs on threads is given the number the project fixes: it is part of its result.
  Status add_thread_option() {
    TRY(const Component* algorithm, find_algorithm(model_.algorithm));
    bool has = std::ranges::any_of(algorithm->options,
                                   [](const Option& o) { return o.name == "threads"; });
    bool given = std::ranges::any_of(options_, [](const auto& o) { return o.first == "threads"; });
    if (has && !given) options_.emplace_back("threads", std::to_string(model_.threads));
    return {};
  }

  Result<SplitRows> split(const TimeRange& train, const TimeRange& test, bool purge) const {
    std::vector<Timestamp> times;
    std::vector<Timestamp> known;
    for (std::int64_t t : training_.time) times.push_back({t});
    for (std::int64_t k : training_.known) known.push_back({k});
    return split_by_time(times, known,
                         {period_of(train), period_of(test), model_.split.embargo, purge});
  }

  std::vector<double> targets(std::span<const std::int64_t> rows) const {
    std::vector<double> out;
    out.reserve(rows.size());
    for (std::int64_t row : rows) out.push_back(training_.target[static_cast<std::size_t>(row)]);
    return out;
  }

  // Encoders and model see the training rows and nothing else; then both sets are scored.
  Status fit_and_score(const std::vector<std::int64_t>& train,
                       const std::vector<std::int64_t>& test, std::vector<double>& train_scores) {
    std::vector<double> target = targets(train);
    TRY_VOID(fit_encoders(train, target));
    std::vector<Encoded> fitted;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      fitted.push_back(encoders_[i].encoder->encode_fitted(fit_rows(i, train, target)));
    Design design = design_of(fitted, static_cast<std::int64_t>(train.size()), nullptr);
    FitOptions options{.seed = model_.seed, .options = options_, .cancel = cancel_};
    TRY(run_.model, fit_model(model_.algorithm, {design.matrix, target}, options, pool_));

    train_scores.resize(train.size());
    TRY_VOID(score("train", train, train_scores));
    run_.test_scores.resize(test.size());
    return score("test", test, run_.test_scores);
  }

  FitRows fit_rows(std::size_t i, std::span<const std::int64_t> rows,
                   std::span<const double> target) const {
    return {training_.columns.columns[columns_[i]], rows, target, model_.seed + 1000 * (i + 1)};
  }

  Status fit_encoders(std::span<const std::int64_t> rows, std::span<const double> target) {
    encoders_.clear();
    report().encoders.clear();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Field& field = training_.columns.schema[columns_[i]];
      auto choice = std::ranges::find(model_.encode, field.name, &EncoderChoice::column);
      std::string_view encoder =
          choice == model_.encode.end() ? default_encoder(field.type) : choice->encoder;
      std::vector<std::pair<std::string, std::string>> options;
      if (choice != model_.encode.end()) options = choice->options;
      TRY(std::unique_ptr<FittedEncoder> made,
          fit_encoder(encoder, options, field.name, fit_rows(i, rows, target)));
      encoders_.push_back({field, std::move(made)});
      std::string text(encoder);
      for (const auto& [name, value] : options) text += fmt::format(" {} {}", name, value);
      report().encoders.emplace_back(field.name, text);
    }
    return {};
  }

  Status score(const std::string& split_name, const std::vector<std::int64_t>& rows,
               std::span<double> out) {
    ColumnScorer scorer{training_.columns, columns_, encoders_, *run_.model};
    TRY(std::vector<EncodedCount> counts, score_rows(scorer, rows, out, pool_, cancel_));
    report().encoded[split_name] = {};
    report().unseen = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      report().encoded[split_name].push_back(
          {encoders_[i].column.name, counts[i].missing, counts[i].unseen});
      report().unseen += counts[i].unseen;  // of the test rows, the last that are scored
    }
    return {};
  }

  // Tries the grid on rows of the training range alone; log-loss decides, the first of equals wins.
  Status choose_options() {
    const Choice& choose = *model_.choose;
    TRY(SplitRows rows, split(choose.fit, choose.on, model_.split.purge));
    std::vector<std::vector<std::pair<std::string, std::string>>> grid = {options_};
    for (const auto& [name, values] : choose.grid) {
      std::vector<std::vector<std::pair<std::string, std::string>>> wider;
      for (const auto& base : grid)
        for (const std::string& value : values) {
          wider.push_back(base);
          std::erase_if(wider.back(), [&](const auto& o) { return o.first == name; });
          wider.back().emplace_back(name, value);
        }
      grid = std::move(wider);
    }
    TRY(const Metric* log_loss, find_metric("log_loss"));
    std::vector<std::uint8_t> labels = labels_of(rows.test);
    double best = HUGE_VAL;
    std::vector<std::pair<std::string, std::string>> best_options;
    for (const auto& candidate : grid) {
      options_ = candidate;
      std::vector<double> train_scores;
      TRY_VOID(fit_and_score(rows.train, rows.test, train_scores));
      TRY(double loss, evaluate(*log_loss, {run_.test_scores, labels}));
      if (loss < best) {
        best = loss;
        best_options = candidate;
      }
    }
    options_ = best_options;
    std::string chosen;
    for (const auto& [name, values] : choose.grid)
      for (const auto& [option, value] : options_)
        if (option == name)
          chosen += fmt::format("{}{} {}", chosen.empty() ? "" : ", ", name, value);
    report().chosen =
        fmt::format("{}: the best of {} on {}", chosen, grid.size(), range_text(choose.on));
    return {};
  }

  std::vector<std::uint8_t> labels_of(const std::vector<std::int64_t>& rows) const {
    std::vector<std::uint8_t> labels;
    labels.reserve(rows.size());
    for (std::int64_t row : rows)
      labels.push_back(training_.target[static_cast<std::size_t>(row)] != 0 ? 1 : 0);
    return labels;
  }

  Blocks blocks_of(const std::vector<std::int64_t>& rows) const {
    std::vector<Timestamp> times;
    for (std::int64_t row : rows) times.push_back({training_.time[static_cast<std::size_t>(row)]});
    return blocks_by_day(times);
  }

  static Result<std::vector<const Metric*>> metrics() {
    std::vector<const Metric*> found;
    for (std::string_view name : kMetrics) {
      TRY(const Metric* metric, find_metric(name));
      found.push_back(metric);
    }
    return found;
  }

  Status judge(const std::string& split_name, const std::vector<std::int64_t>& rows,
               const std::vector<double>& scores) {
    TRY(std::vector<const Metric*> wanted, metrics());
    std::vector<std::uint8_t> labels = labels_of(rows);
    Blocks blocks = blocks_of(rows);
    BootstrapOptions options{.replicates = kReplicates, .seed = model_.seed};
    TRY(std::vector<MetricEstimate> estimates,
        bootstrap({scores, labels}, blocks, wanted, options, pool_, cancel_));
    if (split_name == "test") report().blocks = blocks.count;
    for (const MetricEstimate& e : estimates)
      report().metrics[split_name].push_back({std::string(e.metric->name), e.estimate});
    return {};
  }

  Status compare_to(const FittedRun& other) {
    report().compared_with = other.report.name;
    if (other.test_rows != run_.test_rows) {
      report().notes.push_back("not compared with " + other.report.name +
                               ": it was tested on other rows");
      return {};
    }
    TRY(std::vector<const Metric*> wanted, metrics());
    std::vector<std::uint8_t> labels = labels_of(run_.test_rows);
    BootstrapOptions options{.replicates = kReplicates, .seed = model_.seed};
    TRY(std::vector<MetricDifference> differences,
        compare({other.test_scores, labels}, {run_.test_scores, labels}, blocks_of(run_.test_rows),
                wanted, options, pool_, cancel_));
    for (const MetricDifference& d : differences)
      report().comparison.push_back(
          {std::string(d.metric->name), d.difference, d.clear(), d.second_is_better()});
    return {};
  }

  const Model& model_;
  const TrainingTable& training_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  MemoryBudget& budget_;
  std::vector<std::size_t> columns_;
  std::vector<std::pair<std::string, std::string>> options_;
  std::vector<ColumnEncoder> encoders_;
  FittedRun run_;
};

}  // namespace

Result<FittedRun> run_model(const Project& project, const Model& model,
                            const TrainingTable& training, const FittedRun* compare_with,
                            ThreadPool& pool, const CancelToken& cancel, MemoryBudget& budget) {
  auto run = ModelRunner(model, training, pool, cancel, budget).run(compare_with);
  if (!run)
    return fail(run.error()
                    .context("model " + model.name)
                    .at({.file = project.file.string(),
                         .line = model.place.line,
                         .column = model.place.column}));
  return run;
}

Status check_algorithms(const Project& project) {
  for (const Model& model : project.models) {
    Where place{
        .file = project.file.string(), .line = model.place.line, .column = model.place.column};
    auto component = find_algorithm(model.algorithm);
    if (!component) return fail(component.error().at(place));
    if (static_cast<const Algorithm*>((*component)->factory)->binary) continue;
    std::string known;
    for (const Component* other : components("algorithm"))
      if (static_cast<const Algorithm*>(other->factory)->binary)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", other->name);
    return fail(Error(Code::kUnsupported,
                      fmt::format("model {}: models of {} cannot be judged yet, only those of "
                                  "labels of 0 and 1: {}",
                                  model.name, model.algorithm, known),
                      place));
  }
  return {};
}

std::string model_artifact(const Model& model, const FittedRun& run, const std::string& dataset) {
  JsonWriter json;
  json.begin_object()
      .field("format", "lode-model")
      .field("version", 2)
      .field("name", model.name)
      .field("dataset", dataset)
      .field("definition", model_definition(model))
      .field("seed", model.seed)
      .field("threads", model.threads)
      .key("encoders")
      .begin_array();
  for (const ColumnEncoder& one : run.encoders) one.encoder->describe(json);
  json.end_array().key("fitted").raw(run.model->describe()).end_object();
  std::string header = json.take();
  std::string encoders = serialize_encoders(run.encoders);
  std::string bytes = fmt::format("lode-model 2 {} {}\n", header.size(), encoders.size());
  bytes += header;
  bytes += encoders;
  bytes += run.model->serialize();
  return bytes;
}

}  // namespace lode
