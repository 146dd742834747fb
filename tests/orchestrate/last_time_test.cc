#include "orchestrate/last_time.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

StationRecord station(std::string name, double seconds, std::int64_t units = 10,
                      std::int64_t written = 0) {
  StationRecord out;
  out.name = std::move(name);
  out.units = units;
  out.seconds = seconds;
  out.bytes_written = written;
  return out;
}

RunRecord run(std::string id, std::vector<StationRecord> stations,
              std::vector<CounterRecord> counters = {}) {
  RunRecord out;
  out.id = std::move(id);
  out.command = "run";
  out.state = RunState::kSucceeded;
  out.stations = std::move(stations);
  out.counters = std::move(counters);
  return out;
}

TEST(LastTime, IsOfTheNewestRunThatMadeTheStep) {
  std::vector<RunRecord> runs = {
      run("9", {station("ingest a", 1, 0), station("model m: judge", 4)}),
      run("8", {station("ingest a", 2, 50, 700), station("load a", 1, 40),
                station("model m: encode", 1), station("model m: fit", 5),
                station("model m: score", 1), station("model other: fit", 100)}),
      run("7", {station("ingest a", 30, 500), station("model m: fit", 50)})};
  LastTime source = last_time(StepKind::kSource, "a", runs);
  EXPECT_EQ(source.run, "8") << "run 9 read nothing of it";
  EXPECT_EQ(source.seconds, 3);
  EXPECT_EQ(source.rows, 50);
  EXPECT_EQ(source.bytes_written, 700);
  LastTime model = last_time(StepKind::kModel, "m", runs);
  EXPECT_EQ(model.run, "8") << "run 9 did not fit it";
  EXPECT_EQ(model.seconds, 7);
  EXPECT_FALSE(last_time(StepKind::kModel, "new", runs).known());
  EXPECT_FALSE(last_time(StepKind::kWalk, "m", runs).known());
  runs[1].state = RunState::kFailed;
  EXPECT_EQ(last_time(StepKind::kModel, "m", runs).run, "7") << "run 8 was not done";
}

TEST(LastTime, WhatIsKeptTogetherIsSharedOut) {
  std::vector<RunRecord> runs = {run(
      "1", {station("training set a", 2), station("training set b", 3),
            station("training set b when known", 1), station("keep training sets", 4, 9, 800),
            station("model m: fit", 1), station("model m: score", 1), station("model n: fit", 1),
            station("model n: score", 1), station("keep scores", 6, 9, 600)})};
  EXPECT_EQ(last_time(StepKind::kTraining, "a", runs).seconds, 2 + 2);
  EXPECT_EQ(last_time(StepKind::kTraining, "b", runs).seconds, 3 + 1 + 2);
  EXPECT_EQ(last_time(StepKind::kTraining, "a", runs).bytes_written, 400);
  EXPECT_EQ(last_time(StepKind::kModel, "m", runs).seconds, 2 + 3);
  EXPECT_EQ(last_time(StepKind::kModel, "n", runs).bytes_written, 300);
}

TEST(LastTime, HasTheRowsThatThereWereThen) {
  std::vector<RunRecord> runs = {run("3", {station("model m: fit", 1)}),
                                 run("2", {station("ingest a", 1)},
                                     {{"lode_records_loaded_total", "source=a", 70},
                                      {"lode_records_loaded_total", "source=b", 5},
                                      {"lode_rows_read_total", "source=a", 1000}})};
  EXPECT_EQ(last_time(StepKind::kModel, "m", runs).rows, 75) << "they were the same since";
  runs.pop_back();
  EXPECT_EQ(last_time(StepKind::kModel, "m", runs).rows, 0);
}

}  // namespace
}  // namespace lode
