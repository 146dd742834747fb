#include "monitor/watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "tests/monitor/watched_stream.h"

namespace lode {
namespace {

constexpr WatchOptions kQuick{.replicates = 499};

Watch columns_of(const WatchedStream& stream, const WatchOptions& options = kQuick,
                 int threads = 2) {
  ThreadPool pool(threads);
  Result<Watch> watch = columns_watch(stream.rows(), stream.named(), options, pool);
  EXPECT_TRUE(watch.has_value()) << watch.error().text();
  return watch.value_or(Watch{});
}

Watch scores_of(const WatchedStream& stream, const WatchOptions& options = kQuick,
                int threads = 2) {
  ThreadPool pool(threads);
  Result<Watch> watch = scores_watch(stream.rows(), stream.judged(), options, pool);
  EXPECT_TRUE(watch.has_value()) << watch.error().text();
  return watch.value_or(Watch{});
}

const WatchAlarm& alarm(const Watch& watch, std::string_view name) {
  return *std::ranges::find(watch.alarms, name, &WatchAlarm::name);
}
const WatchSeries& series(const Watch& watch, std::string_view of, std::string_view statistic) {
  return *std::ranges::find_if(watch.series, [&](const WatchSeries& one) {
    return one.of == of && one.statistic == statistic;
  });
}

// Everything there is, as one text.
std::string told(const Watch& watch) {
  std::string out;
  for (const WatchSeries& one : watch.series)
    for (std::size_t p = 0; p < one.value.size(); ++p)
      out += fmt::format("{} {} {} {} {} {}\n", one.of, one.statistic, one.value[p], one.p[p],
                         one.limit[p], one.typical[p]);
  for (const WatchAlarm& one : watch.alarms)
    for (std::size_t p = 0; p < one.stood.size(); ++p)
      out += fmt::format("{} {} {} {}\n", one.name, one.p[p], one.stood[p], one.series[p]);
  return out;
}

TEST(Watch, PeriodsAreWeeksFromTheFirstWatchedDay) {
  WatchedStream stream(1, {.watched_days = 10, .watched_rows_a_day = 30});
  Watch watch = columns_of(stream);
  EXPECT_EQ(watch.reference_days, 28);
  EXPECT_EQ(watch.reference_rows, 28 * 60);
  ASSERT_EQ(watch.periods.size(), 2U);
  EXPECT_EQ(watch.periods[0].begin.us, days(28).us);
  EXPECT_EQ(watch.periods[0].end.us, days(35).us);
  EXPECT_EQ(watch.periods[0].days, 7);
  EXPECT_EQ(watch.periods[0].rows, 210);
  EXPECT_EQ(watch.periods[1].days, 3);
  EXPECT_EQ(watch.periods[1].rows, 90);
}

// By hand: 28 days of a loss of .5 here and .7 there, then a week of .9 and a week of .3.
TEST(Watch, ALossIsHeldAgainstThatOfTheReferenceAndOnlyMoreOfItIsAnAlarm) {
  WatchedStream stream(1, {.watched_days = 14});
  std::vector<double> was;
  for (std::size_t i = 0; i < stream.reference.size(); ++i) was.push_back(i % 2 == 0 ? 0.5 : 0.7);
  std::vector<double> is;
  for (std::size_t i = 0; i < stream.later.size(); ++i)
    is.push_back(i < stream.later.size() / 2 ? 0.9 : 0.3);
  RowsWatch rows = RowsWatch::make(stream.rows(), kQuick).value();
  Watch watch = rows.losses(was, is).value();
  ASSERT_EQ(watch.alarms.size(), 1U);
  EXPECT_EQ(watch.alarms[0].name, "loss");
  EXPECT_EQ(watch.alarms[0].stood, (std::vector<std::uint8_t>{1, 0}));
  const WatchSeries& loss = series(watch, "score", "loss");
  EXPECT_NEAR(loss.value[0], 0.9 / 0.6 - 1, 1e-12);
  EXPECT_NEAR(loss.value[1], 0.3 / 0.6 - 1, 1e-12) << "told, and no alarm";
  EXPECT_EQ(loss.p[1], 1);
  was[0] = -1;
  EXPECT_EQ(rows.losses(was, is).error().code(), Code::kInvalid);
  was.pop_back();
  EXPECT_EQ(rows.losses(was, is).error().code(), Code::kInvalid);
}

TEST(Watch, PlantedDriftIsFoundInItsColumnFromItsWeekOn) {
  WatchedStream stream(
      3, {.day_effect = 0.2, .shift_x0 = [](std::int64_t day) { return day < 14 ? 0.0 : 1.5; }});
  Watch watch = columns_of(stream);
  const WatchAlarm& columns = alarm(watch, "columns");
  EXPECT_EQ(columns.stood, (std::vector<std::uint8_t>{0, 0, 1, 1}));
  EXPECT_EQ(columns.trigger, (std::vector<std::uint8_t>{0, 0, 0, 1}));
  EXPECT_EQ(columns.series[1], -1);
  EXPECT_EQ(watch.series[static_cast<std::size_t>(columns.series[2])].of, "x0");
  EXPECT_LE(series(watch, "x0", "psi").p[2], 0.002);
  EXPECT_GT(series(watch, "x0", "psi").value[2], series(watch, "x0", "psi").limit[2]);
}

TEST(Watch, LabelsThatChangeBehindTheScoresAreABaseRateAndACalibrationAlarmAndNoOther) {
  WatchedStream stream(4, {.rows_a_day = 200,
                           .watched_rows_a_day = 200,
                           .day_effect = 0.2,
                           .shift_label = [](std::int64_t day) { return day < 7 ? 0.0 : 1.2; }});
  Watch watch = scores_of(stream);
  EXPECT_EQ(alarm(watch, "base_rate").stood, (std::vector<std::uint8_t>{0, 1, 1, 1}));
  EXPECT_EQ(alarm(watch, "calibration").stood, (std::vector<std::uint8_t>{0, 1, 1, 1}));
  EXPECT_EQ(alarm(watch, "score").stood, (std::vector<std::uint8_t>{0, 0, 0, 0}));
  EXPECT_GT(series(watch, "score", "base_rate").value[1], 0);
  EXPECT_LT(series(watch, "score", "calibration").value[1], 0) << "too little was predicted";
}

// Missing values are a bin of their own, categories have no order, lists are not watched.
TEST(Watch, NullsCategoriesAndLists) {
  WatchedStream stream(5, {.day_effect = 0.1});
  ColumnBuilder holes(Type::float64());
  ColumnBuilder list(Type::list(Type::int64()));
  ColumnBuilder level(Type::string());
  auto later = static_cast<std::int64_t>(stream.reference.size());
  for (std::int64_t row = 0; row < std::ssize(stream.time); ++row) {
    if (row >= later && row % 2 == 0)
      holes.append_null();
    else if (row % 10 == 1)
      holes.append_double(std::numeric_limits<double>::quiet_NaN());
    else
      holes.append_double(static_cast<double>(row % 97));
    list.child(0).append_int64(row);
    list.append_list();
    level.append_string(row < later || row % 3 > 0 ? (row % 2 == 0 ? "a" : "b") : "new");
  }
  Column columns[] = {holes.finish(), list.finish(), level.finish()};
  std::vector<WatchedColumn> named = {
      {"holes", &columns[0]}, {"list", &columns[1]}, {"level", &columns[2]}};
  ThreadPool pool(2);
  Watch watch = columns_watch(stream.rows(), named, kQuick, pool).value();
  EXPECT_EQ(watch.not_watched, std::vector<std::string>{"list"});
  EXPECT_EQ(alarm(watch, "columns").stood, (std::vector<std::uint8_t>{1, 1, 1, 1}));
  EXPECT_NEAR(series(watch, "holes", "ks").value[0], 0.5, 0.02) << "half of the rows have none";
  EXPECT_LE(series(watch, "level", "js").p[0], 0.002);
  for (const WatchSeries& one : watch.series)
    EXPECT_FALSE(one.of == "level" && one.statistic == "ks") << "categories have no order";
}

// Numbers of orders: every value is new, and that is no drift.
TEST(Watch, LevelsThatAreAlwaysNewAreNoDrift) {
  WatchedStream stream(6);
  ColumnBuilder order(Type::string());
  for (std::int64_t row = 0; row < std::ssize(stream.time); ++row)
    order.append_string("order " + std::to_string(row));
  Column column = order.finish();
  std::vector<WatchedColumn> named = {{"order", &column}};
  ThreadPool pool(1);
  Watch watch = columns_watch(stream.rows(), named, kQuick, pool).value();
  EXPECT_EQ(std::ranges::count(alarm(watch, "columns").stood, 1), 0);
}

TEST(Watch, AConstantThatChangesIsAnAlarm) {
  WatchedStream stream(7);
  ColumnBuilder version(Type::int64());
  auto later = static_cast<std::int64_t>(stream.reference.size());
  for (std::int64_t row = 0; row < std::ssize(stream.time); ++row)
    version.append_int64(row < later + 420 ? 5 : 6);
  Column column = version.finish();
  std::vector<WatchedColumn> named = {{"version", &column}};
  ThreadPool pool(1);
  Watch watch = columns_watch(stream.rows(), named, kQuick, pool).value();
  EXPECT_EQ(alarm(watch, "columns").stood, (std::vector<std::uint8_t>{0, 1, 1, 1}));
}

TEST(Watch, TooFewDaysHaveNoNullAndNoAlarm) {
  WatchedStream stream(8, {.reference_days = 7});
  Watch watch = scores_of(stream);
  EXPECT_NE(watch.why_no_null.find("7 days"), std::string::npos) << watch.why_no_null;
  for (const WatchAlarm& one : watch.alarms) EXPECT_TRUE(one.stood.empty());
  EXPECT_EQ(series(watch, "score", "psi").value.size(), 4U) << "the figures are there";
  EXPECT_TRUE(series(watch, "score", "psi").limit.empty());
}

TEST(Watch, ManyYearsAreLongerPeriods) {
  WatchedStream stream(9, {.watched_days = 1000, .watched_rows_a_day = 2, .numbers = 1});
  Watch watch = columns_of(stream);
  EXPECT_EQ(watch.periods.size(), 72U);
  EXPECT_EQ(watch.periods[0].end - watch.periods[0].begin, days(14));
}

TEST(Watch, OnlySoManyColumnsAreWatched) {
  WatchedStream stream(10, {.rows_a_day = 4, .watched_rows_a_day = 4, .numbers = 205});
  Watch watch = columns_of(stream);
  EXPECT_EQ(watch.not_watched.size(), 6U);
  EXPECT_EQ(watch.not_watched.back(), "level");
}

TEST(Watch, TheSameOnAnyNumberOfThreadsAndAnotherSeedIsAnother) {
  WatchedStream stream(11, {.watched_rows_a_day = 25, .numbers = 40});
  EXPECT_EQ(told(columns_of(stream, kQuick, 1)), told(columns_of(stream, kQuick, 3)));
  EXPECT_EQ(told(scores_of(stream, kQuick, 1)), told(scores_of(stream, kQuick, 3)));
  WatchOptions other = kQuick;
  other.seed = 1;
  EXPECT_NE(told(scores_of(stream)), told(scores_of(stream, other)));
}

TEST(Watch, OrderOfRowsDoesNotShow) {
  WatchedStream stream(12);
  std::string once = told(columns_of(stream));
  std::ranges::reverse(stream.later);
  EXPECT_EQ(told(columns_of(stream)), once);
}

TEST(Watch, WhatCannotBeWatchedIsRefused) {
  WatchedStream stream(13);
  ThreadPool pool(1);
  auto code = [&](const WatchOptions& options) {
    auto watch = scores_watch(stream.rows(), stream.judged(), options, pool);
    return watch ? Code::kInternal : watch.error().code();
  };
  EXPECT_EQ(code({.alpha = 0}), Code::kInvalid);
  EXPECT_EQ(code({.alpha = 0.3}), Code::kInvalid);
  EXPECT_EQ(code({.alpha = 0.01, .replicates = 100}), Code::kInvalid);
  EXPECT_EQ(code({.period = hours(30)}), Code::kInvalid);
  EXPECT_EQ(code({.block = hours(1)}), Code::kInvalid);
  stream.scores[5] = 1.5;
  EXPECT_EQ(code({}), Code::kInvalid);
  stream.scores[5] = 0.5;
  stream.labels[5] = 2;
  EXPECT_EQ(code({}), Code::kInvalid);
  stream.labels[5] = 1;
  stream.later.clear();
  EXPECT_EQ(code({}), Code::kInvalid);
}

TEST(Watch, StopsOnRequest) {
  WatchedStream stream(14);
  ThreadPool pool(1);
  CancelToken cancel;
  cancel.cancel();
  auto watch = columns_watch(stream.rows(), stream.named(), kQuick, pool, cancel);
  ASSERT_FALSE(watch);
  EXPECT_EQ(watch.error().code(), Code::kCancelled);
}

}  // namespace
}  // namespace lode
