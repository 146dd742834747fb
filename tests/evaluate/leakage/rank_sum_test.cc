#include "evaluate/leakage/rank_sum.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "judge/distributions.h"
#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

// Few values, so that there are ties.
std::vector<double> few_values(Random& random, std::size_t count, std::uint64_t values) {
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(static_cast<double>(random.below(values)) - 2);
  return out;
}

std::vector<std::uint8_t> some_labels(Random& random, std::size_t count) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(random.chance(0.4) ? 1 : 0);
  out[0] = 0;
  out[1] = 1;
  return out;
}

TEST(RankSum, TheAucIsThatOfAllPairs) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed, 0);
    std::size_t count = 2 + random.below(60);
    std::vector<double> score = few_values(random, count, 1 + random.below(30));
    std::vector<std::uint8_t> label = some_labels(random, count);
    RankSum ranks = rank_sum(score, label);
    EXPECT_NEAR(ranks.auc, auc_of_pairs(score, label), 1e-12) << seed;
    EXPECT_EQ(ranks.positives + ranks.negatives, static_cast<std::int64_t>(count));
    EXPECT_EQ(ranks.pairs, static_cast<double>(ranks.positives * ranks.negatives));
  }
}

// The error is that over all ways to give the labels out, which small sets let us count.
TEST(RankSum, TheErrorIsThatOverAllPermutationsOfTheLabels) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed, 1);
    std::vector<double> score = few_values(random, 9, 5);
    std::vector<std::uint8_t> first = {1, 1, 1, 1, 0, 0, 0, 0, 0};
    double count = 0;
    double squares = 0;
    for (unsigned chosen = 0; chosen < 512; ++chosen) {
      if (std::popcount(chosen) != 4) continue;
      std::vector<std::uint8_t> label;
      for (unsigned i = 0; i < 9; ++i) label.push_back(chosen >> i & 1);
      double off = auc_of_pairs(score, label) - 0.5;  // one half is the mean, by symmetry
      squares += off * off;
      count += 1;
    }
    RankSum ranks = rank_sum(score, first);
    EXPECT_EQ(count, 126);
    EXPECT_NEAR(ranks.error, std::sqrt(squares / count), 1e-12) << seed;
    if (ranks.error > 0) {
      EXPECT_NEAR(ranks.p, 2 * normal_cdf(-std::abs(ranks.auc - 0.5) / ranks.error), 1e-15);
    }
  }
}

TEST(RankSum, StrataCountPairsWithinThemselvesOnly) {
  Random random(7, 0);
  std::vector<double> score = few_values(random, 200, 12);
  std::vector<std::uint8_t> label = some_labels(random, 200);
  std::vector<std::int64_t> stratum;
  for (int i = 0; i < 200; ++i) stratum.push_back(static_cast<std::int64_t>(random.below(5)) * 7);
  double won = 0;
  double pairs = 0;
  double variance = 0;
  for (std::int64_t s = 0; s < 35; s += 7) {
    std::vector<double> here;
    std::vector<std::uint8_t> labels;
    for (std::size_t i = 0; i < 200; ++i)
      if (stratum[i] == s) {
        here.push_back(score[i]);
        labels.push_back(label[i]);
      }
    RankSum one = rank_sum(here, labels);
    won += auc_of_pairs(here, labels) * one.pairs;
    pairs += one.pairs;
    variance += one.error * one.pairs * one.error * one.pairs;
  }
  RankSum all = stratified_rank_sum(score, label, stratum);
  EXPECT_EQ(all.pairs, pairs);
  EXPECT_NEAR(all.auc, won / pairs, 1e-12);
  EXPECT_NEAR(all.error, std::sqrt(variance) / pairs, 1e-12);
}

TEST(RankSum, OneClassAndNoRowsSayNothing) {
  for (const RankSum& ranks :
       {rank_sum({}, {}), rank_sum(std::vector<double>{1, 2}, std::vector<std::uint8_t>{1, 1})}) {
    EXPECT_EQ(ranks.auc, 0.5);
    EXPECT_EQ(ranks.p, 1);
    EXPECT_EQ(ranks.pairs, 0);
  }
}

// Wilson's limits are the shares from which the hits are just z standard errors away.
TEST(RankSum, LimitsOfAShareAreTheRootsOfWilsonsEquation) {
  for (auto [hits, of] : {std::pair{3, 20}, {50, 100}, {999, 1000}}) {
    ShareLimits limits = share_limits(hits, of, 0.01);
    double share = static_cast<double>(hits) / of;
    for (double limit : {limits.low, limits.high})
      EXPECT_NEAR(std::abs(share - limit) / std::sqrt(limit * (1 - limit) / of), 2.5758293035489,
                  1e-9)
          << hits;
    EXPECT_LT(limits.low, share);
    EXPECT_GT(limits.high, share);
  }
  EXPECT_EQ(share_limits(0, 20, 0.01).low, 0);
  EXPECT_EQ(share_limits(0, 0, 0.01).high, 1);
}

}  // namespace
}  // namespace lode
