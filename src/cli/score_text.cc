#include "cli/score_text.h"

#include <cmath>

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
  TextTable table(
      {"scores", fmt::format("{}{} version {}", report.name.empty() ? "" : report.name + ", by ",
                             report.model, report.version)});
  table.row({"rows", fmt::format("{} of {}", report.selection, report.from)});
  table.row({"scored", scored_text(report)});
  table.row({"standing", with_thousands(report.standing)});
  if (report.threshold)
    table.row({"flagged", std::isinf(*report.threshold)
                              ? "none, as the threshold says"
                              : fmt::format("{} of score {:.6g} and above",
                                            with_thousands(report.flagged), *report.threshold)});
  if (report.labelled > 0) table.row({"with a label", with_thousands(report.labelled)});
  if (report.before > 0) table.row({"before 'since'", with_thousands(report.before)});
  if (report.left_out > 0) table.row({"left out by where", with_thousands(report.left_out)});
  if (report.compacted > 0)
    table.row({"log rewritten",
               fmt::format("without {} entries of the past", with_thousands(report.compacted))});
  table.row({"records read", fmt::format("{} of {}", with_thousands(report.records),
                                         with_thousands(report.records_held))});
  table.row({"bytes", fmt::format("{} read, {} written", short_bytes(report.bytes_read),
                                  short_bytes(report.bytes_written))});
  table.row({"seconds",
             fmt::format("{:.2f}, {:.2f} of the processor", report.seconds, report.cpu_seconds)});
  std::string outputs;
  for (const std::string& path : report.outputs) outputs += (outputs.empty() ? "" : ", ") + path;
  table.row({"written to", outputs.empty() ? "the project alone" : outputs});
  table.print(out);
  print_columns(out, report);
  print_refused(out, report);
}

std::string score_json(const ScoreReport& report) {
  JsonWriter json;
  json.begin_object().field("project", report.project);
  write_scoring(json, report);
  write_stations(json, report);
  return json.end_object().take();
}

void print_declared_scores(Output& out, const std::vector<ScoreReport>& scores) {
  if (scores.empty()) return;
  out.print("\n{}\n", out.bold("Scores"));
  TextTable table({"scores", "by", "rows", "scored by this run", "flagged", "seconds", "in"});
  for (const ScoreReport& one : scores) {
    if (!one.waits.empty()) {
      table.row({one.name, one.model, "", "none yet", "", "", ""});
      continue;
    }
    std::string in;
    for (const std::string& path : one.outputs)
      in += (in.empty() ? "" : ", ") + path.substr(path.rfind('/') + 1);
    table.row({one.name, fmt::format("{}@{}", one.model, one.version), one.standing,
               scored_text(one), one.threshold ? Cell(one.flagged) : Cell(""),
               Cell::number(one.seconds, 2), in.empty() ? "the project alone" : in});
  }
  table.print(out);
  for (const ScoreReport& one : scores) {
    if (!one.waits.empty()) out.print("{} waits: {}\n", one.name, one.waits);
    std::int64_t refused = 0;
    for (const RefusedRows& rows : one.refused) refused += rows.rows;
    if (refused > 0)
      out.print("{}: {} rows could not be scored; of the first, {}, {}\n", one.name,
                with_thousands(refused), one.refused.front().field, one.refused.front().example);
  }
}

}  // namespace lode
