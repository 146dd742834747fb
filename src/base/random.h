// Random numbers that are the same for ever: a value depends on (seed, stream, place) and on
// nothing else. Give every task, tree or replicate its own stream, and the number of threads cannot
// show.
//
// Generator: Philox 4x32 with 10 rounds (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
// easy as 1, 2, 3", SC 2011), key = seed, counter = (block, stream): 2^64 streams of 2^65 values
// that never overlap. Not for secrets.
// Threads: a Random belongs to one thread. Cost: about 5 ns a value, 40 for the first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace lode {

// One block of Philox 4x32-10, for those who index values directly.
std::array<std::uint32_t, 4> philox(std::uint64_t key, std::uint64_t counter, std::uint64_t stream);

class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  std::uint64_t next64() {
    if (left_ == 0) refill();
    return buffer_[--left_];
  }
  // Uniform in [0, n), without bias (Lemire 2019). n must be at least 1.
  std::uint64_t below(std::uint64_t n);
  // Uniform in [0, 1), a multiple of 2^-53.
  double unit() { return static_cast<double>(next64() >> 11) * 0x1p-53; }
  bool chance(double p) { return unit() < p; }
  // Poisson with mean 1, by inversion of one next64(): how often the bootstrap draws a row.
  int poisson1();

  // Fisher and Yates, from the back.
  template <typename T, std::size_t kExtent>
  void shuffle(std::span<T, kExtent> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      using std::swap;
      swap(items[i - 1], items[below(i)]);
    }
  }

 private:
  void refill();

  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t block_ = 0;
  static constexpr std::size_t kBuffered = 8;
  std::array<std::uint64_t, kBuffered> buffer_{};
  std::size_t left_ = 0;
};

}  // namespace lode
