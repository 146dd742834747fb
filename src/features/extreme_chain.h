// The least or greatest of a window of many values whose edges move forward, in O(1) amortised: for
// the values up to a time, the candidates that can still become the extreme when older ones leave
// (as in the monotonic queue of Lemire, "Streaming maximum-minimum filter", 2006); for the values
// since, the extreme alone. When the window has left all candidates behind, its owner makes the
// chain anew.
//
// Threads: one at a time. Cost: a value in O(1), a late one O(candidates). Memory: 16 bytes a
// candidate; as many as there are values in a window that trends, about their logarithm in one that
// does not.
#pragma once

#include <cstdint>
#include <vector>

#include "features/running_parts.h"

namespace lode {

class ExtremeChain {
 public:
  // +1 keeps the greatest, -1 the least. `until` is the last time candidates are kept of.
  ExtremeChain(int sign, std::int64_t until) : sign_(sign), until_(until) {}

  // Making it: values up to `until`, the newest first.
  void add_older(std::int64_t time, std::int64_t value) {
    if (candidates_.empty() || better(value, candidates_.back().value))
      candidates_.push_back({time, value});
  }
  // A value that comes in afterwards.
  void add(std::int64_t time, std::int64_t value) {
    if (time < until_) return add_late(time, value);
    since_ = since_ == kNoValue ? value : best(since_, value);
  }
  // False when the lower edge has passed `until`: what is known here is of no use any more.
  bool covers(std::int64_t low) const { return low <= until_; }
  // The extreme of the values with time >= low, for ever rising low; kNoValue if there are none.
  std::int64_t from(std::int64_t low) {
    while (!candidates_.empty() && candidates_.back().time < low) candidates_.pop_back();
    if (candidates_.empty()) return since_;
    std::int64_t older = candidates_.back().value;
    return since_ == kNoValue ? older : best(older, since_);
  }
  std::int64_t memory_bytes() const {
    return static_cast<std::int64_t>(sizeof *this + candidates_.capacity() * sizeof(Candidate));
  }

 private:
  struct Candidate {
    std::int64_t time;
    std::int64_t value;
  };
  bool better(std::int64_t a, std::int64_t b) const { return sign_ > 0 ? a > b : a < b; }
  std::int64_t best(std::int64_t a, std::int64_t b) const { return better(a, b) ? a : b; }
  void add_late(std::int64_t time, std::int64_t value) {
    std::size_t place = candidates_.size();  // of the first candidate that is not newer
    while (place > 0 && candidates_[place - 1].time <= time) --place;
    // One that stays longer and is as good makes it no candidate.
    if (place > 0 && !better(value, candidates_[place - 1].value)) return;
    std::size_t end = place;
    while (end < candidates_.size() && !better(candidates_[end].value, value)) ++end;
    auto at = candidates_.begin() + static_cast<std::ptrdiff_t>(place);
    at = candidates_.erase(at, candidates_.begin() + static_cast<std::ptrdiff_t>(end));
    candidates_.insert(at, {time, value});
  }

  int sign_;
  std::int64_t until_;
  std::int64_t since_ = kNoValue;      // the extreme of what came in later than `until`
  std::vector<Candidate> candidates_;  // the newest first, each better than those before it
};

}  // namespace lode
