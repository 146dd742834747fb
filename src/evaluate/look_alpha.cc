#include "evaluate/look_alpha.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "base/math.h"
#include "base/random.h"
#include "judge/distributions.h"

namespace lode {
namespace {

constexpr std::size_t kDraws = 200'000;
constexpr double kLeastAlpha = 0.001;    // 200 draws above the level
constexpr std::int64_t kMostLooks = 64;  // drawn together
constexpr std::uint64_t kSeed = 1977;

// Of the unit normal law, by the polar method (Marsaglia and Bray, 1964).
double normal(Random& random) {
  while (true) {
    double x = 2 * random.unit() - 1;
    double y = 2 * random.unit() - 1;
    double square = x * x + y * y;
    if (square > 0 && square < 1) return x * std::sqrt(-2 * portable_log(square) / square);
  }
}

struct Largest {
  std::vector<double> growing;  // over looks at 1, 2, ... periods
  std::vector<double> moving;   // over looks at the last `looks` periods
};

// Of each draw, the largest statistic of the looks that share one of its periods: the last of the
// growing ones, the `looks`th of the moving ones.
Largest draw(std::size_t looks) {
  Largest out;
  std::vector<double> sums(2 * looks);  // of the first i periods
  for (std::size_t r = 0; r < kDraws; ++r) {
    Random random(kSeed, r);
    for (std::size_t i = 1; i < sums.size(); ++i) sums[i] = sums[i - 1] + normal(random);
    double growing = -std::numeric_limits<double>::infinity();
    double moving = growing;
    for (std::size_t k = 1; k <= looks; ++k) {
      growing = std::max(growing, sums[k] / std::sqrt(static_cast<double>(k)));
      moving = std::max(moving, sums[k + looks - 1] - sums[k - 1]);
    }
    out.growing.push_back(growing);
    out.moving.push_back(moving / std::sqrt(static_cast<double>(looks)));
  }
  return out;
}

// The level of one look that alpha of the draws are beyond, less a tenth and two standard errors of
// it: looks of few days agree less than means do, since each has its own error of them.
double level(std::vector<double>& largest, double alpha) {
  constexpr double kOfFewDays = 0.9;
  double draws = kDraws;
  double beyond = kOfFewDays * alpha * draws - 2 * std::sqrt(alpha * (1 - alpha) * draws);
  auto at = largest.end() - static_cast<std::ptrdiff_t>(std::max(1.0, std::floor(beyond)));
  std::ranges::nth_element(largest, at);
  return 1 - normal_cdf(*at);
}

}  // namespace

double look_alpha(double alpha, std::int64_t looks) {
  if (looks <= 1) return alpha;
  double union_bound = alpha / static_cast<double>(looks);
  if (alpha < kLeastAlpha) return union_bound;
  if (std::int64_t groups = (looks - 1) / kMostLooks + 1; groups > 1)
    return look_alpha(alpha / static_cast<double>(groups), kMostLooks);
  Largest largest = draw(static_cast<std::size_t>(looks));
  double found = std::min(level(largest.growing, alpha), level(largest.moving, alpha));
  return std::clamp(found, union_bound, alpha);
}

}  // namespace lode
