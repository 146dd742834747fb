// What a run says of a model beyond its metrics, and how training rows come to be scored by models
// that have not seen them.
// covers: orchestrate/evaluation_report
// covers: orchestrate/out_of_fold, orchestrate/folded_judgement
#include "orchestrate/evaluation_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "base/json.h"
#include "base/math.h"
#include "base/random.h"
#include "orchestrate/catalogue.h"
#include "tests/orchestrate/run_one_model.h"

namespace lode {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kTrainDays = 24;
constexpr std::int64_t kTestDays = 10;
constexpr std::int64_t kRowsADay = 60;
constexpr std::int64_t kDays = kTrainDays + kTestDays;

double sigmoid(double x) { return 1 / (1 + portable_exp(-x)); }

// Log-odds of label 1 are x; with a step the probability goes from 0.05 to 0.95 at 1, which no line
// in log-odds can follow. The level says nothing.
TrainingTable table_of(std::uint64_t seed, bool step = false) {
  Random random(seed);
  TrainingTable out;
  ColumnBuilder numbers(Type::float64());
  ColumnBuilder levels(Type::string());
  for (std::int64_t i = 0; i < kDays * kRowsADay; ++i) {
    double x = 6 * random.unit() - 3;
    double probability = step ? (x > 1 ? 0.95 : 0.05) : sigmoid(x);
    numbers.append_double(x);
    levels.append_string(random.chance(0.5) ? "a" : "b");
    out.time.push_back(i / kRowsADay * kDay + i % kRowsADay);
    out.known.push_back(out.time.back() + kDay / 2);
    out.seq.push_back(i + 1);
    out.target.push_back(random.chance(probability) ? 1.0 : 0.0);
  }
  out.columns.schema = Schema({{"x", Type::float64()}, {"level", Type::string()}});
  out.columns.columns = {numbers.finish(), levels.finish()};
  out.columns.rows = static_cast<std::int64_t>(out.time.size());
  return out;
}

Model model() {
  Model m;
  m.name = "m";
  m.from = "rows";
  m.algorithm = "logistic";
  m.encode = {{"x", {}, "standardise", {}}, {"level", {}, "one_hot", {}}};
  m.split.train = {Timestamp{0}, Timestamp{kTrainDays * kDay}};
  m.split.test = {Timestamp{kTrainDays * kDay}, Timestamp{kDays * kDay}};
  return m;
}

// Training rows scored out of fold as the run does it.
Result<OutOfFold> fold(const Model& m, const TrainingTable& table,
                       std::vector<StationRecord>* stations = nullptr, int threads = 1) {
  ThreadPool pool(threads);
  MemoryBudget budget(std::int64_t{1} << 30);
  ManualClock clock{Timestamp{}};
  CancelToken cancel;
  Counter written;
  Stations all({clock, silent_progress(), cancel, budget, written},
               [](const StationRecord&) -> Status { return {}; });
  TRY(Recipe recipe, Recipe::make(m, table, pool, cancel));
  RowSplitter splitter(m, table);
  TRY(SplitRows rows, splitter.split());
  TRY(OutOfFold out,
      score_out_of_fold({m, table, recipe, recipe.options(), splitter, rows.train}, all));
  if (stations != nullptr) *stations = all.done();
  return out;
}

// Six stretches of four days: the first two are not scored, the others by models of 8, 12, 16 and
// 20 days.
TEST(OutOfFold, OfTimeAreStretchesScoredByTheRowsBefore) {
  TrainingTable table = table_of(1);
  std::vector<StationRecord> stations;
  auto folds = fold(model(), table, &stations);
  ASSERT_TRUE(folds) << folds.error().text();
  ASSERT_EQ(folds->rows.size(), 16U * kRowsADay);
  EXPECT_EQ(folds->rows.front(), 8 * kRowsADay);
  EXPECT_EQ(folds->rows.back(), kTrainDays * kRowsADay - 1);
  EXPECT_EQ(folds->blocks.count, 16U);
  EXPECT_EQ(folds->how, "4 stretches of time, each by a model of the rows before it");
  std::vector<std::uint32_t> of_row = folds->folds();
  for (std::size_t i = 0; i < of_row.size(); ++i)
    EXPECT_EQ(of_row[i], folds->rows[i] / (4 * kRowsADay) - 2) << folds->rows[i];
  std::vector<std::int64_t> trained;
  for (const StationRecord& station : stations)
    if (station.kind == StationKind::kTraining) trained.push_back(station.units);
  EXPECT_EQ(trained, (std::vector<std::int64_t>{8 * kRowsADay, 12 * kRowsADay, 16 * kRowsADay,
                                                20 * kRowsADay}));
}

// What comes after a stretch cannot show in its scores.
TEST(OutOfFold, OfTimeKnowNothingOfTheirFuture) {
  TrainingTable table = table_of(1);
  TrainingTable other = table_of(1);
  for (std::size_t i = 12 * kRowsADay; i < other.target.size(); ++i)
    other.target[i] = 1 - other.target[i];
  auto one = fold(model(), table);
  auto two = fold(model(), other);
  ASSERT_TRUE(one && two);
  for (std::size_t i = 0; i < one->score.size(); ++i) {
    bool first = one->rows[i] < 16 * kRowsADay;  // by models of days 0 to 11 at the most
    if (first) {
      EXPECT_EQ(one->score[i], two->score[i]) << one->rows[i];
    }
  }
  EXPECT_NE(one->score, two->score) << "the later ones do differ";
}

// The label of a day's second half is known on the next day: with the purge it is not trained on.
TEST(OutOfFold, ThePurgeOfTheSplitHoldsInEveryFold) {
  TrainingTable table = table_of(1);
  for (std::size_t i = 0; i < table.known.size(); ++i)
    table.known[i] = table.time[i] + (i % kRowsADay < kRowsADay / 2 ? 1 : 2 * kDay);
  Model purged = model();
  purged.split.purge = true;
  std::vector<StationRecord> stations;
  auto folds = fold(purged, table, &stations);
  ASSERT_TRUE(folds) << folds.error().text();
  std::vector<std::int64_t> trained;
  for (const StationRecord& station : stations)
    if (station.kind == StationKind::kTraining) trained.push_back(station.units);
  // Of the last two days before each stretch only the first halves.
  EXPECT_EQ(trained, (std::vector<std::int64_t>{7 * kRowsADay, 11 * kRowsADay, 15 * kRowsADay,
                                                19 * kRowsADay}));
}

// Every row is scored once, and all rows of a group in one fold.
TEST(OutOfFold, OfGroupsKeepThemWhole) {
  TrainingTable table = table_of(1);
  ColumnBuilder customers(Type::int64());
  for (std::int64_t i = 0; i < table.columns.rows; ++i) customers.append_int64(i % 37);
  table.columns.schema =
      Schema({{"x", Type::float64()}, {"level", Type::string()}, {"customer", Type::int64()}});
  table.columns.columns.push_back(customers.finish());
  Model m = model();
  m.columns = {"x", "level"};
  m.split = {};
  m.split.random = 0.3;
  m.split.exchangeable = true;
  m.split.groups = "customer";
  auto folds = fold(m, table);
  ASSERT_TRUE(folds) << folds.error().text();
  EXPECT_EQ(folds->how, "5 folds of whole groups of customer, each by a model of the others");
  RowSplitter splitter(m, table);
  EXPECT_EQ(folds->rows, splitter.split()->train);
  std::vector<std::uint32_t> of_row = folds->folds();
  std::map<std::int64_t, std::uint32_t> fold_of_customer;
  std::set<std::uint32_t> seen;
  for (std::size_t i = 0; i < of_row.size(); ++i) {
    auto [known, fresh] = fold_of_customer.emplace(folds->rows[i] % 37, of_row[i]);
    EXPECT_EQ(known->second, of_row[i]);
    seen.insert(of_row[i]);
  }
  EXPECT_EQ(seen.size(), 5U);
}

TEST(OutOfFold, AreTheSameOnAnyNumberOfThreads) {
  TrainingTable table = table_of(1);
  auto one = fold(model(), table);
  auto three = fold(model(), table, nullptr, 3);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->score, three->score);
}

