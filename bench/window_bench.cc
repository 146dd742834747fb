// How fast are the windows of many keys?
//
//   window [--tiny]
//
// After each of 10 M events over 14 days and a million keys (Zipf), count, sum, mean and max of the
// last hour, day and week of its key, one thread: bench/window_floor.h says what the floors do.
#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "bench/window_engine.h"
#include "bench/window_events.h"
#include "bench/window_floor.h"

namespace lode {
namespace {

constexpr std::uint64_t kSeed = 3;

void print(std::string_view name, std::size_t events, std::vector<FloorResult> runs) {
  std::ranges::sort(runs, {}, &FloorResult::seconds);
  auto rate = [&](const FloorResult& run) {
    return static_cast<double>(events) / run.seconds / 1e6;
  };
  const FloorResult& median = runs[runs.size() / 2];
  fmt::print("{:<28} {:6.2f} M events/s [{:.2f}..{:.2f}]  {:5.0f} B a key  {} keys\n", name,
             rate(median), rate(runs.back()), rate(runs.front()), median.bytes_per_key,
             median.keys);
}

int main_of(bool tiny) {
  std::int64_t count = tiny ? 20'000 : 10'000'000;
  std::uint32_t keys = tiny ? 2'000 : 1'000'000;
  std::size_t repeats = tiny ? 1 : 3;
  std::vector<WindowEvent> events = make_window_events(kSeed, count, keys);
  std::vector<WindowEvent> ordered = in_time_order(events);
  std::vector<FloorResult> extended;
  std::vector<FloorResult> plain;
  std::vector<FloorResult> engine;
  for (std::size_t i = 0; i < repeats; ++i) {
    extended.push_back(extended_floor(events));
    plain.push_back(plain_floor(ordered));
    engine.push_back(window_engine(events));
  }
  // Without lateness both do the same work, and must say the same.
  if (extended_floor(ordered).digest != plain.front().digest) {
    fmt::print(stderr, "the floors disagree\n");
    return 1;
  }
  if (engine.front().digest != extended.front().digest) {
    fmt::print(stderr, "the engine and the floor disagree\n");
    return 1;
  }
  print("extended floor", events.size(), extended);
  print("plain floor", events.size(), plain);
  print("engine", events.size(), engine);
  return 0;
}

}  // namespace
}  // namespace lode

int main(int argc, char** argv) {
  return lode::main_of(argc > 1 && std::string_view(argv[1]) == "--tiny");
}
