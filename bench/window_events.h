// The work of the window benchmark: events of many keys with skewed frequency, which arrive in the
// order in which they become known, a little or much after they happened.
#pragma once

#include <cstdint>
#include <vector>

namespace lode {

struct WindowEvent {
  std::int64_t time_ms = 0;   // when it happened, from the start of the data
  std::int64_t known_ms = 0;  // when it could be used; never before time_ms
  std::uint32_t key = 0;
  std::uint32_t id = 0;    // numbers events in the order of their times
  std::int32_t cents = 0;  // the value, in hundredths
};

// `count` events over 14 days, keys by Zipf's law with exponent 1 over `keys` ids, in the order of
// (known, id). One in ten is delayed by minutes (exponential, mean 10, at most an hour), the others
// by up to 2 seconds. Values are gamma(2, 30). Same seed, same events.
std::vector<WindowEvent> make_window_events(std::uint64_t seed, std::int64_t count,
                                            std::uint32_t keys);

// The same events as if each were known when it happened, in the order of their times.
std::vector<WindowEvent> in_time_order(std::vector<WindowEvent> events);

// A sum over all values of all reads that no order of the events can change: what two ways of
// computing them must share.
struct WindowDigest {
  std::uint64_t sum = 0;
  void add(int place, double value);
  bool operator==(const WindowDigest&) const = default;
};

inline void WindowDigest::add(int place, double value) {
  std::uint64_t bits = 0;
  static_assert(sizeof bits == sizeof value);
  __builtin_memcpy(&bits, &value, sizeof bits);
  sum += bits * (0x9e3779b97f4a7c15U + 2 * static_cast<std::uint64_t>(place));
}

}  // namespace lode
