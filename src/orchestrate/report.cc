#include "orchestrate/report.h"

#include "base/json.h"

namespace lode {
namespace {

void write_estimate(JsonWriter& json, const Estimate& e) {
  json.begin_object()
      .field("value", e.value)
      .field("low", e.low)
      .field("high", e.high)
      .end_object();
}

void write_comparison(JsonWriter& json, const ModelReport& model) {
  json.key("against").begin_object().field("model", model.compared_with);
  json.key("difference").begin_object();
  for (const ComparisonReport& c : model.comparison) {
    json.key(c.metric);
    write_estimate(json, c.difference);
  }
  json.end_object().end_object();
}

}  // namespace

void write_judgement(JsonWriter& json, const ModelReport& model) {
  if (!model.chosen.empty()) json.field("chosen", model.chosen);
  json.field("train_rows", model.train_rows)
      .field("test_rows", model.test_rows)
      .field("embargoed", model.embargoed)
      .field("purged", model.purged)
      .field("unseen", model.unseen)
      .field("blocks", model.blocks);
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
  json.key("notes").begin_array();
  for (const std::string& note : model.notes) json.value(note);
  json.end_array();
}

}  // namespace lode
