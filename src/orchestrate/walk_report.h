// What a walk forward came to (orchestrate/walk_run.h), as values, and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/gate.h"
#include "judge/bootstrap.h"
#include "orchestrate/monitor_report.h"

namespace lode {

class JsonWriter;

// What the gate said of one challenger at the end of a period.
struct WalkDecision {
  std::string challenger;
  GateDecision decision{};
  bool promoted = false;
};

// A challenger that could not be made when a period began.
struct WalkAbsence {
  std::string challenger;
  std::string why;  // a sentence
};

// What a trigger said when a period began (feedback/trigger.h).
struct WalkTrigger {
  std::string name;
  bool fired = false;
  double value = 0;  // of the trigger's figure, in its unit
  double limit = 0;
  std::string why;  // a sentence
};

struct WalkPeriod {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t rows = 0;
  std::string live;                     // what answered in it
  std::vector<WalkTrigger> triggers{};  // all that are declared, when it began
  std::vector<std::string> made{};      // challengers, when it began
  std::vector<WalkAbsence> not_made{};  // challengers, when it began
  // Of every candidate on its rows; NaN of one that did not score them, or without both labels.
  std::vector<double> metric{};
  std::vector<WalkAlarm> alarms{};    // of what was live, at its end
  std::vector<WalkDecision> looks{};  // at its end
};

// A walk forward. Candidates are the first champion ("frozen") and the challengers.
struct WalkReport {
  std::string name;
  std::string champion;  // the model the first champion is made like
  std::string metric;    // of the gate
  std::vector<std::string> candidates{};
  std::vector<WalkPeriod> periods{};
  std::string live;                       // after the last period
  std::int64_t trained = 0;               // challengers, over all periods
  std::int64_t trained_every_period = 0;  // as many as there would be if each were made in each
  std::int64_t rows = 0;
  // The metric of what was live over all periods; and of every candidate had it been live always,
  // with that less what was live had (paired, by day), over the rows that it scored: none where it
  // never was made.
  Estimate live_metric{};
  std::vector<std::int64_t> candidate_rows{};
  std::vector<Estimate> candidate_metric{};
  std::vector<Estimate> more_than_live{};
  std::int64_t version = 0;  // of the model that is stored under the walk's name; 0: none is
  std::string content{};
};

// A walk as fields of the open object: each period with what was live in it and what the gate said.
void write_walk(JsonWriter& json, const WalkReport& walk);

}  // namespace lode
