#include "orchestrate/walk_alarms.h"

#include <algorithm>
#include <utility>

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

std::vector<WalkAlarm> stood_in(const Watch& watch) {
  std::vector<WalkAlarm> out;
  for (const WatchAlarm& alarm : watch.alarms) {
    if (alarm.stood.empty() || alarm.stood[0] == 0) continue;
    const WatchSeries& series = watch.series[static_cast<std::size_t>(alarm.series[0])];
    out.push_back(
        {alarm.name, furthest(watch, alarm, 0), series.value[0], series.limit[0], alarm.p[0]});
  }
  return out;
}

}  // namespace

Result<std::vector<WalkAlarm>> alarms_of_period(const WatchedLive& live, WatchOptions options,
                                                ThreadPool& pool, const CancelToken& cancel) {
  std::vector<WalkAlarm> none;
  if (live.rows.empty() || live.made_from.empty()) return none;
  options.period = around(live);
  options.seed = live.model.seed;
  std::vector<double> was(live.made_from.size());
  TRY_VOID(live.recipe.score(live.encoders, live.fitted, live.made_from, was));
  WatchedRows rows{live.training.time, live.made_from, live.rows};
  auto watched = [&]() -> Result<Watch> {
    TRY(RowsWatch watch, RowsWatch::make(rows, options));
    TRY(Watch out, watch.columns(rows, watched_columns(live.model, live.training), pool, cancel));
    if (live.recipe.task() == Task::kNumber) return out;
    std::vector<std::uint8_t> were = live.recipe.outcomes(live.made_from).label;
    std::vector<std::uint8_t> are = live.recipe.outcomes(live.rows).label;
    TRY(Watch scores, watch.scores({was, live.scores, were, are}, pool, cancel));
    append_watch(out, std::move(scores));
    return out;
  }();
  if (watched) return stood_in(*watched);
  // Scores that are no probabilities are no reason to lose the walk.
  if (watched.error().code() == Code::kInvalid) return none;
  return fail(watched.error());
}

}  // namespace lode
