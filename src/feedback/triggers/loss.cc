#include "base/component.h"
#include "feedback/alarm_trigger.h"

namespace lode {
namespace {

std::unique_ptr<Trigger> make(const OptionValues& options) {
  return alarm_trigger("loss", options.integer("stands"));
}

constexpr TriggerKind kKind = {make};
constexpr Option kOptions[] = {kStandsOption};

constinit const Component kComponent = {
    .kind = "trigger",
    .name = "loss",
    .summary = "what is live has a greater loss than where it was put live",
    .description =
        "Fires when the mean loss of what is live (log-loss of labels, squared error of numbers) "
        "in the last period lies above that of the rows on which it was found good: as much "
        "evidence as the gate looks at, up to when it became live or from there on. Held against "
        "what whole days of these rows do by chance, one-sided.\n"
        "False alarms: as of calibration.\n"
        "Weakness: a harder week is a greater loss without a worse model; needs labels, and eight "
        "days of rows that what is live has scored.",
    .example = "when: loss",
    .options = kOptions,
    .factory = &kKind,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
