// The monitor: how models are watched on the rows behind their training rows.
#include "project/loading.h"

namespace lode {

void load_monitor(Loading& loading, const YamlNode& monitor) {
  CheckedMap part(loading.shape, monitor);
  MonitorRules& rules = loading.project.monitor;
  rules.alpha = bounded_number(loading, part.find("alpha"), rules.alpha, 0.002, 0.2);
  auto whole_days = [&](std::string_view key, Duration fallback) {
    std::optional<Duration> given = part.duration(key);
    if (!given) return fallback;
    if (given->us > 0 && given->us % days(1).us == 0) return *given;
    loading.problems().add(part.find(key)->place,
                           fmt::format("'{}' is of whole days, such as 7d", key));
    return fallback;
  };
  rules.period = whole_days("period", rules.period);
  rules.block = whole_days("block", rules.block);
}

}  // namespace lode
