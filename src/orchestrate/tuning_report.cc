#include "orchestrate/tuning_report.h"

#include "orchestrate/report.h"

namespace lode {
namespace {

void write_trials(JsonWriter& json, const TuningReport& tuning) {
  json.key("trials").begin_array();
  for (const TrialReport& trial : tuning.trials) {
    json.begin_object().key("options").begin_object();
    for (const auto& [name, value] : trial.options) json.field(name, value);
    json.end_object()
        .field("state", trial.state)
        .field("folds", trial.folds)
        .field("loss", trial.loss)
        .field("seconds", trial.seconds);
    if (!trial.why.empty()) json.field("why", trial.why);
    json.end_object();
  }
  json.end_array();
}

void write_test(JsonWriter& json, const TuningReport& tuning) {
  json.key("test").begin_array();
  for (const TuningTest& test : tuning.test) {
    json.begin_object().field("metric", test.metric).key("declared");
    write_estimate(json, test.declared);
    json.key("difference");
    write_estimate(json, test.difference);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_tuning(JsonWriter& json, const TuningReport& tuning) {
  if (!tuning.asked()) return;
  json.key("tuning").begin_object().field("metric", tuning.metric).field("says", tuning.says);
  if (!tuning.why_not.empty()) {
    json.field("why_not", tuning.why_not).end_object();
    return;
  }
  json.field("folds", tuning.folds)
      .field("how", tuning.how)
      .field("rows", tuning.rows)
      .field("most_trials", tuning.most)
      .field("limit_seconds", static_cast<double>(tuning.limit.us) * 1e-6)
      .field("limit_of_the_run", tuning.by_run)
      .field("seconds", tuning.seconds)
      .field("ended_by", tuning.end)
      .field("chosen", static_cast<std::int64_t>(tuning.chosen) + 1)  // trials are numbered from 1
      .key("gain");
  write_estimate(json, tuning.gain);
  write_trials(json, tuning);
  write_test(json, tuning);
  json.end_object();
}

}  // namespace lode
