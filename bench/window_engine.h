// The benchmark's windows by the feature engine: the same KeyTable and aggregates as a project
// uses.
#pragma once

#include <span>

#include "bench/window_events.h"
#include "bench/window_floor.h"

namespace lode {

// What extended_floor does.
FloorResult window_engine(std::span<const WindowEvent> events);

}  // namespace lode
