#include "base/component.h"
#include "feedback/alarm_trigger.h"

namespace lode {
namespace {

std::unique_ptr<Trigger> make(const OptionValues& options) {
  return alarm_trigger(options.text("of"), options.integer("stands"));
}

constexpr TriggerKind kKind = {make};
constexpr Option kOptions[] = {{"of", OptionType::kChoice, "score", "what must have moved", -1e308,
                                1e308, "score|columns|base_rate"},
                               kStandsOption};

constinit const Component kComponent = {
    .kind = "trigger",
    .name = "drift",
    .summary = "inputs or scores have moved away from those of the training rows",
    .description =
        "Fires when the monitor's alarm over the scores of what is live (`of: score`), over the "
        "columns it reads (`columns`) or over how often the label is 1 (`base_rate`) stood at the "
        "end of the last period and in two of the last three (`stands`).\n"
        "False alarms: as of calibration, for each alarm that is asked.\n"
        "Weakness: drift is not harm. A good model follows a world that moves, and a season is "
        "drift too; a trigger costs a training and a share of the gate's alpha.",
    .example = "when: [{drift: {of: columns}}]",
    .options = kOptions,
    .factory = &kKind,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
