#include "monitor/attribution.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/monitor/watched_stream.h"

namespace lode {
namespace {

WatchSeries psi(std::string of, double value, double typical) {
  return {
      .of = std::move(of), .statistic = "psi", .value = {0, value}, .typical = {typical, typical}};
}

// By hand: roots of .09 and .01 are .3 and .1, times 1 and 2: of .5 together.
TEST(Attribution, IsHowFarAColumnMovedTimesWhatTheModelMakesOfIt) {
  Watch watch;
  watch.series = {psi("a", 0.11, 0.02), psi("b", 0.03, 0.02), psi("still", 0.01, 0.02),
                  psi("unread", 0.9, 0.02), psi("score", 0.5, 0.02)};
  auto causes = drift_causes(watch, 1, {{"b", 2}, {"a", 1}, {"still", 5}, {"unread", 0}});
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_EQ(causes[0].column, "a");
  EXPECT_NEAR(causes[0].share, 0.3 / 0.5, 1e-9);
  EXPECT_EQ(causes[0].psi, 0.11);
  EXPECT_EQ(causes[1].column, "b");
  EXPECT_NEAR(causes[1].share, 0.2 / 0.5, 1e-9);
  EXPECT_EQ(causes[1].weight, 2);
  EXPECT_TRUE(drift_causes(watch, 0, {{"a", 1}}).empty()) << "nothing had moved";
}

// 50 streams in which x0 moves: it is named first, whatever else the model reads.
TEST(Attribution, ThePlantedColumnIsNamedFirst) {
  ThreadPool pool(2);
  int first = 0;
  double share = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    WatchedStream stream(7000 + seed,
                         {.day_effect = 0.3, .shift_x0 = [](std::int64_t) { return 1.5; }});
    Watch watch = columns_watch(stream.rows(), stream.named(), {.replicates = 199}, pool).value();
    auto causes = drift_causes(watch, 0, {{"x0", 0.4}, {"x1", 0.4}, {"x2", 0.4}, {"level", 0.4}});
    ASSERT_FALSE(causes.empty());
    first += causes[0].column == "x0" ? 1 : 0;
    share += causes[0].share / 50;
  }
  EXPECT_EQ(first, 50);
  EXPECT_GT(share, 0.6);
}

}  // namespace
}  // namespace lode
