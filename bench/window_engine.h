// The benchmark's windows by the feature engine: the same KeyTable and aggregates as a project
// uses.
#pragma once

#include <span>

#include "bench/window_events.h"
#include "bench/window_floor.h"

namespace lode {

// What extended_floor does. With more threads each takes the events of its own keys, as the shards
// of an engine do; picking them out is part of the time.
FloorResult window_engine(std::span<const WindowEvent> events, int threads = 1);

}  // namespace lode
