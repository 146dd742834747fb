#include "orchestrate/run_json.h"

#include "base/json.h"
#include "base/time.h"
#include "base/zone.h"
#include "orchestrate/profile_run.h"
#include "orchestrate/stations.h"
#include "project/definition.h"

namespace lode {
namespace {

void write_given_up(JsonWriter& json, const RunReport& report) {
  json.field("time_limit", static_cast<double>(report.time_limit.us) * 1e-6)
      .key("given_up")
      .begin_array();
  for (const std::string& what : report.given_up) json.value(what);
  json.end_array();
}

void write_sources(JsonWriter& json, const RunReport& report) {
  json.key("sources").begin_array();
  for (const SourceReport& s : report.sources) {
    json.begin_object()
        .field("name", s.name)
        .field("rows_read", s.rows_read)
        .field("rows", s.rows)
        .field("accepted", s.accepted)
        .field("unchanged", s.reused)
        .field("first_time", s.timed ? text(Timestamp{s.first_time}) : "none")
        .field("last_time", s.timed ? text(Timestamp{s.last_time}) : "none")
        .field("zone", s.zone)
        .field("known", s.known)
        .key("set_aside")
        .begin_array();
    for (const SetAsideReport& a : s.set_aside)
      json.begin_object()
          .field("cause", a.cause)
          .field("column", a.field)
          .field("rows", a.rows)
          .field("file", a.example.file)
          .field("row", a.example.row)
          .field("reason", a.example.reason)
          .end_object();
    json.end_array().end_object();
  }
  json.end_array();
}

void write_training(JsonWriter& json, const RunReport& report) {
  json.key("features").begin_array();
  for (const ViewReport& v : report.views) {
    json.begin_object()
        .field("name", v.name)
        .field("over", v.over)
        .field("by", v.by)
        .field("windows", v.windows)
        .key("values")
        .begin_array();
    for (const std::string& value : v.values) json.value(value);
    json.end_array().end_object();
  }
  json.end_array().key("training").begin_array();
  for (const TrainingReport& t : report.training) {
    json.begin_object()
        .field("name", t.name)
        .field("dataset", t.dataset)
        .field("rows", t.rows)
        .field("target_mean", t.positives)
        .field("retracted", t.retracted)
        .field("left_out", t.left_out)
        .field("without_label", t.without_label)
        .field("over_limit", t.over_limit)
        .key("columns")
        .begin_array();
    for (const std::string& column : t.columns) json.value(column);
    json.end_array().end_object();
  }
  json.end_array();
}

void write_pairs(JsonWriter& json, std::string_view name,
                 const std::vector<std::pair<std::string, std::string>>& pairs) {
  json.key(name).begin_object();
  for (const auto& [key, value] : pairs) json.field(key, value);
  json.end_object();
}

void write_model(JsonWriter& json, const ModelReport& m) {
  json.begin_object()
      .field("name", m.name)
      .field("version", m.version)
      .field("content", m.content)
      .field("dataset", m.dataset)
      .field("training", m.training)
      .field("algorithm", m.algorithm);
  write_pairs(json, "options", m.options);
  write_pairs(json, "encoders", m.encoders);
  write_pairs(json, "libraries", m.libraries);
  json.field("seed", m.seed).field("threads", m.threads);
  write_judgement(json, m);
  write_picture(json, m.picture);
  write_monitor(json, m.monitor);
  if (m.lineage.recorded) json.key("lineage").raw(lineage_json(m.lineage));
  json.end_object();
}

}  // namespace

void write_stations(JsonWriter& json, const std::vector<StationRecord>& stations) {
  json.key("stations").begin_array();
  for (const StationRecord& s : stations) {
    json.begin_object()
        .field("name", s.name)
        .field("units", s.units)
        .field("unit", s.unit)
        .field("seconds", s.seconds);
    if (s.kind != StationKind::kUnknown) {
      json.field("kind", station_kind_name(s.kind))
          .field("cpu_seconds", s.cpu_seconds)
          .field("bytes_read", s.bytes_read)
          .field("bytes_written", s.bytes_written)
          .field("memory", s.memory)
          .field("started", text(s.started))
          .field("span", s.span)
          .field("parent", s.parent);
    }
    json.end_object();
  }
  StationSums sums = sums_of(stations);
  json.end_array().field("own_seconds", sums.own).field("training_seconds", sums.training);
}

void write_counters(JsonWriter& json, const std::vector<CounterRecord>& counters) {
  json.key("counters").begin_array();
  for (const CounterRecord& c : counters)
    json.begin_object()
        .field("name", c.name)
        .field("labels", c.labels)
        .field("value", c.value)
        .end_object();
  json.end_array();
}

std::string run_json(const RunReport& report) {
  JsonWriter json;
  json.begin_object()
      .field("project", report.project)
      .field("run", report.run)
      .field("lode", LODE_VERSION)
      .field("engine_semantics", kEngineSemanticsVersion)
      .field("time_zones", zone_data_version())
      .field("started", text(report.started))
      .field("seconds", report.seconds)
      .field("memory_limit", report.memory_limit)
      .field("memory_held", report.memory_held)
      .field("resident_peak", report.resident_peak)
      .key("notes")
      .begin_array();
  for (const std::string& note : report.notes) json.value(note);
  json.end_array();
  if (report.time_limit.us > 0) write_given_up(json, report);
  if (!report.retried.empty()) {
    json.key("retried").begin_array();
    for (const std::string& attempt : report.retried) json.value(attempt);
    json.end_array();
  }
  if (report.cost > 0) json.field("cost", report.cost).field("currency", report.currency);
  write_sources(json, report);
  write_profiles(json, report.profiles);
  write_training(json, report);
  json.key("models").begin_array();
  for (const ModelReport& m : report.models) write_model(json, m);
  json.end_array();
  write_leaderboards(json, report.leaderboards);
  json.key("retraining").begin_array();
  for (const WalkReport& walk : report.walks) {
    json.begin_object();
    write_walk(json, walk);
    json.end_object();
  }
  json.end_array();
  json.key("scores").begin_array();
  for (const ScoreReport& scores : report.scores) {
    json.begin_object();
    write_scoring(json, scores);
    json.end_object();
  }
  json.end_array();
  json.key("steps").begin_array();
  for (const StepReport& step : report.steps)
    json.begin_object()
        .field("kind", step.kind)
        .field("name", step.name)
        .field("state", step_state_name(step.state))
        .field("why", step.why)
        .end_object();
  json.end_array();
  write_stations(json, report.stations);
  write_counters(json, report.counters);
  return json.end_object().take();
}

}  // namespace lode
