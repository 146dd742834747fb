// Retraining triggers: what makes challengers be trained, asked when a period begins. A trigger is
// a component (kind "trigger", one .cc in feedback/triggers/): it fires or it does not, with the
// figure it went by. What it may know is what was known when the period began.
//
// Threads: triggers are immutable; each may be asked from any thread. Cost: O(1).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/error.h"
#include "base/option_values.h"
#include "base/time.h"

namespace lode {

// An alarm of the monitor (monitor/watch.h) over what was live in a period, at the period's end.
struct AlarmStanding {
  std::string name;  // "calibration"
  bool stood = false;
  double p = 1;            // that it comes of no drift
  std::string furthest{};  // what stood, with its figure and limit; "" if nothing did
};

// What is known when a period begins.
struct TriggerEvidence {
  Duration since_trained{};   // since challengers were trained; 0 before the first time
  bool trained = false;       // challengers were, once
  std::int64_t new_rows = 0;  // whose label became known since then, or since the walk began
  // Period by period since what is live was made, the last is the one just ended. An alarm that
  // could not be raised in a period (few days, no labels) is not among those of it.
  std::span<const std::vector<AlarmStanding>> alarms{};
};

struct TriggerAnswer {
  bool fired = false;
  double value = 0;   // in the trigger's unit
  double limit = 0;   // it fires from here on
  std::string why{};  // a sentence with both
};

class Trigger {
 public:
  Trigger() = default;
  Trigger(const Trigger&) = delete;
  Trigger& operator=(const Trigger&) = delete;
  virtual ~Trigger() = default;
  virtual TriggerAnswer ask(const TriggerEvidence& evidence) const = 0;
};

// What the Component of a trigger points to with `factory`.
struct TriggerKind {
  std::unique_ptr<Trigger> (*make)(const OptionValues& options);
};

// Errors: kNotFound with the nearest name; kInvalid for options it does not take.
Result<std::unique_ptr<Trigger>> make_trigger(
    std::string_view name, std::span<const std::pair<std::string, std::string>> options);

}  // namespace lode
