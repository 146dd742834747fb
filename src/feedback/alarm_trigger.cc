#include "feedback/alarm_trigger.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lode {
namespace {

class AlarmTrigger : public Trigger {
 public:
  AlarmTrigger(std::string alarm, std::int64_t stands)
      : alarm_(std::move(alarm)), stands_(stands) {}

  TriggerAnswer ask(const TriggerEvidence& evidence) const override {
    TriggerAnswer answer{.limit = static_cast<double>(stands_)};
    if (evidence.alarms.empty()) {
      answer.why = "no period of what is live has been watched yet";
      return answer;
    }
    std::size_t periods = std::min<std::size_t>(evidence.alarms.size(), kTriggerLookBack);
    std::int64_t stood = 0;
    for (const std::vector<AlarmStanding>& alarms : evidence.alarms.last(periods))
      if (const AlarmStanding* alarm = find(alarms); alarm != nullptr && alarm->stood) ++stood;
    answer.value = static_cast<double>(stood);
    const AlarmStanding* last = find(evidence.alarms.back());
    answer.fired = last != nullptr && last->stood && stood >= stands_;
    answer.why = fmt::format(
        "the alarm '{}' of what is live stood in {} of the last {} periods, {} "
        "{} asked for; {}",
        alarm_, stood, periods, stands_, stands_ == 1 ? "is" : "are", last_text(last));
    return answer;
  }

 private:
  const AlarmStanding* find(const std::vector<AlarmStanding>& alarms) const {
    auto found = std::ranges::find(alarms, alarm_, &AlarmStanding::name);
    return found == alarms.end() ? nullptr : &*found;
  }

  static std::string last_text(const AlarmStanding* last) {
    if (last == nullptr) return "in the last it could not be raised";
    if (last->stood) return fmt::format("in the last {}, p {:.4f}", last->furthest, last->p);
    return fmt::format("not in the last, p {:.4f}", last->p);
  }

  std::string alarm_;
  std::int64_t stands_;
};

}  // namespace

std::unique_ptr<Trigger> alarm_trigger(std::string alarm, std::int64_t stands) {
  return std::make_unique<AlarmTrigger>(std::move(alarm), stands);
}

}  // namespace lode
