#include "bench/window_engine.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "features/key_table.h"

namespace lode {
namespace {

constexpr std::size_t kAhead = 6;
constexpr std::int64_t kMillisecond = 1'000;

struct Asked {
  int part;
  const Aggregate* aggregate;
};

struct Work {
  Layout layout;
  std::vector<Asked> values;  // in the order of the floors' digest
};

Work make_work() {
  Work work;
  Kept kept{Keep::kQuanta, Type::float64(), Quantum{1, 2}};
  work.layout.slots = {kept};
  const std::array<Duration, 3> widths = {hours(1), days(1), days(7)};
  const std::array<std::string_view, 4> names = {"count", "sum", "mean", "max"};
  for (Duration width : widths) {
    Window window{.kind = Window::Kind::kSliding, .width = width, .exact = true};
    int w = work.layout.add_window({window, true});
    for (std::string_view name : names) work.layout.add_parts(w, 0, find_aggregate(name)->parts, 0);
  }
  work.layout.finish(true);
  for (int w = 0; w < 3; ++w)
    for (std::string_view name : names)
      work.values.push_back({work.layout.part_index(w, 0), find_aggregate(name)});
  return work;
}

double as_double(const Answer& answer) {
  if (answer.kind == Answer::Kind::kNull) return -1;
  if (answer.kind == Answer::Kind::kInt64) return static_cast<double>(answer.integer);
  return answer.number();
}

}  // namespace

FloorResult window_engine(std::span<const WindowEvent> events) {
  Work work = make_work();
  FloorResult result;
  auto start = std::chrono::steady_clock::now();
  KeyTable table;
  std::vector<Parts> parts(work.layout.parts.size());
  const Kept& kept = work.layout.slots[0];
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i + 3 * kAhead < events.size()) {
      table.prefetch_slot(events[i + 3 * kAhead].key);
      table.prefetch_state(events[i + 2 * kAhead].key);
      table.prefetch_entries(events[i + kAhead].key, work.layout);
    }
    const WindowEvent& event = events[i];
    std::int64_t now = event.known_ms * kMillisecond;
    std::int64_t cents = event.cents;
    KeyState& state = table.at(event.key, work.layout);
    state.settle(work.layout, now);
    Entry entry{event.time_ms * kMillisecond, now, event.id, event.id, &cents};
    if (!state.insert(work.layout, entry)) std::abort();
    if (!state.read(work.layout, now, now, parts)) std::abort();
    int place = 0;
    for (const Asked& asked : work.values)
      result.digest.add(place++, as_double(asked.aggregate->finish(
                                     parts[static_cast<std::size_t>(asked.part)], kept, now)));
  }
  std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  result.seconds = taken.count();
  result.keys = table.size();
  result.bytes_per_key =
      static_cast<double>(table.memory_bytes(work.layout)) / static_cast<double>(table.size());
  return result;
}

}  // namespace lode
