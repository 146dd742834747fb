#include "orchestrate/evaluation_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/random.h"
#include "evaluate/label_issues.h"
#include "judge/metric.h"
#include "mine/algorithm.h"
#include "orchestrate/decision_run.h"

namespace lode {
namespace {

constexpr std::int64_t kChoosingBytes = 128;  // a row, while calibrators are fitted and compared
constexpr std::int64_t kSlicingBytes = 64;    // a row, while columns are cut into slices
constexpr std::size_t kListedLabels = 20;
constexpr std::size_t kMostGroups = 20;
constexpr std::size_t kMostSliced = 100'000;  // test rows that slices are looked for in
constexpr std::uint64_t kSliceStream = std::uint64_t{0x736c6963} << 32;

// What is asked of a model whose target is a number, and is about labels.
Status only_of_labels(const Model& model) {
  if (task_of(model.algorithm) == Task::kBinary) return {};
  return fail(Code::kInvalid, "it is about labels of 0 and 1, and {} gives numbers",
              model.algorithm);
}

// What the folds' rows show, or why there are none.
class FoldedRows {
 public:
  FoldedRows(const OutOfFoldTask& task, const EvaluationMeans& means, EvaluationReport& out)
      : task_(task), means_(means), out_(out) {}

  Result<FoldedModel> look() {
    const Model& model = task_.model;
    out_.calibration.asked = model.calibrate;
    if (model.threshold) out_.decision.rule = rule_text(*model.threshold);
    bool of_labels = out_.calibration.asked_for() || model.threshold || model.label_issues;
    if (!of_labels && !model.out_of_fold) return FoldedModel();
    if (of_labels) {
      Status labels = only_of_labels(model);
      of_labels = labels.has_value();
      if (!labels) TRY_VOID(without(labels.error()));
      if (!labels && !model.out_of_fold) return FoldedModel();
    }
    FoldedModel out;
    Status scored = score();
    if (!scored) {
      TRY_VOID(without(scored.error()));
      out.why_not = scored.error().message();
      return out;
    }
    if (of_labels) {
      TRY(out.calibrator, look_at_labels());
    }
    out.scored = std::move(folds_);
    out.scored.score = std::move(probability_);
    return out;
  }

 private:
  Status score() {
    auto rows = std::ssize(task_.train);
    TRY(hold_, means_.budget.hold("folds of model " + task_.model.name,
                                  rows * kChoosingBytes + task_.recipe.fitting_bytes(rows)));
    TRY(folds_, score_out_of_fold(task_, means_.stations));
    labels_ = task_.recipe.outcomes(folds_.rows).label;
    probability_ = folds_.score;
    return {};
  }

  Result<Calibrator> look_at_labels() {
    Calibrator calibrator;
    TRY_VOID(means_.stations.run({.name = fmt::format("model {}: calibrate", task_.model.name)},
                                 [&](Station& station) -> Status {
                                   station.advance(std::ssize(folds_.rows));
                                   TRY(calibrator, calibrate());
                                   TRY_VOID(find_threshold());
                                   return find_labels();
                                 }));
    return calibrator;
  }

  // What cannot be told of these rows is no reason to lose the model.
  static bool only_told(const Error& error) {
    return error.code() == Code::kInvalid || error.code() == Code::kLimit;
  }
  Status without(const Error& error) {
    if (!only_told(error)) return fail(error);
    if (out_.calibration.asked_for()) out_.calibration.why_not = error.message();
    if (task_.model.threshold) out_.decision.why_not = error.message();
    out_.labels.why_not = error.message();
    return {};
  }

  Result<Calibrator> calibrate() {
    if (!out_.calibration.asked_for()) return Calibrator();
    auto chosen = choose();
    if (chosen) return chosen;
    if (!only_told(chosen.error())) return fail(chosen.error());
    out_.calibration.why_not = chosen.error().message();
    return Calibrator();
  }

  Result<Calibrator> choose() {
    TRY(CalibrationChoice choice,
        choose_calibrator({folds_.score, labels_}, folds_.blocks, folds_.fold_of_block, means_.pool,
                          means_.cancel));
    CalibrationReport& said = out_.calibration;
    said.rows = std::ssize(folds_.rows);
    said.folds = folds_.how;
    said.trials = std::move(choice.trials);
    said.why = std::move(choice.why);
    Calibrator calibrator = std::move(choice.calibrator);
    probability_ = std::move(choice.probability);
    CalibratorKind kind = calibrator.kind();
    if (said.asked != "auto")
      kind = *std::ranges::find(kAllCalibrators, said.asked, calibrator_name);
    if (kind != calibrator.kind()) {
      TRY(calibrator, fit_calibrator(kind, {folds_.score, labels_}));
      TRY_VOID(cross_fit(kind));
      said.why =
          fmt::format("lode.yaml asks for {}; by itself lode would say: {}", said.asked, said.why);
    }
    said.chosen = calibrator_name(calibrator.kind());
    said.formula = calibrator.describe();
    return calibrator;
  }

