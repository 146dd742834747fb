// Options searched for a model as a run makes it: on training rows alone, the same to the bit for
// the same number of trials, whatever ended them.
// covers: orchestrate/folds, orchestrate/tuning_report
#include "orchestrate/tuning_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "base/random.h"
#include "orchestrate/model_run.h"
#include "tests/orchestrate/run_one_model.h"

namespace lode {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kDays = 70;
constexpr std::int64_t kTrainDays = 30;
constexpr std::int64_t kRowsADay = 12;
constexpr std::size_t kNoise = 30;

// One column says something, 30 say nothing: without a penalty a linear model learns their noise.
// `other_test` turns the labels of the test days round.
TrainingTable overfitted(bool other_test = false) {
  Random random(11);
  TrainingTable out;
  std::vector<ColumnBuilder> columns;
  for (std::size_t c = 0; c <= kNoise; ++c) columns.emplace_back(Type::float64());
  ColumnBuilder groups(Type::int64());
  for (std::int64_t i = 0; i < kDays * kRowsADay; ++i) {
    double signal = random.unit() - 0.5;
    columns[0].append_double(signal);
    for (std::size_t c = 1; c <= kNoise; ++c) columns[c].append_double(random.unit());
    groups.append_int64(i % 40);
    bool target = random.chance(0.5 + signal);
    if (other_test && i / kRowsADay >= kTrainDays) target = !target;
    out.target.push_back(target ? 1 : 0);
    out.time.push_back(i / kRowsADay * kDay + i % kRowsADay);
    out.known.push_back(out.time.back() + 1);
    out.seq.push_back(i);
  }
  std::vector<Field> fields;
  for (std::size_t c = 0; c <= kNoise; ++c) {
    fields.push_back({"x" + std::to_string(c), Type::float64()});
    out.columns.columns.push_back(columns[c].finish());
  }
  fields.push_back({"who", Type::int64()});
  out.columns.columns.push_back(groups.finish());
  out.columns.schema = Schema(std::move(fields));
  out.columns.rows = static_cast<std::int64_t>(out.time.size());
  return out;
}

Model model(std::int64_t trials) {
  Model m;
  m.name = "m";
  m.from = "rows";
  m.algorithm = "logistic";
  m.split.train = {Timestamp{0}, Timestamp{kTrainDays * kDay}};
  m.split.test = {Timestamp{kTrainDays * kDay}, Timestamp{kDays * kDay}};
  for (std::size_t c = 0; c <= kNoise; ++c) m.columns.push_back("x" + std::to_string(c));
  if (trials > 0) m.tune.emplace().trials = trials;
  return m;
}

Split at_random(bool stratified) {
  Split split;
  split.random = 0.25;
  split.exchangeable = true;
  split.stratified = stratified;
  return split;
}

std::string option(const FittedRun& run, std::string_view name) {
  for (const auto& [option, value] : run.report.options)
    if (option == name) return value;
  return "";
}

TEST(TuningRun, ThePenaltyThatNoiseNeedsIsFound) {
  FittedRun run = run_one_model(overfitted(), model(20));
  const TuningReport& report = run.report.tuning;
  ASSERT_EQ(report.trials.size(), 20U) << report.why_not;
  EXPECT_EQ(report.metric, "log_loss");
  EXPECT_EQ(report.end, "trials");
  EXPECT_EQ(report.how, "3 stretches of time, each by a model of the rows before it");
  EXPECT_NE(report.chosen, 0U);
  EXPECT_GT(std::stod("0" + option(run, "l2")) + std::stod("0" + option(run, "l1")), 1);
  EXPECT_GT(report.gain.low, 0);
  EXPECT_LT(report.trials[report.chosen].loss, report.trials[0].loss);
  EXPECT_NEAR(report.gain.value, report.trials[0].loss - report.trials[report.chosen].loss, 1e-12);
  ASSERT_EQ(report.test.size(), 4U);
  EXPECT_EQ(report.test[1].metric, "log_loss");
  EXPECT_LT(report.test[1].difference.high, 0) << "less than as declared, on the test rows too";
}

// The model is the one that is fitted with its options outright, and what it is held against is the
// declared one.
TEST(TuningRun, TheModelIsThatOfItsOptions) {
  TrainingTable table = overfitted();
  FittedRun tuned = run_one_model(table, model(12));
  Model outright = model(0);
  outright.options = tuned.report.options;
  FittedRun fitted = run_one_model(table, outright);
  EXPECT_EQ(tuned.model->serialize(), fitted.model->serialize());
  FittedRun declared = run_one_model(table, model(0));
  for (const MetricReport& metric : declared.report.metrics.at("test"))
    for (const TuningTest& test : tuned.report.tuning.test)
      if (test.metric == metric.name) {
        EXPECT_EQ(test.declared.value, metric.estimate.value);
      }
}

TEST(TuningRun, NothingOfTheTestRowsIsInTheChoice) {
  FittedRun one = run_one_model(overfitted(false), model(12));
  FittedRun other = run_one_model(overfitted(true), model(12));
  EXPECT_NE(one.report.tuning.test[1].difference.value,
            other.report.tuning.test[1].difference.value)
      << "the test rows do differ";
  EXPECT_EQ(one.report.options, other.report.options);
  for (std::size_t i = 0; i < 12; ++i)
    EXPECT_EQ(one.report.tuning.trials[i].loss, other.report.tuning.trials[i].loss);
}

TEST(TuningRun, TheSameOnAnyNumberOfThreads) {
  TrainingTable table = overfitted();
  for (std::string algorithm : {"logistic", "xgboost", "random_forest"}) {
    Model m = model(6);
    m.algorithm = algorithm;
    FittedRun one = run_one_model(table, m, nullptr, 1);
    FittedRun three = run_one_model(table, m, nullptr, 3);
    EXPECT_EQ(model_artifact(m, one, "d"), model_artifact(m, three, "d"));
    for (std::size_t i = 0; i < one.report.tuning.trials.size(); ++i)
      EXPECT_EQ(one.report.tuning.trials[i].loss, three.report.tuning.trials[i].loss);
  }
}

// A clock that moves whenever it is read: the end falls anywhere, also into a fit.
class TickingClock final : public Clock {
 public:
  Timestamp now() const override { return {0}; }
  std::int64_t steady_ns() const override { return ++ticks_ * 1'000'000; }