TEST(OutOfFold, TwoDaysGiveNoFolds) {
  Model m = model();
  m.split.train = {Timestamp{0}, Timestamp{2 * kDay}};
  EXPECT_EQ(fold(m, table_of(1)).error().text(), "training rows of 2 days give no folds");
}

TEST(EvaluationRun, NobodyAsksAndNothingIsFitted) {
  std::vector<StationRecord> stations;
  FittedRun fitted = run_one_model(table_of(1), model(), &stations);
  for (const StationRecord& station : stations)
    EXPECT_EQ(station.name.find("fold"), std::string::npos) << station.name;
  EXPECT_FALSE(fitted.judged_raw);
  JsonWriter json;
  json.begin_object();
  write_evaluation(json, fitted.report.evaluation);
  EXPECT_EQ(json.end_object().take().find("calibrator"), std::string::npos);
}

// A model whose form is wrong is mended: the test rows' log-loss falls clearly, and Spiegelhalter
// no longer objects.
TEST(EvaluationRun, ScoresOfAWrongFormAreMended) {
  TrainingTable table = table_of(1, true);
  FittedRun raw = run_one_model(table, model());
  Model m = model();
  m.calibrate = "auto";
  FittedRun fitted = run_one_model(table, m);
  const CalibrationReport& said = fitted.report.evaluation.calibration;
  EXPECT_EQ(said.chosen, "isotonic") << said.why;
  EXPECT_EQ(said.rows, 16 * kRowsADay);
  ASSERT_EQ(said.metrics.size(), 4U);
  EXPECT_EQ(said.metrics[1].name, "log_loss");
  EXPECT_LT(said.metrics[1].difference.high, -0.02);
  EXPECT_LT(said.raw.p_value, 0.01);
  EXPECT_GT(said.calibrated.p_value, 0.01);
  // The model answers calibrated, and is judged so.
  ASSERT_EQ(fitted.test_scores.size(), raw.test_scores.size());
  for (std::size_t i = 0; i < raw.test_scores.size(); ++i)
    EXPECT_EQ(fitted.test_scores[i], fitted.calibrator.probability(raw.test_scores[i]));
  EXPECT_EQ(fitted.report.metrics["test"][1].estimate.value, said.metrics[1].calibrated.value);
  EXPECT_EQ(raw.report.metrics["test"][1].estimate.value, said.metrics[1].raw.value);
  // The random split's model has no calibrator: it is held against the scores without.
  EXPECT_EQ(fitted.report.inflation.metrics[1].inflation,
            raw.report.inflation.metrics[1].inflation);
}

