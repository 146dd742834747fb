#include <fmt/format.h>

#include "base/component.h"
#include "feedback/trigger.h"

namespace lode {
namespace {

class Schedule : public Trigger {
 public:
  explicit Schedule(Duration every) : every_(every) {}

  TriggerAnswer ask(const TriggerEvidence& evidence) const override {
    constexpr double kDay = 86'400e6;
    TriggerAnswer answer{.fired = !evidence.trained || evidence.since_trained >= every_,
                         .value = static_cast<double>(evidence.since_trained.us) / kDay,
                         .limit = static_cast<double>(every_.us) / kDay};
    if (!evidence.trained)
      answer.why = "challengers have not been trained yet";
    else
      answer.why = fmt::format("{} since challengers were trained, {} asked for",
                               text(evidence.since_trained), text(every_));
    return answer;
  }

 private:
  Duration every_;
};

std::unique_ptr<Trigger> make(const OptionValues& options) {
  return std::make_unique<Schedule>(options.duration("every"));
}

constexpr TriggerKind kKind = {make};
constexpr Option kOptions[] = {{"every", OptionType::kDuration, "0s",
                                "the least time between two trainings; 0s: each period"}};

constinit const Component kComponent = {
    .kind = "trigger",
    .name = "schedule",
    .summary = "so much time has gone by",
    .description =
        "Fires when challengers have never been trained, or not for so long (by whatever "
        "trigger). Beside other triggers it is the longest that they may be silent.",
    .example = "when: [calibration, {schedule: {every: 91d}}]",
    .options = kOptions,
    .factory = &kKind,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
