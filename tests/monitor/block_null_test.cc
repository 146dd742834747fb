#include "monitor/block_null.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "judge/distributions.h"
#include "tests/monitor/watched_stream.h"

namespace lode {
namespace {

TEST(RunLength, OneUnlessDaysAreAlikeThenTheCubeRoot) {
  EXPECT_EQ(run_length(28, 0.30), 1U);
  EXPECT_EQ(run_length(28, 0.32), 3U);
  EXPECT_EQ(run_length(100, 0.9), 5U);
  EXPECT_EQ(run_length(365, 0.9), 7U);
  EXPECT_EQ(run_length(8, 0.9), 2U);
}

// Of days of one bin whose rates are a + noise, the null of the change of a period's rate is the
// interval of Student: 95 % of its sizes lie below t.
TEST(NullDraws, TheNullOfAMeanIsStudents) {
  constexpr std::size_t kDays = 21;
  Random random(5);
  DayCells cells;
  cells.days = kDays;
  cells.bins = 1;
  cells.per_day = 1;
  cells.judged = true;
  double mean = 0;
  std::vector<double> rates;
  for (std::size_t day = 0; day < kDays; ++day) {
    rates.push_back(0.3 + 0.05 * about_normal(random));
    mean += rates.back() / kDays;
    for (double sum : {1000.0, 1000 * rates.back(), 1000 * rates.back()})
      cells.slices.push_back(sum);
  }
  cells.sum_days();
  double square = 0;
  for (double rate : rates) square += (rate - mean) * (rate - mean);
  double error = std::sqrt(square / (kDays - 1) * (1.0 / 7 + 1.0 / kDays));
  const DriftDetector* base_rate[] = {*find_drift_detector("base_rate")};
  NullDraws draws(kDays, 1, {.days = 7}, 9999, 1);
  std::vector<double> sizes = draws.sizes(cells, base_rate)[0];
  std::ranges::sort(sizes);
  for (double level : {0.5, 0.9, 0.95, 0.99}) {
    double students = error * student_quantile(0.5 + level / 2, kDays - 1);
    EXPECT_NEAR(sizes[static_cast<std::size_t>(level * 9999)] / students, 1, 0.06) << level;
  }
}

// A period of a quarter of the rows has the noise of a quarter of the rows.
TEST(NullDraws, PartsOfDaysHaveTheNoiseOfFewerRows) {
  Random random(6);
  DayCells cells;
  cells.days = 28;
  cells.bins = 2;
  for (std::size_t unit = 0; unit < cells.days * kSlices; ++unit) {
    double first = 0;
    for (int row = 0; row < 50; ++row) first += random.chance(0.5) ? 1 : 0;
    cells.slices.push_back(first);
    cells.slices.push_back(50 - first);
  }
  cells.sum_days();
  const DriftDetector* ks[] = {*find_drift_detector("ks")};
  auto typical = [&](std::size_t slices) {
    std::vector<double> sizes =
        NullDraws(28, 1, {.days = 7, .slices = slices}, 2999, 2).sizes(cells, ks)[0];
    std::ranges::sort(sizes);
    return sizes[1500];
  };
  // Of 7 days and 28: variances of 1/7 + 1/28 and of 4/7 + 1/28.
  EXPECT_NEAR(typical(2) / typical(8), std::sqrt((4.0 / 7 + 1.0 / 28) / (1.0 / 7 + 1.0 / 28)),
              0.15);
}

TEST(DaysAlike, FindsWhatWasPlanted) {
  DayCells cells;
  cells.days = 400;
  cells.bins = 2;
  cells.per_day = 1;
  Random random(7);
  double luck = 0;
  for (std::size_t day = 0; day < cells.days; ++day) {
    luck = 0.6 * luck + 0.8 * about_normal(random);
    cells.slices.push_back(500 + 50 * luck);
    cells.slices.push_back(500 - 50 * luck);
  }
  cells.sum_days();
  EXPECT_NEAR(days_alike(cells, DriftOf::kValues), 0.6, 0.1);
}

}  // namespace
}  // namespace lode
