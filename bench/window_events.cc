#include "bench/window_events.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "base/math.h"
#include "base/random.h"

namespace lode {
namespace {

constexpr std::int64_t kSpanMs = 14LL * 86'400'000;
constexpr std::int64_t kMostDelayMs = 3'600'000;

double exponential(Random& random) { return -portable_log(1 - random.unit()); }

// Cumulative weights 1/rank, and ranks spread over the ids.
class Zipf {
 public:
  Zipf(std::uint64_t seed, std::uint32_t keys) : weight_(keys), id_(keys) {
    double total = 0;
    for (std::uint32_t rank = 0; rank < keys; ++rank) {
      weight_[rank] = total += 1.0 / (rank + 1);
      id_[rank] = rank;
    }
    Random random(seed, 1);
    random.shuffle(std::span(id_));
  }
  std::uint32_t draw(Random& random) const {
    double at = random.unit() * weight_.back();
    auto rank = std::ranges::upper_bound(weight_, at) - weight_.begin();
    return id_[static_cast<std::size_t>(
        std::min<std::ptrdiff_t>(rank, static_cast<std::ptrdiff_t>(id_.size()) - 1))];
  }

 private:
  std::vector<double> weight_;
  std::vector<std::uint32_t> id_;
};

}  // namespace

std::vector<WindowEvent> make_window_events(std::uint64_t seed, std::int64_t count,
                                            std::uint32_t keys) {
  Zipf zipf(seed, keys);
  std::vector<std::int64_t> times(static_cast<std::size_t>(count));
  Random time_random(seed, 2);
  for (std::int64_t& time : times)
    time = static_cast<std::int64_t>(time_random.below(static_cast<std::uint64_t>(kSpanMs)));
  std::ranges::sort(times);
  std::vector<WindowEvent> events(times.size());
  Random random(seed, 3);
  for (std::size_t i = 0; i < events.size(); ++i) {
    WindowEvent& event = events[i];
    event.time_ms = times[i];
    event.id = static_cast<std::uint32_t>(i);
    event.key = zipf.draw(random);
    double delay = random.chance(0.1) ? 600'000 * exponential(random) : 2'000 * random.unit();
    event.known_ms = event.time_ms + std::min(static_cast<std::int64_t>(delay), kMostDelayMs);
    event.cents = static_cast<std::int32_t>(3'000 * (exponential(random) + exponential(random)));
  }
  std::ranges::sort(events, {}, [](const WindowEvent& e) { return std::tuple(e.known_ms, e.id); });
  return events;
}

std::vector<WindowEvent> in_time_order(std::vector<WindowEvent> events) {
  std::ranges::sort(events, {}, &WindowEvent::id);
  for (WindowEvent& event : events) event.known_ms = event.time_ms;
  return events;
}

}  // namespace lode