TEST(EvaluationRun, WhatIsAskedForIsTaken) {
  Model m = model();
  m.calibrate = "isotonic";
  FittedRun fitted = run_one_model(table_of(1), m);
  EXPECT_EQ(fitted.calibrator.kind(), CalibratorKind::kIsotonic);
  EXPECT_EQ(fitted.report.evaluation.calibration.why.substr(0, 28), "lode.yaml asks for isotonic;");
}

// The first fold's model has rows of one label alone, of which the algorithm makes nothing.
TEST(EvaluationRun, WhatCannotBeCalibratedIsToldAndLeftAsItIs) {
  TrainingTable table = table_of(1);
  std::fill_n(table.target.begin(), 8 * kRowsADay, 0.0);
  Model m = model();
  m.calibrate = "auto";
  FittedRun fitted = run_one_model(table, m);
  EXPECT_NE(fitted.report.evaluation.calibration.why_not, "");
  EXPECT_EQ(fitted.calibrator.kind(), CalibratorKind::kIdentity);
  FittedRun raw = run_one_model(table, model());
  EXPECT_EQ(fitted.test_scores, raw.test_scores);
}

// A model with a calibrator is stored with it, and scores through it when it is read back.
TEST(EvaluationRun, TheCalibratorIsStoredWithTheModel) {
  TrainingTable table = table_of(1, true);
  Model m = model();
  m.calibrate = "platt";
  FittedRun fitted = run_one_model(table, m);
  std::string bytes = model_artifact(m, fitted, "d");
  EXPECT_EQ(bytes.substr(0, 13), "lode-model 3 ");
  Project project;
  project.name = "p";
  project.root = testing::TempDir() + "lode_evaluation_run";
  std::string path = model_path(project, text(content_hash(bytes)));
  ASSERT_TRUE(posix_files().make_directories(parent_directory(path)));
  ASSERT_TRUE(write_atomically(posix_files(), path, bytes));
  auto stored = load_stored_model(project, posix_files(), content_hash(bytes));
  ASSERT_TRUE(stored) << stored.error().text();
  EXPECT_EQ(stored->calibrator.serialize(), fitted.calibrator.serialize());
  std::vector<double> scores(fitted.test_rows.size());
  ThreadPool pool(1);
  std::vector<std::size_t> columns = {0, 1};
  ColumnScorer scorer{table.columns, columns, stored->encoders, *stored->model,
                      &stored->calibrator};
  ASSERT_TRUE(score_rows(scorer, fitted.test_rows, scores, pool, {}));
  EXPECT_EQ(scores, fitted.test_scores);
}

