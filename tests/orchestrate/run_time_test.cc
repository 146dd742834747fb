#include "orchestrate/run_time.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(TimePlan, WithoutALimitNothingEnds) {
  ManualClock clock(Timestamp{});
  TimePlan plan(clock, {.give_up = true}, CancelToken());
  EXPECT_FALSE(plan.give_up());
  EXPECT_EQ(plan.whole().time_left(), CancelToken::kForever);
  EXPECT_EQ(plan.share(0.1).time_left(), CancelToken::kForever);
}

TEST(TimePlan, WhatSomebodyDeclaredStopsAtTheLimit) {
  ManualClock clock(Timestamp{});
  clock.advance(seconds(3));  // the command began before it knew its project
  TimePlan plan(clock, {.limit = seconds(100), .began_ns = 0}, CancelToken());
  EXPECT_EQ(plan.whole().time_left(), seconds(97));
  EXPECT_EQ(plan.models().time_left(), seconds(97));
  EXPECT_EQ(plan.share(0.5).time_left(), milliseconds(48'500));
}

// 4 % are kept for the report, and a report that is nearly written has 7.6 % more.
TEST(TimePlan, WhatMayBeGivenUpLeavesTimeForTheReport) {
  ManualClock clock(Timestamp{});
  TimePlan plan(clock, {.limit = seconds(100), .began_ns = 0, .give_up = true}, CancelToken());
  EXPECT_EQ(plan.models().time_left(), seconds(96));
  EXPECT_GT(plan.whole().time_left(), seconds(107));
  EXPECT_LT(plan.whole().time_left(), seconds(108));
  clock.advance(seconds(56));
  EXPECT_EQ(plan.share(0.25).time_left(), seconds(10));
  clock.advance(seconds(41));
  EXPECT_TRUE(plan.models().cancelled());
  EXPECT_FALSE(plan.whole().cancelled());
  TimePlan small(clock, {.limit = seconds(1), .began_ns = clock.steady_ns(), .give_up = true},
                 CancelToken());
  EXPECT_EQ(small.models().time_left(), milliseconds(850));
}

TEST(TimePlan, WhatThereIsNoTimeForIsNamedOrStops) {
  ManualClock clock{Timestamp{}};
  Status over = std::unexpected(Error(Code::kLimit, "over"));
  RunReport report;
  TimePlan plan(clock, {.limit = seconds(100), .began_ns = clock.steady_ns(), .give_up = true},
                CancelToken());
  EXPECT_FALSE(plan.given_up(over, "a curve", report)) << "the time is not over: it was the memory";
  clock.advance(seconds(98));
  EXPECT_FALSE(plan.given_up(std::unexpected(Error(Code::kIo, "gone")), "a curve", report));
  EXPECT_TRUE(report.given_up.empty());
  EXPECT_TRUE(plan.given_up(over, "a curve", report));
  EXPECT_EQ(report.given_up, std::vector<std::string>{"a curve: no time was left for it"});
  TimePlan declared(clock, {.limit = seconds(50), .began_ns = 0, .give_up = false}, CancelToken());
  EXPECT_FALSE(declared.given_up(over, "a curve", report));
}

// What the models behind want: 40 and 10 s of searches, and a twentieth of the limit of one
// without.
TEST(TimePlan, ModelsShareAsTheyWantForTheirSearches) {
  Project project;
  project.models.resize(3);
  project.models[0].tune.emplace().time = seconds(40);
  project.models[1].tune.emplace().time = seconds(10);
  RunTime time{.limit = seconds(200)};
  EXPECT_DOUBLE_EQ(part_of_time(project, project.models[0], time), 40.0 / 60);
  EXPECT_DOUBLE_EQ(part_of_time(project, project.models[1], time), 0.5);
  EXPECT_DOUBLE_EQ(part_of_time(project, project.models[2], time), 1);
}

TEST(TimePlan, WhatIsLeftIsSaid) {
  RunReport report;
  report.time_limit = seconds(2);
  EXPECT_TRUE(check_models_left(report));
  report.given_up = {"model late: no time was left for it"};
  EXPECT_EQ(check_models_left(report).error().message(),
            "not one model could be made within --time-limit 2s; give more");
  report.models.resize(1);
  report.models[0].name = "base";
  EXPECT_TRUE(check_models_left(report));
  ASSERT_EQ(report.given_up.size(), 2U);
  EXPECT_EQ(report.given_up[1].find("a verdict: base alone was made"), 0U);
  Project project;
  project.models.resize(4);
  EXPECT_EQ(time_is_over({.limit = seconds(2)}, "load x", report, project).message(),
            "--time-limit 2s was over at 'load x'; kept: what was read of 0 of 0 sources, 1 of 4 "
            "models; the same command again, with more time, does not read again what was read");
  EXPECT_EQ(time_is_over({.limit = seconds(2), .give_up = true}, "x", {}, project).message(),
            "--time-limit 2s was over at 'x', before a model was made; give more");
}

TEST(TimePlan, ALimitThatIsPastIsOver) {
  ManualClock clock(Timestamp{});
  clock.advance(seconds(5));
  TimePlan plan(clock, {.limit = seconds(2), .began_ns = 0}, CancelToken());
  EXPECT_EQ(plan.whole().check().error().code(), Code::kLimit);
}

}  // namespace
}  // namespace lode
