#include "orchestrate/leakage_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "base/random.h"
#include "judge/metric.h"
#include "judge/split.h"
#include "orchestrate/recipe.h"
#include "orchestrate/row_splitter.h"

namespace lode {
namespace {

constexpr std::size_t kMostTrain = 300'000;  // shown to the detectors
constexpr std::size_t kMostTest = 100'000;
constexpr std::int64_t kMostRows = 50'000;  // of them, by detectors of single columns
constexpr std::size_t kRefitRows = 20'000;  // a side, of a model made only to be looked at
constexpr std::int64_t kJudgingBytes = 64;
constexpr std::uint64_t kSampleStream = std::uint64_t{0x6c6b7361} << 32;
constexpr std::string_view kOfThePipeline[] = {"label_shuffle", "split_inflation"};

template <typename T>
std::vector<T> taken(const std::vector<T>& values, const std::vector<std::int64_t>& rows) {
  std::vector<T> out;
  out.reserve(rows.size());
  for (std::int64_t row : rows) out.push_back(values[static_cast<std::size_t>(row)]);
  return out;
}

// Rows of a training table, with a side each.
struct Sides {
  std::vector<std::int64_t> train;
  std::vector<std::int64_t> test;
};
struct SampledRows : Sides {
  TrainingTable table;
};

SampledRows sampled(const TrainingTable& from, const std::vector<std::int64_t>& train,
                    const std::vector<std::int64_t>& test) {
  std::vector<std::int64_t> rows;
  std::ranges::merge(train, test, std::back_inserter(rows));
  SampledRows out;
  out.table.columns.schema = from.columns.schema;
  out.table.columns.rows = std::ssize(rows);
  for (const Column& column : from.columns.columns)
    out.table.columns.columns.push_back(column.take(rows));
  out.table.target = taken(from.target, rows);
  out.table.time = taken(from.time, rows);
  out.table.known = taken(from.known, rows);
  out.table.seq = taken(from.seq, rows);
  for (std::size_t i = 0; i < rows.size(); ++i)
    (std::ranges::binary_search(test, rows[i]) ? out.test : out.train)
        .push_back(static_cast<std::int64_t>(i));
  return out;
}

class ModelLeaks {
 public:
  ModelLeaks(const Model& model, const LeakageSet& set, const FittedRun& run,
             const ModelMeans& means)
      : model_(model), set_(set), run_(run), means_(means), splitter_(model, set.table) {
    model_.options = run.report.options;  // chosen already
    model_.choose.reset();
    model_.tune.reset();
    if (model_.columns.empty())
      for (const Field& field : set.table.columns.schema.fields())
        if (field.name != model_.split.groups) model_.columns.push_back(field.name);
  }

  Result<LeakageReport> look(std::map<std::string, std::vector<LeakFinding>, std::less<>>& known) {
    // A baseline that no column told anything, and no place in a file, is accused of neither.
    if (std::ranges::adjacent_find(run_.test_scores, std::not_equal_to<>()) ==
        run_.test_scores.end()) {
      report_.why_not = "it answers all rows alike, so nothing has leaked into it";
      return std::move(report_);
    }
    std::int64_t rows = std::min<std::int64_t>(std::ssize(train()), kMostTrain) +
                        std::min<std::int64_t>(std::ssize(test()), kMostTest);
    auto hold = means_.budget.hold("leaks of model " + model_.name,
                                   rows * (72 + 24 * std::ssize(model_.columns)));
    if (!hold) {
      report_.why_not = hold.error().message();
      return std::move(report_);
    }
    TRY_VOID(station("leaks, fit", StationKind::kTraining,
                     [&](Station& station) { return look_at_pipeline(station); }));
    TRY_VOID(station("leaks", StationKind::kOwn,
                     [&](Station& station) { return look_at_columns(known, station); }));
    std::ranges::sort(report_.findings, {}, &LeakFinding::detector);
    *hold = {};
    TRY_VOID(make_again());
    return std::move(report_);
  }

 private:
  const std::vector<std::int64_t>& train() const { return run_.train_rows; }
  const std::vector<std::int64_t>& test() const { return run_.test_rows; }

  Status station(std::string_view name, StationKind kind,
                 const std::function<Status(Station&)>& work) {
    return means_.stations.run(
        {.name = fmt::format("model {}: {}", model_.name, name), .kind = kind}, work);
  }

