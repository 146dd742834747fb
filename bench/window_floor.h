// What the machine can do when a program does nothing but the windows of the benchmark, with every
// size and type fixed by hand. Floors, not products: times are 32-bit milliseconds, values and ids
// 32 bits, windows and aggregates are compiled in, nothing is checked, nothing can be saved.
//
// FROZEN on 25 November 2026: the engine is measured against these. Change them only to make them
// faster, and then measure everything again.
#pragma once

#include <cstdint>
#include <span>

#include "bench/window_events.h"

namespace lode {

struct FloorResult {
  WindowDigest digest;
  std::int64_t keys = 0;
  double seconds = 0;
  double bytes_per_key = 0;  // state, rings (capacity) and the index over keys
};

// After each event, count, sum, mean and max of its key over the last hour, day and week, upper
// edge included, at the time the event became known. Events come as they are known: late ones are
// put at their place by (time, id), sums have 128 bits, and each entry keeps from when it is known.
FloorResult extended_floor(std::span<const WindowEvent> events);

// The same of events in time order: no lateness, known time or id, 8 bytes an event, sums in
// double.
FloorResult plain_floor(std::span<const WindowEvent> events);

}  // namespace lode
