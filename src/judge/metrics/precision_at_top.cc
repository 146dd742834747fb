// Precision of the rows that score highest, as many as somebody can act on: a share of all rows, or
// a number of them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/component.h"
#include "judge/metric.h"

namespace lode {
namespace {

struct Capacity {
  double share = 0;  // of the rows; 0 = the number below
  double rows = 0;
};

class PrecisionAtTop final : public PreparedMetric {
 public:
  PrecisionAtTop(const Sample& sample, Capacity capacity)
      : capacity_(capacity), cell_(sample.ranking().cell), weight_of_block_(sample.blocks()) {
    for (std::size_t i = 0; i < sample.rows(); ++i)
      weight_of_block_[sample.block(i)] += sample.weight(i);
    if (!sample.weighted()) return;
    weight_.reserve(cell_.size());
    for (std::uint32_t row : sample.ranking().row) weight_.push_back(sample.weight(row));
  }

  // From the highest score down until the capacity is full.
  double value(std::span<const double> draws) const override {
    double all = 0;
    for (std::size_t b = 0; b < draws.size(); ++b) all += draws[b] * weight_of_block_[b];
    double room = capacity_.share > 0 ? capacity_.share * all : std::min(capacity_.rows, all);
    if (!(room > 0)) return std::numeric_limits<double>::quiet_NaN();
    double left = room;
    double hits = 0;
    double rows = 0;  // of the current run of equal scores
    double positives = 0;
    for (std::size_t i = cell_.size(); i-- > 0 && left > 0;) {
      double weight = draws[cell_[i] >> 2];
      if (!weight_.empty()) weight *= weight_[i];
      rows += weight;
      positives += weight * static_cast<double>(cell_[i] & 1);
      bool ties_with_next = (cell_[i] & 2) != 0;
      if (ties_with_next || rows == 0) continue;
      double taken = std::min(rows, left);
      hits += positives * (taken / rows);
      left -= taken;
      rows = positives = 0;
    }
    return hits / room;
  }

 private:
  Capacity capacity_;
  std::vector<std::uint32_t> cell_;  // copied: a prepared metric outlives its sample
  std::vector<double> weight_;       // by rank; empty = 1 each
  std::vector<double> weight_of_block_;
};

// A metric has no options, so that a name is one number.
template <int kPercent, int kRows>
std::unique_ptr<PreparedMetric> prepare(const Sample& sample) {
  return std::make_unique<PrecisionAtTop>(
      sample, Capacity{.share = kPercent / 100.0, .rows = static_cast<double>(kRows)});
}

template <int kPercent, int kRows>
constexpr Metric metric_named(std::string_view name) {
  return {.name = name,
          .better = Direction::kHigher,
          .needs_probability = false,
          .needs_ranking = true,
          .prepare = prepare<kPercent, kRows>,
          .undefined = "have they any weight?"};
}

constexpr Metric kMetrics[] = {
    metric_named<1, 0>("precision_at_1pct"), metric_named<5, 0>("precision_at_5pct"),
    metric_named<10, 0>("precision_at_10pct"), metric_named<0, 100>("precision_at_100"),
    metric_named<0, 1000>("precision_at_1000")};

constexpr Component component_of(const Metric& metric, std::string_view summary,
                                 std::string_view example) {
  return {
      .kind = "metric",
      .name = metric.name,
      .summary = summary,
      .description =
          "What those find who can look at so many rows and no more, whatever the scores are worth "
          "as probabilities. Of a run of equal scores at the edge a part is taken, and hits as the "
          "run does on average. Of fewer rows than there is room for all are taken. A random score "
          "has the base rate.",
      .example = example,
      .options = {},
      .factory = &metric};
}

constinit const Component kComponents[] = {
    component_of(kMetrics[0], "share of label 1 among the 1 % of the rows that score highest",
                 "metric: precision_at_1pct"),
    component_of(kMetrics[1], "share of label 1 among the 5 % of the rows that score highest",
                 "metric: precision_at_5pct"),
    component_of(kMetrics[2], "share of label 1 among the 10 % of the rows that score highest",
                 "metric: precision_at_10pct"),
    component_of(kMetrics[3], "share of label 1 among the 100 rows that score highest",
                 "metric: precision_at_100"),
    component_of(kMetrics[4], "share of label 1 among the 1000 rows that score highest",
                 "metric: precision_at_1000")};
const Registration registrations[] = {Registration(kComponents[0]), Registration(kComponents[1]),
                                      Registration(kComponents[2]), Registration(kComponents[3]),
                                      Registration(kComponents[4])};

}  // namespace
}  // namespace lode