  // Of each row by a calibrator that has not seen its fold.
  Status cross_fit(CalibratorKind kind) {
    std::vector<std::uint32_t> fold = folds_.folds();
    std::uint32_t folds = 1 + *std::ranges::max_element(fold);
    for (std::uint32_t f = 0; f < folds; ++f) {
      std::vector<double> weight(fold.size());
      for (std::size_t i = 0; i < fold.size(); ++i) weight[i] = fold[i] == f ? 0 : 1;
      TRY(Calibrator without, fit_calibrator(kind, {folds_.score, labels_, weight}));
      for (std::size_t i = 0; i < fold.size(); ++i)
        if (fold[i] == f) probability_[i] = without.probability(folds_.score[i]);
    }
    return {};
  }

  Status find_threshold() {
    if (!task_.model.threshold) return {};
    Status found = lode::find_threshold(*task_.model.threshold, {probability_, labels_},
                                        folds_.blocks, out_.decision);
    if (found) return {};
    if (!only_told(found.error())) return found;
    out_.decision.why_not = found.error().message();
    return {};
  }

  Status find_labels() {
    auto found = find_label_issues({probability_, labels_});
    if (!found && !only_told(found.error())) return fail(found.error());
    if (!found) {
      out_.labels.why_not = found.error().message();
      return {};
    }
    out_.labels.rows = std::ssize(folds_.rows);
    std::ranges::copy(found->wrong, out_.labels.wrong.begin());
    out_.labels.found = std::ssize(found->issues);
    if (found->issues.size() > kListedLabels) found->issues.resize(kListedLabels);
    for (const LabelIssue& issue : found->issues)
      out_.labels.first.push_back(
          {task_.training.seq[static_cast<std::size_t>(folds_.rows[issue.row])], issue.label,
           issue.probability});
    return {};
  }

  const OutOfFoldTask& task_;
  const EvaluationMeans& means_;
  EvaluationReport& out_;
  MemoryBudget::Hold hold_;
  OutOfFold folds_;
  std::vector<std::uint8_t> labels_;  // none where targets are numbers
  std::vector<double> probability_;   // calibrated, by what has not seen the row's fold
};

// What the test rows show.
class TestLook {
 public:
  TestLook(const OutOfFoldTask& task, const TestedRows& tested, const BootstrapOptions& draws,
           const EvaluationMeans& means, EvaluationReport& out)
      : task_(task), tested_(tested), draws_(draws), means_(means), out_(out) {}

  Status run(Station& station) {
    TRY_VOID(decide());
    TRY_VOID(told(compare_groups(), out_.fairness.why_not));
    return tested_.reads_columns ? told(slice(station), out_.slices.why_not) : Status();
  }

 private:
  // kInvalid and kLimit become a reason in the report.
  static Status told(const Status& status, std::string& why_not) {
    if (status ||
        (status.error().code() != Code::kInvalid && status.error().code() != Code::kLimit))
      return status;
    why_not = status.error().message();
    return {};
  }

  ScoredRows rows() const { return {tested_.scores, tested_.labels}; }

  Status decide() {
    bool found = task_.model.threshold && out_.decision.why_not.empty();
    auto judge = [&]() -> Status {
      TRY(BlockDraws draws, BlockDraws::make(tested_.blocks.count, draws_));
      if (!found) return judge_half(rows(), tested_.blocks, draws, out_.half);
      return judge_threshold(*task_.model.threshold, rows(), tested_.blocks, draws, out_.decision);
    };
    std::string why_not;
    TRY_VOID(told(judge(), why_not));
    if (found) out_.decision.why_not = why_not;
    return {};
  }

  Status compare_groups() {
    if (task_.model.fairness.empty()) return {};
    FairnessReport& said = out_.fairness;
    said.declared = task_.model.threshold && out_.decision.why_not.empty();
    if (said.declared) said.threshold = out_.decision.threshold;
    TRY(MemoryBudget::Hold hold, means_.budget.hold("groups of model " + task_.model.name,
                                                    std::ssize(tested_.rows) * kSlicingBytes));
    TRY(BlockDraws draws, BlockDraws::make(tested_.blocks.count, draws_));
    std::vector<GroupTable> tables;
    for (const std::string& name : task_.model.fairness) {
      TRY_VOID(means_.cancel.check());
      std::size_t c = *task_.training.columns.schema.find(name);
      SlicedColumn column =
          slice_column(task_.training.columns.schema[c], task_.training.columns.columns[c],
                       tested_.rows, {.most_values = kMostGroups});
      TRY(GroupTable table,
          lode::compare_groups(rows(), tested_.blocks, said.threshold, column, draws));
      tables.push_back(std::move(table));
    }
    said.tables = std::move(tables);
    return {};
  }

