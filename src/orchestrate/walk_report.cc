#include "orchestrate/walk_report.h"

#include "base/json.h"
#include "base/time.h"
#include "orchestrate/report.h"

namespace lode {
namespace {

void write_period(JsonWriter& json, const WalkReport& walk, const WalkPeriod& period) {
  json.begin_object()
      .field("begin", text(Timestamp{period.begin}))
      .field("end", text(Timestamp{period.end}))
      .field("rows", period.rows)
      .field("live", period.live)
      .key("triggers")
      .begin_array();
  for (const WalkTrigger& trigger : period.triggers)
    json.begin_object()
        .field("name", trigger.name)
        .field("fired", trigger.fired)
        .field("value", trigger.value)
        .field("limit", trigger.limit)
        .field("why", trigger.why)
        .end_object();
  json.end_array().key("made").begin_array();
  for (const std::string& challenger : period.made) json.value(challenger);
  json.end_array().key("not_made").begin_array();
  for (const WalkAbsence& absence : period.not_made)
    json.begin_object()
        .field("challenger", absence.challenger)
        .field("why", absence.why)
        .end_object();
  json.end_array().key("metric").begin_object();
  for (std::size_t c = 0; c < walk.candidates.size(); ++c)
    json.field(walk.candidates[c], period.metric[c]);
  json.end_object().key("alarms").begin_array();
  for (const WalkAlarm& alarm : period.alarms)
    json.begin_object()
        .field("name", alarm.name)
        .field("furthest", alarm.furthest)
        .field("value", alarm.value)
        .field("limit", alarm.limit)
        .field("p", alarm.p)
        .end_object();
  json.end_array().key("looks").begin_array();
  for (const WalkDecision& look : period.looks) {
    json.begin_object().field("challenger", look.challenger).field("promoted", look.promoted);
    write_decision(json, look.decision);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void write_walk(JsonWriter& json, const WalkReport& walk) {
  json.field("name", walk.name)
      .field("champion", walk.champion)
      .field("metric", walk.metric)
      .field("rows", walk.rows)
      .field("live", walk.live)
      .field("trained", walk.trained)
      .field("trained_every_period", walk.trained_every_period)
      .field("version", walk.version)
      .field("content", walk.content)
      .key("live_metric");
  write_estimate(json, walk.live_metric);
  json.key("candidates").begin_array();
  for (std::size_t c = 0; c < walk.candidates.size(); ++c) {
    json.begin_object().field("name", walk.candidates[c]).field("rows", walk.candidate_rows[c]);
    json.key("always_live");
    write_estimate(json, walk.candidate_metric[c]);
    json.key("more_than_live");
    write_estimate(json, walk.more_than_live[c]);
    json.end_object();
  }
  json.end_array().key("periods").begin_array();
  for (const WalkPeriod& period : walk.periods) write_period(json, walk, period);
  json.end_array();
}

}  // namespace lode
