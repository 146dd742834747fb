// Spans: named stretches of time with attributes and a parent, kept in a ring until someone reads
// them. They time the stations of a run, and are what a trace exporter will send (names as in
// OpenTelemetry).
//
// Threads: a Tracer any; a Span belongs to one thread at a time. Memory: `capacity` finished spans;
// the oldest give way and are counted. Cost: about a microsecond a span, so one a batch or request,
// never one a row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"

namespace lode {

using SpanValue = std::variant<bool, std::int64_t, double, std::string>;

struct SpanRecord {
  std::uint64_t id = 0;      // 1 and up, in the order of starts
  std::uint64_t parent = 0;  // 0 = none
  std::string name;
  Timestamp start;
  std::int64_t duration_ns = 0;
  std::vector<std::pair<std::string, SpanValue>> attributes;  // in the order they were set
};

class Tracer;

// Ends, and is recorded, when it is destroyed or end() is called. Must not outlive its tracer.
class Span {
 public:
  Span(Span&& other) noexcept;
  Span& operator=(Span&&) = delete;
  ~Span() { end(); }

  Span child(std::string_view name) const;
  Span& set(std::string_view key, SpanValue value);  // before the end
  // Returns the duration in nanoseconds; a second call returns the same and records nothing.
  std::int64_t end();
  std::uint64_t id() const { return record_.id; }

 private:
  friend class Tracer;
  Span(Tracer& tracer, std::uint64_t id, std::uint64_t parent, std::string_view name);

  Tracer* tracer_;
  bool ended_ = false;
  std::int64_t start_ns_;
  SpanRecord record_;  // after the end: id, parent and duration only
};

class Tracer {
 public:
  explicit Tracer(const Clock& clock, std::size_t capacity = 4096);

  Span span(std::string_view name) { return start(name, 0); }
  // Finished spans, oldest end first.
  std::vector<SpanRecord> finished() const;
  // The same, and forgets them: for who writes them elsewhere.
  std::vector<SpanRecord> take_finished();
  // Spans that gave way to younger ones.
  std::uint64_t dropped() const;

 private:
  friend class Span;
  Span start(std::string_view name, std::uint64_t parent);
  void record(SpanRecord&& record);

  const Clock& clock_;
  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<SpanRecord> ring_;
  std::size_t oldest_ = 0;  // in ring_, once it is full
  std::uint64_t next_id_ = 1;
  std::uint64_t dropped_ = 0;
};

}  // namespace lode
