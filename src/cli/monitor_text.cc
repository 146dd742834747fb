#include "cli/monitor_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "cli/text_table.h"

namespace lode {
namespace {

std::string day(Timestamp t) { return text(t).substr(0, 10); }

// The alarm at its farthest: the statistic, and how large it would be by chance.
std::string worst_text(const Watch& watch, const WatchAlarm& alarm) {
  std::size_t worst = alarm.stood.size();
  double most = 0;
  for (std::size_t p = 0; p < alarm.stood.size(); ++p) {
    if (alarm.series[p] < 0) continue;
    const WatchSeries& series = watch.series[static_cast<std::size_t>(alarm.series[p])];
    double over = std::abs(series.value[p]) / series.limit[p];
    if (over <= most) continue;
    most = over;
    worst = p;
  }
  if (worst == alarm.stood.size()) return "";
  const WatchSeries& series = watch.series[static_cast<std::size_t>(alarm.series[worst])];
  return fmt::format("{} {} {:+.4f} (by chance {:.4f}, alarm above {:.4f})",
                     day(watch.periods[worst].begin), furthest(watch, alarm, worst),
                     series.value[worst], series.typical[worst], series.limit[worst]);
}

void add_rows(TextTable& table, const ModelReport& model) {
  const Watch& watch = model.monitor.watch;
  bool any = false;
  for (const WatchAlarm& alarm : watch.alarms) {
    std::size_t first = first_stood(alarm);
    if (first == alarm.stood.size()) continue;
    std::size_t trigger = first_trigger(alarm);
    table.row({any ? "" : model.name, alarm.name,
               fmt::format("{} of {}", std::ranges::count(alarm.stood, 1), alarm.stood.size()),
               day(watch.periods[first].begin),
               trigger < alarm.trigger.size() ? day(watch.periods[trigger].end) : "-",
               worst_text(watch, alarm)});
    any = true;
  }
  if (!any && watch.why_no_null.empty())
    table.row({model.name, "none", fmt::format("0 of {}", watch.periods.size()), "", "", ""});
}

// Of the first period that has some: the largest three.
void print_causes(Output& out, const ModelReport& model) {
  constexpr std::size_t kShown = 3;
  const auto& causes = model.monitor.causes;
  auto first = std::ranges::find_if(causes, [](const auto& period) { return !period.empty(); });
  if (first == causes.end()) return;
  std::string text;
  for (std::size_t i = 0; i < std::min(first->size(), kShown); ++i)
    text += fmt::format("{}{} {:.0f} %", i > 0 ? ", " : "", (*first)[i].column,
                        100 * (*first)[i].share);
  auto period = static_cast<std::size_t>(first - causes.begin());
  out.print("{}: what moved its score in the period of {}, by drift and weight: {}\n", model.name,
            day(model.monitor.watch.periods[period].begin), text);
}

void print_not_watched(Output& out, const RunReport& report) {
  std::map<std::string, std::string> models;  // by reason
  for (const ModelReport& m : report.models) {
    if (!m.monitor.asked) continue;
    const std::string& why =
        m.monitor.why_not.empty() ? m.monitor.watch.why_no_null : m.monitor.why_not;
    if (!why.empty()) models[why] += (models[why].empty() ? "" : ", ") + m.name;
  }
  for (const auto& [why, names] : models)
    out.print("no alarm can be raised of {}: {}\n", names, why);
}

}  // namespace

void print_monitor(Output& out, const RunReport& report) {
  auto asked =
      std::ranges::find(report.models, true, [](const ModelReport& m) { return m.monitor.asked; });
  if (asked == report.models.end()) return;
  out.print("\n{}\n", out.bold(fmt::format("Monitor: test rows by period against the training rows "
                                           "(each alarm by chance in {:g} % of periods)",
                                           100 * asked->monitor.alpha)));
  TextTable table({"model", "alarm", "periods", "first", "retrain at", "at its farthest"});
  for (const ModelReport& m : report.models)
    if (m.monitor.asked && m.monitor.why_not.empty()) add_rows(table, m);
  if (table.rows() > 0) table.print(out);
  for (const ModelReport& m : report.models)
    if (m.monitor.asked && m.monitor.why_not.empty()) print_causes(out, m);
  print_not_watched(out, report);
}

}  // namespace lode
