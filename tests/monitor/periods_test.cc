#include "monitor/periods.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

// Days 0 (4 rows), 2 (4 rows) of the reference; days 9 (1 row), 10 (3), 30 (4) watched.
struct Days {
  Days() {
    add(reference, 0, 4);
    add(reference, 2, 4);
    add(watched, 9, 1);
    add(watched, 10, 3);
    add(watched, 30, 4);
  }
  void add(std::vector<std::int64_t>& side, std::int64_t day, int rows) {
    for (int i = 0; i < rows; ++i) {
      side.push_back(std::ssize(time));
      time.push_back(day * kDay + i);
    }
  }
  std::vector<std::int64_t> time;
  std::vector<std::int64_t> reference;
  std::vector<std::int64_t> watched;
};

TEST(WatchCalendar, DaysWithRowsAndPeriodsWithRows) {
  Days d;
  WatchCalendar calendar({d.time, d.reference, d.watched}, days(7));
  EXPECT_EQ(calendar.reference_days(), 2U) << "a day without rows is none";
  EXPECT_EQ(calendar.day_of()[3], 0U);
  EXPECT_EQ(calendar.day_of()[4], 1U);
  ASSERT_EQ(calendar.periods().size(), 2U) << "a period without rows is none";
  EXPECT_EQ(calendar.periods()[0].begin.us, 9 * kDay);
  EXPECT_EQ(calendar.periods()[0].end.us, 16 * kDay);
  EXPECT_EQ(calendar.periods()[0].days, 2);
  EXPECT_EQ(calendar.periods()[1].begin.us, 30 * kDay);
  EXPECT_EQ(calendar.period_of()[7], 1U);
}

TEST(WatchCalendar, APeriodOfFewerRowsIsDrawnOfPartsOfDays) {
  Days d;
  WatchCalendar calendar({d.time, d.reference, d.watched}, days(7));
  // 4 rows of 2 days, whose days in the reference have 4 each: half of them.
  EXPECT_EQ(calendar.shape(calendar.periods()[0]), (DrawnShape{2, 4}));
  EXPECT_EQ(calendar.shape(calendar.periods()[1]), (DrawnShape{1, kSlices}));
}

TEST(WatchCalendar, DaysBefore1970) {
  Days d;
  for (std::int64_t& t : d.time) t -= 100 * kDay;
  WatchCalendar calendar({d.time, d.reference, d.watched}, days(7));
  EXPECT_EQ(calendar.reference_days(), 2U);
  EXPECT_EQ(calendar.periods()[0].begin.us, -91 * kDay);
}

}  // namespace
}  // namespace lode
