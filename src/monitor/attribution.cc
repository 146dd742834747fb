#include "monitor/attribution.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace lode {

std::vector<DriftCause> drift_causes(const Watch& watch, std::size_t period,
                                     const ColumnWeights& weights) {
  std::vector<DriftCause> out;
  double all = 0;
  for (const WatchSeries& series : watch.series) {
    if (series.statistic != "psi" || series.typical.empty()) continue;
    auto weight = std::ranges::find(weights, series.of, &ColumnWeights::value_type::first);
    if (weight == weights.end()) continue;
    double beyond = series.value[period] - series.typical[period];
    if (!(beyond > 0) || !(weight->second > 0)) continue;
    double part = std::sqrt(beyond) * weight->second;
    all += part;
    out.push_back({series.of, part, series.value[period], weight->second});
  }
  for (DriftCause& cause : out) cause.share /= all;
  std::ranges::stable_sort(out, std::ranges::greater{}, &DriftCause::share);
  return out;
}

}  // namespace lode
