#include "base/component.h"
#include "base/math.h"
#include "monitor/drift.h"

namespace lode {
namespace {

double stability_index(const BinnedRows& reference, const BinnedRows& now) {
  auto added = static_cast<double>(now.rows.size()) / 2;
  double all_reference = sum_of(reference.rows) + added;
  double all_now = sum_of(now.rows) + added;
  double index = 0;
  for (std::size_t b = 0; b < now.rows.size(); ++b) {
    double p = (reference.rows[b] + 0.5) / all_reference;
    double q = (now.rows[b] + 0.5) / all_now;
    index += (q - p) * portable_log(q / p);
  }
  return index;
}

constexpr DriftDetector kPsi = {
    .name = "psi", .degree = 2, .least = 0.01, .usual = 0.25, .statistic = stability_index};

constinit const Component kComponent = {
    .kind = "drift",
    .name = kPsi.name,
    .summary = "population stability index over bins of the reference",
    .description =
        "The sum over bins of (q - p) ln(q / p), p the reference's shares and q the period's, half "
        "a row added to every bin so that an empty one is finite. Bins are fitted on the reference "
        "and have about equal counts; rows without a value are a bin of their own.\n"
        "Weakness: grows with the number of bins and falls with the number of rows (no drift, 10 "
        "bins, 100 rows: 0.19 on average), so 0.1 and 0.25, which people go by, mean nothing "
        "without its null; new values of a bin that was empty count for much.\n"
        "Cost: a logarithm a bin.",
    .example = "psi",
    .options = {},
    .factory = &kPsi,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
