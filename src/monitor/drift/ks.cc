#include <algorithm>
#include <cmath>

#include "base/component.h"
#include "monitor/drift.h"

namespace lode {
namespace {

double largest_gap(const BinnedRows& reference, const BinnedRows& now) {
  double all_reference = sum_of(reference.rows);
  double all_now = sum_of(now.rows);
  if (all_reference == 0 || all_now == 0) return 0;
  double below_reference = 0;
  double below_now = 0;
  double largest = 0;
  for (std::size_t b = 0; b < now.rows.size(); ++b) {
    below_reference += reference.rows[b] / all_reference;
    below_now += now.rows[b] / all_now;
    largest = std::max(largest, std::abs(below_now - below_reference));
  }
  return largest;
}

constexpr DriftDetector kKs = {
    .name = "ks", .ordered_only = true, .degree = 1, .least = 0.02, .statistic = largest_gap};

constinit const Component kComponent = {
    .kind = "drift",
    .name = kKs.name,
    .summary = "Kolmogorov-Smirnov distance: the largest gap of the two distribution functions",
    .description =
        "The largest difference of the shares at or below a value, at the edges of the bins; rows "
        "without a value count as lowest of all. Of categories it means nothing and is not asked.\n"
        "Weakness: blind in the tails; the gap of two shifts is that of the larger; its own "
        "textbook limits take rows as independent, which rows of one day are not, and with many "
        "rows call everything significant. The null from days does neither.\n"
        "Cost: O(bins).",
    .example = "ks",
    .options = {},
    .factory = &kKs,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
