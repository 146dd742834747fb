#include "orchestrate/walk_alarms.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "judge/log_loss.h"
#include "orchestrate/monitor_run.h"

namespace lode {
namespace {

// All of them in one period of the watch.
Duration around(const WatchedLive& live) {
  std::int64_t first = live.training.time[static_cast<std::size_t>(live.rows.front())];
  std::int64_t last = first;
  for (std::int64_t row : live.rows) {
    std::int64_t time = live.training.time[static_cast<std::size_t>(row)];
    first = std::min(first, time);
    last = std::max(last, time);
  }
  return days((last - first) / days(1).us + 2);
}

std::vector<PeriodAlarm> alarms_in(const Watch& watch) {
  std::vector<PeriodAlarm> out;
  for (const WatchAlarm& alarm : watch.alarms) {
    if (alarm.stood.empty()) continue;
    PeriodAlarm& one = out.emplace_back();
    one.alarm = {.name = alarm.name, .furthest = furthest(watch, alarm, 0), .p = alarm.p[0]};
    one.stood = alarm.stood[0] != 0;
    if (!one.stood) continue;
    const WatchSeries& series = watch.series[static_cast<std::size_t>(alarm.series[0])];
    one.alarm.value = series.value[0];
    one.alarm.limit = series.limit[0];
  }
  return out;
}

// Of each row: log-loss of its label, squared error of its number. Nothing for scores that are no
// probabilities of a label.
std::optional<std::vector<double>> losses_of(const Outcomes& came, std::span<const double> scores) {
  std::vector<double> out;
  out.reserve(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (came.task == Task::kNumber) {
      double error = scores[i] - came.number[i];
      out.push_back(error * error);
      continue;
    }
    if (!(scores[i] >= 0 && scores[i] <= 1)) return std::nullopt;
    out.push_back(log_loss_of(scores[i], came.label[i]));
  }
  return out;
}

Result<Watch> watch_made_from(const WatchedLive& live, const MonitorRules& rules,
                              const WatchOptions& options, ThreadPool& pool,
                              const CancelToken& cancel) {
  std::vector<double> was(live.made_from.size());
  TRY_VOID(live.recipe.score(live.encoders, live.fitted, live.made_from, was));
  WatchedRows rows{live.training.time, live.made_from, live.rows};
  TRY(RowsWatch watch, RowsWatch::make(rows, options));
  ColumnsToWatch named = watched_columns(rules, live.model, live.training);
  TRY(Watch out, watch.columns(rows, named.columns, pool, cancel));
  if (live.recipe.task() == Task::kNumber) return out;
  std::vector<std::uint8_t> were = live.recipe.outcomes(live.made_from).label;
  std::vector<std::uint8_t> are = live.recipe.outcomes(live.rows).label;
  TRY(Watch scores, watch.scores({was, live.scores, were, are}, pool, cancel));
  append_watch(out, std::move(scores));
  return out;
}

Result<Watch> watch_losses(const WatchedLive& live, const WatchOptions& options) {
  WatchedRows rows{live.training.time, live.unseen, live.rows};
  auto was = losses_of(live.recipe.outcomes(live.unseen), live.unseen_scores);
  auto is = losses_of(live.recipe.outcomes(live.rows), live.scores);
  if (!was || !is) return Watch{};
  TRY(RowsWatch watch, RowsWatch::make(rows, options));
  return watch.losses(*was, *is);
}

}  // namespace

Result<std::vector<PeriodAlarm>> alarms_of_period(const WatchedLive& live,
                                                  const MonitorRules& rules, ThreadPool& pool,
                                                  const CancelToken& cancel) {
  std::vector<PeriodAlarm> out;
  if (live.rows.empty()) return out;
  WatchOptions options = watch_options(rules, live.model.seed);
  options.period = around(live);
  auto take = [&](Result<Watch> watched) -> Status {
    // Scores that are no probabilities are no reason to lose the walk.
    if (!watched && watched.error().code() != Code::kInvalid) return fail(watched.error());
    if (watched) std::ranges::move(alarms_in(*watched), std::back_inserter(out));
    return {};
  };
  if (!live.made_from.empty()) TRY_VOID(take(watch_made_from(live, rules, options, pool, cancel)));
  if (!live.unseen.empty()) TRY_VOID(take(watch_losses(live, options)));
  return out;
}

}  // namespace lode
