#include "orchestrate/report.h"

#include "base/json.h"
#include "project/project.h"

namespace lode {
namespace {

std::string windows_text(const View& view) {
  std::string out;
  for (const Window& window : view.windows) {
    if (!out.empty()) out += ", ";
    switch (window.kind) {
      case Window::Kind::kSliding:
        out += text(window.width) + (window.paned() ? " (panes)" : "");
        break;
      case Window::Kind::kTumbling:
        out += "tumbling " + text(window.width);
        break;
      case Window::Kind::kLast:
        out += fmt::format("last {}", window.count);
        break;
      case Window::Kind::kAll:
        out += "all";
        break;
    }
  }
  return out;
}

}  // namespace

ViewReport view_report(const View& view) {
  ViewReport out{view.name, view.over, view.by, windows_text(view)};
  for (const AggregateValue& value : view.values) out.values.push_back(value.name);
  for (const NamedExpression& value : view.derived) out.values.push_back(value.name);
  return out;
}

std::string_view step_state_name(StepState state) {
  switch (state) {
    case StepState::kMade:
      return "made";
    case StepState::kUpToDate:
      return "up to date";
    case StepState::kGivenUp:
      return "given up";
  }
  return "";
}

std::vector<std::string> notes_of(const ModelReport& model) {
  std::vector<std::string> notes = model.notes;
  if (!model.not_compared.empty()) notes.push_back(model.not_compared);
  return notes;
}

void write_estimate(JsonWriter& json, const Estimate& e) {
  json.begin_object()
      .field("value", e.value)
      .field("low", e.low)
      .field("high", e.high)
      .end_object();
}

namespace {

void write_comparison(JsonWriter& json, const ModelReport& model) {
  json.key("against").begin_object().field("model", model.compared_with);
  json.key("difference").begin_object();
  for (const ComparisonReport& c : model.comparison) {
    json.key(c.metric)
        .begin_object()
        .field("value", c.difference.value)
        .field("low", c.difference.low)
        .field("high", c.difference.high)
        .field("clear", c.clear)
        .field("better", c.better)
        .end_object();
  }
  json.end_object().end_object();
}

void write_inflation(JsonWriter& json, const InflationReport& inflation) {
  json.key("random_split").begin_object().field("rows", inflation.rows).key("metrics");
  json.begin_object();
  for (const InflatedMetric& m : inflation.metrics) {
    json.key(m.metric).begin_object().key("random");
    write_estimate(json, m.random);
    json.field("inflation", m.inflation).field("standard_error", m.standard_error).end_object();
  }
  json.end_object().end_object();
}

void write_curve(JsonWriter& json, const AleCurve& curve) {
  json.key("curve").begin_array();
  for (const AlePoint& point : curve.points)
    json.begin_object()
        .field("at", point.at)
        .field("value", point.effect.value)
        .field("low", point.effect.low)
        .field("high", point.effect.high)
        .end_object();
  json.end_array().field("missing", curve.missing);
}

void write_drivers(JsonWriter& json, const DriversReport& drivers) {
  json.key("drivers")
      .begin_object()
      .field("rows", drivers.rows)
      .field("background", drivers.background)
      .field("unit", drivers.unit)
      .field("columns_in_all", drivers.columns)
      .key("columns")
      .begin_array();
  for (const DriverReport& driver : drivers.drivers) {
    json.begin_object().field("column", driver.column).key("contribution");
    write_estimate(json, driver.contribution);
    json.key("importance");
    write_estimate(json, driver.importance);
    json.field("correlation", driver.correlation);
    if (!driver.curve.points.empty()) write_curve(json, driver.curve);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void write_judgement(JsonWriter& json, const ModelReport& model) {
  if (!model.chosen.empty()) json.field("chosen", model.chosen);
  write_tuning(json, model.tuning);
  json.field("task", task_name(model.task))
      .field("train_rows", model.train_rows)
      .field("test_rows", model.test_rows)
      .field("test_mean", model.test_mean)
      .field("embargoed", model.embargoed)
      .field("purged", model.purged)
      .field("unseen", model.unseen)
      .field("shared_group", model.shared_group)
      .field("blocks", model.blocks)
      .field("block_unit", model.block_unit);
  json.key("encoded").begin_object();
  for (const auto& [split, columns] : model.encoded) {
    json.key(split).begin_object();
    for (const EncodedReport& column : columns)
      json.key(column.column)
          .begin_object()
          .field("missing", column.missing)
          .field("unseen", column.unseen)
          .end_object();
    json.end_object();
  }
  json.end_object();
  json.key("metrics").begin_object();
  for (const auto& [split, metrics] : model.metrics) {
    json.key(split).begin_object();
    for (const MetricReport& metric : metrics) {
      json.key(metric.name);
      write_estimate(json, metric.estimate);
    }
    json.end_object();
  }
  json.end_object();
  if (!model.comparison.empty()) write_comparison(json, model);
  if (!model.inflation.metrics.empty()) write_inflation(json, model.inflation);
  if (!model.drivers.drivers.empty()) write_drivers(json, model.drivers);
  if (!model.leakage.findings.empty() || !model.leakage.why_not.empty())
    write_leakage(json, model.leakage);
  write_evaluation(json, model.evaluation);
  json.key("notes").begin_array();
  for (const std::string& note : notes_of(model)) json.value(note);
  json.end_array();
  write_card(json, model.card);
}

}  // namespace lode