// tests/orchestrate/golden/model-3.bin must load for ever, and today's lode writes it byte for
// byte.
TEST(EvaluationRun, TheGoldenModelWithACalibrator) {
  Model m = model();
  m.calibrate = "isotonic";
  std::string bytes = model_artifact(m, run_one_model(table_of(1, true), m), "d");
  std::string path = LODE_SOURCE_DIR "/tests/orchestrate/golden/model-3.bin";
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_atomically(posix_files(), path, bytes));
  }
  EXPECT_EQ(posix_files().read(path).value(), bytes);
}

// Everything that can be asked of a model, and told: each part is there, and what was promised by
// training rows comes on the test rows, which are of the same kind.
TEST(EvaluationRun, WhatIsPromisedComes) {
  Model m = model();
  m.threshold = ThresholdRule{.kind = ThresholdRule::Kind::kShare, .amount = 0.2};
  m.fairness = {"level", "x"};
  std::vector<StationRecord> stations;
  TrainingTable table = table_of(1);
  FittedRun fitted = run_one_model(table, m, &stations);
  const EvaluationReport& said = fitted.report.evaluation;
  EXPECT_EQ(fitted.calibrator.kind(), CalibratorKind::kIdentity) << "nobody asked for another";
  ASSERT_EQ(said.decision.why_not, "");
  EXPECT_EQ(said.decision.rows, 16 * kRowsADay);
  EXPECT_EQ(said.decision.promised.rows(), 16 * kRowsADay);
  EXPECT_EQ(said.decision.came.rows(), kTestDays * kRowsADay);
  for (const DecisionFigure& figure : said.decision.figures) {
    EXPECT_LE(figure.came.low, figure.promised) << figure.name;
    EXPECT_GE(figure.came.high, figure.promised) << figure.name;
  }
  double flagged = 0;
  for (double score : fitted.test_scores) flagged += score >= said.decision.threshold;
  EXPECT_EQ(said.decision.came.flagged(), flagged);

  ASSERT_EQ(said.fairness.tables.size(), 2U);
  EXPECT_TRUE(said.fairness.declared);
  EXPECT_EQ(said.fairness.threshold, said.decision.threshold);
  EXPECT_EQ(said.fairness.tables[0].groups.size(), 2U);
  EXPECT_EQ(said.fairness.tables[1].groups.size(), 5U);

  EXPECT_EQ(said.slices.found.rows, kTestDays * kRowsADay);
  EXPECT_EQ(said.slices.found.looked + said.slices.found.thin, 2 + 5);
  EXPECT_EQ(said.labels.rows, 16 * kRowsADay);
  bool slices = false;
  for (const StationRecord& station : stations)
    slices =
        slices || (station.name == "model m: slices" && station.units == kTestDays * kRowsADay);
  EXPECT_TRUE(slices);
}

