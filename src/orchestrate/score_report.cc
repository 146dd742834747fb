#include "orchestrate/score_report.h"

#include <algorithm>

#include "base/json.h"

namespace lode {
namespace {

void write_rows(JsonWriter& json, const ScoreReport& report) {
  json.key("rows")
      .begin_object()
      .field("standing", report.standing)
      .field("scored", report.scored)
      .field("resumed", report.resumed)
      .field("new", report.fresh)
      .field("corrected", report.corrected)
      .field("reread", report.reread)
      .field("gone", report.gone)
      .field("flagged", report.flagged)
      .field("labelled", report.labelled)
      .field("left_out", report.left_out)
      .field("before_since", report.before)
      .end_object();
}

void write_refused(JsonWriter& json, const ScoreReport& report) {
  json.key("refused").begin_array();
  for (const RefusedRows& refused : report.refused)
    json.begin_object()
        .field("source", refused.source)
        .field("cause", refused.cause)
        .field("field", refused.field)
        .field("rows", refused.rows)
        .field("first", refused.example)
        .end_object();
  json.end_array();
}

}  // namespace

ScoreReport as_it_stands(ScoreReport report) {
  for (std::int64_t* of_the_call :
       {&report.resumed, &report.scored, &report.fresh, &report.corrected, &report.reread,
        &report.gone, &report.labelled, &report.left_out, &report.before, &report.over_limit,
        &report.compacted, &report.records, &report.bytes_read, &report.bytes_written})
    *of_the_call = 0;
  report.why_all.clear();
  report.columns.clear();
  report.refused.clear();
  report.stations.clear();
  report.seconds = 0;
  report.cpu_seconds = 0;
  return report;
}

ScoringRecord scoring_record(const ScoreReport& report, std::int64_t run) {
  ScoringRecord record;
  record.run = std::to_string(run);
  record.name = report.name;
  record.model = report.model;
  record.version = report.version;
  if (auto content = parse_content_hash(report.content)) record.content = *content;
  record.selection = report.selection;
  record.records_read = report.records;
  record.scored = report.scored;
  record.unchanged = std::max<std::int64_t>(0, report.standing - report.scored - report.resumed);
  record.gone = report.gone;
  record.standing = report.standing;
  record.seconds = report.seconds;
  record.inputs = report.read;
  record.outputs = report.written;
  return record;
}

void write_scoring(JsonWriter& json, const ScoreReport& report) {
  if (!report.name.empty()) json.field("name", report.name);
  json.field("model", report.model);
  if (!report.waits.empty()) {
    json.field("waits", report.waits);
    return;
  }
  json.field("version", report.version)
      .field("content", report.content)
      .field("algorithm", report.algorithm)
      .field("from", report.from)
      .field("selection", report.selection);
  if (report.threshold) json.field("threshold", *report.threshold);
  if (!report.why_all.empty()) json.field("why_all", report.why_all);
  write_rows(json, report);
  json.field("records_read", report.records)
      .field("records_held", report.records_held)
      .field("bytes_read", report.bytes_read)
      .field("bytes_written", report.bytes_written)
      .field("over_limit", report.over_limit)
      .field("entries_compacted", report.compacted)
      .key("columns")
      .begin_array();
  for (const ScoredColumn& column : report.columns)
    json.begin_object()
        .field("name", column.name)
        .field("missing", column.missing)
        .field("unseen", column.unseen)
        .end_object();
  json.end_array();
  write_refused(json, report);
  json.field("seconds", report.seconds).field("cpu_seconds", report.cpu_seconds);
  json.key("outputs").begin_array();
  for (const std::string& path : report.outputs) json.value(path);
  json.end_array();
}

}  // namespace lode
