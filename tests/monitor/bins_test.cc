#include "monitor/bins.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <set>

namespace lode {
namespace {

TEST(NumberBins, FewValuesHaveABinEachAndOneForEachGap) {
  NumberBins bins = NumberBins::fit({1, 1, 2, 5, 5, 5});
  std::set<int> seen;
  for (double value : {0.0, 1.0, 1.5, 2.0, 3.0, 5.0, 6.0}) seen.insert(bins.bin(value));
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(bins.bins(), 8U);
  EXPECT_EQ(bins.bin(std::numeric_limits<double>::quiet_NaN()), 0);
}

TEST(NumberBins, ManyValuesHaveTwentyOfEqualCount) {
  std::vector<double> sample(1000);
  std::iota(sample.begin(), sample.end(), 0);
  NumberBins bins = NumberBins::fit(sample);
  EXPECT_EQ(bins.bins(), 21U);
  std::vector<int> count(21);
  for (double value : sample) ++count[bins.bin(value)];
  EXPECT_EQ(count[0], 0);
  for (std::size_t b = 1; b < 21; ++b) EXPECT_EQ(count[b], 50) << b;
  EXPECT_EQ(bins.bin(-std::numeric_limits<double>::infinity()), 1);
  EXPECT_EQ(bins.bin(std::numeric_limits<double>::infinity()), 20);
}

TEST(NumberBins, NothingAndInfinitiesAlone) {
  EXPECT_EQ(NumberBins::fit({}).bin(3), 1);
  double most = std::numeric_limits<double>::infinity();
  NumberBins bins = NumberBins::fit({most, -most, most});
  EXPECT_NE(bins.bin(most), bins.bin(-most));
  EXPECT_NE(bins.bin(0), bins.bin(-most));
}

}  // namespace
}  // namespace lode