// One label in twelve is turned round where the model is sure of it: those rows are the first that
// are named, by the seq of their record.
TEST(EvaluationRun, TurnedLabelsAreNamedBySeq) {
  TrainingTable table = table_of(1);
  std::set<std::int64_t> turned;
  for (std::size_t i = 0; i < 24 * kRowsADay; ++i) {
    double x = table.columns.columns[0].float64(static_cast<std::int64_t>(i));
    table.target[i] = x > 0 ? 1 : 0;
    if (i % 12 != 0 || std::abs(x) < 2) continue;
    table.target[i] = 1 - table.target[i];
    if (i >= 8 * kRowsADay) turned.insert(table.seq[i]);
  }
  Model m = model();
  m.label_issues = true;
  const LabelIssuesReport said = run_one_model(table, m).report.evaluation.labels;
  ASSERT_EQ(said.why_not, "");
  ASSERT_EQ(said.first.size(), 20U);
  int named = 0;
  for (const DoubtfulLabel& one : said.first) {
    named += turned.contains(one.seq) ? 1 : 0;
    EXPECT_EQ(one.label, static_cast<int>(table.target[static_cast<std::size_t>(one.seq - 1)]));
  }
  EXPECT_EQ(named, 20) << turned.size() << " were turned";
  EXPECT_GE(said.found, std::ssize(turned) * 3 / 4);
}

// Asked for alone it costs the folds and claims nothing of calibration; each task is judged by its
// own metric, which the scores' own blocks and rows are held against here.
TEST(EvaluationRun, TrainingRowsAreJudgedOutOfFoldWhereThatIsAsked) {
  TrainingTable table = table_of(1);
  for (const char* algorithm : {"logistic", "linear", "constant"}) {
    Model m = model();
    m.algorithm = algorithm;
    EXPECT_FALSE(run_one_model(table, m).folded.judged) << "nobody asked";
    m.out_of_fold = true;
    FittedRun run = run_one_model(table, m);
    const FoldedJudgement& folded = run.folded;
    ASSERT_TRUE(folded.judged) << algorithm << ": " << folded.why_not;
    EXPECT_EQ(folded.how, "4 stretches of time, each by a model of the rows before it");
    EXPECT_EQ(folded.rows, (kTrainDays - 8) * kRowsADay);
    EXPECT_EQ(folded.judged->blocks(), kTrainDays - 8);
    EXPECT_EQ(run.report.evaluation.calibration.rows, 0);
    auto metric = find_metric(deciding_metric(task_of(algorithm)));
    ThreadPool pool(1);
    auto same = compare_by(**metric, *folded.judged, *folded.judged, {.replicates = 100}, pool);
    ASSERT_TRUE(same) << same.error().text();
    auto again = fold(m, table);
    ASSERT_TRUE(again) << again.error().text();
    std::vector<double> target;
    std::vector<std::uint8_t> label;
    for (std::int64_t row : again->rows) {
      target.push_back(table.target[static_cast<std::size_t>(row)]);
      label.push_back(target.back() != 0 ? 1 : 0);
    }
    bool number = task_of(algorithm) == Task::kNumber;
    ScoredRows rows{.score = again->score, .label = label};
    if (number) rows = {.score = again->score, .label = {}, .weight = {}, .number = target};
    EXPECT_NEAR(same->second.value, evaluate(**metric, rows).value(), 1e-12) << algorithm;
  }
}

TEST(EvaluationRun, WhyThereAreNoFoldsIsKept) {
  TrainingTable table = table_of(1);
  Model m = model();
  m.out_of_fold = true;
  m.split.train = {Timestamp{0}, Timestamp{3 * kDay}};
  FittedRun run = run_one_model(table, m);
  EXPECT_FALSE(run.folded.judged);
  EXPECT_EQ(run.folded.why_not, "training rows of 3 days give no folds");
}

