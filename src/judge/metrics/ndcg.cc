// Normalised discounted cumulative gain of all rows in one list.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>

#include "base/component.h"
#include "base/math.h"
#include "judge/metric.h"

namespace lode {
namespace {

constexpr double kMostPlaces = 1 << 24;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// What the first x places of a list count for: 1 / log2(i + 1) of place i, and of a place that is
// filled in part that part.
class Discounts {
 public:
  explicit Discounts(double places) : sum_(1, 0.0) {
    auto count = static_cast<std::size_t>(std::ceil(std::min(places, kMostPlaces)));
    sum_.reserve(count + 1);
    for (std::size_t i = 1; i <= count; ++i) sum_.push_back(sum_.back() + of_place(i));
  }
  double first(double places) const {
    auto whole = static_cast<std::size_t>(places);
    double part = places - static_cast<double>(whole);
    double sum = sum_[std::min(whole, sum_.size() - 1)];
    for (std::size_t i = sum_.size(); i <= whole; ++i) sum += of_place(i);
    return sum + part * of_place(whole + 1);
  }

 private:
  static double of_place(std::size_t place) {
    constexpr double kLn2 = 0.69314718055994530942;
    return kLn2 / portable_log(static_cast<double>(place) + 1);
  }
  std::vector<double> sum_;  // of the first i places
};

// Rows in an order, best first, with the runs that may not be told apart.
struct Order {
  std::vector<std::uint32_t> block;
  std::vector<double> weight;
  std::vector<double> gain;
  std::vector<std::uint8_t> ends;  // 1 for the last of a run

  void add(const Sample& sample, std::size_t row, bool last) {
    block.push_back(sample.block(row));
    weight.push_back(sample.weight(row));
    gain.push_back(sample.target(row));
    ends.push_back(last ? 1 : 0);
  }
  double gained(std::span<const double> draws, const Discounts& discounts) const {
    double filled = 0;
    double before = 0;  // what the filled places count for
    double sum = 0;
    double rows = 0;  // of the current run
    double gains = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      double times = draws[block[i]] * weight[i];
      rows += times;
      gains += times * gain[i];
      if (ends[i] == 0 || rows == 0) continue;
      filled += rows;
      double after = discounts.first(filled);
      sum += gains / rows * (after - before);
      before = after;
      rows = gains = 0;
    }
    return sum;
  }
};

class Ndcg final : public PreparedMetric {
 public:
  explicit Ndcg(const Sample& sample)
      : weight_of_block_(sample.blocks()), discounts_(places_of(sample)) {
    const Sample::Ranking& ranking = sample.ranking();
    for (std::size_t rank = ranking.row.size(); rank-- > 0;)
      by_score_.add(sample, ranking.row[rank], (ranking.cell[rank] & 2) == 0);
    std::vector<std::uint32_t> best(sample.rows());
    std::iota(best.begin(), best.end(), 0U);
    std::ranges::stable_sort(best, std::greater<>(), [&](auto row) { return sample.target(row); });
    for (std::uint32_t row : best) by_gain_.add(sample, row, true);
    for (std::size_t i = 0; i < sample.rows(); ++i) {
      weight_of_block_[sample.block(i)] += sample.weight(i);
      if (sample.target(i) < 0 && sample.weight(i) > 0) negative_ = true;
    }
  }

  double value(std::span<const double> draws) const override {
    double rows = std::inner_product(draws.begin(), draws.end(), weight_of_block_.begin(), 0.0);
    if (negative_ || rows > kMostPlaces) return kNan;
    return by_score_.gained(draws, discounts_) / by_gain_.gained(draws, discounts_);
  }

 private:
  // A replicate draws as many rows, give or take; one that draws more adds what is missing.
  static double places_of(const Sample& sample) {
    double places = 0;
    for (std::size_t i = 0; i < sample.rows(); ++i) places += sample.weight(i);
    return 1.5 * places;
  }

  std::vector<double> weight_of_block_;
  Discounts discounts_;
  Order by_score_;
  Order by_gain_;
  bool negative_ = false;
};

std::unique_ptr<PreparedMetric> prepare_ndcg(const Sample& sample) {
  return std::make_unique<Ndcg>(sample);
}

constexpr Metric kMetric = {
    .name = "ndcg",
    .better = Direction::kHigher,
    .needs_probability = false,
    .needs_ranking = true,
    .prepare = prepare_ndcg,
    .judges = Judges::kBoth,
    .undefined = "is a target below 0, or is none above, or are there more than 16,777,216?"};

constinit const Component kComponent = {
    .kind = "metric",
    .name = kMetric.name,
    .summary = "gain of all rows in order of score, as a share of the best order's",
    .description =
        "All rows are one list, not one a query: sum of target / log2(place + 1) in descending "
        "order of score, over the same in descending order of target. The gain is the target "
        "itself, a number that is not below 0 or a label; rows of equal score share their places, "
        "as in scikit-learn's ndcg_score (Jarvelin and Kekalainen, 2002, Cumulated gain-based "
        "evaluation). Long lists are near 1 whatever the order: compare, do not admire. A "
        "replicate of the bootstrap is two passes over the rows; 48 bytes a row; at most "
        "16,777,216 rows.",
    .example = "metric: ndcg",
    .options = {},
    .factory = &kMetric,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
