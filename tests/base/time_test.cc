#include "base/time.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"

namespace lode {
namespace {

std::string read_duration(std::string_view input) {
  auto parsed = parse_duration(input);
  return parsed ? text(*parsed) : "error: " + parsed.error().message();
}

TEST(Duration, ParsesUnitsAndSums) {
  EXPECT_EQ(parse_duration("120m").value().us, 7'200'000'000);
  EXPECT_EQ(parse_duration("7h").value(), hours(7));
  EXPECT_EQ(parse_duration("0d").value(), days(0));
  EXPECT_EQ(parse_duration("1d12h").value(), hours(36));
  EXPECT_EQ(parse_duration("90s").value(), seconds(90));
  EXPECT_EQ(parse_duration("250ms").value(), milliseconds(250));
  EXPECT_EQ(parse_duration("10us").value(), microseconds(10));
  EXPECT_EQ(parse_duration("1d2h3m4s5ms6us").value().us, 93'784'005'006);
}

TEST(Duration, TextIsTheShortest) {
  EXPECT_EQ(read_duration("90s"), "1m30s");
  EXPECT_EQ(read_duration("0d"), "0s");
  EXPECT_EQ(read_duration("36h"), "1d12h");
  EXPECT_EQ(read_duration("1500us"), "1ms500us");
  EXPECT_EQ(text(minutes(-90)), "-1h30m");
  EXPECT_EQ(text(Duration{std::numeric_limits<std::int64_t>::min()}), "-106751991d4h54s775ms808us");
}

TEST(Duration, RefusesWithAReason) {
  for (const char* bad : {"", "5", "m", "-5m", "+5m", "5 m", " 5m", "5m ", "1.5h", "5M", "5min",
                          "5w", "1h1d", "1h1h", "5m30"})
    EXPECT_EQ(parse_duration(bad).error().code(), Code::kInvalid) << bad;
  EXPECT_EQ(parse_duration("5min").error().message(),
            "'5min' is not a duration: unknown unit 'min'; write for example 90s, 120m or 1d12h "
            "(units d h m s ms us, whole numbers)");
  EXPECT_TRUE(parse_duration("106751991d").has_value());
  EXPECT_FALSE(parse_duration("106751992d").has_value());
  EXPECT_FALSE(parse_duration("9223372036854775808us").has_value());
  EXPECT_FALSE(parse_duration("106751991d5h").has_value());
}

TEST(Duration, TextReadsBack) {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    Duration d{static_cast<std::int64_t>(random.next64() >> (1 + random.below(63)))};
    EXPECT_EQ(parse_duration(text(d)).value(), d) << text(d);
  }
}

TEST(Timestamp, ArithmeticSaturates) {
  EXPECT_EQ(Timestamp{5} - Timestamp{7}, microseconds(-2));
  EXPECT_EQ(Timestamp::earliest() - days(1), Timestamp::earliest());
  EXPECT_EQ(Timestamp::latest() + days(1), Timestamp::latest());
  EXPECT_EQ(day_number({0}), 0);
  EXPECT_EQ(day_number({-1}), -1);
  EXPECT_EQ(day_number(Timestamp{} + days(-2)), -2);
  EXPECT_EQ(day_number(Timestamp{} + days(3) - microseconds(1)), 2);
  EXPECT_EQ((Timestamp::latest() - Timestamp::earliest()).us,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ((-Duration{std::numeric_limits<std::int64_t>::min()}).us,
            std::numeric_limits<std::int64_t>::max());
}

std::string read_time(std::string_view input) {
  auto parsed = parse_timestamp(input);
  if (!parsed) return "error: " + parsed.error().message();
  return text(parsed->t) + (parsed->has_offset ? " given" : " local");
}

TEST(Timestamp, ParsesEveryForm) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z").value().t.us, 0);
  EXPECT_EQ(parse_timestamp("2001-01-29").value().t.us, 980'726'400'000'000);  // date -u +%s
  EXPECT_EQ(read_time("2001-01-29"), "2001-01-29T00:00:00Z local");
  EXPECT_EQ(read_time("2001-01-29 00:01"), "2001-01-29T00:01:00Z local");
  EXPECT_EQ(read_time("2001-01-29T00:01:02.345678Z"), "2001-01-29T00:01:02.345678Z given");
  EXPECT_EQ(read_time("2001-01-29 00:01:02.5"), "2001-01-29T00:01:02.500000Z local");
  EXPECT_EQ(read_time("2001-01-29T00:01:02+02:00"), "2001-01-28T22:01:02Z given");
  EXPECT_EQ(read_time("2001-01-29T00:01-0530"), "2001-01-29T05:31:00Z given");
  EXPECT_EQ(read_time("2000-02-29"), "2000-02-29T00:00:00Z local");
  EXPECT_EQ(read_time("0000-01-01"), "0000-01-01T00:00:00Z local");
  EXPECT_EQ(read_time("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z given");
  EXPECT_EQ(read_time("1969-12-31 23:59:59.999999Z"), "1969-12-31T23:59:59.999999Z given");
  EXPECT_EQ(parse_timestamp("1969-12-31 23:59:59.999999Z").value().t.us, -1);
}

TEST(Timestamp, RefusesWhatDoesNotExist) {
  for (const char* bad : {"",
                          "2001",
                          "2001-1-29",
                          "01-01-29",
                          "2001-02-29",
                          "1900-02-29",
                          "2001-02-30",
                          "2001-04-31",
                          "2001-13-01",
                          "2001-00-10",
                          "2001-01-00",
                          "2001-01-29T",
                          "2001-01-29 24:00",
                          "2001-01-29 12:60",
                          "2001-01-29 12",
                          "2001-01-29 12:00:60Z",
                          "2001-01-29 12:00:00.",
                          "2001-01-29 12:00:00.1234567",
                          "2001-01-29Z",
                          "2001-01-29 12:00 Z",
                          "2001-01-29 12:00z",
                          "2001-01-29 12:00+2",
                          "2001-01-29 12:00+02:60",
                          "2001-01-29 12:00+18:01",
                          "12001-01-29",
                          "-001-01-29",
                          "2001-01-29 12:00:00Zx",
                          " 2001-01-29",
                          "2001-01-29 ",
                          "2001/01/29",
                          "2001-01-2\0"})
    EXPECT_EQ(parse_timestamp(bad).error().code(), Code::kInvalid) << bad;
  EXPECT_EQ(read_time("2001-02-30"),
            "error: '2001-02-30' is not a time: there is no such day in that month; write for "
            "example 2001-01-29 or 2001-01-29T00:01:02Z");
  EXPECT_FALSE(parse_timestamp(std::string_view("2001-01-29\0", 11)).has_value());
}

TEST(Timestamp, ExtremesHaveATextOfTheirOwn) {
  // GNU date: date -u -d @-9223372036855 and @9223372036854.
  EXPECT_EQ(text(Timestamp::earliest()), "-290308-12-21T19:59:05.224192Z");
  EXPECT_EQ(text(Timestamp::latest()), "+294247-01-10T04:00:54.775807Z");
  EXPECT_EQ(micros_from_civil(civil_from_micros(Timestamp::earliest().us)),
            Timestamp::earliest().us);
  EXPECT_EQ(micros_from_civil(civil_from_micros(Timestamp::latest().us)), Timestamp::latest().us);
  EXPECT_EQ(micros_from_civil({.year = 300'000}), Timestamp::latest().us);
  EXPECT_EQ(micros_from_civil({.year = -300'000}), Timestamp::earliest().us);
}

TEST(Civil, KnownDays) {
  EXPECT_EQ(days_from_civil(1970, 1, 1), 0);
  EXPECT_EQ(days_from_civil(2000, 3, 1), 11'017);
  EXPECT_EQ(days_from_civil(1969, 12, 31), -1);
  EXPECT_EQ(days_from_civil(0, 3, 1), -719'468);
  EXPECT_EQ(civil_from_days(0).weekday, 4);       // Thursday
  EXPECT_EQ(civil_from_days(-1).weekday, 3);      // Wednesday
  EXPECT_EQ(civil_from_days(11'351).weekday, 1);  // 2001-01-29 was a Monday
  EXPECT_EQ(days_in_month(2000, 2), 29);
  EXPECT_EQ(days_in_month(1900, 2), 28);
}

// Day after day over the whole 800 years around now: the date advances by one, and comes back.
TEST(Civil, CountsEveryDay) {
  Civil expected{.year = 1600, .month = 1, .day = 1, .weekday = 6};
  for (std::int64_t day = days_from_civil(1600, 1, 1); day < days_from_civil(2400, 1, 1); ++day) {
    Civil got = civil_from_days(day);
    ASSERT_EQ(got, expected) << day;
    ASSERT_EQ(days_from_civil(got.year, got.month, got.day), day);
    expected.weekday = (expected.weekday + 1) % 7;
    if (++expected.day > days_in_month(expected.year, expected.month)) {
      expected.day = 1;
      if (++expected.month > 12) {
        expected.month = 1;
        ++expected.year;
      }
    }
  }
}

TEST(Clock, ManualClockMovesOnlyWhenTold) {
  ManualClock clock(Timestamp{1'000});
  EXPECT_EQ(clock.now(), Timestamp{1'000});
  clock.advance(milliseconds(2));
  EXPECT_EQ(clock.now(), Timestamp{3'000});
  EXPECT_EQ(clock.steady_ns(), 2'000'000);
  clock.set(Timestamp{0});
  EXPECT_EQ(clock.now(), Timestamp{0});
  EXPECT_EQ(clock.steady_ns(), 2'000'000);
}

TEST(Clock, SystemClockIsAfterThisWasWritten) {
  EXPECT_GT(system_clock().now(), parse_timestamp("2025-01-01").value().t);
  std::int64_t before = system_clock().steady_ns();
  EXPECT_GE(system_clock().steady_ns(), before);
}

}  // namespace
}  // namespace lode
