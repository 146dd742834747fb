#include "monitor/block_null.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "base/random.h"

namespace lode {
namespace {

constexpr std::uint64_t kStream = 0x6d6f6e69;  // apart from those of other draws of a seed

void add(std::span<const double> what, std::span<double> to) {
  for (std::size_t i = 0; i < what.size(); ++i) to[i] += what[i];
}

// Chi-square of an even number of degrees of freedom: a sum of exponentials.
double chi_square(Random& random, std::size_t freedom) {
  double sum = 0;
  for (std::size_t i = 0; i < freedom / 2; ++i) sum -= 2 * portable_log(1 - random.unit());
  return sum;
}

}  // namespace

void DayCells::sum_days() {
  whole.assign(days * stride(), 0);
  for (std::size_t unit = 0; unit < days * per_day; ++unit)
    add(std::span(slices).subspan(unit * stride(), stride()),
        std::span(whole).subspan(unit / per_day * stride(), stride()));
}

BinnedRows binned(std::span<const double> sums, const DayCells& cells) {
  BinnedRows out{
      .rows = sums.first(cells.bins), .predicted = {}, .observed = {}, .ordered = cells.ordered};
  if (!cells.judged) return out;
  out.predicted = sums.subspan(cells.bins, cells.bins);
  out.observed = sums.subspan(2 * cells.bins, cells.bins);
  return out;
}

double days_alike(const DayCells& cells, DriftOf of) {
  std::size_t values = of == DriftOf::kValues ? cells.bins : 1;
  std::vector<double> daily;  // day x value
  std::vector<double> mean(values);
  for (std::size_t day = 0; day < cells.days; ++day) {
    BinnedRows rows =
        binned(std::span(cells.whole).subspan(day * cells.stride(), cells.stride()), cells);
    double all = sum_of(rows.rows);
    if (of == DriftOf::kLabels) daily.push_back(share_of(sum_of(rows.observed), all));
    if (of == DriftOf::kPredictions)
      daily.push_back(share_of(sum_of(rows.predicted) - sum_of(rows.observed), all));
    if (of == DriftOf::kLosses) daily.push_back(share_of(sum_of(rows.predicted), all));
    if (of == DriftOf::kValues)
      for (double count : rows.rows) daily.push_back(share_of(count, all));
    for (std::size_t v = 0; v < values; ++v)
      mean[v] += daily[day * values + v] / static_cast<double>(cells.days);
  }
  double variance = 0;
  double together = 0;
  for (std::size_t i = 0; i < daily.size(); ++i) {
    double from_mean = daily[i] - mean[i % values];
    variance += from_mean * from_mean;
    if (i >= values) together += from_mean * (daily[i - values] - mean[i % values]);
  }
  return share_of(together, variance);
}

std::size_t run_length(std::size_t days, double alike) {
  constexpr double kOneInTwenty = 1.64;  // of days that are not alike
  auto count = static_cast<double>(days);
  if (alike * std::sqrt(count) <= kOneInTwenty) return 1;
  std::size_t run = 2;
  while (run * run * run < days) ++run;
  // The nearest cube, and runs enough to draw from.
  if (run > 2 && days - (run - 1) * (run - 1) * (run - 1) < run * run * run - days) --run;
  return std::min(run, days / 4);
}

NullDraws::NullDraws(std::size_t days, std::size_t run, DrawnShape shape, std::size_t replicates,
                     std::uint64_t seed)
    : days_(days), shape_(shape) {
  period_.reserve(replicates * shape.days);
  reference_.reserve(replicates * days);
  std::size_t runs = days / run;
  std::size_t freedom = std::max<std::size_t>(2, (runs - 1) / 2 * 2);
  double too_alike = static_cast<double>(runs) / static_cast<double>(runs - 1);
  for (std::size_t r = 0; r < replicates; ++r) {
    Random random(seed, kStream + r);
    // Runs go on at the beginning where they would pass the end, so all days are as likely.
    for (std::size_t at = 0; at < shape.days; at += run) {
      std::size_t first = random.below(days);
      for (std::size_t i = 0; i < std::min(run, shape.days - at); ++i) {
        auto slice = static_cast<std::uint32_t>(shape.slices < kSlices ? random.below(kSlices) : 0);
        period_.push_back({static_cast<std::uint32_t>((first + i) % days), slice});
      }
    }
    for (std::size_t at = 0; at < days; at += run) {
      std::size_t first = random.below(days);
      for (std::size_t i = 0; i < std::min(run, days - at); ++i)
        reference_.push_back(static_cast<std::uint32_t>((first + i) % days));
    }
    double drawn = std::max(1e-9, chi_square(random, freedom));
    spread_.push_back(std::sqrt(too_alike * static_cast<double>(freedom) / drawn));
  }
}

void NullDraws::add_period(const DayCells& cells, std::size_t replicate,
                           std::span<double> sums) const {
  std::size_t stride = cells.stride();
  for (const Unit& unit : std::span(period_).subspan(replicate * shape_.days, shape_.days)) {
    if (shape_.slices == kSlices) {
      add(std::span(cells.whole).subspan(unit.day * stride, stride), sums);
      continue;
    }
    for (std::size_t i = 0; i < shape_.slices; ++i) {
      std::size_t at = unit.day * cells.per_day + (unit.slice + i) % kSlices;
      add(std::span(cells.slices).subspan(at * stride, stride), sums);
    }
  }
}

std::vector<std::vector<double>> NullDraws::sizes(
    const DayCells& cells, std::span<const DriftDetector* const> detectors) const {
  std::size_t stride = cells.stride();
  std::vector<std::vector<double>> out(detectors.size());
  std::vector<double> now(stride);
  std::vector<double> reference(stride);
  for (std::size_t r = 0; r < replicates(); ++r) {
    std::ranges::fill(now, 0);
    std::ranges::fill(reference, 0);
    add_period(cells, r, now);
    for (std::uint32_t day : std::span(reference_).subspan(r * days_, days_))
      add(std::span(cells.whole).subspan(day * stride, stride), reference);
    for (std::size_t d = 0; d < detectors.size(); ++d) {
      double value = detectors[d]->statistic(binned(reference, cells), binned(now, cells));
      double size = size_of(*detectors[d], value);
      for (int i = 0; i < detectors[d]->degree; ++i) size *= spread_[r];
      out[d].push_back(size);
    }
  }
  return out;
}

}  // namespace lode