  Status slice(Station& station) {
    Random random(task_.model.seed, kSliceStream);
    std::vector<std::int64_t> looked = draw_rows(tested_.rows, kMostSliced, random);
    std::vector<double> scores;
    std::vector<std::uint8_t> labels;
    std::size_t at = 0;
    for (std::int64_t row : looked) {
      while (tested_.rows[at] != row) ++at;
      scores.push_back(tested_.scores[at]);
      labels.push_back(tested_.labels[at]);
    }
    const Table& table = task_.training.columns;
    std::vector<std::size_t> columns;
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      if (can_slice(table.schema[c].type)) columns.push_back(c);
    TRY(MemoryBudget::Hold hold,
        means_.budget.hold("slices of model " + task_.model.name,
                           std::ssize(looked) * (kSlicingBytes + 4 * std::ssize(columns))));
    std::vector<SlicedColumn> sliced(columns.size());
    auto one = [&](std::size_t i) -> Status {
      sliced[i] = slice_column(table.schema[columns[i]], table.columns[columns[i]], looked);
      return {};
    };
    TRY_VOID(parallel_for(means_.pool, columns.size(), one, means_.cancel));
    SliceOptions options;
    options.draws = draws_;
    TRY(out_.slices.found, find_worst_slices({scores, labels}, task_.splitter.blocks(looked),
                                             sliced, options, means_.pool, means_.cancel));
    out_.slices.alpha = options.alpha;
    station.advance(std::ssize(looked));
    return {};
  }

  const OutOfFoldTask& task_;
  const TestedRows& tested_;
  const BootstrapOptions& draws_;
  const EvaluationMeans& means_;
  EvaluationReport& out_;
};

SpiegelhalterTest tested_or_nan(const ScoredRows& rows) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  return spiegelhalter_test(rows).value_or(SpiegelhalterTest{.z = kNan, .p_value = kNan});
}

}  // namespace

Result<FoldedModel> evaluate_out_of_fold(const OutOfFoldTask& task, const EvaluationMeans& means,
                                         EvaluationReport& out) {
  return FoldedRows(task, means, out).look();
}

Status compare_calibration(const TestedRows& tested, const BootstrapOptions& draws,
                           const EvaluationMeans& means, EvaluationReport& out) {
  CalibrationReport& said = out.calibration;
  if (!said.asked_for() || !said.why_not.empty()) return {};
  std::vector<const Metric*> metrics;
  for (std::string_view name : {"auc", "log_loss", "brier", "calibration_error_debiased"}) {
    TRY(const Metric* metric, find_metric(name));
    metrics.push_back(metric);
  }
  auto judged = [&](std::span<const double> scores) {
    return JudgedRows::make({scores, tested.labels}, tested.blocks, metrics, means.pool,
                            means.cancel);
  };
  TRY(JudgedRows raw, judged(tested.raw));
  said.raw = tested_or_nan({tested.raw, tested.labels});
  if (said.chosen == calibrator_name(CalibratorKind::kIdentity)) {
    TRY(std::vector<MetricEstimate> estimates, bootstrap(raw, draws, means.pool, means.cancel));
    for (const MetricEstimate& e : estimates)
      said.metrics.push_back({std::string(e.metric->name), e.estimate, e.estimate, {}});
    said.calibrated = said.raw;
    return {};
  }
  TRY(JudgedRows calibrated, judged(tested.scores));
  TRY(std::vector<MetricDifference> differences,
      compare(raw, calibrated, draws, means.pool, means.cancel));
  for (const MetricDifference& d : differences)
    said.metrics.push_back({std::string(d.metric->name), d.first, d.second, d.difference});
  said.calibrated = tested_or_nan({tested.scores, tested.labels});
  return {};
}

Status evaluate_on_test(const OutOfFoldTask& task, const TestedRows& tested,
                        const BootstrapOptions& draws, const EvaluationMeans& means,
                        EvaluationReport& out) {
  if (Status labels = only_of_labels(task.model); !labels) {
    if (!task.model.fairness.empty()) out.fairness.why_not = labels.error().message();
    return {};
  }
  return means.stations.run(
      {.name = fmt::format("model {}: slices", task.model.name)},
      [&](Station& station) { return TestLook(task, tested, draws, means, out).run(station); });
}

}  // namespace lode
