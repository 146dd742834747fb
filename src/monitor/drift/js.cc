#include <algorithm>
#include <cmath>

#include "base/component.h"
#include "base/math.h"
#include "monitor/drift.h"

namespace lode {
namespace {

// p ln(p / m), 0 where p is.
double relative_to(double p, double m) { return p > 0 ? p * portable_log(p / m) : 0; }

double distance(const BinnedRows& reference, const BinnedRows& now) {
  constexpr double kLn2 = 0.69314718055994530942;
  double all_reference = sum_of(reference.rows);
  double all_now = sum_of(now.rows);
  if (all_reference == 0 || all_now == 0) return 0;
  double divergence = 0;
  for (std::size_t b = 0; b < now.rows.size(); ++b) {
    double p = reference.rows[b] / all_reference;
    double q = now.rows[b] / all_now;
    divergence += relative_to(p, (p + q) / 2) + relative_to(q, (p + q) / 2);
  }
  return std::sqrt(std::clamp(divergence / (2 * kLn2), 0.0, 1.0));
}

constexpr DriftDetector kJs = {
    .name = "js", .degree = 1, .least = 0.03, .usual = 0.1, .statistic = distance};

constinit const Component kComponent = {
    .kind = "drift",
    .name = kJs.name,
    .summary = "Jensen-Shannon distance of the shares of bins, 0 to 1",
    .description =
        "The root of the Jensen-Shannon divergence with base 2 (Lin, 1991; a metric: Endres and "
        "Schindelin, 2003): 0 for equal shares, 1 where no bin has rows of both. Empty bins need "
        "nothing added to them.\n"
        "Weakness: cannot tell far from farther once nothing is shared; blind to movement inside "
        "a bin; its mean under no drift grows with bins and falls with rows, as that of psi "
        "does.\n"
        "Cost: two logarithms a bin.",
    .example = "js",
    .options = {},
    .factory = &kJs,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
