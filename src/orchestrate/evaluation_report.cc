#include "orchestrate/evaluation_report.h"

#include "base/json.h"
#include "orchestrate/report.h"

namespace lode {
namespace {

void write_trials(JsonWriter& json, const CalibrationReport& calibration) {
  json.key("trials").begin_array();
  for (const CalibratorTrial& trial : calibration.trials) {
    json.begin_object().field("kind", calibrator_name(trial.kind));
    if (!trial.refused.empty()) {
      json.field("refused", trial.refused).end_object();
      continue;
    }
    json.field("log_loss", trial.log_loss);
    if (trial.kind != trial.against)
      json.field("against", calibrator_name(trial.against))
          .field("gain", trial.gain)
          .field("standard_error", trial.standard_error);
    json.field("taken", trial.taken).end_object();
  }
  json.end_array();
}

void write_test(JsonWriter& json, std::string_view name, const SpiegelhalterTest& test) {
  json.key(name).begin_object().field("z", test.z).field("p", test.p_value).end_object();
}

void write_calibration(JsonWriter& json, const CalibrationReport& calibration) {
  json.key("calibrator").begin_object().field("asked", calibration.asked);
  if (!calibration.why_not.empty()) {
    json.field("why_not", calibration.why_not).end_object();
    return;
  }
  json.field("rows", calibration.rows)
      .field("folds", calibration.folds)
      .field("chosen", calibration.chosen)
      .field("why", calibration.why)
      .field("formula", calibration.formula);
  write_trials(json, calibration);
  json.key("metrics").begin_object();
  for (const CalibratedMetric& metric : calibration.metrics) {
    json.key(metric.name).begin_object().key("raw");
    write_estimate(json, metric.raw);
    json.key("calibrated");
    write_estimate(json, metric.calibrated);
    json.key("difference");
    write_estimate(json, metric.difference);
    json.end_object();
  }
  json.end_object().key("spiegelhalter").begin_object();
  write_test(json, "raw", calibration.raw);
  write_test(json, "calibrated", calibration.calibrated);
  json.end_object().end_object();
}

void write_counts(JsonWriter& json, std::string_view name, const Confusion& counts) {
  json.key(name)
      .begin_object()
      .field("true_positive", counts.true_positive)
      .field("false_positive", counts.false_positive)
      .field("false_negative", counts.false_negative)
      .field("true_negative", counts.true_negative)
      .end_object();
}

void write_decision(JsonWriter& json, const DecisionReport& decision) {
  json.key("decision").begin_object().field("rule", decision.rule);
  if (!decision.why_not.empty()) {
    json.field("why_not", decision.why_not).end_object();
    return;
  }
  json.field("threshold", decision.threshold).field("rows", decision.rows);
  if (!decision.note.empty()) json.field("note", decision.note);
  write_counts(json, "promised", decision.promised);
  write_counts(json, "came", decision.came);
  json.key("figures").begin_object();
  for (const DecisionFigure& figure : decision.figures) {
    json.key(figure.name).begin_object().field("promised", figure.promised).key("came");
    write_estimate(json, figure.came);
    json.end_object();
  }
  json.end_object().end_object();
}

void write_half(JsonWriter& json, const HalfReport& half) {
  json.key("at_half").begin_object();
  write_counts(json, "came", half.came);
  json.key("figures").begin_object();
  for (const DecisionFigure& figure : half.figures) {
    json.key(figure.name);
    write_estimate(json, figure.came);
  }
  json.end_object().end_object();
}

void write_labels(JsonWriter& json, const LabelIssuesReport& labels) {
  json.key("label_issues").begin_object();
  if (!labels.why_not.empty()) {
    json.field("why_not", labels.why_not).end_object();
    return;
  }
  json.field("rows", labels.rows)
      .field("found", labels.found)
      .field("wrong_0", labels.wrong[0])
      .field("wrong_1", labels.wrong[1])
      .key("first")
      .begin_array();
  for (const DoubtfulLabel& one : labels.first)
    json.begin_object()
        .field("seq", one.seq)
        .field("label", one.label)
        .field("probability", one.probability)
        .end_object();
  json.end_array().end_object();
}

void write_slices(JsonWriter& json, const SlicesReport& slices) {
  json.key("slices").begin_object();
  if (!slices.why_not.empty()) {
    json.field("why_not", slices.why_not).end_object();
    return;
  }
  json.field("rows", slices.found.rows)
      .field("looked", slices.found.looked)
      .field("worse", slices.found.worse)
      .field("too_few", slices.found.thin)
      .field("alpha", slices.alpha)
      .key("worst")
      .begin_array();
  for (const SliceLoss& one : slices.found.worst) {
    json.begin_object()
        .field("column", one.column)
        .field("slice", one.slice)
        .field("rows", one.rows)
        .field("log_loss", one.loss)
        .field("elsewhere", one.elsewhere)
        .key("difference");
    write_estimate(json, one.difference);
    json.field("predicted", one.predicted)
        .field("observed", one.observed)
        .field("p", one.p)
        .field("worse", one.worse)
        .end_object();
  }
  json.end_array().key("few").begin_array();
  for (const ThinSlice& one : slices.found.few)
    json.begin_object()
        .field("column", one.column)
        .field("slice", one.slice)
        .field("rows", one.rows)
        .end_object();
  json.end_array().end_object();
}

void write_group(JsonWriter& json, const GroupRow& group) {
  json.begin_object()
      .field("group", group.group)
      .field("rows", group.rows)
      .field("positive", group.positive)
      .field("too_few", group.too_few);
  for (std::size_t f = 0; f < std::size(kGroupFigures); ++f) {
    const GroupFigure& figure = group.figures[f];
    if (!figure.value) continue;
    json.key(kGroupFigures[f]).begin_object().key("is");
    write_estimate(json, *figure.value);
    if (figure.ratio) {
      json.key(kGroupFigures[f] == "calibration_gap" ? "more" : "ratio");
      write_estimate(json, *figure.ratio);
    }
    json.end_object();
  }
  json.end_object();
}

void write_fairness(JsonWriter& json, const FairnessReport& fairness) {
  json.key("fairness").begin_object();
  if (!fairness.why_not.empty()) {
    json.field("why_not", fairness.why_not).end_object();
    return;
  }
  json.field("threshold", fairness.threshold).field("declared", fairness.declared);
  json.key("columns").begin_array();
  for (const GroupTable& table : fairness.tables) {
    json.begin_object()
        .field("column", table.column)
        .field("other_values", table.other_values)
        .field("other_rows", table.other_rows)
        .key("groups")
        .begin_array();
    for (const GroupRow& group : table.groups) write_group(json, group);
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void write_evaluation(JsonWriter& json, const EvaluationReport& evaluation) {
  if (evaluation.calibration.asked_for()) write_calibration(json, evaluation.calibration);
  if (!evaluation.decision.rule.empty()) write_decision(json, evaluation.decision);
  if (evaluation.half.judged) write_half(json, evaluation.half);
  if (evaluation.labels.rows > 0 || !evaluation.labels.why_not.empty())
    write_labels(json, evaluation.labels);
  if (evaluation.slices.alpha > 0 || !evaluation.slices.why_not.empty())
    write_slices(json, evaluation.slices);
  if (!evaluation.fairness.tables.empty() || !evaluation.fairness.why_not.empty())
    write_fairness(json, evaluation.fairness);
}

}  // namespace lode
