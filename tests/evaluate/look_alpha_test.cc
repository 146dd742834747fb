// What a look of a walk may spend: against published boundaries, and against what the rule is for.
// covers: evaluate/look_alpha
#include "evaluate/look_alpha.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "base/math.h"
#include "base/random.h"
#include "evaluate/alpha_ledger.h"
#include "judge/distributions.h"

namespace lode {
namespace {

// Jennison and Turnbull (2000, table 2.1), Pocock's constants of two-sided tests: 2.178 for two
// looks at .05 (that is .025 one-sided: .0147 each), 2.361 for four (.0091), 2.512 for eight.
TEST(LookAlpha, IsNotAbovePococksLevelAndNearIt) {
  for (auto [looks, constant] : {std::pair(2, 2.178), std::pair(4, 2.361), std::pair(8, 2.512)}) {
    double pocock = 1 - normal_cdf(constant);
    double found = look_alpha(0.025, looks);
    EXPECT_LT(found, pocock * 1.005) << looks;
    // Looks that move on share less, which takes a few percent; a tenth is for few days.
    EXPECT_GT(found, pocock * 0.75) << looks;
  }
}

TEST(LookAlpha, LiesBetweenTheUnionBoundAndAlpha) {
  EXPECT_EQ(look_alpha(0.05, 1), 0.05);
  double last = 0.05;
  for (std::int64_t looks : {2, 4, 13, 26, 52}) {
    double found = look_alpha(0.05, looks);
    EXPECT_GE(found, 0.05 / static_cast<double>(looks));
    EXPECT_LT(found, last) << looks;
    EXPECT_EQ(look_alpha(0.05, looks), found) << "always the same";
    last = found;
  }
  EXPECT_DOUBLE_EQ(look_alpha(1e-5, 10), 1e-6) << "too small to be drawn";
  EXPECT_EQ(look_alpha(0.05, 128), look_alpha(0.025, 64)) << "two groups";
  EXPECT_DOUBLE_EQ(look_alpha(0.05, 10'000), 0.05 / 157 / 64) << "157 groups of 64, too small each";
}

// ---- a walk: a period is a week of days, each look goes back `back` periods

using Spend = std::function<std::vector<double>(int back, int periods)>;

std::vector<double> by_level(int back, int periods) {
  return std::vector(static_cast<std::size_t>(periods), look_alpha(0.05, back));
}
std::vector<double> by_ledger(int back, int periods) {
  AlphaLedger ledger(0.05);
  std::vector<double> out;
  for (int k = 1; k <= periods; ++k) {
    Period rows{Timestamp{std::max(0, k - back)}, Timestamp{k}};
    out.push_back(ledger.allowed(rows));
    ledger.spend(rows, out.back());
  }
  return out;
}
std::vector<double> by_union(int back, int periods) {
  return std::vector(static_cast<std::size_t>(periods), 0.05 / back);
}

double normal(Random& random) {
  while (true) {
    double x = 2 * random.unit() - 1;
    double y = 2 * random.unit() - 1;
    double square = x * x + y * y;
    if (square > 0 && square < 1) return x * std::sqrt(-2 * portable_log(square) / square);
  }
}

// Of 1,000 walks whose days differ by `gain` (their deviation is 1), the share that promotes within
// `periods`, by Student's t as the gate's.
double promoted(const Spend& spend, double gain, int back, int periods) {
  constexpr int kWalks = 1'000;
  std::vector<double> alpha = spend(back, periods);
  int count = 0;
  for (int walk = 0; walk < kWalks; ++walk) {
    Random random(static_cast<std::uint64_t>(walk), 83);
    std::vector<double> days;
    for (int k = 1; k <= periods; ++k) {
      for (int i = 0; i < 7; ++i) days.push_back(gain + normal(random));
      std::size_t from = 7 * static_cast<std::size_t>(std::max(0, k - back));
      double n = static_cast<double>(days.size() - from);
      double mean = 0;
      for (std::size_t i = from; i < days.size(); ++i) mean += days[i] / n;
      double square = 0;
      for (std::size_t i = from; i < days.size(); ++i)
        square += (days[i] - mean) * (days[i] - mean);
      double t = mean / std::sqrt(square / (n - 1) / n);
      if (1 - student_cdf(t, n - 1) < alpha[static_cast<std::size_t>(k - 1)]) {
        ++count;
        break;
      }
    }
  }
  return static_cast<double>(count) / kWalks;
}

// 1,000 walks without a difference, over all the looks that share a row: growing at first, then
// moving on. Stated: .05, its standard error .007.
TEST(LookAlpha, WalksWithoutADifferenceKeepToAlpha) {
  for (int back : {4, 8, 13, 26}) {
    double found = promoted(by_level, 0, back, back);
    std::printf("%d looks, no better: promoted %.3f, by the ledger %.3f\n", back, found,
                promoted(by_ledger, 0, back, back));
    EXPECT_LE(found, 0.05 + 3 * 0.007) << back;
    EXPECT_GT(found, 0.02) << back << ": a rule that never promotes keeps it too";
  }
}

// A small improvement is found far more often than under a ledger that halves, the more so the
// longer the evidence.
TEST(LookAlpha, SmallImprovementsAreFoundMoreOften) {
  for (int back : {4, 8, 13, 26}) {
    double level = promoted(by_level, 0.2, back, back);
    double ledger = promoted(by_ledger, 0.2, back, back);
    double by_bound = promoted(by_union, 0.2, back, back);
    std::printf(
        "%d looks, better by .2 of a day's deviation: promoted %.3f, by the ledger %.3f, by "
        "the union bound %.3f\n",
        back, level, ledger, by_bound);
    EXPECT_GT(level, (back >= 13 ? 2.0 : 1.3) * ledger) << back;
    EXPECT_GT(level, by_bound) << back;
  }
}

}  // namespace
}  // namespace lode
