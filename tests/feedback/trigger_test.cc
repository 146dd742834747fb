// Each retraining trigger on evidence made by hand.
// covers: feedback/alarm_trigger, feedback/triggers/calibration, feedback/triggers/drift
// covers: feedback/triggers/loss, feedback/triggers/new_rows, feedback/triggers/schedule
#include "feedback/trigger.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace lode {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

TriggerAnswer ask(std::string_view name, const Options& options, const TriggerEvidence& evidence) {
  auto trigger = make_trigger(name, options);
  EXPECT_TRUE(trigger) << trigger.error().text();
  return trigger ? (*trigger)->ask(evidence) : TriggerAnswer{};
}

// Periods in which an alarm stood ('x'), did not ('.') or could not be raised ('?').
std::vector<std::vector<AlarmStanding>> periods(const std::string& alarm, std::string_view what) {
  std::vector<std::vector<AlarmStanding>> out;
  for (char one : what) {
    std::vector<AlarmStanding>& alarms = out.emplace_back();
    alarms.push_back({.name = "another", .stood = true, .p = 0.001, .furthest = "another psi"});
    if (one == 'x')
      alarms.push_back({alarm, true, 0.0005, "score calibration +0.0880, above 0.08"});
    if (one == '.') alarms.push_back({alarm, false, 0.4, ""});
  }
  return out;
}

TEST(Trigger, AScheduleFiresAtFirstAndWhenItsTimeIsOver) {
  EXPECT_TRUE(ask("schedule", {}, {}).fired);
  EXPECT_TRUE(ask("schedule", {}, {.since_trained = days(7), .trained = true}).fired)
      << "every period if nothing is said";
  Options monthly = {{"every", "28d"}};
  EXPECT_TRUE(ask("schedule", monthly, {}).fired);
  TriggerAnswer early = ask("schedule", monthly, {.since_trained = days(21), .trained = true});
  EXPECT_FALSE(early.fired);
  EXPECT_EQ(early.value, 21);
  EXPECT_EQ(early.limit, 28);
  EXPECT_EQ(early.why, "21d since challengers were trained, 28d asked for");
  EXPECT_TRUE(ask("schedule", monthly, {.since_trained = days(28), .trained = true}).fired);
}

TEST(Trigger, NewRowsAreCounted) {
  Options thousand = {{"rows", "1000"}};
  TriggerAnswer few = ask("new_rows", thousand, {.new_rows = 999});
  EXPECT_FALSE(few.fired);
  EXPECT_EQ(few.why, "999 rows have got their label since the walk began, 1000 asked for");
  EXPECT_TRUE(ask("new_rows", thousand, {.trained = true, .new_rows = 1000}).fired);
}

TEST(Trigger, AnAlarmMustStandInTheLastPeriodAndInSoManyOfThree) {
  for (auto [name, alarm] : {std::pair("calibration", "calibration"), std::pair("loss", "loss"),
                             std::pair("drift", "score")}) {
    auto fired = [&](std::string_view what, const Options& options) {
      auto alarms = periods(alarm, what);
      return ask(name, options, {.alarms = alarms}).fired;
    };
    for (std::string_view quiet : {"", ".", "x", "x.", "xx.", "..x", "x..x", "?x", "xx?", "x???"})
      EXPECT_FALSE(fired(quiet, {})) << name << " " << quiet;
    for (std::string_view loud : {"xx", "x.x", ".xx", "xxx", "..xx", "x?x"})
      EXPECT_TRUE(fired(loud, {})) << name << " " << loud;
    EXPECT_TRUE(fired("x", {{"stands", "1"}}));
    EXPECT_FALSE(fired("x.", {{"stands", "1"}}));
    EXPECT_FALSE(fired("x.x", {{"stands", "3"}}));
    EXPECT_TRUE(fired("xxx", {{"stands", "3"}}));
  }
}

TEST(Trigger, DriftGoesByTheAlarmThatIsNamed) {
  auto columns = periods("columns", "xx");
  EXPECT_FALSE(ask("drift", {}, {.alarms = columns}).fired) << "scores, if nothing is said";
  EXPECT_TRUE(ask("drift", {{"of", "columns"}}, {.alarms = columns}).fired);
  EXPECT_FALSE(ask("drift", {{"of", "base_rate"}}, {.alarms = columns}).fired);
}

TEST(Trigger, TheAnswerHasTheFigureItWentBy) {
  auto alarms = periods("calibration", ".xx");
  TriggerAnswer answer = ask("calibration", {}, {.alarms = alarms});
  EXPECT_EQ(answer.value, 2);
  EXPECT_EQ(answer.limit, 2);
  EXPECT_EQ(answer.why,
            "the alarm 'calibration' of what is live stood in 2 of the last 3 periods, 2 are asked "
            "for; in the last score calibration +0.0880, above 0.08, p 0.0005");
  alarms = periods("calibration", "x.");
  EXPECT_EQ(ask("calibration", {{"stands", "1"}}, {.alarms = alarms}).why,
            "the alarm 'calibration' of what is live stood in 1 of the last 2 periods, 1 is asked "
            "for; not in the last, p 0.4000");
  EXPECT_EQ(ask("loss", {}, {}).why, "no period of what is live has been watched yet");
}

TEST(Trigger, WhatIsNoneIsRefused) {
  EXPECT_EQ(make_trigger("calibraton", {}).error().code(), Code::kNotFound);
  EXPECT_NE(make_trigger("calibraton", {}).error().message().find("calibration"),
            std::string::npos);
  for (const auto& [name, options] :
       {std::pair("new_rows", Options{}), std::pair("loss", Options{{"stands", "4"}}),
        std::pair("drift", Options{{"of", "weather"}}),
        std::pair("schedule", Options{{"at", "1d"}})})
    EXPECT_EQ(make_trigger(name, options).error().code(), Code::kInvalid) << name;
}

// Nothing is known yet: only a schedule says that somebody must begin.
TEST(Trigger, NoneButAScheduleFiresBeforeAnythingIsKnown) {
  for (const Component* component : components("trigger")) {
    Options needed;
    for (const Option& option : component->options)
      if (option.fallback.empty()) needed.emplace_back(option.name, "1");
    TriggerAnswer answer = ask(component->name, needed, {});
    EXPECT_EQ(answer.fired, component->name == "schedule") << component->name;
    EXPECT_FALSE(answer.why.empty()) << component->name;
  }
}

}  // namespace
}  // namespace lode
