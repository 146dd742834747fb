#include "monitor/drift.h"

#include <string>

#include "base/component.h"

namespace lode {

std::vector<const DriftDetector*> all_drift_detectors() {
  std::vector<const DriftDetector*> all;
  for (const Component* component : components("drift"))
    all.push_back(static_cast<const DriftDetector*>(component->factory));
  return all;
}

Result<const DriftDetector*> find_drift_detector(std::string_view name) {
  if (const Component* component = find_component("drift", name))
    return static_cast<const DriftDetector*>(component->factory);
  std::vector<std::string_view> known;
  std::string list;
  for (const DriftDetector* detector : all_drift_detectors()) {
    known.push_back(detector->name);
    list += list.empty() ? "" : ", ";
    list += detector->name;
  }
  std::string_view guess = nearest(name, known);
  if (!guess.empty())
    return fail(Code::kNotFound, "unknown drift detector '{}'; did you mean '{}'?", name, guess);
  return fail(Code::kNotFound, "unknown drift detector '{}'; known are {}", name, list);
}

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum;
}

double share_of(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace lode
