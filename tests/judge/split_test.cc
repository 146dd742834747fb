#include "judge/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"

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

// Every row is on one side, and each side ascends.
void expect_sides(const SplitRows& rows, std::int64_t count) {
  Rows all = rows.train;
  all.insert(all.end(), rows.test.begin(), rows.test.end());
  EXPECT_TRUE(std::ranges::is_sorted(rows.train));
  EXPECT_TRUE(std::ranges::is_sorted(rows.test));
  std::ranges::sort(all);
  ASSERT_EQ(std::ssize(all), count);
  for (std::int64_t i = 0; i < count; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], i);
}

TEST(RandomSplit, DrawsTheShareAndEveryRowAsOften) {
  std::vector<int> tested(100);
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    SplitRows rows = split_at_random(100, {}, {.test = 0.25, .seed = seed}).value();
    ASSERT_EQ(rows.test.size(), 25U);
    for (std::int64_t row : rows.test) ++tested[static_cast<std::size_t>(row)];
  }
  for (int count : tested) EXPECT_NEAR(count, 250, 70);  // five standard deviations
  SplitRows once = split_at_random(100, {}, {.test = 0.25, .seed = 7}).value();
  SplitRows again = split_at_random(100, {}, {.test = 0.25, .seed = 7}).value();
  EXPECT_EQ(once.test, again.test);
  expect_sides(once, 100);
}

TEST(RandomSplit, StratifiedHasTheShareOfEitherLabel) {
  std::vector<std::uint8_t> labels(1000);
  for (std::size_t i = 0; i < 40; ++i) labels[i * 25] = 1;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SplitRows rows = split_at_random(1000, labels, {.test = 0.25, .seed = seed}).value();
    auto positive = [&](std::int64_t row) { return labels[static_cast<std::size_t>(row)] != 0; };
    EXPECT_EQ(std::ranges::count_if(rows.test, positive), 10);
    EXPECT_EQ(rows.test.size(), 250U);
  }
}

TEST(RandomSplit, FewRowsAreOnBothSides) {
  for (double share : {0.01, 0.5, 0.99})
    for (std::int64_t count : {2, 3, 5}) {
      SplitRows rows = split_at_random(count, {}, {.test = share, .seed = 1}).value();
      EXPECT_FALSE(rows.test.empty());
      EXPECT_FALSE(rows.train.empty());
      expect_sides(rows, count);
    }
  EXPECT_EQ(split_at_random(1, {}, {}).error().code(), Code::kInvalid);
  EXPECT_EQ(split_at_random(10, {}, {.test = 1}).error().code(), Code::kInvalid);
  std::vector<std::uint8_t> labels(3);
  EXPECT_EQ(split_at_random(10, labels, {}).error().code(), Code::kInvalid);
}

TEST(GroupSplit, PutsNoGroupOnBothSides) {
  Random random(1);
  std::vector<std::int64_t> groups;
  for (int i = 0; i < 2000; ++i) groups.push_back(static_cast<std::int64_t>(random.below(60)) * 7);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SplitRows rows = split_groups_at_random(groups, {.test = 0.3, .seed = seed}).value();
    expect_sides(rows, 2000);
    std::set<std::int64_t> tested;
    for (std::int64_t row : rows.test) tested.insert(groups[static_cast<std::size_t>(row)]);
    for (std::int64_t row : rows.train)
      EXPECT_FALSE(tested.contains(groups[static_cast<std::size_t>(row)]));
    EXPECT_GE(rows.test.size(), 600U);
    EXPECT_LT(rows.test.size(), 600U + 70U) << "more by less than a group";
  }
}

TEST(GroupSplit, WhatCannotBeSplitIsSaid) {
  std::vector<std::int64_t> one(5, 3);
  EXPECT_EQ(split_groups_at_random(one, {}).error().message(), "1 groups cannot be split in two");
  std::vector<std::int64_t> none = {0, -1, 2};
  EXPECT_EQ(split_groups_at_random(none, {}).error().code(), Code::kInvalid);
  std::vector<std::int64_t> two = {1, 1, 2};
  EXPECT_EQ(split_groups_at_random(two, {.test = 0.99}).error().message(),
            "the 2 groups that make 0.99 of the rows leave nothing for training");
}

TEST(GroupsApart, LeavesTrainingRowsOfTestedGroupsOut) {
  SplitRows rows;
  rows.train = {0, 1, 2, 3};
  rows.test = {4, 5};
  std::vector<std::int64_t> groups = {1, 2, -1, 3, 2, -1};
  ASSERT_TRUE(keep_groups_apart(groups, rows).has_value());
  EXPECT_EQ(rows.train, (Rows{0, 2, 3})) << "no group is no group that is shared";
  EXPECT_EQ(rows.shared_group, 1);
  groups = {2, 2, 2, 2, 2, 2};
  EXPECT_EQ(keep_groups_apart(groups, rows).error().code(), Code::kInvalid);
}

TEST(DrawRows, EachIsAsLikelyAndTheyKeepTheirOrder) {
  Rows rows;
  for (std::int64_t i = 0; i < 50; ++i) rows.push_back(i * 3);
  std::map<std::int64_t, int> drawn;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Rows some = draw_rows(rows, 10, Random(seed));
    ASSERT_EQ(some.size(), 10U);
    EXPECT_TRUE(std::ranges::is_sorted(some));
    for (std::int64_t row : some) ++drawn[row];
  }
  EXPECT_EQ(drawn.size(), 50U);
  for (auto [row, count] : drawn) EXPECT_NEAR(count, 400, 90);  // five standard deviations
  EXPECT_EQ(draw_rows(rows, 50, Random(1)), rows);
  EXPECT_EQ(draw_rows(rows, 99, Random(1)), rows);
  EXPECT_TRUE(draw_rows({}, 5, Random(1)).empty());
}

}  // namespace
}  // namespace lode
