#include "telemetry/metrics.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace lode {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(Histogram, BordersByHand) {
  // Exact below 8; 8..15 in steps of 1; 16..31 in steps of 2; 32..63 in steps of 4.
  for (std::int64_t v = 0; v < 16; ++v) {
    EXPECT_EQ(Histogram::bucket_of(v), static_cast<std::size_t>(v));
    EXPECT_EQ(Histogram::most_of(static_cast<std::size_t>(v)), v);
  }
  EXPECT_EQ(Histogram::bucket_of(16), 16U);
  EXPECT_EQ(Histogram::bucket_of(17), 16U);
  EXPECT_EQ(Histogram::most_of(16), 17);
  EXPECT_EQ(Histogram::bucket_of(35), 24U);
  EXPECT_EQ(Histogram::most_of(24), 35);
  EXPECT_EQ(Histogram::bucket_of(kMost), Histogram::kBuckets - 1);
  EXPECT_EQ(Histogram::most_of(Histogram::kBuckets - 1), kMost);
}

TEST(Histogram, BucketsAreSeamless) {
  for (std::size_t i = 0; i + 1 < Histogram::kBuckets; ++i) {
    std::int64_t most = Histogram::most_of(i);
    ASSERT_EQ(Histogram::bucket_of(most), i);
    ASSERT_EQ(Histogram::bucket_of(most + 1), i + 1);
  }
}

TEST(Histogram, QuantilesAreNeverBelowAndAtMostAnEighthAbove) {
  Histogram histogram;
  for (std::int64_t v = 1; v <= 1000; ++v) histogram.record(v * 997);
  HistogramSnapshot snapshot = histogram.snapshot();
  EXPECT_EQ(snapshot.count, 1000U);
  EXPECT_EQ(snapshot.sum, 997U * 500'500U);
  for (double q : {0.001, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    auto exact = static_cast<double>(
        997 * std::max<std::int64_t>(1, static_cast<std::int64_t>(q * 1000 + 0.5)));
    auto told = static_cast<double>(snapshot.quantile(q));
    EXPECT_GE(told, exact) << q;
    EXPECT_LT(told, exact * 1.125) << q;
  }
  EXPECT_EQ(HistogramSnapshot().quantile(0.5), 0);
}

TEST(Histogram, ExtremesCount) {
  Histogram histogram;
  histogram.record(-5);
  histogram.record(0);
  histogram.record(kMost);
  HistogramSnapshot snapshot = histogram.snapshot();
  ASSERT_EQ(snapshot.buckets.size(), 2U);
  EXPECT_EQ(snapshot.buckets[0].most, 0);
  EXPECT_EQ(snapshot.buckets[0].count, 2U);
  EXPECT_EQ(snapshot.buckets[1].most, kMost);
}

TEST(MetricRegistry, OneSeriesForNameAndLabels) {
  MetricRegistry registry;
  Counter& a = registry.counter("lode_rows_read_total", "rows read", {{"source", "a"}});
  registry.counter("lode_rows_read_total", "rows read", {{"source", "b"}}).add(5);
  a.add();
  a.add(2);
  EXPECT_EQ(&a, &registry.counter("lode_rows_read_total", "rows read", {{"source", "a"}}));
  registry.gauge("lode_keys", "keys in memory").set(1.5);
  registry.gauge("lode_keys", "keys in memory").add(-0.5);
  registry.histogram("lode_score_ns", "time of a score", {{"z", "1"}, {"a", "2"}}).record(100);
  auto samples = registry.snapshot();
  ASSERT_EQ(samples.size(), 4U);
  EXPECT_EQ(samples[0].name, "lode_keys");
  EXPECT_EQ(samples[0].value, 1.0);
  EXPECT_EQ(samples[1].labels, (MetricLabels{{"source", "a"}}));
  EXPECT_EQ(samples[1].value, 3.0);
  EXPECT_EQ(samples[2].value, 5.0);
  EXPECT_EQ(samples[3].kind, MetricKind::kHistogram);
  EXPECT_EQ(samples[3].labels, (MetricLabels{{"a", "2"}, {"z", "1"}})) << "sorted by name";
  EXPECT_EQ(samples[3].histogram.count, 1U);
  // The order in which labels are given does not make another series.
  EXPECT_EQ(registry.histogram("lode_score_ns", "", {{"a", "2"}, {"z", "1"}}).snapshot().count, 1U);
}

TEST(MetricRegistry, SeriesOfANameAreBounded) {
  MetricRegistry registry;
  for (int i = 0; i < 1000; ++i)
    registry.counter("lode_events_total", "", {{"key", std::to_string(i)}}).add();
  auto samples = registry.snapshot();
  EXPECT_EQ(samples.size(), MetricRegistry::kMostSeries + 1);
  double total = 0;
  for (const MetricSample& sample : samples) {
    total += sample.value;
    if (sample.labels == MetricLabels{{"overflow", "true"}}) {
      EXPECT_EQ(sample.value, 744.0);
    }
  }
  EXPECT_EQ(total, 1000.0) << "nothing is lost";
}

TEST(MetricRegistry, CountsFromManyThreads) {
  MetricRegistry registry;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      Counter& counter = registry.counter("lode_ticks_total", "");
      Histogram& histogram = registry.histogram("lode_tick_ns", "");
      for (int i = 0; i < 10'000; ++i) {
        counter.add();
        histogram.record(i);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(registry.counter("lode_ticks_total", "").value(), 40'000U);
  HistogramSnapshot snapshot = registry.histogram("lode_tick_ns", "").snapshot();
  EXPECT_EQ(snapshot.count, 40'000U);
  EXPECT_EQ(snapshot.sum, 4U * 49'995'000U);
}

}  // namespace
}  // namespace lode
