#include "judge/split.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

// Ten rows at hours 0 .. 9; each label is known two hours later.
struct Hours {
  std::vector<Timestamp> times;
  std::vector<Timestamp> known;
  Hours() {
    for (int h = 0; h < 10; ++h) {
      times.push_back(Timestamp{} + hours(h));
      known.push_back(Timestamp{} + hours(h + 2));
    }
  }
};

Period range(int begin, int end) { return {Timestamp{} + hours(begin), Timestamp{} + hours(end)}; }

using Rows = std::vector<std::int64_t>;

TEST(TimeSplit, PurgesLabelsUnknownWhenTheTestBegins) {
  Hours data;
  auto rows = split_by_time(data.times, data.known,
                            {.train = range(0, 6), .test = range(6, 10), .embargo = {}})
                  .value();
  EXPECT_EQ(rows.train, (Rows{0, 1, 2, 3, 4}));  // row 4 is known at 6 exactly: in time
  EXPECT_EQ(rows.test, (Rows{6, 7, 8, 9}));
  EXPECT_EQ(rows.unknown_label, 1);
  EXPECT_EQ(rows.embargoed, 0);
  EXPECT_EQ(rows.outside, 0);
}

TEST(TimeSplit, WithoutPurgeKnownTimesAreNotAsked) {
  Hours data;
  TimeSplit split = {.train = range(0, 6), .test = range(6, 10), .embargo = {}};
  EXPECT_EQ(split_by_time(data.times, {}, split).error().code(), Code::kInvalid);
  split.purge_unknown_labels = false;
  EXPECT_EQ(split_by_time(data.times, {}, split).value().train, (Rows{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(split_by_time(data.times, data.known, split).value().train.size(), 6U);
}

TEST(TimeSplit, EmbargoTakesRowsFromItsBeginOn) {
  Hours data;
  auto rows = split_by_time(data.times, data.known,
                            {.train = range(1, 6), .test = range(6, 9), .embargo = hours(3)})
                  .value();
  EXPECT_EQ(rows.train, (Rows{1, 2}));  // 3, 4, 5 lie at 6 - 3 or after
  EXPECT_EQ(rows.embargoed, 3);
  EXPECT_EQ(rows.unknown_label, 0);  // row 5 was already gone
  EXPECT_EQ(rows.outside, 2);        // 0 and 9
}

TEST(TimeSplit, AGapBetweenTheRangesCountsForTheEmbargo) {
  Hours data;
  auto rows = split_by_time(data.times, data.known,
                            {.train = range(0, 4), .test = range(7, 10), .embargo = hours(3)})
                  .value();
  EXPECT_EQ(rows.train, (Rows{0, 1, 2, 3}));
  EXPECT_EQ(rows.embargoed, 0);
  EXPECT_EQ(rows.outside, 3);
}

TEST(TimeSplit, ALabelThatNeverCameIsPurged) {
  Hours data;
  data.known[1] = Timestamp::latest();
  auto rows = split_by_time(data.times, data.known,
                            {.train = range(0, 3), .test = range(6, 10), .embargo = {}})
                  .value();
  EXPECT_EQ(rows.train, (Rows{0, 2}));
}

TEST(TimeSplit, RefusesSplitsThatMeanNothing) {
  Hours data;
  auto message = [&](TimeSplit split) {
    auto rows = split_by_time(data.times, data.known, split);
    return rows ? std::string("accepted") : rows.error().message();
  };
  EXPECT_EQ(message({.train = range(0, 7), .test = range(6, 10), .embargo = {}}),
            "training goes on until 1970-01-01T07:00:00Z, after the test begins at "
            "1970-01-01T06:00:00Z; end it there or before");
  EXPECT_EQ(message({.train = range(3, 3), .test = range(6, 10), .embargo = {}}),
            "the training range from 1970-01-01T03:00:00Z to 1970-01-01T03:00:00Z is empty");
  EXPECT_EQ(message({.train = range(0, 6), .test = range(9, 6), .embargo = {}}),
            "the test range from 1970-01-01T09:00:00Z to 1970-01-01T06:00:00Z is empty");
  EXPECT_EQ(message({.train = range(0, 6), .test = range(6, 9), .embargo = -hours(1)}),
            "embargo -1h is negative; give 0s or more");
  EXPECT_EQ(message({.train = range(0, 6), .test = range(6, 9), .embargo = hours(7)}),
            "the split leaves 0 training and 3 test rows of 10 (1 outside both ranges, 6 under "
            "embargo, 0 with a label unknown at 1970-01-01T06:00:00Z)");
}

}  // namespace
}  // namespace lode
