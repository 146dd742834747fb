#include "bench/window_floor.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace lode {
namespace {

constexpr std::size_t kAhead = 12;  // events between the steps of one look-up
constexpr std::uint32_t kWidths[3] = {3'600'000, 86'400'000, 604'800'000};
constexpr std::uint32_t kOrigin = 700'000'000;  // so that a time less a width stays positive
constexpr std::int32_t kNone = INT32_MIN;

// GCC finds that a function which only prefetches has no effect and drops its calls, unless it is
// inlined before it looks.
#define LODE_PREFETCHES [[gnu::always_inline]] inline

// Key to number of its state, 1 and up; open addressing, at most half full.
class Index {
 public:
  explicit Index(std::size_t events) {
    std::size_t slots = 1024;
    while (slots < events * 2 && slots < (std::size_t{1} << 22)) slots *= 2;
    slots_.resize(slots);
    mask_ = static_cast<std::uint32_t>(slots - 1);
  }
  LODE_PREFETCHES void prefetch(std::uint32_t key) const { __builtin_prefetch(&slots_[home(key)]); }
  // Of the key's first slot; 0 or another key's when it is new or stands further on.
  std::uint32_t likely(std::uint32_t key) const { return slots_[home(key)]; }
  // The number, or 0 and the place where a new one goes.
  std::uint32_t find(std::uint32_t key, std::uint32_t*& place) {
    std::uint32_t i = home(key);
    for (; slots_[i] != 0; i = (i + 1) & mask_)
      if (keys_[slots_[i]] == key) return slots_[i];
    place = &slots_[i];
    return 0;
  }
  std::uint32_t add(std::uint32_t key, std::uint32_t* place) {
    *place = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(key);
    return *place;
  }
  std::size_t keys() const { return keys_.size() - 1; }
  std::size_t bytes() const { return slots_.size() * 4 + keys_.size() * 4; }

