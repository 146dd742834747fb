#include "orchestrate/model_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/time.h"
#include "mine/algorithm.h"
#include "orchestrate/report.h"

namespace lode {
namespace {

constexpr std::size_t kMostListed = 5;

std::string number(double value, int digits = 4) {
  return std::isnan(value) ? "none" : fmt::format("{:.{}f}", value, digits);
}

std::string interval(const Estimate& e, int digits = 4) {
  if (std::isnan(e.low)) return number(e.value, digits);
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", e.value, digits, e.low, digits, e.high, digits);
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

std::string pairs(const std::vector<std::pair<std::string, std::string>>& list) {
  std::string out;
  for (const auto& [name, value] : list)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, value);
  return out;
}

std::string rows_text(std::int64_t rows, const SplitPicture& side) {
  if (!side.timed) return fmt::format("{} rows: {}.", rows, side.declared);
  return fmt::format("{} rows: {}, from {} to {}.", rows, side.declared, text(side.first),
                     text(side.last));
}

class Card {
 public:
  Card(const ModelReport& model, const TrainingReport& training)
      : model_(model), training_(training), said_(model.evaluation) {}

  std::vector<CardSection> write() {
    details();
    use();
    factors();
    metrics();
    evaluation_data();
    training_data();
    analyses();
    ethics();
    caveats();
    return std::move(card_);
  }

 private:
  void section(std::string heading) { card_.push_back({std::move(heading)}); }
  void say(std::string text) { card_.back().lines.push_back({std::move(text)}); }
  void ask(std::string text) { card_.back().lines.push_back({std::move(text), true}); }

  void details() {
    section("Model details");
    ask("who developed it, and whom to ask");
    say(fmt::format("Algorithm: {}{}{}.", model_.algorithm, model_.options.empty() ? "" : ", ",
                    pairs(model_.options)));
    if (!model_.chosen.empty()) say(fmt::format("Options chosen: {}.", model_.chosen));
    if (!model_.encoders.empty()) say(fmt::format("Encoders: {}.", pairs(model_.encoders)));
    if (!model_.libraries.empty()) say(fmt::format("Made by {}.", pairs(model_.libraries)));
    say(fmt::format("Seed {}, {} threads of the trainer.", model_.seed, model_.threads));
    deviations();
    ask("licence, and how to cite it");
  }

  // What the algorithm does not keep to the bit of what all algorithms are held to
  // (docs/properties-mining.md), as it declares it and the contract suite measures it.
  void deviations() {
    Result<const Component*> component = find_algorithm(model_.algorithm);
    if (!component) return;
    const auto* algorithm = static_cast<const Algorithm*>((*component)->factory);
    if (algorithm->deviations.empty())
      say("Of the properties that every algorithm is tested for it keeps all to the bit.");
    for (const Deviation& one : algorithm->deviations)
      say(
          fmt::format("Not kept to the bit: {} ({}); on the rows of its test suite scores move by "
                      "at most {:g} standard deviations of the target, root mean square.",
                      property_name(one.property), one.why, one.tolerance));
  }

  void use() {
    section("Intended use");
    ask("what it is for, and who is to use it");
    ask("what it must not be used for");
    const DecisionReport& decision = said_.decision;
    if (decision.rule.empty() || !decision.why_not.empty()) return;
    say(fmt::format("Rows of score {:.6g} and above are acted on: {}.", decision.threshold,
                    decision.rule));
  }

  void factors() {
    section("Factors");
    ask("groups, instruments and surroundings that matter");
    std::vector<std::string> columns;
    for (const GroupTable& table : said_.fairness.tables) columns.push_back(table.column);
    say(columns.empty() ? "No groups were compared: lode.yaml names none under `fairness`."
                        : fmt::format("Groups were compared by {}.", joined(columns)));
    if (said_.slices.alpha > 0)
      say(
          fmt::format("{} slices of the columns were looked at for a loss above that elsewhere; "
                      "{} had too few rows.",
                      said_.slices.found.looked, said_.slices.found.thin));
  }

  void metrics() {
    section("Metrics");
    std::string unit = model_.block_unit == "day"   ? "whole days"
                       : model_.block_unit == "row" ? "rows"
                                                    : "whole groups of " + model_.block_unit;
    say(fmt::format("With 95 % intervals by drawing {} ({} of them).", unit, model_.blocks));
    const CalibrationReport& calibration = said_.calibration;
    if (!calibration.asked_for())
      say("Scores are as the algorithm gives them: no calibration was asked for.");
    else if (!calibration.why_not.empty())
      say(fmt::format("Scores are not calibrated: {}.", calibration.why_not));
    else if (calibration.chosen == calibrator_name(CalibratorKind::kIdentity))
      say(fmt::format("Scores are left as they are ({}).", calibration.why));
    else
      say(fmt::format("Scores are calibrated by {} ({}).", calibration.chosen, calibration.why));
    ask("why these metrics are the ones that count here");
  }

