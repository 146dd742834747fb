#include "cli/score_text.h"

#include "base/json.h"
#include "cli/text_table.h"
#include "telemetry/quantity.h"

namespace lode {
namespace {

// "all 12,000 rows: model changed 3 -> 4", or what of it was new, corrected and read anew.
std::string scored_text(const ScoreReport& report) {
  if (report.scored == 0 && report.gone == 0 && report.resumed == 0)
    return report.standing == 0 && report.labelled > 0
               ? "nothing: every row has its label; --all scores such rows too"
               : "nothing: no row changed";
  std::string out = with_thousands(report.scored);
  if (!report.why_all.empty()) {
    out = fmt::format("all {} rows: {}", with_thousands(report.fresh), report.why_all);
  } else {
    out += fmt::format(" row{}: {} new, {} with another version, {} whose views read otherwise",
                       report.scored == 1 ? "" : "s", with_thousands(report.fresh),
                       with_thousands(report.corrected), with_thousands(report.reread));
    if (report.gone > 0)
      out += fmt::format("; {} have no score any more", with_thousands(report.gone));
  }
  if (report.resumed > 0)
    out += fmt::format(" ({} of them were durable when a job was killed)",
                       with_thousands(report.resumed));
  return out;
}

void print_columns(Output& out, const ScoreReport& report) {
  TextTable table({"column", "missing", "unseen"});
  for (const ScoredColumn& column : report.columns)
    if (column.missing > 0 || column.unseen > 0)
      table.row({column.name, column.missing, column.unseen});
  if (table.rows() == 0) return;
  out.print("\n{}\n", out.bold("Values that are missing, or were not seen in training"));
  table.print(out);
}

void print_refused(Output& out, const ScoreReport& report) {
  if (report.refused.empty()) return;
  out.print("\n{}\n", out.bold("Rows refused, and why"));
  TextTable table({"cause", "column", "rows", "the first"});
  for (const RefusedRows& refused : report.refused)
    table.row({refused.cause, refused.field, refused.rows, refused.example});
  table.print(out);
}

void write_stations(JsonWriter& json, const ScoreReport& report) {
  json.key("stations").begin_array();
  for (const StationRecord& station : report.stations)
    json.begin_object()
        .field("name", station.name)
        .field("units", station.units)
        .field("unit", station.unit)
        .field("seconds", station.seconds)
        .field("cpu_seconds", station.cpu_seconds)
        .field("bytes_read", station.bytes_read)
        .field("bytes_written", station.bytes_written)
        .field("memory", station.memory)
        .end_object();
  json.end_array();
}

}  // namespace

void print_scores(Output& out, const ScoreReport& report) {
  TextTable table({"scores", fmt::format("{} version {}", report.model, report.version)});
  table.row({"rows", fmt::format("{} of {}", report.selection, report.from)});
  table.row({"scored", scored_text(report)});
  table.row({"standing", with_thousands(report.standing)});
  if (report.threshold)
    table.row({"flagged", fmt::format("{} of score {:.6g} and above",
                                      with_thousands(report.flagged), *report.threshold)});
  if (report.labelled > 0) table.row({"with a label", with_thousands(report.labelled)});
  if (report.left_out > 0) table.row({"left out by where", with_thousands(report.left_out)});
  table.row({"records read", fmt::format("{} of {}", with_thousands(report.records),
                                         with_thousands(report.records_held))});
  table.row({"bytes", fmt::format("{} read, {} written", short_bytes(report.bytes_read),
                                  short_bytes(report.bytes_written))});
  table.row({"seconds",
             fmt::format("{:.2f}, {:.2f} of the processor", report.seconds, report.cpu_seconds)});
  table.row({"written to", report.output.empty() ? "the project alone" : report.output});
  table.print(out);
  print_columns(out, report);
  print_refused(out, report);
}

std::string score_json(const ScoreReport& report) {
  JsonWriter json;
  json.begin_object()
      .field("project", report.project)
      .field("model", report.model)
      .field("version", report.version)
      .field("content", report.content)
      .field("algorithm", report.algorithm)
      .field("from", report.from)
      .field("selection", report.selection);
  if (report.threshold) json.field("threshold", *report.threshold);
  if (!report.why_all.empty()) json.field("why_all", report.why_all);
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
      .end_object()
      .field("records_read", report.records)
      .field("records_held", report.records_held)
      .field("bytes_read", report.bytes_read)
      .field("bytes_written", report.bytes_written)
      .field("over_limit", report.over_limit)
      .key("columns")
      .begin_array();
  for (const ScoredColumn& column : report.columns)
    json.begin_object()
        .field("name", column.name)
        .field("missing", column.missing)
        .field("unseen", column.unseen)
        .end_object();
  json.end_array().key("refused").begin_array();
  for (const RefusedRows& refused : report.refused)
    json.begin_object()
        .field("source", refused.source)
        .field("cause", refused.cause)
        .field("field", refused.field)
        .field("rows", refused.rows)
        .field("first", refused.example)
        .end_object();
  json.end_array();
  write_stations(json, report);
  json.field("seconds", report.seconds).field("cpu_seconds", report.cpu_seconds);
  if (!report.output.empty()) json.field("output", report.output);
  return json.end_object().take();
}

}  // namespace lode
