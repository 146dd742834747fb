#include "bench/window_engine.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "base/parallel.h"
#include "features/key_table.h"

namespace lode {
namespace {

constexpr std::size_t kAhead = 6;
constexpr std::int64_t kMillisecond = 1'000;

struct Asked {
  int part;
  Answer (*finish)(const Parts& parts, const Kept& kept, std::int64_t t0);
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
      work.values.push_back({work.layout.part_index(w, 0), find_aggregate(name)->finish});
  return work;
}

double as_double(const Answer& answer) {
  if (answer.kind == Answer::Kind::kNull) return -1;
  if (answer.kind == Answer::Kind::kInt64) return static_cast<double>(answer.integer);
  return answer.number();
}

// The events of one shard, through a table of their own.
struct Shard {
  KeyTable table;
  WindowDigest digest;
};

void run_shard(const Work& work, std::span<const WindowEvent> events, Shard& shard) {
  KeyTable& table = shard.table;
  std::vector<Parts> parts(work.layout.parts.size());
  const Kept& kept = work.layout.slots[0];
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i + 4 * kAhead < events.size()) {
      table.prefetch_slot(events[i + 4 * kAhead].key);
      table.prefetch_state(events[i + 3 * kAhead].key);
      table.prefetch_entries(events[i + 2 * kAhead].key, work.layout);
      table.prefetch_tails(events[i + kAhead].key, work.layout);
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
      shard.digest.add(
          place++, as_double(asked.finish(parts[static_cast<std::size_t>(asked.part)], kept, now)));
  }
}

std::vector<WindowEvent> events_of_shard(std::span<const WindowEvent> events, std::uint32_t shard,
                                         std::uint32_t shards) {
  std::vector<WindowEvent> own;
  own.reserve(events.size() / shards + events.size() / 8);
  for (const WindowEvent& event : events)
    if ((event.key * 2'654'435'769U >> 16) % shards == shard) own.push_back(event);
  return own;
}

}  // namespace

// Time is that of the events, as in the floors: letting the tables go is not in it.
FloorResult window_engine(std::span<const WindowEvent> events, int threads) {
  Work work = make_work();
  std::vector<Shard> shards(static_cast<std::size_t>(threads));
  auto start = std::chrono::steady_clock::now();
  if (threads == 1) {
    run_shard(work, events, shards[0]);
  } else {
    ThreadPool pool(threads);
    auto run = [&](std::size_t shard) -> Status {
      run_shard(work,
                events_of_shard(events, static_cast<std::uint32_t>(shard),
                                static_cast<std::uint32_t>(threads)),
                shards[shard]);
      return {};
    };
    if (!pool.run(shards.size(), run, CancelToken())) std::abort();
  }
  std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  FloorResult result;
  result.seconds = taken.count();
  for (const Shard& shard : shards) {
    result.digest.sum += shard.digest.sum;
    result.keys += shard.table.size();
    result.bytes_per_key += static_cast<double>(shard.table.memory_bytes(work.layout));
  }
  result.bytes_per_key /= static_cast<double>(result.keys);
  return result;
}

}  // namespace lode
