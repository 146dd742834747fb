#include "mine/search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/math.h"
#include "base/random.h"
#include "judge/distributions.h"

namespace lode {
namespace {

constexpr std::uint64_t kSpread = 6;  // points before the others' losses are asked
constexpr std::uint64_t kAttempts = 64;
constexpr std::uint64_t kChoosingAttempts = 8;
constexpr std::size_t kDraws = 24;
constexpr double kBetterShare = 0.25;
constexpr std::uint64_t kStream = std::uint64_t{0x74756e65} << 32;

// The digits of `index` in base `base`, mirrored at the point.
double mirrored(std::uint64_t index, std::uint64_t base) {
  double place = 1;
  double out = 0;
  for (; index > 0; index /= base) {
    place /= static_cast<double>(base);
    out += place * static_cast<double>(index % base);
  }
  return out;
}

std::uint64_t next_prime(std::uint64_t after) {
  for (std::uint64_t n = after + 1;; ++n) {
    bool prime = true;
    for (std::uint64_t d = 2; d * d <= n && prime; ++d) prime = n % d != 0;
    if (prime) return n;
  }
}

std::vector<double> spread(std::size_t axes, std::uint64_t seed, std::uint64_t number) {
  Random shift(seed, kStream);
  std::vector<double> point;
  std::uint64_t base = 1;
  for (std::size_t i = 0; i < axes; ++i) {
    base = next_prime(base);
    double at = mirrored(number, base) + shift.unit();
    point.push_back(at >= 1 ? at - 1 : at);
  }
  return point;
}

// A mean of bumps at points, and a flat part as large as one of them.
class Density {
 public:
  Density(std::size_t axes, std::vector<const TriedPoint*> points)
      : axes_(axes), points_(std::move(points)) {
    // Scott's rule (1992) of points spread like a uniform draw, and never a spike.
    constexpr double kUniformDeviation = 0.29;
    constexpr double kNarrowest = 0.07;
    double power = -1.0 / (static_cast<double>(axes) + 4);
    width_ = std::max(kNarrowest, kUniformDeviation *
                                      portable_pow(static_cast<double>(points_.size()) + 1, power));
  }

  std::vector<double> draw(Random& random) const {
    std::uint64_t which = random.below(points_.size() + 1);
    std::vector<double> out;
    for (std::size_t i = 0; i < axes_; ++i) {
      double unit = random.unit();
      if (which < points_.size())
        unit = reflected(points_[which]->point[i] +
                         width_ * normal_quantile(std::clamp(unit, 1e-12, 1 - 1e-12)));
      out.push_back(unit);
    }
    return out;
  }

  double at(std::span<const double> x) const {
    double sum = 1;
    double scale = portable_pow(width_ * std::sqrt(2 * kPi), -static_cast<double>(axes_));
    for (const TriedPoint* one : points_) {
      double squares = 0;
      for (std::size_t i = 0; i < axes_; ++i)
        squares += (x[i] - one->point[i]) * (x[i] - one->point[i]);
      sum += scale * portable_exp(-squares / (2 * width_ * width_));
    }
    return sum / (static_cast<double>(points_.size()) + 1);
  }

 private:
  static constexpr double kPi = 3.14159265358979323846;
  static double reflected(double x) {
    if (x < 0) x = -x;
    if (x > 1) x = 2 - x;
    return std::clamp(x, 0.0, 1.0);
  }

  std::size_t axes_;
  std::vector<const TriedPoint*> points_;
  double width_ = 1;
};

}  // namespace

std::vector<double> next_point(std::size_t axes, std::uint64_t seed, std::uint64_t number,
                               std::uint64_t attempt, std::span<const TriedPoint> tried) {
  if (number <= kSpread && attempt == 0) return spread(axes, seed, number);
  std::vector<const TriedPoint*> order;
  for (const TriedPoint& one : tried) order.push_back(&one);
  std::ranges::stable_sort(order, {}, [](const TriedPoint* one) { return one->loss; });
  auto better =
      static_cast<std::size_t>(std::ceil(kBetterShare * static_cast<double>(tried.size())));
  auto split = order.begin() + static_cast<std::ptrdiff_t>(better);
  Density good(axes, {order.begin(), split});
  Density rest(axes, {split, order.end()});
  Random random(seed, kStream + 1 + number * kAttempts + attempt);
  std::vector<double> best;
  // Where every point of the likeliest corner is one and the same choice, others must come forward:
  // each attempt chooses among fewer draws, the last ones are anywhere.
  if (attempt >= kChoosingAttempts) {
    for (std::size_t i = 0; i < axes; ++i) best.push_back(random.unit());
    return best;
  }
  double best_ratio = -1;
  for (std::size_t d = 0; d < std::max<std::size_t>(1, kDraws >> attempt); ++d) {
    std::vector<double> point = good.draw(random);
    double ratio = good.at(point) / rest.at(point);
    if (ratio > best_ratio) best_ratio = ratio, best = std::move(point);
  }
  return best;
}

}  // namespace lode
