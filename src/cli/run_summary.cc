#include "cli/run_summary.h"

#include <algorithm>

#include "base/memory_budget.h"
#include "base/time.h"
#include "cli/evaluation_text.h"
#include "cli/leakage_text.h"
#include "cli/metric_text.h"
#include "cli/monitor_text.h"
#include "cli/profile_text.h"
#include "cli/score_text.h"
#include "cli/station_table.h"
#include "cli/text_table.h"
#include "cli/tuning_text.h"
#include "cli/verdict_text.h"
#include "cli/walk_text.h"
#include "orchestrate/step_price.h"

namespace lode {
namespace {

std::string day(std::int64_t us) { return text(Timestamp{us}).substr(0, 16); }

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

const MetricReport* find_metric_report(const ModelReport& model, const std::string& split,
                                       std::string_view name) {
  auto found = model.metrics.find(split);
  if (found == model.metrics.end()) return nullptr;
  for (const MetricReport& metric : found->second)
    if (metric.name == name) return &metric;
  return nullptr;
}

std::string metric_text(const ModelReport& model, std::string_view name) {
  const MetricReport* metric = find_metric_report(model, "test", name);
  return metric == nullptr ? "" : metric_interval(name, metric->estimate);
}

void print_heading(Output& out, std::string_view heading) {
  out.print("\n{}\n", out.bold(heading));
}

std::string news(const SourceReport& s) {
  if (s.reused) return " (unchanged)";
  return s.rows_read < s.rows ? fmt::format(" ({} new)", s.rows_read) : "";
}

// As an editor takes it where the file has lines: "orders.csv:17".
std::string place_of(const SetAside& aside) {
  if (aside.line > 0) return fmt::format("{}:{}", aside.file, aside.line);
  return fmt::format("{} row {}", aside.file, aside.row);
}

void print_sources(Output& out, const RunReport& report) {
  print_heading(out, "Sources");
  TextTable sources({"source", "rows", "accepted", "set aside", "from", "to", "zone", "known"});
  bool aside = false;
  for (const SourceReport& s : report.sources) {
    sources.row({s.name + news(s), s.rows, s.accepted, s.rows - s.accepted,
                 s.timed ? day(s.first_time) : "none", s.timed ? day(s.last_time) : "none", s.zone,
                 s.known});
    aside = aside || !s.set_aside.empty();
  }
  sources.print(out);
  if (!aside) return;
  print_heading(out, "Set aside, and why");
  TextTable table({"source", "cause", "column", "rows", "first", "reason"});
  for (const SourceReport& s : report.sources)
    for (const SetAsideReport& a : s.set_aside)
      table.row({s.name, a.cause, a.field, a.rows, place_of(a.example), a.example.reason});
  table.print(out);
}

void print_features(Output& out, const RunReport& report) {
  if (report.views.empty()) return;
  print_heading(out, "Features");
  TextTable table({"view", "over", "by", "window", "values"});
  for (const ViewReport& v : report.views)
    table.row({v.name, v.over, v.by, v.windows, joined(v.values)});
  table.print(out);
}

void print_training(Output& out, const RunReport& report) {
  if (report.training.empty()) return;
  print_heading(out, "Training sets");
  TextTable table({"set", "rows", "target mean", "columns", "no label", "name"});
  for (const TrainingReport& t : report.training)
    table.row({t.name, t.rows, Cell::number(t.positives, 4), t.columns.size(), t.without_label,
               t.dataset.substr(0, 16)});
  table.print(out);
  for (const TrainingReport& t : report.training)
    if (t.over_limit > 0)
      out.print("{}: {} values were over their limit and are null\n", t.name, t.over_limit);
}

void print_pairs(Output& out, const RunReport& report) {
  bool any = false;
  for (const ModelReport& m : report.models) any = any || !m.comparison.empty();
  if (!any) return;
  print_heading(out, "Against each other, on the same rows and the same days drawn");
  for (Task task : tasks_of(report)) {
    const ShownMetrics shown = shown_metrics(task);
    TextTable pairs({"model", "against", std::string(metric_title(shown.rank)),
                     std::string(metric_title(shown.loss)), "verdict"});
    for (const ModelReport& m : report.models) {
      if (m.task != task || m.comparison.empty()) continue;
      std::string rank;
      std::string loss;
      std::string verdict = "cannot be told apart";
      for (const ComparisonReport& c : m.comparison) {
        if (c.metric == shown.rank) rank = metric_difference(c.metric, c.difference);
        if (c.metric != shown.loss) continue;
        loss = metric_difference(c.metric, c.difference);
        if (c.clear) verdict = c.better ? "better" : "worse";
      }
      pairs.row({m.name, m.compared_with, rank, loss, verdict});
    }
    if (pairs.rows() > 0) pairs.print(out);
  }
}

void print_notes(Output& out, const RunReport& report) {
  bool notes = false;
  for (const ModelReport& m : report.models) notes = notes || !notes_of(m).empty();
  if (!notes) return;
  print_heading(out, "To know before trusting a figure");
  for (const ModelReport& m : report.models)
    for (const std::string& note : notes_of(m)) out.print("{}: {}\n", m.name, note);
}

// "+ late_1h 0.312": whether more of it raises (+) or lowers (-) the answer, ~ neither throughout.
std::string driver_text(const DriverReport& driver, Task task) {
  constexpr double kThroughout = 0.5;  // correlation of value and contribution
  char sign = '~';
  if (driver.correlation >= kThroughout) sign = '+';
  if (driver.correlation <= -kThroughout) sign = '-';
  return fmt::format("{} {} {}", sign, driver.column,
                     task == Task::kBinary ? fmt::format("{:.3f}", driver.contribution.value)
                                           : digits_text(driver.contribution.value));
}

void print_drivers(Output& out, const RunReport& report) {
  constexpr std::size_t kShown = 3;
  bool any = std::ranges::any_of(report.models,
                                 [](const ModelReport& m) { return !m.drivers.drivers.empty(); });
  if (!any) return;
  print_heading(out, "Drivers (mean size of Shapley values; importance and curves: --json)");
  for (Task task : tasks_of(report)) {
    TextTable table({"model", "what moves its answers most", "", "", "of", "in"});
    for (const ModelReport& m : report.models) {
      if (m.task != task || m.drivers.drivers.empty()) continue;
      std::vector<Cell> row = {m.name};
      for (std::size_t i = 0; i < kShown; ++i)
        row.emplace_back(i < m.drivers.drivers.size() ? driver_text(m.drivers.drivers[i], task)
                                                      : "");
      row.push_back(Cell(m.drivers.columns));
      row.emplace_back(m.drivers.unit);
      table.row(std::move(row));
    }
    if (table.rows() > 0) table.print(out);
  }
}

// "whole days", or what else the models' intervals are drawn over.
std::string blocks_text(const RunReport& report) {
  std::vector<std::string> units;
  for (const ModelReport& m : report.models) {
    std::string unit = m.block_unit == "row" ? "rows" : "whole groups of " + m.block_unit;
    if (m.block_unit == "day") unit = "whole days";
    if (std::ranges::find(units, unit) == units.end()) units.push_back(std::move(unit));
  }
  return joined(units);
}

// "0.7374 (+0.0059)": the AUC or R2 of a random split, and what it would have flattered by.
std::string inflation_text(const ModelReport& model) {
  for (const InflatedMetric& m : model.inflation.metrics)
    if (m.metric == shown_metrics(model.task).rank)
      return fmt::format("{:.4f} ({:+.4f})", m.random.value, m.inflation);
  return "";
}

void print_models(Output& out, const RunReport& report) {
  if (report.models.empty()) return;
  print_heading(out, fmt::format("Models, on test rows they have not seen (95 % intervals over {})",
                                 blocks_text(report)));
  for (Task task : tasks_of(report)) {
    const ShownMetrics shown = shown_metrics(task);
    std::vector<std::string> headers = {"model", "algorithm", "test rows"};
    for (std::string_view name : shown.in_order) headers.emplace_back(metric_title(name));
    headers.push_back(fmt::format("{} if split at random", metric_title(shown.rank)));
    TextTable table(headers);
    for (const ModelReport& m : report.models) {
      if (m.task != task) continue;
      std::vector<Cell> row = {m.name, m.algorithm, m.test_rows};
      for (std::string_view name : shown.in_order) row.emplace_back(metric_text(m, name));
      row.emplace_back(inflation_text(m));
      table.row(std::move(row));
    }
    table.print(out);
  }
  print_pairs(out, report);
  print_drivers(out, report);
  print_leakage(out, report);
  print_evaluation(out, report);
  print_monitor(out, report);
  print_tuning(out, report);
  print_notes(out, report);
}

// Where nothing is new there is nothing to say.
void print_steps(Output& out, const RunReport& report) {
  auto made = std::ranges::count(report.steps, StepState::kMade, &StepReport::state);
  auto stand = std::ranges::count(report.steps, StepState::kUpToDate, &StepReport::state);
  auto all = std::ssize(report.steps);
  if (made == all) return;
  print_heading(out, "Made, and up to date");
  if (stand == all) {
    out.print("nothing was out of date: all {} steps stand as they were\n", all);
    return;
  }
  TextTable table({"step", "", "why"});
  for (const StepReport& step : report.steps)
    table.row({fmt::format("{} {}", step.kind, step.name), step_state_name(step.state), step.why});
  table.print(out);
}

void print_time(Output& out, const RunReport& report) {
  print_heading(out, "Time");
  for (const std::string& attempt : report.retried) out.print("{}\n", attempt);
  print_stations(out, report.stations, report.seconds, true);
  out.print("memory: {} accounted for at the most, of {}; the process had {}\n",
            memory_text(report.memory_held), memory_text(report.memory_limit),
            memory_text(report.resident_peak));
  if (report.cost > 0) out.print("cost: {}\n", money_text(report.cost, report.currency));
}

}  // namespace

void print_run(Output& out, const RunReport& report) {
  out.print("{}, run {}\n", out.bold(report.project), report.run);
  print_verdict(out, report);
  print_given_up(out, report);
  print_sources(out, report);
  print_profiles(out, report);
  print_features(out, report);
  print_training(out, report);
  print_leaderboards(out, report);
  print_models(out, report);
  for (const WalkReport& walk : report.walks) print_walk(out, walk);
  print_declared_scores(out, report.scores);
  print_steps(out, report);
  print_time(out, report);
}

}  // namespace lode
