#include "cli/evaluation_text.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "cli/text_table.h"

namespace lode {
namespace {

// "none" of what there is none of: the precision where nothing is flagged.
std::string number(double value, int digits) {
  return std::isnan(value) ? "none" : fmt::format("{:.{}f}", value, digits);
}

std::string interval(const Estimate& e, int digits = 4) {
  if (std::isnan(e.low)) return number(e.value, digits);
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", e.value, digits, e.low, digits, e.high, digits);
}

// ---- calibration
// -------------------------------------------------------------------------------

const CalibratedMetric* find(const CalibrationReport& calibration, std::string_view name) {
  auto found = std::ranges::find(calibration.metrics, name, &CalibratedMetric::name);
  return found == calibration.metrics.end() ? nullptr : &*found;
}

std::string p_text(const SpiegelhalterTest& test) {
  return fmt::format("z {:.1f}, p {:.2g}", test.z, test.p_value);
}

void add_rows(TextTable& table, const std::string& model, const CalibrationReport& calibration) {
  bool raw = calibration.chosen == "identity";
  for (bool calibrated : {false, true}) {
    if (raw && calibrated) continue;
    std::vector<Cell> row = {calibrated ? "" : model, calibrated ? calibration.chosen : "raw"};
    for (std::string_view name : {"log_loss", "brier", "calibration_error_debiased"}) {
      const CalibratedMetric* metric = find(calibration, name);
      row.emplace_back(metric == nullptr ? ""
                                         : interval(calibrated ? metric->calibrated : metric->raw));
    }
    row.emplace_back(p_text(calibrated ? calibration.calibrated : calibration.raw));
    table.row(std::move(row));
  }
}

void print_calibration(Output& out, const RunReport& report) {
  TextTable table({"model", "scores", "log-loss", "Brier", "calibration error", "Spiegelhalter"});
  std::string sentences;
  for (const ModelReport& m : report.models) {
    const CalibrationReport& calibration = m.evaluation.calibration;
    if (!calibration.asked_for()) continue;
    if (!calibration.why_not.empty()) {
      sentences += fmt::format("{}: not calibrated: {}\n", m.name, calibration.why_not);
      continue;
    }
    add_rows(table, m.name, calibration);
    sentences += fmt::format("{}: {} ({} rows in {})\n", m.name, calibration.why, calibration.rows,
                             calibration.folds);
  }
  if (sentences.empty()) return;
  out.print("\n{}\n",
            out.bold("Calibration, on the test rows, chosen on training rows out of fold"));
  if (table.rows() > 0) table.print(out);
  out.print("{}", sentences);
}

// ---- decisions
// ---------------------------------------------------------------------------------

const DecisionFigure* find(const DecisionReport& decision, std::string_view name) {
  auto found = std::ranges::find(decision.figures, name, &DecisionFigure::name);
  return found == decision.figures.end() ? nullptr : &*found;
}

// "0.4312, then 0.4290 [0.4201, 0.4377]": as promised, and as it came.
std::string both(const DecisionReport& decision, std::string_view name) {
  const DecisionFigure* figure = find(decision, name);
  if (figure == nullptr) return "";
  return fmt::format("{}, then {}", number(figure->promised, 3), interval(figure->came, 3));
}

void print_decision_details(Output& out, const std::string& model, const DecisionReport& decision) {
  const Confusion& came = decision.came;
  out.print(
      "{}: {}; of the test rows {:.0f} flagged rightly and {:.0f} wrongly, {:.0f} missed, "
      "{:.0f} left alone rightly{}{}\n",
      model, decision.rule, came.true_positive, came.false_positive, came.false_negative,
      came.true_negative, decision.note.empty() ? "" : "; ", decision.note);
  for (std::string_view name : {"cost", "cost_with_none_flagged", "cost_with_all_flagged"})
    if (find(decision, name) != nullptr)
      out.print("{}: {} a row: {}\n", model,
                name == "cost"
                    ? "cost"
                    : (name.contains("none") ? "cost with none flagged" : "cost with all flagged"),
                both(decision, name));
  const DecisionFigure* most = find(decision, "most_in_a_day");
  const DecisionFigure* over = find(decision, "days_over_capacity");
  if (most != nullptr && over != nullptr)
    out.print("{}: on the busiest day {:.0f}, then {:.0f}; days over the capacity: {:.0f}\n", model,
              most->promised, most->came.value, over->came.value);
}

// Of models without a threshold.
void print_halves(Output& out, const RunReport& report) {
  TextTable table({"model", "flagged", "precision", "recall", "F1"});
  for (const ModelReport& m : report.models) {
    const HalfReport& half = m.evaluation.half;
    if (!half.judged) continue;
    std::vector<Cell> row = {m.name};
    for (const DecisionFigure& figure : half.figures) row.emplace_back(interval(figure.came, 3));
    table.row(std::move(row));
  }
  if (table.rows() == 0) return;
  out.print("\n{}\n", out.bold("Test rows flagged from a probability of 0.5 on, since no threshold "
                               "is declared (models, threshold)"));
  table.print(out);
}

void print_decisions(Output& out, const RunReport& report) {
  TextTable table({"model", "threshold", "flagged", "precision", "recall", "F1"});
  bool any = false;
  for (const ModelReport& m : report.models) {
    const DecisionReport& decision = m.evaluation.decision;
    any = any || !decision.rule.empty();
    if (decision.rule.empty() || !decision.why_not.empty()) continue;
    table.row({m.name, Cell::number(decision.threshold, 4), both(decision, "flagged"),
               both(decision, "precision"), both(decision, "recall"), both(decision, "f1")});
  }
  if (!any) return;
  out.print("\n{}\n", out.bold("Decisions: as promised by training rows out of fold, then as they "
                               "came on the test rows"));
  if (table.rows() > 0) table.print(out);
  for (const ModelReport& m : report.models) {
    const DecisionReport& decision = m.evaluation.decision;
    if (decision.rule.empty()) continue;
    if (decision.why_not.empty())
      print_decision_details(out, m.name, decision);
    else
      out.print("{}: {}: no threshold: {}\n", m.name, decision.rule, decision.why_not);
  }
}

// ---- slices
// ------------------------------------------------------------------------------------

void print_slices(Output& out, const RunReport& report) {
  constexpr std::size_t kShown = 3;
  TextTable table(
      {"model", "slice", "rows", "log-loss", "more than elsewhere", "predicted", "came true", "p"});
  std::string others;
  for (const ModelReport& m : report.models) {
    const SlicesReport& slices = m.evaluation.slices;
    if (!slices.why_not.empty())
      others += fmt::format("{}: not looked: {}\n", m.name, slices.why_not);
    if (slices.alpha == 0) continue;
    std::size_t shown = 0;
    for (const SliceLoss& slice : slices.found.worst) {
      if (!slice.worse || shown == kShown) continue;
      table.row({shown++ == 0 ? m.name : "", fmt::format("{}: {}", slice.column, slice.slice),
                 slice.rows, Cell::number(slice.loss, 4), interval(slice.difference),
                 Cell::number(slice.predicted, 3), Cell::number(slice.observed, 3),
                 fmt::format("{:.2g}", slice.p)});
    }
    others += fmt::format("{}: {} of {} slices shown to be worse; {} more have too few rows\n",
                          m.name, slices.found.worse, slices.found.looked, slices.found.thin);
  }
  if (others.empty()) return;
  out.print("\n{}\n", out.bold("Worst slices of the test rows (Holm's correction over all that "
                               "were looked at)"));
  if (table.rows() > 0) table.print(out);
  out.print("{}", others);
}

// ---- labels
// ------------------------------------------------------------------------------------

void print_labels(Output& out, const RunReport& report) {
  constexpr std::size_t kShown = 3;
  std::string lines;
  for (const ModelReport& m : report.models) {
    const LabelIssuesReport& labels = m.evaluation.labels;
    if (!labels.why_not.empty())
      lines += fmt::format("{}: not looked: {}\n", m.name, labels.why_not);
    if (labels.rows == 0) continue;
    lines += fmt::format("{}: {} of {} training rows", m.name, labels.found, labels.rows);
    for (std::size_t i = 0; i < std::min(kShown, labels.first.size()); ++i)
      lines += fmt::format("{} row {} (label {}, probability {:.3f})", i == 0 ? ", first" : ",",
                           labels.first[i].seq, labels.first[i].label, labels.first[i].probability);
    lines += "\n";
  }
  if (lines.empty()) return;
  out.print("\n{}\n{}",
            out.bold("Labels that look wrong (by scores out of fold; bad luck looks "
                     "the same)"),
            lines);
}

// ---- groups
// ------------------------------------------------------------------------------------

std::string figure_text(const GroupRow& group, std::string_view name) {
  auto at =
      static_cast<std::size_t>(std::ranges::find(kGroupFigures, name) - std::begin(kGroupFigures));
  const GroupFigure& figure = group.figures[at];
  return figure.value ? interval(*figure.value, 3) : "too few";
}

void print_groups(Output& out, const ModelReport& model) {
  const FairnessReport& fairness = model.evaluation.fairness;
  for (const GroupTable& table : fairness.tables) {
    out.print("\n{}\n",
              out.bold(fmt::format("Groups of {} by {}, flagged from {:.4g} on{}", model.name,
                                   table.column, fairness.threshold,
                                   fairness.declared ? "" : " (no threshold is declared)")));
    TextTable rows({"group", "rows", "base rate", "flagged", "true positives", "false positives",
                    "precision", "calibration gap"});
    for (const GroupRow& group : table.groups)
      rows.row({group.group + (group.too_few ? " (too few)" : ""), group.rows,
                figure_text(group, "base_rate"), figure_text(group, "selection_rate"),
                figure_text(group, "true_positive_rate"), figure_text(group, "false_positive_rate"),
                figure_text(group, "precision"), figure_text(group, "calibration_gap")});
    rows.print(out);
    if (table.other_rows > 0)
      out.print("{} rows of {} rarer values are not shown\n", table.other_rows, table.other_values);
  }
  if (!fairness.why_not.empty())
    out.print("\n{}: groups were not compared: {}\n", model.name, fairness.why_not);
}

}  // namespace

void print_evaluation(Output& out, const RunReport& report) {
  print_calibration(out, report);
  print_decisions(out, report);
  print_halves(out, report);
  print_slices(out, report);
  print_labels(out, report);
  for (const ModelReport& m : report.models) print_groups(out, m);
}

}  // namespace lode
