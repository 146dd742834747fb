#include "orchestrate/monitor_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace lode {
namespace {

constexpr std::int64_t kWatchingBytes = 16;  // a row: its day or period, label, bins
constexpr std::int64_t kColumnBytes = std::int64_t{256} << 10;  // sums by day and nulls, of most

std::vector<std::uint8_t> labels_of(const TrainingTable& training,
                                    const std::vector<std::int64_t>& rows) {
  std::vector<std::uint8_t> labels;
  labels.reserve(rows.size());
  for (std::int64_t row : rows)
    labels.push_back(training.target[static_cast<std::size_t>(row)] != 0 ? 1 : 0);
  return labels;
}

struct ReferenceRows {
  std::vector<std::int64_t> rows;
  std::vector<double> scores;
};

// The training rows of a range of time.
ReferenceRows reference_rows(const TimeRange& range, const TrainingTable& training,
                             const FittedRun& run) {
  ReferenceRows out;
  for (std::size_t i = 0; i < run.train_rows.size(); ++i) {
    Timestamp t{training.time[static_cast<std::size_t>(run.train_rows[i])]};
    if ((range.begin && t < *range.begin) || (range.end && t >= *range.end)) continue;
    out.rows.push_back(run.train_rows[i]);
    out.scores.push_back(run.train_scores[i]);
  }
  return out;
}

// What the model makes of each watched column.
ColumnWeights weights_of(std::span<const WatchedColumn> columns, const DriversReport& drivers) {
  ColumnWeights out;
  for (const WatchedColumn& column : columns) {
    double weight = 0;
    for (const DriverReport& driver : drivers.drivers)
      if (driver.column == column.name) weight += driver.contribution.value;
    out.emplace_back(column.name, weight);
  }
  return out;
}

// Of each period in which an alarm of more than columns stood.
std::vector<std::vector<DriftCause>> causes_of(const Watch& watch,
                                               std::span<const WatchedColumn> columns,
                                               const DriversReport& drivers) {
  ColumnWeights weights = weights_of(columns, drivers);
  std::vector<std::vector<DriftCause>> out(watch.periods.size());
  for (const WatchAlarm& alarm : watch.alarms)
    for (std::size_t p = 0; p < alarm.stood.size(); ++p)
      if (alarm.name != "columns" && alarm.stood[p] == 1 && out[p].empty())
        out[p] = drift_causes(watch, p, weights);
  return out;
}

// Models of the same columns, rows and seed are told the same of their columns.
std::string key_of(const Model& model, const FittedRun& run) {
  std::string key = fmt::format("{}|{}", model.from, model.seed);
  for (const std::vector<std::int64_t>* rows : {&run.train_rows, &run.test_rows})
    key += fmt::format("|{}..{} {}", rows->front(), rows->back(), rows->size());
  return key;
}

}  // namespace

const Model* watched_before(const Project& project, const Model& model) {
  if (model.split.random > 0) return nullptr;
  auto rows_of = [](const Model& one) {
    return std::tuple(one.from, one.seed, one.columns, range_text(one.split.train),
                      range_text(one.split.test), one.split.embargo, one.split.purge,
                      one.split.groups);
  };
  for (const Model& before : project.models) {
    if (&before == &model || before.name == model.name) break;
    if (before.split.random == 0 && rows_of(before) == rows_of(model)) return &before;
  }
  return nullptr;
}

WatchOptions watch_options(const MonitorRules& rules, std::uint64_t seed) {
  WatchOptions options;
  options.period = rules.period;
  options.block = rules.block;
  options.alpha = rules.alpha;
  options.seed = seed;
  return options;
}

ColumnsToWatch watched_columns(const MonitorRules& rules, const Model& model,
                               const TrainingTable& training) {
  ColumnsToWatch out;
  for (std::size_t c = 0; c < training.columns.columns.size(); ++c) {
    const std::string& name = training.columns.schema[c].name;
    bool read = model.columns.empty()
                    ? name != model.split.groups
                    : std::ranges::find(model.columns, name) != model.columns.end();
    if (!read) continue;
    if (rules.columns.empty() || std::ranges::find(rules.columns, name) != rules.columns.end())
      out.columns.push_back({name, &training.columns.columns[c]});
    else
      out.left_out.push_back(name);
  }
  return out;
}

Result<MonitorReport> MonitorRuns::look(const Project& project, const Model& model,
                                        const TrainingTable& training, const FittedRun& run,
                                        const ModelMeans& means) {
  MonitorReport report;
  if (model.split.random > 0) return report;
  report.asked = true;
  ColumnsToWatch named = watched_columns(project.monitor, model, training);
  const std::vector<WatchedColumn>& columns = named.columns;
  ReferenceRows reference = reference_rows(project.monitor.reference, training, run);
  if (project.monitor.reference.begin || project.monitor.reference.end)
    report.reference = range_text(project.monitor.reference);
  if (reference.rows.empty()) {
    report.why_not = fmt::format(
        "no row it was made from is of {}, which `reference` of the "
        "monitor asks for",
        report.reference);
    return report;
  }
  WatchOptions options = watch_options(project.monitor, model.seed);
  report.alpha = options.alpha;
  std::int64_t count = std::ssize(run.train_rows) + std::ssize(run.test_rows);
  auto hold = means.budget.hold("monitor of model " + model.name,
                                kWatchingBytes * count + kColumnBytes * std::ssize(columns));
  if (!hold) {
    report.why_not = hold.error().message();
    return report;
  }
  Status watched = means.stations.run(
      {.name = fmt::format("model {}: monitor", model.name)}, [&](Station& station) -> Status {
        WatchedRows rows{training.time, reference.rows, run.test_rows};
        std::string key = key_of(model, run);
        if (!rows_ || rows_key_ != key) {
          TRY(rows_, RowsWatch::make(rows, options));
          rows_key_ = key;
        }
        for (const WatchedColumn& column : columns) key += "|" + column.name;
        auto known = of_columns_.find(key);
        if (known == of_columns_.end()) {
          TRY(Watch watch, rows_->columns(rows, columns, means.pool, means.cancel));
          known = of_columns_.emplace(key, std::move(watch)).first;
        }
        report.watch = known->second;
        if (const Model* before = watched_before(project, model)) report.columns_as = before->name;
        station.advance(count);
        // Scores are watched as probabilities of labels of 0 and 1.
        if (task_of(model.algorithm) == Task::kNumber) return {};
        std::vector<std::uint8_t> was = labels_of(training, reference.rows);
        std::vector<std::uint8_t> is = labels_of(training, run.test_rows);
        TRY(Watch scores,
            rows_->scores({reference.scores, run.test_scores, was, is}, means.pool, means.cancel));
        append_watch(report.watch, std::move(scores));
        report.causes = causes_of(report.watch, columns, run.report.drivers);
        return {};
      });
  std::ranges::move(named.left_out, std::back_inserter(report.watch.not_watched));
  if (!watched && watched.error().code() != Code::kInvalid &&
      watched.error().code() != Code::kLimit)
    return fail(watched.error());
  if (!watched) report.why_not = watched.error().message();
  return report;
}

}  // namespace lode
