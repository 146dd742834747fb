#include "orchestrate/stations.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

class StationsOfARun : public ::testing::Test {
 protected:
  Stations begin() {
    return Stations({clock_, silent_progress(), cancel_, budget_, written_},
                    [this](const StationRecord& station) -> Status {
                      told_.push_back(station);
                      return {};
                    });
  }

  ManualClock clock_{Timestamp{1'000'000}};
  CancelToken cancel_;
  MemoryBudget budget_{1000};
  Counter written_;
  std::vector<StationRecord> told_;
};

TEST_F(StationsOfARun, EachIsASpanOfTheRunWithWhatItDid) {
  written_.add(7);  // before
  MemoryBudget::Hold stays = *budget_.hold("before", 100);
  Stations stations = begin();
  clock_.advance(milliseconds(500));
  ASSERT_TRUE(stations.run({.name = "ingest a", .total = 3}, [&](Station& station) -> Status {
    clock_.advance(seconds(2));
    station.advance(1);
    station.advance(2);
    station.read_bytes(10);
    written_.add(5);
    TRY(MemoryBudget::Hold goes, budget_.hold("goes", 300));
    return {};
  }));
  ASSERT_TRUE(
      stations.run({.name = "model m: fit", .kind = StationKind::kTraining, .unit = "trees"},
                   [&](Station& station) -> Status {
                     clock_.advance(seconds(1));
                     station.advance(4);
                     return {};
                   }));
  ASSERT_EQ(told_.size(), 2U);
  StationRecord first = told_[0];
  EXPECT_GE(first.cpu_seconds, 0);
  first.cpu_seconds = 0;
  EXPECT_EQ(first, (StationRecord{.name = "ingest a",
                                  .units = 3,
                                  .unit = "rows",
                                  .seconds = 2,
                                  .kind = StationKind::kOwn,
                                  .bytes_read = 10,
                                  .bytes_written = 5,
                                  .memory = 400,
                                  .started = {1'500'000},
                                  .span = 2,
                                  .parent = 1}));
  EXPECT_EQ(told_[1].kind, StationKind::kTraining);
  EXPECT_EQ(told_[1].unit, "trees");
  EXPECT_EQ(told_[1].bytes_written, 0);
  EXPECT_EQ(told_[1].memory, 100);
  EXPECT_EQ(told_[1].span, 3U);
  EXPECT_EQ(told_[1].parent, 1U);
  EXPECT_EQ(stations.done(), told_);
  EXPECT_EQ(stations.seconds(), 3.5);
  StationSums sums = sums_of(told_);
  EXPECT_EQ(sums.own, 2);
  EXPECT_EQ(sums.training, 1);
  EXPECT_EQ(sums.unknown, 0);
}

TEST_F(StationsOfARun, OneThatFailedIsNotRecordedAndTheNextIs) {
  Stations stations = begin();
  Status failed =
      stations.run({.name = "a"}, [](Station&) -> Status { return fail(Code::kInvalid, "no"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(), "no");
  ASSERT_TRUE(stations.run({.name = "b"}, [](Station&) -> Status { return {}; }));
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].name, "b");
  cancel_.cancel();
  Status cancelled = stations.run({.name = "c"}, [](Station&) -> Status { return {}; });
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code(), Code::kCancelled);
  EXPECT_EQ(told_.size(), 2U) << "it had been done";
}

TEST(Counters, AreRecordsOfTheRegistry) {
  MetricRegistry metrics;
  metrics.counter("b_total", "", {{"source", "s"}, {"cause", "late"}}).add(3);
  metrics.counter("b_total", "", {{"source", "s"}, {"cause", "conflict"}}).add(1);
  metrics.gauge("a_bytes", "").set(2.0);
  metrics.histogram("c_ns", "").record(5);
  EXPECT_EQ(counter_records(metrics.snapshot()),
            (std::vector<CounterRecord>{{"a_bytes", "", 2},
                                        {"b_total", "cause=conflict,source=s", 1},
                                        {"b_total", "cause=late,source=s", 3}}));
}

}  // namespace
}  // namespace lode
