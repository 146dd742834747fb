#include "base/component.h"
#include "feedback/alarm_trigger.h"

namespace lode {
namespace {

std::unique_ptr<Trigger> make(const OptionValues& options) {
  return alarm_trigger("calibration", options.integer("stands"));
}

constexpr TriggerKind kKind = {make};
constexpr Option kOptions[] = {kStandsOption};

constinit const Component kComponent = {
    .kind = "trigger",
    .name = "calibration",
    .summary = "what is live predicts what does not come true",
    .description =
        "Fires when the monitor's alarm of calibration over what is live stood at the end of the "
        "last period and in two of the last three (`stands`).\n"
        "False alarms: in periods in which nothing drifts the alarm stands in at most the "
        "monitor's "
        "alpha, and so does the trigger fire; with two of three in about a tenth of that.\n"
        "Weakness: needs labels that are known when the period begins; a model may be calibrated "
        "and still worse than a newer one (see loss).",
    .example = "when: [{calibration: {stands: 1}}]",
    .options = kOptions,
    .factory = &kKind,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