// A fault that stands in a column the model does not read is found all the same.
TEST(EvaluationRun, ASliceWhereTheModelIsWrongIsFound) {
  TrainingTable table = table_of(1);
  for (std::size_t i = 0; i < table.target.size(); ++i)
    if (table.columns.columns[1].string(static_cast<std::int64_t>(i)) == "b" && i % 2 == 0)
      table.target[i] = 1 - table.target[i];
  Model m = model();
  m.columns = {"x"};
  m.encode = {{"x", {}, "standardise", {}}};
  const WorstSlices found = run_one_model(table, m).report.evaluation.slices.found;
  ASSERT_FALSE(found.worst.empty());
  EXPECT_EQ(found.worst[0].column + found.worst[0].slice, "levelb");
  EXPECT_TRUE(found.worst[0].worse);
}

TEST(EvaluationRun, OfTheConstantThereAreNoSlices) {
  Model m = model();
  m.algorithm = "constant";
  m.threshold = ThresholdRule{};
  const EvaluationReport said = run_one_model(table_of(1), m).report.evaluation;
  EXPECT_EQ(said.slices.alpha, 0);
  EXPECT_EQ(said.decision.why_not, "");
  EXPECT_EQ(said.decision.came.rows(), kTestDays * kRowsADay) << "what is asked for is told";
}

// A target that is a number has no labels to calibrate, to decide by or to doubt: it is said so.
TEST(EvaluationRun, OfNumbersItIsSkippedAndSaid) {
  TrainingTable table = table_of(1);
  Model m = model();
  m.algorithm = "xgboost_regression";
  m.calibrate = "auto";
  m.threshold = ThresholdRule{};
  m.fairness = {"level"};
  ThreadPool pool(1);
  MemoryBudget budget(std::int64_t{1} << 30);
  ManualClock clock{Timestamp{}};
  CancelToken cancel;
  Counter written;
  Stations stations({clock, silent_progress(), cancel, budget, written},
                    [](const StationRecord&) -> Status { return {}; });
  Recipe recipe = Recipe::make(m, table, pool, cancel).value();
  RowSplitter splitter(m, table);
  SplitRows rows = splitter.split().value();
  OutOfFoldTask task{m, table, recipe, recipe.options(), splitter, rows.train};
  EvaluationReport said;
  auto folded = evaluate_out_of_fold(task, {pool, cancel, budget, stations}, said);
  ASSERT_TRUE(folded) << folded.error().text();
  EXPECT_EQ(folded->calibrator.kind(), CalibratorKind::kIdentity);
  constexpr std::string_view kWhy =
      "it is about labels of 0 and 1, and xgboost_regression gives numbers";
  EXPECT_EQ(said.calibration.why_not, kWhy);
  EXPECT_EQ(said.decision.why_not, kWhy);
  std::vector<double> scores(rows.test.size(), 17.5);
  std::vector<std::uint8_t> labels(rows.test.size());
  Blocks blocks = splitter.blocks(rows.test);
  ASSERT_TRUE(evaluate_on_test(task, {rows.test, scores, scores, labels, blocks},
                               {.replicates = 100}, {pool, cancel, budget, stations}, said));
  EXPECT_EQ(said.fairness.why_not, kWhy);
  EXPECT_EQ(said.slices.alpha, 0);
  EXPECT_TRUE(stations.done().empty()) << "nothing was fitted";
}

// The same bytes of all that is said, whatever the number of threads.
TEST(EvaluationRun, SaysTheSameOnAnyNumberOfThreads) {
  auto all = [](int threads) {
    Model m = model();
    m.calibrate = "auto";
    m.threshold = ThresholdRule{};
    m.fairness = {"level"};
    JsonWriter json;
    json.begin_object();
    write_evaluation(json, run_one_model(table_of(1, true), m, nullptr, threads).report.evaluation);
    return json.end_object().take();
  };
  EXPECT_EQ(all(1), all(3));
}

}  // namespace
}  // namespace lode
