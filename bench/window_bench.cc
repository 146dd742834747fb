// How fast are the windows of many keys?
//
//   window [--tiny]
//
// After each of 10 M events over 14 days and a million keys (Zipf), count, sum, mean and max of the
// last hour, day and week of its key: bench/window_floor.h says what the floors do.
#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/window_engine.h"
#include "bench/window_events.h"
#include "bench/window_floor.h"
#include "bench/window_peer.h"

namespace lode {
namespace {

constexpr std::uint64_t kSeed = 3;

struct Runs {
  std::string_view name;
  std::size_t events;
  std::vector<FloorResult> results;

  const FloorResult& median() {
    std::ranges::sort(results, {}, &FloorResult::seconds);
    return results[results.size() / 2];
  }
  double rate() { return rate_of(median()); }
  double rate_of(const FloorResult& run) const {
    return static_cast<double>(events) / run.seconds / 1e6;
  }
  void print() {
    const FloorResult& middle = median();
    fmt::print("{:<28} {:6.2f} M events/s [{:.2f}..{:.2f}]", name, rate(), rate_of(results.back()),
               rate_of(results.front()));
    if (middle.keys > 0)
      fmt::print("  {:5.0f} B a key, {} keys", middle.bytes_per_key, middle.keys);
    fmt::print("\n");
  }
};

// The first events, no two with one key and time: what SQL's RANGE and a read after each event
// agree on.
std::vector<WindowEvent> first_apart(std::span<const WindowEvent> ordered, std::size_t count) {
  std::vector<WindowEvent> events(
      ordered.begin(),
      ordered.begin() + std::min(std::ssize(ordered), static_cast<std::ptrdiff_t>(count)));
  std::set<std::pair<std::uint32_t, std::int64_t>> seen;
  std::erase_if(events,
                [&](const WindowEvent& e) { return !seen.emplace(e.key, e.time_ms).second; });
  return events;
}

bool same(const Runs& a, const Runs& b) {
  if (a.results.front().digest == b.results.front().digest) return true;
  fmt::print(stderr, "{} and {} disagree\n", a.name, b.name);
  return false;
}

// Beside DuckDB, on the first million events in time order.
int compare_with_duckdb(std::span<const WindowEvent> ordered, std::size_t repeats) {
  std::vector<WindowEvent> events = first_apart(ordered, 1'000'000);
  Runs duck{"DuckDB, 12 window columns", events.size(), {}};
  Runs engine{"engine, the same events", events.size(), {}};
  for (std::size_t i = 0; i < repeats; ++i) {
    auto rows = duckdb_windows(events);
    if (!rows) {
      fmt::print(stderr, "{}\n", rows.error().text());
      return rows.error().code() == Code::kUnavailable ? 77 : 1;
    }
    duck.results.push_back(*rows);
    engine.results.push_back(window_engine(events));
  }
  if (!same(duck, engine)) return 1;
  duck.print();
  engine.print();
  fmt::print("engine / DuckDB {:.1f}\n", engine.rate() / duck.rate());
  return 0;
}

int main_of(bool tiny) {
  std::int64_t count = tiny ? 20'000 : 10'000'000;
  std::uint32_t keys = tiny ? 2'000 : 1'000'000;
  std::size_t repeats = tiny ? 1 : 5;
  std::vector<WindowEvent> events = make_window_events(kSeed, count, keys);
  std::vector<WindowEvent> ordered = in_time_order(events);
  Runs extended{"extended floor", events.size(), {}};
  Runs plain{"plain floor", events.size(), {}};
  Runs engine{"engine", events.size(), {}};
  Runs two{"engine, 2 threads", events.size(), {}};
  for (std::size_t i = 0; i < repeats; ++i) {
    extended.results.push_back(extended_floor(events));
    plain.results.push_back(plain_floor(ordered));
    engine.results.push_back(window_engine(events));
    two.results.push_back(window_engine(events, 2));
  }
  // Without lateness both floors do the same work, and must say the same.
  Runs unlate{"extended floor in time order", events.size(), {extended_floor(ordered)}};
  if (!same(unlate, plain) || !same(engine, extended) || !same(two, extended)) return 1;
  for (Runs* runs : {&extended, &plain, &engine, &two}) runs->print();
  fmt::print(
      "engine / extended floor {:.2f}, / plain floor {:.2f}; bytes a key / floor {:.2f}; "
      "2 threads / 1 {:.2f}\n",
      engine.rate() / extended.rate(), engine.rate() / plain.rate(),
      engine.median().bytes_per_key / extended.median().bytes_per_key, two.rate() / engine.rate());
  return compare_with_duckdb(ordered, repeats);
}

}  // namespace
}  // namespace lode

int main(int argc, char** argv) {
  return lode::main_of(argc > 1 && std::string_view(argv[1]) == "--tiny");
}