  Random random(std::uint64_t stream) const { return Random(model_.seed, kSampleStream + stream); }

  // Scores of the test rows by the model as it is made from the training rows.
  Result<std::vector<double>> made_of(const TrainingTable& table, const Sides& rows) const {
    TRY(Recipe recipe, Recipe::make(model_, table, means_.pool, means_.cancel));
    TRY(EncodedRows encoded, recipe.encode(rows.train));
    TRY(std::unique_ptr<FittedModel> fitted, recipe.fit(encoded, recipe.options()));
    std::vector<double> scores(rows.test.size());
    TRY_VOID(recipe.score(encoded.encoders, *fitted, rows.test, scores));
    return scores;
  }

  // What the model scored under both splits; nothing where it was not judged by a random one.
  std::optional<SplitScores> both_splits() const {
    for (const InflatedMetric& one : run_.report.inflation.metrics) {
      Result<const Metric*> metric = find_metric(one.metric);
      if (one.metric != (task() == Task::kBinary ? "auc" : "r2") || !metric ||
          !(one.standard_error > 0))
        continue;
      return SplitScores{.metric = *metric,
                         .random = one.random.value,
                         .honest = one.random.value - one.inflation,
                         .standard_error = one.standard_error,
                         .blocks = static_cast<std::uint32_t>(run_.report.blocks)};
    }
    return std::nullopt;
  }

  Task task() const { return task_of(model_.algorithm); }

  LeakageOptions options() const { return {.most_rows = kMostRows, .seed = model_.seed}; }

  // What is made of rows for an input, and outlives it.
  struct ShownTargets {
    std::vector<std::uint8_t> target;
    std::vector<double> number;
    std::vector<Timestamp> time;
  };

  // What every detector is shown of these rows.
  LeakageInput input_of(const SampledRows& rows, const Table& features, ShownTargets& shown) const {
    if (task() == Task::kNumber) {
      shown.number = rows.table.target;
      shown.target = above_median(shown.number);
    } else {
      for (double y : rows.table.target) shown.target.push_back(y != 0 ? 1 : 0);
    }
    for (std::int64_t t : rows.table.time) shown.time.push_back({t});
    LeakageInput input{.features = &features,
                       .target = shown.target,
                       .number = shown.number,
                       .time = shown.time,
                       .split_by_time = model_.split.random == 0,
                       .train = rows.train,
                       .test = rows.test};
    if (const Column* entity = rows.table.columns.find(model_.split.groups)) {
      input.entity = entity;
      input.entity_name = model_.split.groups;
      input.entities_apart = true;
    }
    for (const std::string& name : set_.from_the_past)
      if (features.find(name) != nullptr) input.from_the_past.push_back(name);
    input.outcome_reads.emplace();
    for (const DeclaredRead& read : set_.reads)
      if (features.find(read.column) != nullptr)
        input.outcome_reads->push_back(
            {read.column, read.text, read.view.empty() ? set_.early.by_row : set_.early.by_views});
    return input;
  }

  Table features_of(const TrainingTable& table) const {
    Table out;
    std::vector<Field> fields;
    for (std::size_t c = 0; c < table.columns.schema.size(); ++c) {
      const Field& field = table.columns.schema[c];
      if (std::ranges::find(model_.columns, field.name) == model_.columns.end()) continue;
      fields.push_back(field);
      out.columns.push_back(table.columns.columns[c]);
    }
    out.schema = Schema(std::move(fields));
    out.rows = table.columns.rows;
    return out;
  }

  Status look_at_pipeline(Station& station) {
    SampledRows rows = sampled(set_.table, draw_rows(train(), kRefitRows, random(2)),
                               draw_rows(test(), kRefitRows, random(3)));
    Table features = features_of(rows.table);
    ShownTargets shown;
    LeakageInput input = input_of(rows, features, shown);
    input.refit = [&](std::span<const std::uint8_t> other) -> Result<std::vector<double>> {
      rows.table.target.assign(other.begin(), other.end());
      station.advance(std::ssize(rows.train));
      return made_of(rows.table, rows);
    };
    input.scores = both_splits();
    for (std::string_view name : kOfThePipeline) TRY_VOID(ask(name, input));
    return {};
  }

