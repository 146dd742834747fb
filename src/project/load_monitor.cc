// The monitor: how models are watched on the rows behind their training rows.
#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "project/loading.h"

namespace lode {

namespace {

// A column of some training set; what a set that is broken has nobody can say.
void read_column(Loading& loading, const YamlNode& column) {
  std::vector<std::string> names;
  for (const auto& [set, scope] : loading.training) {
    if (scope.unusable || scope.broken.contains(column.text)) return;
    for (std::string& name : names_of(scope.schema)) names.push_back(std::move(name));
  }
  if (std::ranges::find(names, column.text) != names.end()) {
    loading.project.monitor.columns.push_back(column.text);
    return;
  }
  loading.problems().add(column.place, unknown_word("column of a training set", column.text,
                                                    std::span<const std::string>(names)));
}

}  // namespace

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
  rules.reference = part.range("reference").value_or(TimeRange{});
  if (const YamlNode* columns = part.find("columns"))
    for (const YamlNode& column : columns->items) read_column(loading, column);
}

}  // namespace lode
