// Memory of keys' blocks: sizes, reuse, and a table of many keys whose blocks grow and move.
#include "features/block_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include "base/huge_pages.h"
#include "base/random.h"
#include "features/key_table.h"

namespace lode {
namespace {

TEST(BlockPool, SizesHoldWhatTheyAreAskedForAndWasteAnEighthAtMost) {
  int size = 0;
  for (std::size_t bytes = 1; bytes <= BlockPool::kMostBytes; ++bytes) {
    int found = BlockPool::size_for(bytes);
    ASSERT_TRUE(found == size || found == size + 1) << bytes;
    size = found;
    ASSERT_GE(BlockPool::bytes_of(found), bytes);
    ASSERT_EQ(BlockPool::bytes_of(found) % 64, 0U);
    if (found > 0) {
      ASSERT_LT(BlockPool::bytes_of(found - 1), bytes);
    }
    if (bytes > 1024) {
      ASSERT_LE(BlockPool::bytes_of(found) * 8, (bytes + 64) * 9) << bytes;
    }
  }
}

TEST(BlockPool, BlocksAreAlignedApartAndUsedAgain) {
  BlockPool pool;
  EXPECT_EQ(pool.memory_bytes(), 0);
  Random random(5);
  struct Taken {
    int size;
    char fill;
  };
  std::map<char*, Taken> taken;
  for (int i = 0; i < 20'000; ++i) {
    int size = static_cast<int>(random.below(30));
    auto* block = static_cast<char*>(pool.take(size));
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0U);
    ASSERT_EQ(&BlockPool::owner(block), &pool);
    ASSERT_FALSE(taken.contains(block));
    taken[block] = {size, static_cast<char>(i)};
    std::memset(block, i, BlockPool::bytes_of(size));
    if (random.below(2) == 0) {
      auto gone = taken.begin();
      std::advance(gone, static_cast<std::ptrdiff_t>(random.below(taken.size()) % 50));
      BlockPool::give_back(gone->first, gone->second.size);
      taken.erase(gone);
    }
  }
  for (const auto& [block, what] : taken)
    for (std::size_t i = 0; i < BlockPool::bytes_of(what.size); ++i) ASSERT_EQ(block[i], what.fill);
  // What was given back serves: the same again takes nothing from the system.
  std::int64_t before = pool.memory_bytes();
  std::vector<int> sizes;
  for (const auto& [block, what] : taken) {
    sizes.push_back(what.size);
    BlockPool::give_back(block, what.size);
  }
  for (int size : sizes) pool.take(size);
  EXPECT_EQ(pool.memory_bytes(), before);
}

TEST(BlockPool, HugePagesAreAlignedAndWhole) {
  auto* pages = static_cast<char*>(allocate_pages(kHugePage + 1, true));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pages) % kHugePage, 0U);
  for (std::size_t i = 0; i < 2 * kHugePage; i += 4096) {
    EXPECT_EQ(pages[i], 0);
    pages[i] = 1;
  }
  free_pages(pages, kHugePage + 1);
}

// Keys whose blocks outgrow one size after another, some past what a pool gives, beside states of
// the heap with the same records: the same bytes saved.
TEST(KeyTable, BlocksOfThePoolAndOfTheHeapSayTheSame) {
  Layout layout;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), Quantum{}}};
  Window week{.kind = Window::Kind::kSliding, .width = days(7), .exact = true};
  int window = layout.add_window({week, true});
  layout.add_parts(window, 0, kPartCount | kPartSum | kPartLeast | kPartGreatest, 0);
  layout.finish(true);
  KeyTable table;
  std::map<std::int64_t, KeyState> heap;
  Random random(7);
  for (std::int64_t i = 0; i < 60'000; ++i) {
    std::int64_t key = random.below(3) == 0 ? 1 : static_cast<std::int64_t>(random.below(5'000));
    if (i == 100) key = kNoValue;
    std::int64_t value = static_cast<std::int64_t>(random.below(1'000));
    Entry entry{.time = i, .known = i, .id = i, .seq = i, .values = &value};
    ASSERT_TRUE(table.at(key, layout).insert(layout, entry));
    ASSERT_TRUE(heap[key].insert(layout, entry));
  }
  EXPECT_EQ(table.size(), std::ssize(heap));
  std::size_t large = 0;
  table.each([&](std::int64_t key, const KeyState& state) {
    EXPECT_EQ(state.save(layout), heap[key].save(layout)) << key;
    if (state.memory_bytes(layout) > 0) ++large;
  });
  EXPECT_EQ(large, 1U);  // key 1 has left the pool
  EXPECT_GT(table.memory_bytes(layout), 60'000 * 3 * 8);
}

}  // namespace
}  // namespace lode
