// Memory asked for in huge pages where the system gives them: for large structures that are read
// at random, where a miss of the address cache costs as much as one of the data.
//
// Threads: any. Cost: some system calls; memory comes from the system and goes back to it, since
// the heap would hand out ordinary pages it has used before. A system without huge pages gives
// ordinary ones; no memory at all ends the process.
#pragma once

#include <cstddef>
#include <memory>

namespace lode {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

// `bytes` rounded up to whole huge pages, at a multiple of kHugePage, all zero. With `huge`
// false the pages are ordinary ones, so that what is never touched costs nothing.
void* allocate_pages(std::size_t bytes, bool huge);
// `bytes` as they were asked for.
void free_pages(void* pages, std::size_t bytes);

// For std::vector: what is smaller than two huge pages comes from the heap.
template <typename T>
struct HugePageAllocator {
  using value_type = T;
  HugePageAllocator() = default;
  template <typename U>
  explicit HugePageAllocator(const HugePageAllocator<U>&) {}

  T* allocate(std::size_t n) {
    if (n * sizeof(T) < 2 * kHugePage) return std::allocator<T>().allocate(n);
    return static_cast<T*>(allocate_pages(n * sizeof(T), true));
  }
  void deallocate(T* place, std::size_t n) {
    if (n * sizeof(T) < 2 * kHugePage) return std::allocator<T>().deallocate(place, n);
    free_pages(place, n * sizeof(T));
  }
  template <typename U>
  bool operator==(const HugePageAllocator<U>&) const {
    return true;
  }
};

}  // namespace lode
