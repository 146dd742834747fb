// What a model is worth when it learns from fewer rows: one that has learnt all there is, and one
// that has not.
// covers: orchestrate/learning_curve_report
#include "orchestrate/learning_curve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/json.h"
#include "base/math.h"
#include "base/random.h"
#include "tests/orchestrate/run_one_model.h"

namespace lode {
namespace {

double sigmoid(double x) { return 1 / (1 + portable_exp(-x)); }

// So many columns, each of which says as much as the others about the label.
TrainingTable table_of(std::size_t columns, std::int64_t rows) {
  Random random(11);
  TrainingTable out;
  std::vector<ColumnBuilder> builders;
  std::vector<Field> fields;
  for (std::size_t c = 0; c < columns; ++c) {
    builders.emplace_back(Type::float64());
    fields.push_back({fmt::format("x{}", c), Type::float64()});
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    double log_odds = 0;
    for (ColumnBuilder& column : builders) {
      double x = 2 * random.unit() - 1;
      log_odds += 4 * x / std::sqrt(static_cast<double>(columns));
      column.append_double(x);
    }
    out.time.push_back(i);
    out.known.push_back(i);
    out.seq.push_back(i + 1);
    out.target.push_back(random.chance(sigmoid(log_odds)) ? 1.0 : 0.0);
  }
  out.columns.schema = Schema(fields);
  for (ColumnBuilder& column : builders) out.columns.columns.push_back(column.finish());
  out.columns.rows = rows;
  return out;
}

Project project_of(std::string_view calibrate = "none") {
  Project project;
  Model m;
  m.name = "m";
  m.from = "rows";
  m.algorithm = "logistic";
  m.options = {{"l2", "0.001"}};
  m.split.random = 0.5;
  m.calibrate = calibrate;
  m.learning_curve = true;
  project.models.push_back(m);
  return project;
}

struct Drawn {
  LearningCurve curve;
  std::vector<StationRecord> stations;
};

// `lost`: as a run that read the model back has it, without scores before calibration.
Drawn draw(const TrainingTable& table, const Project& project, bool lost = false, int threads = 1) {
  std::map<std::string, FittedRun> runs;
  runs.emplace("m", run_one_model(table, project.models[0]));
  if (lost) runs.at("m").judged_raw.reset();
  std::vector<Leaderboard> boards(1);
  boards[0].metric = "log_loss";
  boards[0].chosen = "m";
  boards[0].baseline = "baseline";
  ThreadPool pool(threads);
  static MemoryBudget budget(std::int64_t{1} << 30);
  ManualClock clock{Timestamp{}};
  CancelToken cancel;
  Counter written;
  Stations stations({clock, silent_progress(), cancel, budget, written},
                    [](const StationRecord&) -> Status { return {}; });
  Status done = draw_learning_curves(
      project, runs, [&](const std::string&) -> const TrainingTable& { return table; },
      {pool, cancel, budget, stations}, boards);
  EXPECT_TRUE(done) << done.error().text();
  return {boards[0].curve, stations.done()};
}

TEST(LearningCurve, WhatHasLearntAllThereIsGainsNothing) {
  Drawn drawn = draw(table_of(1, 8000), project_of());
  ASSERT_EQ(drawn.curve.points.size(), 4U) << drawn.curve.why_not;
  EXPECT_EQ(drawn.curve.points[0].rows, 500);
  EXPECT_EQ(drawn.curve.points[2].rows, 2000);
  EXPECT_EQ(drawn.curve.points[3].rows, 4000);
  EXPECT_FALSE(drawn.curve.helps);
  EXPECT_NE(drawn.curve.says.find("would hardly help"), std::string::npos) << drawn.curve.says;
  EXPECT_EQ(drawn.curve.points[3].more.value, 0);
}

TEST(LearningCurve, WhatHasFewRowsForManyColumnsWantsMore) {
  Drawn drawn = draw(table_of(60, 4000), project_of());
  ASSERT_EQ(drawn.curve.points.size(), 4U) << drawn.curve.why_not;
  for (std::size_t i = 0; i + 1 < 4; ++i)
    EXPECT_GT(drawn.curve.points[i].value.value, drawn.curve.points[i + 1].value.value) << i;
  EXPECT_TRUE(drawn.curve.helps);
  EXPECT_GT(drawn.curve.points[2].more.low, 0);
  EXPECT_NE(drawn.curve.says.find("would likely help"), std::string::npos) << drawn.curve.says;
}

TEST(LearningCurve, ScoresAreThoseBeforeCalibration) {
  TrainingTable table = table_of(10, 3000);
  LearningCurve plain = draw(table, project_of()).curve;
  Drawn calibrated = draw(table, project_of("platt"));
  ASSERT_EQ(plain.points.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(plain.points[i].value.value, calibrated.curve.points[i].value.value) << i;
  // Those of a model that was read back are made again.
  Drawn lost = draw(table, project_of("platt"), true);
  EXPECT_GT(lost.stations.size(), calibrated.stations.size());
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(plain.points[i].value.value, lost.curve.points[i].value.value) << i;
}

TEST(LearningCurve, IsTheSameOnAnyNumberOfThreads) {
  TrainingTable table = table_of(5, 2000);
  JsonWriter one;
  JsonWriter three;
  one.begin_object();
  write_learning_curve(one, draw(table, project_of()).curve);
  three.begin_object();
  write_learning_curve(three, draw(table, project_of(), false, 3).curve);
  EXPECT_EQ(one.end_object().take(), three.end_object().take());
}

TEST(LearningCurve, NobodyAsksAndNothingIsFitted) {
  Project project = project_of();
  project.models[0].learning_curve = false;
  Drawn drawn = draw(table_of(1, 1000), project);
  EXPECT_TRUE(drawn.stations.empty());
  JsonWriter json;
  json.begin_object();
  write_learning_curve(json, drawn.curve);
  EXPECT_EQ(json.end_object().take(), "{}");
}

TEST(LearningCurve, TooFewRowsAreSaid) {
  Drawn drawn = draw(table_of(1, 160), project_of());
  ASSERT_EQ(drawn.curve.points.size(), 4U) << drawn.curve.why_not;
  EXPECT_EQ(drawn.curve.points[0].why_not, "fewer than 50 rows");
  EXPECT_EQ(drawn.curve.points[2].rows, 40);
  EXPECT_EQ(drawn.curve.why_not, "of half of the training rows: fewer than 50 rows");
  EXPECT_EQ(drawn.curve.says, "");
}

TEST(LearningCurve, SharesHoldOneAnotherAndWholeBlocks) {
  Blocks blocks;
  blocks.count = 40;
  for (std::uint32_t i = 0; i < 400; ++i) blocks.of_row.push_back(i % 40);
  auto small = share_of_rows(blocks, 0.25, 3);
  auto large = share_of_rows(blocks, 0.5, 3);
  EXPECT_EQ(small.size(), 100U);
  EXPECT_EQ(large.size(), 200U);
  std::set<std::size_t> all(large.begin(), large.end());
  for (std::size_t at : small) EXPECT_TRUE(all.contains(at));
  std::set<std::uint32_t> groups;
  for (std::size_t at : small) groups.insert(blocks.of_row[at]);
  EXPECT_EQ(groups.size(), 10U) << "each is in whole or not at all";
  EXPECT_NE(share_of_rows(blocks, 0.25, 4), small) << "another seed draws others";
}

}  // namespace
}  // namespace lode
