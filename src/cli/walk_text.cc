#include "cli/walk_text.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "cli/text_table.h"

namespace lode {
namespace {

// What the gate said of the challengers at the end of a period, in a few words each.
std::string looks_text(const WalkPeriod& period) {
  std::string out;
  for (const WalkAbsence& absence : period.not_made)
    out += fmt::format("{}{} not made", out.empty() ? "" : ", ", absence.challenger);
  for (const WalkDecision& look : period.looks)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", look.challenger,
                       look.promoted ? "PROMOTED" : gate_verdict_name(look.decision.verdict));
  return out;
}

std::string alarms_text(const WalkPeriod& period) {
  std::string out;
  for (const WalkAlarm& alarm : period.alarms)
    out += fmt::format("{}{}", out.empty() ? "" : ", ", alarm.name);
  return out.empty() ? "-" : out;
}

// Which trigger fired when, where there is more to tell than "every period".
void print_trainings(Output& out, const WalkReport& walk) {
  if (walk.trained == walk.trained_every_period) return;
  out.print("challengers were trained {} times; in each period it would have been {}\n",
            walk.trained, walk.trained_every_period);
  for (const WalkPeriod& period : walk.periods)
    for (const WalkTrigger& trigger : period.triggers)
      if (trigger.fired)
        out.print("  {}: {} fired: {}\n", text(Timestamp{period.begin}).substr(0, 10), trigger.name,
                  trigger.why);
}

// Challengers that were not made, with the reason of the first time.
void print_not_made(Output& out, const WalkReport& walk) {
  for (const std::string& name : walk.candidates) {
    std::int64_t times = 0;
    std::string first;
    for (const WalkPeriod& period : walk.periods)
      for (const WalkAbsence& absence : period.not_made) {
        if (absence.challenger != name || ++times > 1) continue;
        first = fmt::format("{}: {}", text(Timestamp{period.begin}).substr(0, 10), absence.why);
      }
    if (times > 0)
      out.print("{} could not be made in {} of {} periods, {}{}\n", name, times,
                walk.periods.size(), times > 1 ? "first " : "", first);
  }
}

// Of the last look of each challenger that left a slice out.
void print_not_judged(Output& out, const WalkReport& walk) {
  std::map<std::string, std::string> last;
  for (const WalkPeriod& period : walk.periods)
    for (const WalkDecision& look : period.looks)
      if (!look.decision.unjudged.empty())
        last[look.challenger] = fmt::format("{}: slices of {} that could not be judged: {}",
                                            text(Timestamp{period.end}).substr(0, 10),
                                            look.challenger, unjudged_text(look.decision));
  for (const auto& [challenger, sentence] : last) out.print("{}\n", sentence);
}

void print_always(Output& out, const WalkReport& walk, std::size_t c) {
  std::int64_t rows = walk.candidate_rows[c];
  if (rows == 0) {
    out.print("  {} never was made\n", walk.candidates[c]);
    return;
  }
  out.print("  had it been {} always: {:.5f}, {:+.5f} [{:+.5f}, {:+.5f}]{}\n", walk.candidates[c],
            walk.candidate_metric[c].value, walk.more_than_live[c].value,
            walk.more_than_live[c].low, walk.more_than_live[c].high,
            rows == walk.rows ? "" : fmt::format(", on the {} rows it scored", rows));
}

}  // namespace

void print_walk(Output& out, const WalkReport& walk) {
  out.print("\n{}\n", out.bold(fmt::format("Retraining {}: {} of what was live, period by period",
                                           walk.name, walk.metric)));
  std::vector<std::string> headers = {"from", "rows", "live"};
  headers.insert(headers.end(), walk.candidates.begin(), walk.candidates.end());
  headers.push_back("alarms");
  headers.push_back("the gate at its end");
  TextTable table(headers);
  for (const WalkPeriod& period : walk.periods) {
    std::vector<Cell> row = {text(Timestamp{period.begin}).substr(0, 10), period.rows, period.live};
    for (double value : period.metric) row.push_back(Cell::number(value, 4));
    row.push_back(alarms_text(period));
    row.push_back(looks_text(period));
    table.row(std::move(row));
  }
  table.print(out);
  out.print("over all {} rows: {:.5f} [{:.5f}, {:.5f}] of what was live\n", walk.rows,
            walk.live_metric.value, walk.live_metric.low, walk.live_metric.high);
  for (std::size_t c = 0; c < walk.candidates.size(); ++c) print_always(out, walk, c);
  for (const WalkPeriod& period : walk.periods)
    for (const WalkDecision& look : period.looks)
      if (look.promoted)
        out.print("{}: {} promoted; {}\n", text(Timestamp{period.end}).substr(0, 10),
                  look.challenger, look.decision.why);
  print_trainings(out, walk);
  print_not_made(out, walk);
  print_not_judged(out, walk);
  if (walk.version > 0)
    out.print("kept as model {} version {}, its champion; `lode registry history {}`\n", walk.name,
              walk.version, walk.name);
}

}  // namespace lode
