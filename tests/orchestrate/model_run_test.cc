// What a model may learn from, and what its intervals are drawn over.
#include "orchestrate/model_run.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "judge/bootstrap.h"
#include "judge/metric.h"
#include "tests/orchestrate/run_one_model.h"

namespace lode {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kTrainDays = 6;
constexpr std::int64_t kTestDays = 5;
constexpr std::int64_t kRowsADay = 20;

// Days 0 to 5 are for training, 6 to 10 for the test. Rows of a day mostly share their label.
// `other_test` gives the test rows other values, levels and targets.
TrainingTable table_of(bool other_test) {
  Random random(3);
  TrainingTable out;
  ColumnBuilder numbers(Type::float64());
  ColumnBuilder levels(Type::string());
  for (std::int64_t i = 0; i < (kTrainDays + kTestDays) * kRowsADay; ++i) {
    std::int64_t day = i / kRowsADay;
    bool other = other_test && day >= kTrainDays;
    std::uint64_t draw = random.below(4);
    bool target = (day % 2 == 0) != random.chance(0.3);
    numbers.append_double(static_cast<double>(draw) + (other ? 1000.0 : 0.0));
    levels.append_string(std::string(1, static_cast<char>('a' + (other ? 3 - draw : draw))));
    out.time.push_back(day * kDay + i % kRowsADay);
    out.known.push_back(out.time.back() + 1);
    out.seq.push_back(i);
    out.target.push_back(target != other ? 1.0 : 0.0);
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
  m.encode = {{"x", {}, "standardise", {}}, {"level", {}, "target", {}}};
  m.split.train = {Timestamp{0}, Timestamp{kTrainDays * kDay}};
  m.split.test = {Timestamp{kTrainDays * kDay}, Timestamp{(kTrainDays + kTestDays) * kDay}};
  return m;
}

FittedRun run(const TrainingTable& table) { return run_one_model(table, model()); }

TEST(ModelRun, NothingOfTheTestRowsIsInEncodersOrModel) {
  FittedRun one = run(table_of(false));
  FittedRun other = run(table_of(true));
  ASSERT_EQ(one.encoders.size(), 2U);
  EXPECT_EQ(serialize_encoders(one.encoders), serialize_encoders(other.encoders));
  EXPECT_EQ(model_artifact(model(), one, "d"), model_artifact(model(), other, "d"));
  EXPECT_NE(one.test_scores, other.test_scores) << "the test rows do differ";
}

TEST(ModelRun, IntervalsAreDrawnOverWholeDays) {
  TrainingTable table = table_of(false);
  FittedRun fitted = run(table);
  EXPECT_EQ(fitted.report.test_rows, kTestDays * kRowsADay);
  EXPECT_EQ(fitted.report.blocks, kTestDays);

  std::vector<std::uint8_t> labels;
  std::vector<Timestamp> times;
  for (std::int64_t row : fitted.test_rows) {
    labels.push_back(table.target[static_cast<std::size_t>(row)] != 0 ? 1 : 0);
    times.push_back({table.time[static_cast<std::size_t>(row)]});
  }
  const Metric* auc = find_metric("auc").value();
  ThreadPool pool(1);
  auto judged = JudgedRows::make({fitted.test_scores, labels}, blocks_by_day(times), {{auc}}, pool);
  ASSERT_TRUE(judged) << judged.error().text();
  auto by_day = bootstrap(*judged, {.replicates = 500, .seed = model().seed}, pool);
  ASSERT_TRUE(by_day) << by_day.error().text();
  const std::vector<MetricReport>& shown = fitted.report.metrics.at("test");
  ASSERT_EQ(shown[0].name, "auc");
  EXPECT_EQ(shown[0].estimate.low, (*by_day)[0].estimate.low);
  EXPECT_EQ(shown[0].estimate.high, (*by_day)[0].estimate.high);
}

// What is lode's own work and what is training is told apart; every row is counted.
TEST(ModelRun, IsMadeOfStations) {
  std::vector<StationRecord> stations;
  FittedRun fitted = run_one_model(table_of(false), model(), &stations);
  std::vector<std::pair<std::string, std::int64_t>> own;
  std::vector<std::pair<std::string, std::int64_t>> training;
  for (const StationRecord& station : stations)
    (station.kind == StationKind::kTraining ? training : own)
        .emplace_back(station.name, station.units);
  using Named = std::vector<std::pair<std::string, std::int64_t>>;
  EXPECT_EQ(own, (Named{{"model m: encode", 120},
                        {"model m: score", 220},
                        {"model m: judge", 220},
                        {"model m: explain", 100},
                        {"model m: slices", 100},
                        {"model m: random split, encode", 120},
                        {"model m: random split, judge", 100}}));
  EXPECT_EQ(training, (Named{{"model m: fit", 120}, {"model m: random split, fit", 120}}));
}

// Three values of an option on days 4 and 5: each fitted on days 0 to 3. The grid's own model is
// the one that is fitted on its chosen value outright.
TEST(ModelRun, ChoosesFromTheGridBeforeItFits) {
  TrainingTable table = table_of(false);
  Model choosing = model();
  choosing.choose = Choice{{Timestamp{0}, Timestamp{4 * kDay}},
                           {Timestamp{4 * kDay}, Timestamp{6 * kDay}},
                           {{"l2", {"0", "1", "1000"}}}};
  std::vector<StationRecord> stations;
  FittedRun chosen = run_one_model(table, choosing, &stations);
  ASSERT_EQ(stations.size(), 12U);
  EXPECT_EQ(stations[0].name, "model m: choose, encode");
  EXPECT_EQ(stations[0].units, 80);
  EXPECT_EQ(stations[1].name, "model m: choose, fit");
  EXPECT_EQ(stations[1].kind, StationKind::kTraining);
  EXPECT_EQ(stations[1].units, 3 * 80);
  EXPECT_EQ(stations[2].name, "model m: choose, score");
  EXPECT_EQ(stations[2].units, 3 * 40);
  EXPECT_NE(chosen.report.chosen.find("the best of 3"), std::string::npos) << chosen.report.chosen;
  Model outright = model();
  outright.options = chosen.report.options;
  FittedRun fitted = run_one_model(table, outright);
  EXPECT_EQ(fitted.test_scores, chosen.test_scores);
  EXPECT_EQ(fitted.model->serialize(), chosen.model->serialize());
}

// ---- numbers ---------------------------------------------------------------------------------

// The same rows with the target 10 x + noise, and a level that says the day's weather.
TrainingTable numbers_table(double noise) {
  TrainingTable out = table_of(false);
  Random random(8);
  for (std::size_t i = 0; i < out.target.size(); ++i)
    out.target[i] =
        10 * out.columns.columns[0].float64(static_cast<std::int64_t>(i)) + noise * random.unit();
  return out;
}

Model number_model(std::string algorithm) {
  Model m = model();
  m.algorithm = std::move(algorithm);
  m.columns = {"x"};
  m.encode = {};
  return m;
}

double metric_of(const FittedRun& run, std::string_view split, std::string_view name) {
  for (const MetricReport& metric : run.report.metrics.at(std::string(split)))
    if (metric.name == name) return metric.estimate.value;
  return std::nan("");
}

TEST(ModelRun, NumbersAreJudgedAsNumbersFromEndToEnd) {
  TrainingTable table = numbers_table(2);
  FittedRun boosted = run_one_model(table, number_model("xgboost_regression"));
  EXPECT_EQ(boosted.report.task, Task::kNumber);
  double squares = 0;
  for (std::size_t i = 0; i < boosted.test_rows.size(); ++i) {
    double error =
        boosted.test_scores[i] - table.target[static_cast<std::size_t>(boosted.test_rows[i])];
    squares += error * error;
  }
  double rmse = std::sqrt(squares / static_cast<double>(boosted.test_rows.size()));
  EXPECT_DOUBLE_EQ(metric_of(boosted, "test", "rmse"), rmse);
  EXPECT_LT(rmse, 0.8);  // uniform noise of 2 has .58
  EXPECT_GT(metric_of(boosted, "test", "r2"), 0.99);
  FittedRun mean = run_one_model(table, number_model("mean"));
  EXPECT_GT(metric_of(mean, "test", "rmse"), 8);  // 10 times the deviation of 0 to 3
  EXPECT_LT(metric_of(mean, "test", "r2"), 0.01);
  ASSERT_EQ(boosted.report.drivers.drivers.size(), 1U);
  EXPECT_NEAR(boosted.report.drivers.drivers[0].contribution.value, 10, 1.5);
  // Dealt out anew, a value of variance 125 is twice that away from its own, squared.
  EXPECT_NEAR(boosted.report.drivers.drivers[0].importance.value, 250, 60);
  ASSERT_EQ(boosted.report.inflation.metrics.size(), 3U);
  EXPECT_EQ(boosted.report.inflation.metrics[0].metric, "rmse");
  EXPECT_TRUE(boosted.report.picture.profile.thresholds.empty());
  EXPECT_FALSE(boosted.report.picture.profile.calibration.empty());
}

TEST(ModelRun, OptionsForNumbersAreChosenBySquaredError) {
  Model choosing = number_model("xgboost_regression");
  choosing.choose = Choice{{Timestamp{0}, Timestamp{4 * kDay}},
                           {Timestamp{4 * kDay}, Timestamp{6 * kDay}},
                           {{"rounds", {"1", "50"}}}};
  FittedRun chosen = run_one_model(numbers_table(2), choosing);
  EXPECT_EQ(chosen.report.chosen.find("rounds 50"), 0U) << chosen.report.chosen;
}

TEST(ModelRun, ModelsOfDifferentTasksAreNotCompared) {
  Project project;
  Model labels = model();
  Model numbers = number_model("mean");
  numbers.name = "numbers";
  numbers.compare_with = "m";
  project.models = {labels, numbers};
  Status status = check_algorithms(project);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(),
            "model numbers: mean learns numbers, and the logistic of m, which it is compared with, "
            "labels of 0 and 1");
  project.models[1].compare_with = "";
  EXPECT_TRUE(check_algorithms(project));
}

}  // namespace
}  // namespace lode
