// How fast are the windows of many keys?
//
//   window [--tiny] [--peer]
//
// After each of 10 M events over 14 days and a million keys (Zipf), count, sum, mean and max of the
// last hour, day and week of its key: bench/window_floor.h says what the floors do. --peer: only
// beside DuckDB.
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "bench/window_engine.h"
#include "bench/window_events.h"
#include "bench/window_floor.h"
#include "bench/window_peer.h"
#include "table/duckdb.h"

namespace lode {
namespace {

constexpr std::uint64_t kSeed = 3;

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Repeats of one question, in the order they were run.
struct Runs {
  std::string_view name;
  std::size_t events;
  std::vector<FloorResult> results;

  double rate_of(const FloorResult& run) const {
    return static_cast<double>(events) / run.seconds / 1e6;
  }
  void print() const {
    std::vector<double> rates;
    for (const FloorResult& run : results) rates.push_back(rate_of(run));
    auto [least, most] = std::ranges::minmax(rates);
    fmt::print("{:<28} {:6.2f} M events/s [{:.2f}..{:.2f}]", name, median(rates), least, most);
    const FloorResult& any = results.front();
    if (any.keys > 0) fmt::print("  {:5.0f} B a key, {} keys", any.bytes_per_key, any.keys);
    fmt::print("\n");
  }
  // How many times as fast as `other`: of runs one after the other, the median. The machine's own
  // speed wanders more between minutes than within one.
  std::string over(const Runs& other) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < results.size(); ++i)
      ratios.push_back(rate_of(results[i]) / other.rate_of(other.results[i]));
    auto [least, most] = std::ranges::minmax(ratios);
    return fmt::format("{:.2f} [{:.2f}..{:.2f}]", median(ratios), least, most);
  }
};

// A run in a process of its own, so that none finds memory that another has warmed.
template <typename Run>
std::optional<FloorResult> apart(Run run) {
  static_assert(std::is_trivially_copyable_v<FloorResult>);
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  pid_t child = fork();
  if (child == 0) {
    std::optional<FloorResult> result = run();
    bool told = result && write(ends[1], &*result, sizeof *result) == sizeof *result;
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  FloorResult result;
  bool told = read(ends[0], &result, sizeof result) == sizeof result;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return told ? std::optional(result) : std::nullopt;
}

FloorResult must(const std::optional<FloorResult>& result) {
  if (!result) std::abort();
  return *result;
}

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
  if (auto version = Duck::version(); !version) {
    fmt::print(stderr, "skipped: {}\n", version.error().text());
    return 77;
  }
  auto query = [&]() -> std::optional<FloorResult> {
    auto rows = duckdb_windows(events);
    if (rows) return *rows;
    fmt::print(stderr, "{}\n", rows.error().text());
    return std::nullopt;
  };
  for (std::size_t i = 0; i < repeats; ++i) {
    std::optional<FloorResult> rows = apart(query);
    if (!rows) return 1;
    duck.results.push_back(*rows);
    engine.results.push_back(must(apart([&] { return window_engine(events); })));
  }
  if (!same(duck, engine)) return 1;
  duck.print();
  engine.print();
  fmt::print("engine / DuckDB              {}\n", engine.over(duck));
  return 0;
}

int main_of(bool tiny, bool peer) {
  std::int64_t count = tiny ? 20'000 : 10'000'000;
  std::uint32_t keys = tiny ? 2'000 : 1'000'000;
  std::size_t repeats = tiny ? 1 : 7;
  std::vector<WindowEvent> events = make_window_events(kSeed, count, keys);
  std::vector<WindowEvent> ordered = in_time_order(events);
  if (peer) return compare_with_duckdb(ordered, repeats);
  Runs extended{"extended floor", events.size(), {}};
  Runs plain{"plain floor", events.size(), {}};
  Runs engine{"engine", events.size(), {}};
  Runs two{"engine, 2 threads", events.size(), {}};
  for (std::size_t i = 0; i < repeats; ++i) {
    plain.results.push_back(must(apart([&] { return plain_floor(ordered); })));
    extended.results.push_back(must(apart([&] { return extended_floor(events); })));
    engine.results.push_back(must(apart([&] { return window_engine(events); })));
    two.results.push_back(must(apart([&] { return window_engine(events, 2); })));
  }
  // Without lateness both floors do the same work, and must say the same.
  Runs unlate{"extended floor in time order", events.size(), {extended_floor(ordered)}};
  if (!same(unlate, plain) || !same(engine, extended) || !same(two, extended)) return 1;
  for (const Runs* runs : {&extended, &plain, &engine, &two}) runs->print();
  fmt::print("engine / extended floor      {}\n", engine.over(extended));
  fmt::print("engine / plain floor         {}\n", engine.over(plain));
  fmt::print("2 threads / 1                {}\n", two.over(engine));
  fmt::print("bytes a key / extended floor {:.2f}\n",
             engine.results.front().bytes_per_key / extended.results.front().bytes_per_key);
  return compare_with_duckdb(ordered, repeats);
}

}  // namespace
}  // namespace lode

int main(int argc, char** argv) {
  std::set<std::string_view> asked(argv + 1, argv + argc);
  return lode::main_of(asked.contains("--tiny"), asked.contains("--peer"));
}
