// What the monitor said of a model's test rows, period by period, as values.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "monitor/attribution.h"
#include "monitor/watch.h"

namespace lode {

class JsonWriter;

struct MonitorReport {
  double alpha = 0;
  Watch watch{};
  std::string reference{};  // the range of the training rows that was asked for; "": all
  // By period: columns whose drift moves the score, where an alarm of more than columns stood.
  std::vector<std::vector<DriftCause>> causes{};
  std::string columns_as{};  // a model before, of the same columns and rows: what was said of them
  std::string why_not{};     // nobody watched; "" of a watch
  bool asked = false;        // false: the split does not go by time
};

// An alarm that stood in a period of a walk (orchestrate/walk_alarms.h).
struct WalkAlarm {
  std::string name;      // "calibration"
  std::string furthest;  // "score calibration": what was furthest above its limit
  double value = 0;
  double limit = 0;
  double p = 0;
};

// When an alarm first stood and when it first made a trigger: periods of the watch, or nothing
// (then the number of periods).
std::size_t first_stood(const WatchAlarm& alarm);
std::size_t first_trigger(const WatchAlarm& alarm);
// "score calibration", "hour psi": what was furthest above its limit in a period; "" if nothing.
std::string furthest(const Watch& watch, const WatchAlarm& alarm, std::size_t period);

// As the field "monitor" of the open object; nothing if nobody asked.
void write_monitor(JsonWriter& json, const MonitorReport& report);

}  // namespace lode