  void evaluation_data() {
    section("Evaluation data");
    const ModelPicture& picture = model_.picture;
    say(rows_text(model_.test_rows, picture.test));
    if (!training_.name.empty())
      say(fmt::format("Of training set {}, data set {}.", training_.name, model_.dataset));
    say(
        fmt::format("Left out of training beside it: {} rows by embargo, {} whose label was not "
                    "known, {} of a group in the test.",
                    model_.embargoed, model_.purged, model_.shared_group));
    ask("why this data, and how far it is like what the model will meet");
  }

  void training_data() {
    section("Training data");
    const ModelPicture& picture = model_.picture;
    say(rows_text(model_.train_rows, picture.train));
    if (!training_.name.empty())
      say(fmt::format("Columns of the set: {}. Mean of the target: {:.4f}.",
                      joined(training_.columns), training_.positives));
    const LabelIssuesReport& labels = said_.labels;
    if (labels.rows > 0)
      say(
          fmt::format("Of {} training rows scored out of fold, {} have a label that looks wrong; "
                      "bad luck looks the same.",
                      labels.rows, labels.found));
    ask("where the data comes from, and what people agreed to");
  }

  void analyses() {
    section("Quantitative analyses");
    if (auto test = model_.metrics.find("test"); test != model_.metrics.end())
      for (const MetricReport& metric : test->second)
        say(fmt::format("{}: {}.", metric.name, interval(metric.estimate)));
    for (const InflatedMetric& metric : model_.inflation.metrics)
      if (metric.metric == "auc")
        say(fmt::format("A random split would have shown an auc of {} ({:+.4f}).",
                        interval(metric.random), metric.inflation));
    decisions();
    slices();
    for (const GroupTable& table : said_.fairness.tables) groups(table);
  }

  void decisions() {
    if (said_.decision.rule.empty() || !said_.decision.why_not.empty()) return;
    for (const DecisionFigure& figure : said_.decision.figures)
      say(fmt::format("Decisions, {}: {} promised, {} came.", figure.name, number(figure.promised),
                      interval(figure.came)));
  }

  void slices() {
    if (said_.slices.alpha == 0) return;
    std::size_t listed = 0;
    for (const SliceLoss& slice : said_.slices.found.worst)
      if (slice.worse && listed < kMostListed && ++listed > 0)
        say(
            fmt::format("Worse where {} is {}: log-loss {:.4f}, elsewhere {:.4f} ({} rows, "
                        "{:.4f} predicted, {:.4f} came true).",
                        slice.column, slice.slice, slice.loss, slice.elsewhere, slice.rows,
                        slice.predicted, slice.observed));
    if (said_.slices.found.worse > static_cast<std::int64_t>(listed))
      say(fmt::format("{} slices in all are shown to be worse.", said_.slices.found.worse));
    if (listed == 0) say("No slice of the columns is shown to be worse than the rest.");
  }

  void groups(const GroupTable& table) {
    for (const GroupRow& group : table.groups) {
      std::string text = fmt::format("{} {}: {} rows", table.column, group.group, group.rows);
      if (group.too_few) text += ", too few for rates of errors";
      for (std::size_t f = 0; f < std::size(kGroupFigures); ++f)
        if (group.figures[f].value && !group.too_few)
          text += fmt::format(", {} {}", kGroupFigures[f], interval(*group.figures[f].value, 3));
      say(text + ".");
    }
  }

  void ethics() {
    section("Ethical considerations");
    ask("whom a wrong answer harms, and how");
    ask("whether columns stand for what must not be used, and what was done about it");
    ask("who can object to an answer, and where");
  }

  void caveats() {
    section("Caveats and recommendations");
    for (const std::string& note : notes_of(model_)) say(note);
    if (model_.leakage.suspected())
      say("It is suspected of a leak: its figures may come from what is not known in time.");
    for (const LeakFinding& finding : model_.leakage.findings)
      for (const LeakSuspect& suspect : finding.suspects) say(suspect.sentence);
    if (!model_.leakage.suspected() && !model_.leakage.findings.empty())
      say(fmt::format("{} leak detectors looked and suspect nothing.",
                      std::ranges::count_if(model_.leakage.findings, &LeakFinding::looked)));
    ask("what was not tested, and when to stop trusting it");
  }

  const ModelReport& model_;
  const TrainingReport& training_;
  const EvaluationReport& said_;
  std::vector<CardSection> card_;
};

}  // namespace

std::vector<CardSection> model_card(const ModelReport& model, const TrainingReport& training) {
  return Card(model, training).write();
}

void write_card(JsonWriter& json, const std::vector<CardSection>& card) {
  if (card.empty()) return;
  json.key("card").begin_array();
  for (const CardSection& section : card) {
    json.begin_object().field("heading", section.heading).key("lines").begin_array();
    for (const CardLine& line : section.lines)
      json.begin_object().field("text", line.text).field("blank", line.blank).end_object();
    json.end_array().end_object();
  }
  json.end_array();
}

}  // namespace lode
