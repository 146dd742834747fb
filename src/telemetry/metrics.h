// Counters, gauges and histograms of a running lode, gathered in a registry whose snapshot an
// exporter writes out. Ask the registry once, keep the reference, count with it: that is one atomic
// addition.
//
// Names follow Prometheus: lode_rows_read_total, lode_score_ns. Labels are bounded sets (a source's
// name, never a key or an id): beyond kMostSeries series of a name, further ones share a single
// series labelled overflow="true", so memory stays bounded. Threads: any. References stay valid as
// long as the registry.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lode {

// On a cache line of its own: two counters never slow each other down.
class alignas(64) Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

class alignas(64) Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

struct HistogramSnapshot {
  struct Bucket {
    std::int64_t most;  // largest value that falls into it
    std::uint64_t count;
  };
  std::vector<Bucket> buckets;  // ascending, only those that hold something
  std::uint64_t count = 0;
  std::uint64_t sum = 0;

  // A value with at least the share `q` of all at or below it: never less than the exact quantile
  // (the smallest such value recorded), and above it by less than one part in eight. 0 when nothing
  // was recorded; q in [0, 1].
  std::int64_t quantile(double q) const;
};

// Whole numbers, 0 and up (less counts as 0), in buckets of fixed borders: exact below 8, then
// eight to every doubling. So histograms of different processes add up. Memory: 3.9 KB.
class Histogram {
 public:
  void record(std::int64_t value);
  HistogramSnapshot snapshot() const;

  static std::size_t bucket_of(std::int64_t value);    // value >= 0
  static std::int64_t most_of(std::size_t bucket);     // largest value of a bucket
  static constexpr std::size_t kBuckets = 8 + 60 * 8;  // up to 2^63 - 1

 private:
  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<std::uint64_t> sum_ = 0;
};

enum class MetricKind : std::uint8_t { kCounter, kGauge, kHistogram };
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

struct MetricSample {
  std::string name;
  std::string help;
  MetricKind kind = MetricKind::kCounter;
  MetricLabels labels;  // sorted by name
  double value = 0;     // kCounter, kGauge
  HistogramSnapshot histogram;
};

class MetricRegistry {
 public:
  static constexpr std::size_t kMostSeries = 256;  // of one name

  MetricRegistry();
  ~MetricRegistry();
  // The metric of a name and labels, made at the first call. One name has one kind (asserted).
  Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, MetricLabels labels = {});

  // All series, by name, then by labels. Each value is read once; two values are not of one
  // instant.
  std::vector<MetricSample> snapshot() const;

 private:
  struct Series;
  struct Family;
  Series& series(std::string_view name, std::string_view help, MetricKind kind,
                 MetricLabels labels);

  mutable std::mutex mutex_;  // of the map; counting does not take it
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace lode