  Status ask(std::string_view name, const LeakageInput& input) {
    TRY(const LeakDetector* detector, find_leak_detector(name));
    TRY(LeakFinding finding, detect_leak(*detector, input, options(), means_.pool, means_.cancel));
    report_.findings.push_back(std::move(finding));
    return {};
  }

  // Models of the same columns, split and seed are shown the same.
  std::string key() const {
    std::string key = fmt::format("{}|{}|{}", model_.from, model_.seed, task_name(task()));
    for (const std::string& column : model_.columns) key += "|" + column;
    for (const std::vector<std::int64_t>* rows : {&train(), &test()})
      key += fmt::format("|{}..{} {}", rows->front(), rows->back(), rows->size());
    return key;
  }

  Status look_at_columns(std::map<std::string, std::vector<LeakFinding>, std::less<>>& known,
                         Station& station) {
    std::vector<std::int64_t> fitted = draw_rows(train(), kMostTrain, random(4));
    std::vector<std::int64_t> tested = draw_rows(test(), kMostTest, random(5));
    report_.train_rows = std::ssize(fitted);
    report_.test_rows = std::ssize(tested);
    auto found = known.find(key());
    if (found == known.end()) {
      std::vector<LeakFinding> pipeline = std::exchange(report_.findings, {});
      SampledRows rows = sampled(set_.table, fitted, tested);
      Table features = features_of(rows.table);
      ShownTargets shown;
      LeakageInput input = input_of(rows, features, shown);
      for (const LeakDetector* detector : all_leak_detectors())
        if (std::ranges::find(kOfThePipeline, detector->name) == std::end(kOfThePipeline))
          TRY_VOID(ask(detector->name, input));
      in_the_whole_table(fitted, tested);
      station.advance(rows.table.columns.rows);
      found = known.emplace(key(), std::exchange(report_.findings, std::move(pipeline))).first;
    }
    report_.findings.insert(report_.findings.end(), found->second.begin(), found->second.end());
    return {};
  }

  // Rows that were named are numbered as in the sample; they are wanted as in the table.
  void in_the_whole_table(const std::vector<std::int64_t>& train,
                          const std::vector<std::int64_t>& tested) {
    std::vector<std::int64_t> rows;
    std::ranges::merge(train, tested, std::back_inserter(rows));
    for (LeakFinding& finding : report_.findings)
      for (LeakSuspect& suspect : finding.suspects)
        suspect.test_rows = taken(rows, suspect.test_rows);
  }

  // ---- made again
  // --------------------------------------------------------------------------------

  Status make_again() {
    std::vector<std::string> columns = columns_to_leave_out(report_.findings);
    std::vector<std::int64_t> rows = test_rows_to_leave_out(report_.findings);
    if (columns.empty() && rows.empty()) return {};
    std::vector<std::string> read_otherwise;
    std::vector<std::string> left_out;
    for (const std::string& column : columns)
      (can_wait(column) ? read_otherwise : left_out).push_back(column);
    constexpr std::string_view kWhenKnown = "outcomes read when known";
    if (!read_otherwise.empty() && set_.when_known != nullptr)
      TRY_VOID(again(std::string(kWhenKnown), read_otherwise, *set_.when_known, left_out, rows));
    if (!read_otherwise.empty() && set_.when_known == nullptr)
      report_.reruns.push_back({.how = std::string(kWhenKnown),
                                .columns = read_otherwise,
                                .why_not = set_.why_not_known});
    return again("without the suspects", columns, set_.table, columns, rows);
  }

  // A column whose only fault is that a view of it reads outcomes too early.
  bool can_wait(const std::string& column) const {
    for (const LeakFinding& finding : report_.findings)
      for (const LeakSuspect& suspect : finding.suspects)
        if (suspect.column == column && suspect.leave_out && finding.detector != "outcome_reads")
          return false;
    bool by_view = false;
    for (const DeclaredRead& read : set_.reads)
      if (read.column == column) {
        if (read.view.empty()) return false;
        by_view = true;
      }
    return by_view;
  }

