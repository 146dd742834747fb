// Whether rows may be split at random: whether their targets, in order of time, look as if they had
// been dealt out in any order.
//
// A random split of rows that are not exchangeable judges a model on rows between its training
// rows, and promises for the future what held in the past. Two ways of not being so are looked for:
// a trend (rows of label 1 come later or sooner: Wilcoxon's rank sum) and clumps (the share of
// label 1 differs between stretches of time more than chance makes it: chi-square over at most 50
// stretches). A way counts when it is both beyond chance (p below alpha / 2) and large enough to
// matter: a rank AUC beyond 0.5 -+ 0.02; a standard deviation between stretches, less that of
// chance, above 5 % of that of the labels themselves.
//
// Numbers are looked at by their ranks, so that no few of them decide: the trend is the rank
// correlation of time and target (Spearman), the clumps Kruskal and Wallis's test over at most 50
// stretches of at least 10 rows. A trend counts beyond a correlation of 0.06, clumps above 5 % of
// the ranks' own standard deviation.
//
// Cannot see: columns that change while the labels do not, and seasons shorter than a stretch.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"
#include "base/time.h"

namespace lode {

struct Exchangeability {
  bool looked = false;  // there are two different targets and two times at least
  // Chance that a row of label 1 comes after one of label 0, ties half; of numbers (1 + the rank
  // correlation of time and target) / 2.
  double trend = 0.5;
  double trend_p = 1;
  double spread =
      0;  // sd between stretches beyond chance, in units of the labels' or ranks' own sd
  double spread_p = 1;
  int stretches = 0;
  bool rejected = false;
  std::string why{};  // a sentence, when rejected
};

// `labels` are 0 or 1. alpha: chance that exchangeable rows are rejected, above 0, at most 0.05.
// kInvalid: other lengths, labels, alpha. O(rows log rows). Threads: a pure function.
Result<Exchangeability> test_exchangeable(std::span<const Timestamp> times,
                                          std::span<const std::uint8_t> labels,
                                          double alpha = 0.001);
// The same of numbers, which must be finite.
Result<Exchangeability> test_exchangeable(std::span<const Timestamp> times,
                                          std::span<const double> numbers, double alpha = 0.001);

}  // namespace lode
