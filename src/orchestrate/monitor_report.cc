#include "orchestrate/monitor_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "monitor/drift.h"

namespace lode {
namespace {

// Digits nobody can see would be most of the page.
double six_decimals(double value) { return std::round(value * 1e6) / 1e6; }

void write_numbers(JsonWriter& json, std::string_view name, const std::vector<double>& values) {
  json.key(name).begin_array();
  for (double value : values) json.value(six_decimals(value));
  json.end_array();
}

void write_flags(JsonWriter& json, std::string_view name, const std::vector<std::uint8_t>& flags) {
  json.key(name).begin_array();
  for (std::uint8_t flag : flags) json.value(flag != 0);
  json.end_array();
}

void write_periods(JsonWriter& json, const Watch& watch) {
  json.key("periods").begin_array();
  for (const WatchedPeriod& period : watch.periods)
    json.begin_object()
        .field("begin", text(period.begin))
        .field("end", text(period.end))
        .field("rows", period.rows)
        .field("days", period.days)
        .end_object();
  json.end_array();
}

void write_alarm(JsonWriter& json, const Watch& watch, const WatchAlarm& alarm) {
  json.begin_object()
      .field("name", alarm.name)
      .field("periods", std::ranges::count(alarm.stood, 1));
  if (std::size_t at = first_stood(alarm); at < alarm.stood.size())
    json.field("first", text(watch.periods[at].begin));
  if (std::size_t at = first_trigger(alarm); at < alarm.trigger.size())
    json.field("first_trigger", text(watch.periods[at].end));
  write_flags(json, "stood", alarm.stood);
  write_flags(json, "trigger", alarm.trigger);
  write_numbers(json, "p", alarm.p);
  json.key("furthest").begin_array();
  for (std::size_t p = 0; p < alarm.stood.size(); ++p) json.value(furthest(watch, alarm, p));
  json.end_array().end_object();
}

void write_series(JsonWriter& json, const WatchSeries& series) {
  json.begin_object().field("of", series.of).field("statistic", series.statistic);
  auto detector = find_drift_detector(series.statistic);
  if (detector && (*detector)->usual > 0) json.field("usual", (*detector)->usual);
  json.field("days_alike", six_decimals(series.days_alike)).field("run_days", series.run_days);
  write_numbers(json, "value", series.value);
  write_numbers(json, "p", series.p);
  write_numbers(json, "typical", series.typical);
  write_numbers(json, "limit", series.limit);
  json.end_object();
}

// Of the periods that have some.
void write_causes(JsonWriter& json, const MonitorReport& report) {
  json.key("causes").begin_array();
  for (std::size_t p = 0; p < report.causes.size(); ++p) {
    if (report.causes[p].empty()) continue;
    json.begin_object()
        .field("begin", text(report.watch.periods[p].begin))
        .key("columns")
        .begin_array();
    for (const DriftCause& cause : report.causes[p])
      json.begin_object()
          .field("column", cause.column)
          .field("share", six_decimals(cause.share))
          .field("psi", six_decimals(cause.psi))
          .field("weight", six_decimals(cause.weight))
          .end_object();
    json.end_array().end_object();
  }
  json.end_array();
}

std::size_t first_of(const std::vector<std::uint8_t>& flags) {
  return static_cast<std::size_t>(std::ranges::find(flags, 1) - flags.begin());
}

}  // namespace

std::size_t first_stood(const WatchAlarm& alarm) { return first_of(alarm.stood); }
std::size_t first_trigger(const WatchAlarm& alarm) { return first_of(alarm.trigger); }

std::string furthest(const Watch& watch, const WatchAlarm& alarm, std::size_t period) {
  if (alarm.series[period] < 0) return "";
  const WatchSeries& series = watch.series[static_cast<std::size_t>(alarm.series[period])];
  return fmt::format("{} {}", series.of, series.statistic);
}

void write_monitor(JsonWriter& json, const MonitorReport& report) {
  if (!report.asked) return;
  const Watch& watch = report.watch;
  json.key("monitor").begin_object();
  if (!report.why_not.empty()) {
    json.field("why_not", report.why_not).end_object();
    return;
  }
  json.field("alpha", report.alpha)
      .field("reference_rows", watch.reference_rows)
      .field("reference_days", watch.reference_days);
  if (!report.reference.empty()) json.field("reference", report.reference);
  if (!watch.why_no_null.empty()) json.field("why_no_null", watch.why_no_null);
  if (!report.columns_as.empty()) json.field("columns_as", report.columns_as);
  write_periods(json, watch);
  json.key("alarms").begin_array();
  for (const WatchAlarm& alarm : watch.alarms) write_alarm(json, watch, alarm);
  json.end_array().key("series").begin_array();
  for (const WatchSeries& series : watch.series)
    if (report.columns_as.empty() || series.of == kWatchedScore) write_series(json, series);
  json.end_array();
  write_causes(json, report);
  json.key("not_watched").begin_array();
  for (const std::string& column : watch.not_watched) json.value(column);
  json.end_array().end_object();
}

}  // namespace lode
