// Memory for the blocks of keys (features/key_state.h): whole cache lines, in sizes an eighth
// apart, cut from 2 MiB pieces in huge pages. A key that grows takes a larger block and leaves its
// old one to the next key of that size.
//
// Threads: one at a time. Cost: O(1), a few instructions. Memory: what blocks do not fill is at
// most an eighth of them and is used for more entries; blocks given back stay in the pool.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lode {

class BlockPool {
 public:
  // Blocks of more bytes do not come from a pool.
  static constexpr std::size_t kMostBytes = std::size_t{64} << 10;

  BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  // The number of the least size with room for `bytes` <= kMostBytes, and how many it has.
  static int size_for(std::size_t bytes);
  static std::size_t bytes_of(int size);

  // A block of bytes_of(size), at a multiple of 64; not cleared.
  void* take(int size);
  // Gives a block back to the pool it came from.
  static void give_back(void* block, int size);
  static BlockPool& owner(void* block);

  // All it took from the system and touched.
  std::int64_t memory_bytes() const;

 private:
  static constexpr std::size_t kSizes = 64;
  struct Free {
    Free* next;
  };

  std::vector<char*> pieces_;
  std::size_t used_ = 0;  // of the last piece
  std::array<Free*, kSizes> free_{};
};

}  // namespace lode
