#include "telemetry/span.h"

#include <algorithm>

namespace lode {

Span::Span(Tracer& tracer, std::uint64_t id, std::uint64_t parent, std::string_view name)
    : tracer_(&tracer), start_ns_(tracer.clock_.steady_ns()) {
  record_.id = id;
  record_.parent = parent;
  record_.name = name;
  record_.start = tracer.clock_.now();
}

Span::Span(Span&& other) noexcept
    : tracer_(other.tracer_),
      ended_(std::exchange(other.ended_, true)),
      start_ns_(other.start_ns_),
      record_(std::move(other.record_)) {}

Span Span::child(std::string_view name) const { return tracer_->start(name, record_.id); }

Span& Span::set(std::string_view key, SpanValue value) {
  record_.attributes.emplace_back(key, std::move(value));
  return *this;
}

std::int64_t Span::end() {
  if (std::exchange(ended_, true)) return record_.duration_ns;
  std::int64_t duration = tracer_->clock_.steady_ns() - start_ns_;
  record_.duration_ns = duration;
  SpanRecord finished = std::move(record_);
  record_ = {};
  record_.id = finished.id;
  record_.parent = finished.parent;
  record_.duration_ns = duration;
  tracer_->record(std::move(finished));
  return duration;
}

Tracer::Tracer(const Clock& clock, std::size_t capacity)
    : clock_(clock), capacity_(std::max<std::size_t>(capacity, 1)) {}

Span Tracer::start(std::string_view name, std::uint64_t parent) {
  std::uint64_t id = 0;
  {
    std::lock_guard lock(mutex_);
    id = next_id_++;
  }
  return Span(*this, id, parent, name);
}

void Tracer::record(SpanRecord&& record) {
  std::lock_guard lock(mutex_);
  if (ring_.size() < capacity_) {
    ring_.push_back(std::move(record));
    return;
  }
  ring_[oldest_] = std::move(record);
  oldest_ = (oldest_ + 1) % capacity_;
  ++dropped_;
}

std::vector<SpanRecord> Tracer::finished() const {
  std::lock_guard lock(mutex_);
  std::vector<SpanRecord> out = ring_;
  std::ranges::rotate(out, out.begin() + static_cast<std::ptrdiff_t>(oldest_));
  return out;
}

std::vector<SpanRecord> Tracer::take_finished() {
  std::lock_guard lock(mutex_);
  std::ranges::rotate(ring_, ring_.begin() + static_cast<std::ptrdiff_t>(oldest_));
  oldest_ = 0;
  return std::exchange(ring_, {});
}

std::uint64_t Tracer::dropped() const {
  std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace lode
