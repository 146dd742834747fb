// How often the watch cries without a reason, and how late it is with one, on simulated streams.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "monitor/watch.h"
#include "tests/monitor/watched_stream.h"

namespace lode {
namespace {

constexpr int kStreams = 500;

// Shares of periods in which each alarm stood, and in which it was a trigger.
struct Rates {
  std::map<std::string, double> stood;
  std::map<std::string, double> trigger;
};

Watch watched(const WatchedStream& stream, const WatchOptions& options, ThreadPool& pool) {
  auto columns = columns_watch(stream.rows(), stream.named(), options, pool);
  auto scores = scores_watch(stream.rows(), stream.judged(), options, pool);
  EXPECT_TRUE(columns && scores);
  append_watch(*columns, *std::move(scores));
  return *std::move(columns);
}

Rates rates_of(const StreamShape& shape, WatchOptions options) {
  ThreadPool pool(2);
  Rates rates;
  std::map<std::string, double> periods;
  for (int seed = 0; seed < kStreams; ++seed) {
    options.seed = static_cast<std::uint64_t>(seed);
    Watch watch = watched(WatchedStream(options.seed, shape), options, pool);
    for (const WatchAlarm& alarm : watch.alarms)
      for (std::size_t p = 0; p < alarm.stood.size(); ++p) {
        periods[alarm.name] += 1;
        rates.stood[alarm.name] += alarm.stood[p];
        rates.trigger[alarm.name] += alarm.trigger[p];
      }
  }
  for (auto& [name, rate] : rates.stood) rate /= periods[name];
  for (auto& [name, rate] : rates.trigger) rate /= periods[name];
  for (const auto& [name, rate] : rates.stood)
    std::printf("  %-12s stood in %.4f of %.0f periods, trigger in %.4f\n", name.c_str(), rate,
                periods[name], rates.trigger[name]);
  return rates;
}

constexpr WatchOptions kQuick{.replicates = 499};

// 500 streams of 28 and of 12 days in which nothing drifts but every day has its luck: each alarm
// stands in at most alpha of 2,000 periods (its standard error is .006: periods of a stream share
// its reference), and two of three in far fewer.
TEST(WatchRates, WhereNothingDriftsAlarmsKeepToTheirBudget) {
  for (std::int64_t reference_days : {28, 12}) {
    std::printf("%d days\n", static_cast<int>(reference_days));
    Rates rates = rates_of({.reference_days = reference_days}, kQuick);
    ASSERT_EQ(rates.stood.size(), 4U);
    for (const auto& [name, rate] : rates.stood) EXPECT_LT(rate, 0.065) << name;
    for (const auto& [name, rate] : rates.trigger) EXPECT_LT(rate, 0.02) << name;
    EXPECT_GT(rates.stood["base_rate"], 0.035) << "an alarm that never stands keeps it too";
  }
}

// Periods of a quarter of the rows, and of four times as many: no more false alarms than stated.
TEST(WatchRates, FewerAndMoreRowsKeepToTheBudgetToo) {
  for (std::int64_t rows : {15, 240}) {
    std::printf("%d rows a day\n", static_cast<int>(rows));
    for (const auto& [name, rate] : rates_of({.watched_rows_a_day = rows}, kQuick).stood)
      EXPECT_LT(rate, 0.065) << name << " " << rows;
  }
}

// Days that are alike (autocorrelation .64, as that of late flights in January 2001) need runs.
// Four weeks are too short a history to keep to the budget; how far it is missed is told as it is.
TEST(WatchRates, DaysThatAreAlikeAreDrawnInRuns) {
  std::printf("28 days, drawn one by one\n");
  WatchOptions single = kQuick;
  single.block = days(1);
  Rates one_by_one = rates_of({.day_to_day = 0.64}, single);
  std::printf("28 days\n");
  Rates runs = rates_of({.day_to_day = 0.64}, kQuick);
  std::printf("91 days\n");
  Rates longer = rates_of({.reference_days = 91, .day_to_day = 0.64}, kQuick);
  for (std::string_view name : {"base_rate", "calibration", "columns"}) {
    std::string key(name);
    EXPECT_LT(runs.stood[key], 0.8 * one_by_one.stood[key]) << name;
    EXPECT_LT(longer.stood[key], 0.7 * runs.stood[key]) << name;
    EXPECT_LT(longer.trigger[key], 0.03) << name;
  }
  EXPECT_LT(runs.stood["base_rate"], 0.19);
  EXPECT_LT(longer.stood["base_rate"], 0.1);
}

// How many weeks go by until an alarm stands and until it is a trigger, planted in the first week.
TEST(WatchRates, LargerDriftIsFoundSooner) {
  constexpr int kPlanted = 100;
  ThreadPool pool(2);
  struct Found {
    double alarm = 0;
    double trigger = 0;
    int never = 0;
  };
  auto weeks_to = [](const std::vector<std::uint8_t>& flags) {
    return 1 + static_cast<double>(std::ranges::find(flags, 1) - flags.begin());
  };
  auto found = [&](const StreamShape& shape, std::string_view name) {
    Found out;
    for (std::uint64_t seed = 0; seed < kPlanted; ++seed) {
      WatchOptions options = kQuick;
      options.seed = seed;
      Watch watch = watched(WatchedStream(1000 + seed, shape), options, pool);
      auto alarm = std::ranges::find(watch.alarms, name, &WatchAlarm::name);
      out.alarm += weeks_to(alarm->stood) / kPlanted;
      out.trigger += weeks_to(alarm->trigger) / kPlanted;
      out.never += std::ranges::find(alarm->stood, 1) == alarm->stood.end() ? 1 : 0;
    }
    return out;
  };
  Found last{.alarm = 9, .trigger = 9, .never = kPlanted};
  for (double shift : {0.5, 1.0, 2.0}) {
    Found at =
        found({.watched_days = 56, .shift_x0 = [=](std::int64_t) { return shift; }}, "columns");
    Found label = found({.watched_days = 56, .shift_label = [=](std::int64_t) { return shift; }},
                        "calibration");
    std::printf("shift %.1f: column in %.2f weeks, trigger %.2f, never %d; label %.2f, %.2f, %d\n",
                shift, at.alarm, at.trigger, at.never, label.alarm, label.trigger, label.never);
    EXPECT_LT(at.alarm, last.alarm);
    EXPECT_LE(at.never, last.never);
    last = at;
    if (shift == 2.0) {
      EXPECT_LT(at.alarm, 1.2);
      EXPECT_LT(label.alarm, 1.2);
      EXPECT_LT(label.trigger, 2.3);
    }
  }
}

}  // namespace
}  // namespace lode
