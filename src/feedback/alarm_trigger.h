// Triggers that go by an alarm of the monitor: they fire when it stood at the end of the period
// just ended and in so many of the last three. An alarm stands in at most the monitor's `alpha` of
// the periods in which nothing drifts, so no such trigger fires in more of them; one that asks for
// two periods fires in far fewer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "feedback/trigger.h"

namespace lode {

inline constexpr std::int64_t kTriggerLookBack = 3;  // periods

inline constexpr Option kStandsOption = {
    "stands",
    OptionType::kInt,
    "2",
    "in how many of the last three periods the alarm must have stood, the last one among them",
    1,
    kTriggerLookBack};

// `alarm` as monitor/watch.h calls it; `stands` 1 .. kTriggerLookBack.
std::unique_ptr<Trigger> alarm_trigger(std::string alarm, std::int64_t stands);

}  // namespace lode