 private:
  mutable std::atomic<std::int64_t> ticks_ = 0;
};

FittedRun run_ticking(const TrainingTable& table, const Model& m, Duration share = {},
                      std::int64_t memory = std::int64_t{1} << 30, bool give_up = true) {
  Project project;
  ThreadPool pool(1);
  // A run's hold must not outlive it.
  static std::vector<std::unique_ptr<MemoryBudget>> budgets;
  MemoryBudget& budget = *budgets.emplace_back(std::make_unique<MemoryBudget>(memory));
  TickingClock clock;
  CancelToken cancel = CancelToken().within(clock, days(1));  // so that fits read the clock
  Counter written;
  Stations all({clock, silent_progress(), cancel, budget, written},
               [](const StationRecord&) -> Status { return {}; });
  ModelMeans means{pool, cancel, budget, all};
  CancelToken until = cancel.within(clock, share);
  if (share.us > 0) means.share = &until, means.give_up = give_up;
  auto fitted = run_model(project, m, table, nullptr, means);
  EXPECT_TRUE(fitted) << fitted.error().text();
  return fitted ? *std::move(fitted) : FittedRun{};
}

TEST(TuningRun, ASearchThatAClockEndedIsRepeatedByItsNumberOfTrials) {
  TrainingTable table = overfitted();
  Model timed = model(1000);
  timed.algorithm = "xgboost";
  timed.tune->time = seconds(8);
  FittedRun by_time = run_ticking(table, timed);
  ASSERT_EQ(by_time.report.tuning.end, "time");
  auto trials = std::ssize(by_time.report.tuning.trials);
  ASSERT_GE(trials, 3);
  ASSERT_LT(trials, 900);
  Model counted = model(trials);
  counted.algorithm = "xgboost";
  FittedRun by_number = run_one_model(table, counted);
  EXPECT_EQ(model_artifact(timed, by_time, "d"), model_artifact(counted, by_number, "d"));
}

TEST(TuningRun, WithoutTimeForOneTrialTheDeclaredOptionsAreKeptAndItIsSaid) {
  Model timed = model(1000);
  timed.tune->time = milliseconds(5);
  FittedRun run = run_ticking(overfitted(), timed);
  EXPECT_NE(run.report.tuning.why_not, "");
  EXPECT_EQ(run.report.tuning.says, "the declared options are kept: " + run.report.tuning.why_not);
  EXPECT_EQ(run.model->serialize(), run_ticking(overfitted(), model(0)).model->serialize());
}

// The fit says what a trial would take: one that cannot be finished is not begun.
TEST(TuningRun, ASearchThatWouldNotFinishOneTrialIsNotBegun) {
  Model timed = model(1000);
  timed.algorithm = "xgboost";  // 100 rounds: 100 ticks and more
  timed.tune->time = milliseconds(150);
  FittedRun run = run_ticking(overfitted(), timed);
  EXPECT_EQ(run.report.tuning.why_not.find("a trial takes about 0."), 0U)
      << run.report.tuning.why_not;
  EXPECT_EQ(run.report.tuning.trials.size(), 0U);
}

// What can be left out of a report ends by the model's share; the model is the same.
TEST(TuningRun, AModelWhoseShareIsOverIsMadeWithoutWhatCanBeLeftOut) {
  Model asked = model(0);
  asked.calibrate = "auto";
  FittedRun whole = run_ticking(overfitted(), asked);
  ASSERT_TRUE(whole.report.evaluation.calibration.why_not.empty());
  FittedRun less = run_ticking(overfitted(), asked, milliseconds(1));
  EXPECT_EQ(less.report.evaluation.calibration.why_not, "no time was left for it");
  EXPECT_TRUE(less.report.drivers.drivers.empty());
  EXPECT_TRUE(less.report.inflation.metrics.empty());
  EXPECT_EQ(std::ranges::count(less.report.notes, "not explained: no time was left for it"), 1);
  EXPECT_EQ(less.model->serialize(), whole.model->serialize());
  EXPECT_FALSE(less.report.metrics.at("test").empty());
}

// Of what somebody declared nothing is left out, however little time its share has.
TEST(TuningRun, WithoutLeaveToGiveUpAShareEndsTheSearchAlone) {
  Model asked = model(0);
  asked.calibrate = "auto";
  FittedRun whole = run_ticking(overfitted(), asked);
  asked.tune.emplace().trials = 50;
  FittedRun less = run_ticking(overfitted(), asked, milliseconds(1), std::int64_t{1} << 30, false);
  EXPECT_FALSE(less.report.tuning.why_not.empty());
  EXPECT_TRUE(less.report.evaluation.calibration.why_not.empty());
  EXPECT_EQ(less.report.drivers.drivers.size(), whole.report.drivers.drivers.size());
  EXPECT_EQ(less.test_scores, whole.test_scores);
}

// A model of these rows is counted as 32.5 MiB, the folds of its search as one more.
TEST(TuningRun, WhereFoldsHaveNoMemoryTheModelIsMadeAsDeclared) {
  TrainingTable table = overfitted();
  Model m = model(8);
  m.split = at_random(true);
  FittedRun run = run_ticking(table, m, {}, std::int64_t{33} << 20);
  EXPECT_EQ(run.report.tuning.why_not.find("folds to tune model m would take"), 0U)
      << run.report.tuning.why_not;
  Model declared = model(0);
  declared.split = m.split;
  EXPECT_EQ(run.model->serialize(), run_one_model(table, declared).model->serialize());
}

TEST(TuningRun, FoldsAreCutAsTheSplitCuts) {
  TrainingTable table = overfitted();
  Model m = model(4);
  m.split = at_random(true);
  EXPECT_EQ(run_one_model(table, m).report.tuning.how,
            "3 folds of rows, each by a model of the others");
  m.split = at_random(false);
  m.split.groups = "who";
  m.tune->folds = 4;
  EXPECT_EQ(run_one_model(table, m).report.tuning.how,
            "4 folds of whole groups of who, each by a model of the others");
}

TEST(TuningRun, StratifiedFoldsHaveTheSameShareOfEitherLabel) {
  TrainingTable table = overfitted();
  Model m = model(2);
  m.split = at_random(true);
  RowSplitter splitter(m, table);
  std::vector<std::int64_t> train = splitter.split().value().train;
  FoldTask task{m, table, splitter, train};
  auto ones = [&](const std::vector<std::int64_t>& rows) {
    return std::ranges::count_if(
        rows, [&](std::int64_t row) { return table.target[static_cast<std::size_t>(row)] != 0; });
  };
  std::vector<Fold> folds = make_folds(task, {.dealt = 3, .stratified = true}).value();
  ASSERT_EQ(folds.size(), 3U);
  for (const Fold& fold : folds) {
    EXPECT_LE(std::abs(3 * ones(fold.scored) - ones(train)), 3);
    EXPECT_EQ(fold.train.size() + fold.scored.size(), train.size());
    EXPECT_TRUE(std::ranges::is_sorted(fold.train));
  }
}

// The label of a row is known two days after it: of the rows before a stretch those of its last two
// days are no training rows.
TEST(TuningRun, InnerFoldsKeepPurgeAndEmbargo) {
  TrainingTable table = overfitted();
  for (std::size_t i = 0; i < table.known.size(); ++i) table.known[i] = table.time[i] + 2 * kDay;
  Model m = model(2);
  m.split.purge = true;
  RowSplitter splitter(m, table);
  std::vector<std::int64_t> train = splitter.split().value().train;
  std::vector<Fold> folds =
      make_folds({m, table, splitter, train}, {.stretches = 5, .only_trained_on = 2}).value();
  ASSERT_EQ(folds.size(), 3U);
  for (const Fold& fold : folds)
    EXPECT_LE(table.known[static_cast<std::size_t>(fold.train.back())],
              table.time[static_cast<std::size_t>(fold.scored.front())]);
}

TEST(TuningRun, AnAlgorithmWithoutASearchIsRefusedAtItsPlace) {
  Project project;
  project.models = {model(5)};
  project.models[0].algorithm = "constant";
  Status status = check_algorithms(project);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(),
            "model m: constant has no options to search; leave `tune` out");
}

}  // namespace
}  // namespace lode
