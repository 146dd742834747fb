// --memory, kept: who is about to hold much memory asks first, and a run that would need more than
// it may have stops there, with figures, instead of being killed half-way.
//
// Threads: a budget may be used from any thread; a hold belongs to one.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace lode {

// "1.5 GiB", "310 MiB": to three digits.
std::string memory_text(std::int64_t bytes);

class MemoryBudget {
 public:
  // A part of the budget, given back when it is destroyed. It counts, it allocates nothing.
  class Hold {
   public:
    Hold() = default;
    Hold(Hold&& other) noexcept { *this = std::move(other); }
    Hold& operator=(Hold&& other) noexcept;
    ~Hold() { release(); }

    // More or less from now on; more as hold(), and after kLimit it is as it was.
    Status resize(std::int64_t bytes);
    void release();
    std::int64_t bytes() const { return bytes_; }

   private:
    friend class MemoryBudget;
    MemoryBudget* budget_ = nullptr;
    std::size_t entry_ = 0;
    std::int64_t bytes_ = 0;
  };

  explicit MemoryBudget(std::int64_t limit_bytes) : limit_(limit_bytes) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // kLimit when it does not fit: says what for, how much, what is left, who holds the rest, and the
  // --memory it would take. Holds must not outlive the budget.
  Result<Hold> hold(std::string_view what, std::int64_t bytes);

  std::int64_t limit() const { return limit_; }
  std::int64_t free() const;
  std::int64_t peak() const;  // the most that was held at once
  // How often something was refused: what a run says of it follows from the limit then.
  std::int64_t refusals() const;
  // The most that was held at once since the last call (or ever, at the first).
  std::int64_t take_lap_peak();

 private:
  struct Entry {
    std::string what;
    std::int64_t bytes = 0;
  };
  Status change(std::size_t entry, std::int64_t from, std::int64_t to);
  Error over(std::string_view what, std::int64_t asked) const;

  const std::int64_t limit_;
  mutable std::mutex mutex_;
  std::int64_t held_ = 0;
  std::int64_t peak_ = 0;
  std::int64_t refusals_ = 0;
  std::int64_t lap_peak_ = 0;
  std::vector<Entry> entries_;  // of live holds; "" = free to take
};

}  // namespace lode