 private:
  std::uint32_t home(std::uint32_t key) const { return (key * 2'654'435'769U >> 10) & mask_; }
  std::vector<std::uint32_t> slots_;
  std::vector<std::uint32_t> keys_{0};
  std::uint32_t mask_ = 0;
};

// States in one block of memory, a multiple of a cache line each, all bytes zero when new.
template <typename State>
class States {
 public:
  explicit States(std::size_t most)
      : states_(static_cast<State*>(std::aligned_alloc(2U << 20, rounded(most * sizeof(State))))) {}
  ~States() {
    for (std::size_t i = 1; i < used_; ++i) std::free(states_[i].ring);
    std::free(states_);
  }
  States(const States&) = delete;
  States& operator=(const States&) = delete;
  State& operator[](std::size_t i) { return states_[i]; }
  State& start(std::size_t i) {
    used_ = i + 1;
    std::memset(static_cast<void*>(&states_[i]), 0, sizeof(State));
    states_[i].capacity = 8;
    states_[i].ring = static_cast<decltype(State::ring)>(std::malloc(8 * sizeof(*states_[i].ring)));
    return states_[i];
  }
  std::size_t bytes() const {
    std::size_t total = 0;
    for (std::size_t i = 1; i < used_; ++i)
      total += sizeof(State) + states_[i].capacity * sizeof(*states_[i].ring);
    return total;
  }

 private:
  static std::size_t rounded(std::size_t bytes) {
    return (bytes + (2U << 20) - 1) / (2U << 20) * (2U << 20);
  }
  State* states_;
  std::size_t used_ = 1;
};

template <typename State>
void make_room(State& s, std::uint32_t oldest) {
  if (s.head - oldest < s.capacity) return;
  using Entry = std::remove_pointer_t<decltype(s.ring)>;
  auto* ring = static_cast<Entry*>(std::malloc(std::size_t{2} * s.capacity * sizeof(Entry)));
  for (std::uint32_t i = oldest; i != s.head; ++i)
    ring[i & (2 * s.capacity - 1)] = s.ring[i & (s.capacity - 1)];
  std::free(s.ring);
  s.ring = ring;
  s.capacity *= 2;
}

// The three steps of a look-up, each for an event further ahead.
template <typename State>
LODE_PREFETCHES void prefetch(const Index& index, States<State>& states,
                              std::span<const WindowEvent> events, std::size_t i) {
  if (i + 3 * kAhead >= events.size()) return;
  index.prefetch(events[i + 3 * kAhead].key);
  if (std::uint32_t n = index.likely(events[i + 2 * kAhead].key)) {
    const char* state = reinterpret_cast<const char*>(&states[n]);
    for (std::size_t line = 0; line < sizeof(State); line += 64) __builtin_prefetch(state + line);
  }
  if (std::uint32_t n = index.likely(events[i + kAhead].key)) {
    State& s = states[n];
    std::uint32_t mask = s.capacity - 1;
    __builtin_prefetch(&s.ring[s.head & mask], 1);
    for (const auto& window : s.windows) __builtin_prefetch(&s.ring[window.tail & mask]);
  }
}

template <typename State, typename Step>
FloorResult run(std::span<const WindowEvent> events, std::size_t most_keys, Step step) {
  auto start = std::chrono::steady_clock::now();
  Index index(events.size());
  States<State> states(most_keys + 2);
  FloorResult result;
  for (std::size_t i = 0; i < events.size(); ++i) {
    prefetch(index, states, events, i);
    std::uint32_t* place = nullptr;
    std::uint32_t number = index.find(events[i].key, place);
    State& state = number != 0 ? states[number] : states.start(index.add(events[i].key, place));
    step(state, events[i], result.digest);
  }
  std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  result.seconds = taken.count();
  result.keys = static_cast<std::int64_t>(index.keys());
  result.bytes_per_key =
      static_cast<double>(states.bytes() + index.bytes()) / static_cast<double>(index.keys());
  return result;
}

std::size_t most_keys(std::span<const WindowEvent> events) {
  std::uint32_t greatest = 0;
  for (const WindowEvent& event : events) greatest = std::max(greatest, event.key);
  return std::min(events.size(), std::size_t{greatest} + 1);
}

// ---- with lateness, known time, ids and 128-bit sums

struct LateEntry {
  std::uint32_t time;
  std::uint32_t known;
  std::uint32_t id;
  std::int32_t cents;
};

struct LateWindow {
  __int128 sum;  // of cents
  std::int32_t greatest;
  std::uint32_t tail;  // first entry inside
};

struct alignas(64) LateState {
  LateWindow windows[3];
  LateEntry* ring;
  std::uint32_t capacity;  // a power of two
  std::uint32_t head;
  std::uint32_t max_known;
};
static_assert(sizeof(LateState) == 128);

void put(LateState& s, const WindowEvent& event) {
  make_room(s, s.windows[2].tail);
  std::uint32_t mask = s.capacity - 1;
  LateEntry entry = {static_cast<std::uint32_t>(event.time_ms) + kOrigin,
                     static_cast<std::uint32_t>(event.known_ms) + kOrigin, event.id, event.cents};
  std::uint32_t at = s.head++;
  for (; at != s.windows[2].tail; --at) {
    const LateEntry& before = s.ring[(at - 1) & mask];
    if (before.time < entry.time || (before.time == entry.time && before.id < entry.id)) break;
    s.ring[at & mask] = before;
  }
  s.ring[at & mask] = entry;
  s.max_known = std::max(s.max_known, entry.known);
  for (LateWindow& window : s.windows) {
    if (static_cast<std::int32_t>(at - window.tail) < 0) {
      ++window.tail;  // it came after its window had left it behind
      continue;
    }
    bool alone = s.head - window.tail == 1;
    window.greatest = alone ? entry.cents : std::max(window.greatest, entry.cents);
    window.sum += entry.cents;
  }
}

void move(LateState& s, LateWindow& window, std::uint32_t width, std::uint32_t now) {
  std::uint32_t mask = s.capacity - 1;
  bool lost = false;
  while (window.tail != s.head && now - s.ring[window.tail & mask].time >= width) {
    std::int32_t out = s.ring[window.tail++ & mask].cents;
    window.sum -= out;
    lost |= out >= window.greatest;
  }
  if (!lost) return;
  std::int32_t greatest = kNone;
  for (std::uint32_t i = window.tail; i != s.head; ++i)
    greatest = std::max(greatest, s.ring[i & mask].cents);
  window.greatest = greatest;
}

// ---- in time order

struct PlainEntry {
  std::uint32_t time;
  float cents;
};

struct PlainWindow {
  double sum;
  float greatest;
  std::uint32_t tail;
};

struct alignas(64) PlainState {
  PlainWindow windows[3];
  PlainEntry* ring;
  std::uint32_t capacity;
  std::uint32_t head;
};
static_assert(sizeof(PlainState) == 64);

void step_plain(PlainState& s, const WindowEvent& event, WindowDigest& digest) {
  make_room(s, s.windows[2].tail);
  std::uint32_t mask = s.capacity - 1;
  std::uint32_t now = static_cast<std::uint32_t>(event.time_ms) + kOrigin;
  auto value = static_cast<float>(event.cents);
  s.ring[s.head++ & mask] = {now, value};
  int place = 0;
  for (std::size_t w = 0; w < 3; ++w) {
    PlainWindow& window = s.windows[w];
    window.sum += value;
    bool lost = false;
    while (now - s.ring[window.tail & mask].time >= kWidths[w]) {
      float out = s.ring[window.tail++ & mask].cents;
      window.sum -= out;
      lost |= out >= window.greatest;
    }
    window.greatest = std::max(window.greatest, value);
    if (lost) {
      window.greatest = value;
      for (std::uint32_t i = window.tail; i != s.head; ++i)
        window.greatest = std::max(window.greatest, s.ring[i & mask].cents);
    }
    double count = s.head - window.tail;
    digest.add(place++, count);
    digest.add(place++, window.sum / 100);
    digest.add(place++, window.sum / (100 * count));
    digest.add(place++, window.greatest / 100.0);
  }
}

}  // namespace

FloorResult extended_floor(std::span<const WindowEvent> events) {
  auto step = [](LateState& s, const WindowEvent& event, WindowDigest& digest) {
    put(s, event);
    std::uint32_t now = static_cast<std::uint32_t>(event.known_ms) + kOrigin;
    int place = 0;
    for (std::size_t w = 0; w < 3; ++w) {
      LateWindow& window = s.windows[w];
      move(s, window, kWidths[w], now);
      double count = s.head - window.tail;
      bool none = s.head == window.tail;  // the event itself came too late for the hour
      auto sum = static_cast<double>(window.sum);
      digest.add(place++, count);
      digest.add(place++, sum / 100);
      digest.add(place++, none ? -1 : sum / (100 * count));
      digest.add(place++, none ? -1 : window.greatest / 100.0);
    }
  };
  return run<LateState>(events, most_keys(events), step);
}

FloorResult plain_floor(std::span<const WindowEvent> events) {
  return run<PlainState>(events, most_keys(events), step_plain);
}

}  // namespace lode
