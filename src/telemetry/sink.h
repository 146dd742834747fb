// Where telemetry puts its text. Stations never print: whoever starts a run hands in a sink, so a
// test can read what a terminal would have shown.
#pragma once

#include <functional>
#include <string_view>

namespace lode {

// Takes whole pieces (a line, a redrawn bar) and is never called by two threads at once by one
// source of text; two sources that share a sink need one that locks.
using TextSink = std::function<void(std::string_view)>;

}  // namespace lode