  // Everything but kCancelled and what is no fault of the data becomes a reason in the report.
  Status again(std::string how, std::vector<std::string> columns, const TrainingTable& table,
               const std::vector<std::string>& without,
               const std::vector<std::int64_t>& test_rows_left_out) {
    LeakageRerun& rerun = report_.reruns.emplace_back();
    rerun.how = std::move(how);
    rerun.columns = std::move(columns);
    Model model = model_;
    std::erase_if(model.columns,
                  [&](const std::string& c) { return std::ranges::binary_search(without, c); });
    std::vector<std::int64_t> rows;
    std::ranges::set_difference(test(), test_rows_left_out, std::back_inserter(rows));
    rerun.test_rows_left_out = std::ssize(test()) - std::ssize(rows);
    if (model.columns.empty()) rerun.why_not = "no column would be left";
    if (rows.empty()) rerun.why_not = "no test row would be left";
    if (table.time != set_.table.time) rerun.why_not = "its rows would be others";
    if (!rerun.why_not.empty()) return {};
    Status made = make_and_judge(model, table, rows, rerun);
    if (made || (made.error().code() != Code::kInvalid && made.error().code() != Code::kLimit))
      return made;
    rerun.why_not = made.error().message();
    return {};
  }

  Status make_and_judge(const Model& model, const TrainingTable& table,
                        const std::vector<std::int64_t>& rows, LeakageRerun& rerun) {
    TRY(Recipe recipe, Recipe::make(model, table, means_.pool, means_.cancel));
    TRY(MemoryBudget::Hold hold,
        means_.budget.hold(
            "model " + model_.name + " made again",
            std::max(recipe.fitting_bytes(std::ssize(train())), kJudgingBytes * std::ssize(rows))));
    EncodedRows encoded;
    std::unique_ptr<FittedModel> fitted;
    TRY_VOID(station(rerun.how + ", encode", StationKind::kOwn, [&](Station& station) -> Status {
      TRY(encoded, recipe.encode(train()));
      station.advance(std::ssize(train()));
      return {};
    }));
    TRY_VOID(station(rerun.how + ", fit", StationKind::kTraining, [&](Station& station) -> Status {
      TRY(fitted, recipe.fit(encoded, recipe.options()));
      station.advance(std::ssize(train()));
      return {};
    }));
    return station(rerun.how + ", judge", StationKind::kOwn, [&](Station& station) -> Status {
      encoded.design = {};
      std::vector<double> scores(rows.size());
      TRY_VOID(recipe.score(encoded.encoders, *fitted, rows, scores));
      station.advance(std::ssize(rows));
      return judge(recipe.outcomes(rows), scores, splitter_.blocks(rows), rerun);
    });
  }

  Status judge(const Outcomes& outcomes, const std::vector<double>& scores, const Blocks& days,
               LeakageRerun& rerun) {
    TRY(std::vector<const Metric*> metrics, judged_metrics(outcomes.task));
    BootstrapOptions draws{.replicates = kJudgingReplicates, .seed = model_.seed};
    TRY(JudgedRows judged,
        JudgedRows::make(outcomes.with(scores), days, metrics, means_.pool, means_.cancel));
    rerun.test_rows = std::ssize(scores);
    if (rerun.test_rows_left_out > 0) {
      TRY(std::vector<MetricEstimate> estimates,
          bootstrap(judged, draws, means_.pool, means_.cancel));
      for (const MetricEstimate& e : estimates)
        rerun.metrics.emplace_back(e.metric->name, e.estimate);
      return {};
    }
    TRY(std::vector<MetricDifference> differences,
        compare(run_.judged_raw ? *run_.judged_raw : run_.judged, judged, draws, means_.pool,
                means_.cancel));
    for (const MetricDifference& d : differences) {
      rerun.metrics.emplace_back(d.metric->name, d.second);
      rerun.difference.emplace_back(d.metric->name, d.difference);
    }
    return {};
  }

  Model model_;
  const LeakageSet& set_;
  const FittedRun& run_;
  const ModelMeans& means_;
  RowSplitter splitter_;
  LeakageReport report_;
};

}  // namespace

Result<LeakageReport> LeakageRuns::look(const Model& model, const LeakageSet& set,
                                        const FittedRun& run, const ModelMeans& means) {
  Result<LeakageReport> found = ModelLeaks(model, set, run, means).look(of_columns_);
  if (found || found.error().code() != Code::kLimit) return found;
  return LeakageReport{.why_not = found.error().message()};
}

}  // namespace lode
