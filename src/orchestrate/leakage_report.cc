#include "orchestrate/leakage_report.h"

#include <algorithm>

#include "base/json.h"
#include "orchestrate/report.h"

namespace lode {
namespace {

void write_figure(JsonWriter& json, const LeakFigure& figure) {
  json.begin_object().field("name", figure.name).field("value", figure.value);
  if (figure.low) json.field("low", *figure.low);
  if (figure.high) json.field("high", *figure.high);
  if (figure.p) json.field("p", *figure.p);
  json.end_object();
}

void write_suspects(JsonWriter& json, std::string_view name,
                    const std::vector<LeakSuspect>& suspects) {
  json.key(name).begin_array();
  for (const LeakSuspect& suspect : suspects) {
    json.begin_object()
        .field("column", suspect.column)
        .field("sentence", suspect.sentence)
        .field("left_out", suspect.leave_out)
        .field("test_rows", std::ssize(suspect.test_rows))
        .key("figures")
        .begin_array();
    for (const LeakFigure& figure : suspect.figures) write_figure(json, figure);
    json.end_array().end_object();
  }
  json.end_array();
}

void write_estimates(JsonWriter& json, std::string_view name,
                     const std::vector<std::pair<std::string, Estimate>>& estimates) {
  json.key(name).begin_object();
  for (const auto& [metric, estimate] : estimates) {
    json.key(metric);
    write_estimate(json, estimate);
  }
  json.end_object();
}

void write_rerun(JsonWriter& json, const LeakageRerun& rerun) {
  json.begin_object().field("how", rerun.how).key("columns").begin_array();
  for (const std::string& column : rerun.columns) json.value(column);
  json.end_array();
  if (!rerun.why_not.empty()) {
    json.field("why_not", rerun.why_not).end_object();
    return;
  }
  json.field("test_rows", rerun.test_rows).field("test_rows_left_out", rerun.test_rows_left_out);
  write_estimates(json, "metrics", rerun.metrics);
  if (!rerun.difference.empty()) write_estimates(json, "difference", rerun.difference);
  json.end_object();
}

}  // namespace

bool LeakageReport::suspected() const {
  return std::ranges::any_of(findings, [](const LeakFinding& f) { return !f.suspects.empty(); });
}

void write_leakage(JsonWriter& json, const LeakageReport& leakage) {
  json.key("leakage")
      .begin_object()
      .field("suspected", leakage.suspected())
      .field("train_rows", leakage.train_rows)
      .field("test_rows", leakage.test_rows);
  if (!leakage.why_not.empty()) json.field("why_not", leakage.why_not);
  json.key("detectors").begin_array();
  for (const LeakFinding& finding : leakage.findings) {
    json.begin_object().field("name", finding.detector).field("looked", finding.looked);
    if (!finding.why_not.empty()) json.field("why_not", finding.why_not);
    write_suspects(json, "suspects", finding.suspects);
    write_suspects(json, "notes", finding.notes);
    json.end_object();
  }
  json.end_array().key("again").begin_array();
  for (const LeakageRerun& rerun : leakage.reruns) write_rerun(json, rerun);
  json.end_array().end_object();
}

}  // namespace lode
