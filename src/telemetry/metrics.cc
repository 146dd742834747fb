#include "telemetry/metrics.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <variant>

namespace lode {

std::size_t Histogram::bucket_of(std::int64_t value) {
  auto v = static_cast<std::uint64_t>(value);
  if (v < 8) return v;
  auto exponent = static_cast<std::size_t>(std::bit_width(v)) - 1;  // 3 and up
  return (exponent - 2) * 8 + ((v >> (exponent - 3)) & 7);
}

std::int64_t Histogram::most_of(std::size_t bucket) {
  if (bucket < 8) return static_cast<std::int64_t>(bucket);
  std::size_t shift = bucket / 8 - 1;
  std::uint64_t next = (9 + bucket % 8) << shift;  // the first value of the bucket after it
  return static_cast<std::int64_t>(next - 1);
}

void Histogram::record(std::int64_t value) {
  value = std::max<std::int64_t>(value, 0);
  buckets_[bucket_of(value)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
}

// The count is that of the buckets, so a snapshot agrees with itself while others record.
HistogramSnapshot Histogram::snapshot() const {
  HistogramSnapshot out;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    std::uint64_t count = buckets_[i].load(std::memory_order_relaxed);
    if (count == 0) continue;
    out.buckets.push_back({most_of(i), count});
    out.count += count;
  }
  out.sum = sum_.load(std::memory_order_relaxed);
  return out;
}

std::int64_t HistogramSnapshot::quantile(double q) const {
  auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count)));
  rank = std::clamp<std::uint64_t>(rank, 1, std::max<std::uint64_t>(count, 1));
  std::uint64_t below = 0;
  for (const Bucket& bucket : buckets) {
    below += bucket.count;
    if (below >= rank) return bucket.most;
  }
  return 0;
}

struct MetricRegistry::Series {
  std::variant<Counter, Gauge, Histogram> metric;
};

struct MetricRegistry::Family {
  MetricKind kind;
  std::string help;
  std::map<MetricLabels, std::unique_ptr<Series>> series;
};

MetricRegistry::MetricRegistry() = default;
MetricRegistry::~MetricRegistry() = default;

MetricRegistry::Series& MetricRegistry::series(std::string_view name, std::string_view help,
                                               MetricKind kind, MetricLabels labels) {
  std::ranges::sort(labels);
  std::lock_guard lock(mutex_);
  auto family = families_.find(name);
  if (family == families_.end())
    family = families_.emplace(name, Family{kind, std::string(help), {}}).first;
  assert(family->second.kind == kind);
  auto& known = family->second.series;
  if (!known.contains(labels) && known.size() >= kMostSeries) labels = {{"overflow", "true"}};
  std::unique_ptr<Series>& slot = known[std::move(labels)];
  if (slot == nullptr) {
    slot = std::make_unique<Series>();
    if (kind == MetricKind::kGauge) slot->metric.emplace<Gauge>();
    if (kind == MetricKind::kHistogram) slot->metric.emplace<Histogram>();
  }
  return *slot;
}

Counter& MetricRegistry::counter(std::string_view name, std::string_view help,
                                 MetricLabels labels) {
  return std::get<Counter>(series(name, help, MetricKind::kCounter, std::move(labels)).metric);
}
Gauge& MetricRegistry::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
  return std::get<Gauge>(series(name, help, MetricKind::kGauge, std::move(labels)).metric);
}
Histogram& MetricRegistry::histogram(std::string_view name, std::string_view help,
                                     MetricLabels labels) {
  return std::get<Histogram>(series(name, help, MetricKind::kHistogram, std::move(labels)).metric);
}

std::vector<MetricSample> MetricRegistry::snapshot() const {
  std::vector<MetricSample> out;
  std::lock_guard lock(mutex_);
  for (const auto& [name, family] : families_) {
    for (const auto& [labels, one] : family.series) {
      MetricSample sample{name, family.help, family.kind, labels, 0, {}};
      if (const auto* counter = std::get_if<Counter>(&one->metric))
        sample.value = static_cast<double>(counter->value());
      if (const auto* gauge = std::get_if<Gauge>(&one->metric)) sample.value = gauge->value();
      if (const auto* histogram = std::get_if<Histogram>(&one->metric))
        sample.histogram = histogram->snapshot();
      out.push_back(std::move(sample));
    }
  }
  return out;
}

}  // namespace lode
