#include "judge/reliability.h"

#include <algorithm>

namespace lode {

ReliabilityTable::ReliabilityTable(const Sample& sample, std::size_t bins) : bins_(bins) {
  std::vector<double> lower_edge;  // of bins 1, 2, ...; bin 0 begins at the smallest score
  std::size_t n = sample.rows();
  for (std::size_t k = 1; k < bins; ++k)
    lower_edge.push_back(sample.score(sample.ranking().row[k * n / bins]));
  sums_.resize(sample.blocks() * bins);
  for (std::size_t i = 0; i < n; ++i) {
    double score = sample.score(i);
    double weight = sample.weight(i);
    auto bin =
        static_cast<std::size_t>(std::ranges::upper_bound(lower_edge, score) - lower_edge.begin());
    Sums& sums = sums_[sample.block(i) * bins + bin];
    sums.weight += weight;
    sums.predicted += weight * score;
    if (sample.label(i) == 1) sums.observed += weight;
  }
}

std::size_t ReliabilityTable::fill(std::span<const double> draws,
                                   std::span<ReliabilityBin> into) const {
  std::size_t filled = 0;
  for (std::size_t bin = 0; bin < bins_; ++bin) {
    Sums total;
    for (std::size_t b = 0; b < draws.size(); ++b) {
      const Sums& sums = sums_[b * bins_ + bin];
      total.weight += draws[b] * sums.weight;
      total.predicted += draws[b] * sums.predicted;
      total.observed += draws[b] * sums.observed;
    }
    if (total.weight > 0)
      into[filled++] = {total.weight, total.predicted / total.weight,
                        total.observed / total.weight};
  }
  return filled;
}

Result<std::vector<ReliabilityBin>> reliability(const ScoredRows& rows, std::size_t bins) {
  if (bins < 1 || bins > 10'000)
    return fail(Code::kInvalid, "{} reliability bins; give 1 to 10000", bins);
  Blocks all = one_block(rows.score.size());
  TRY(Sample sample, Sample::make_ranked(rows, all));
  for (std::size_t i = 0; i < sample.rows(); ++i)
    if (sample.score(i) < 0 || sample.score(i) > 1)
      return fail(Code::kInvalid, "row {}: score {} is not a probability", i, sample.score(i));
  std::vector<ReliabilityBin> curve(bins);
  const double once = 1;
  curve.resize(ReliabilityTable(sample, bins).fill({&once, 1}, curve));
  return curve;
}

}  // namespace lode
