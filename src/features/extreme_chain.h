// The least and greatest of a window whose values trend: the candidates for the extreme in the
// order of their times (the monotonic queue of Lemire, "Streaming maximum-minimum filter", 2006),
// kept by time, so that a late value finds its place too. Only windows with many entries have one.
//
// Threads: one at a time. Cost: a value in or out O(1) amortised, late ones O(candidates passed).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace lode {

class ExtremeChain {
 public:
  // +1 keeps the greatest, -1 the least.
  explicit ExtremeChain(int sign) : sign_(sign) {}

  // A value that comes in at a time, behind those of the same time.
  void add(std::int64_t time, std::int64_t value) {
    auto place = candidates_.end();
    while (place != candidates_.begin() && (place - 1)->time > time) --place;
    // One that stays longer and is as good makes it no candidate.
    if (place != candidates_.end() && !better(value, place->value)) return;
    auto from = place;
    while (from != candidates_.begin() && !better((from - 1)->value, value)) --from;
    place = candidates_.erase(from, place);
    candidates_.insert(place, {time, value});
  }
  // The extreme of the values with time >= low, for ever rising low; nothing if there are none.
  std::optional<std::int64_t> from(std::int64_t low) {
    while (!candidates_.empty() && candidates_.front().time < low) candidates_.pop_front();
    if (candidates_.empty()) return std::nullopt;
    return candidates_.front().value;
  }
  std::int64_t memory_bytes() const {
    return static_cast<std::int64_t>(sizeof *this + candidates_.size() * sizeof(Candidate));
  }

 private:
  struct Candidate {
    std::int64_t time;
    std::int64_t value;
  };
  bool better(std::int64_t a, std::int64_t b) const { return sign_ > 0 ? a > b : a < b; }

  int sign_;
  std::deque<Candidate> candidates_;
};

}  // namespace lode
