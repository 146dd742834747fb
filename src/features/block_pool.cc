#include "features/block_pool.h"

#include <bit>

#include "base/huge_pages.h"

namespace lode {
namespace {

constexpr std::size_t kLine = 64;
// Where a piece begins stands whose it is.
constexpr std::size_t kPieceHeader = kLine;
// A pool of few keys should not take a huge page.
constexpr std::size_t kOrdinaryPieces = 2;

}  // namespace

BlockPool::~BlockPool() {
  for (char* piece : pieces_) free_pages(piece, kHugePage);
}

// Sizes in lines: 1 to 16, then eight to each doubling.
int BlockPool::size_for(std::size_t bytes) {
  std::size_t lines = (bytes + kLine - 1) / kLine;
  if (lines <= 16) return lines == 0 ? 0 : static_cast<int>(lines) - 1;
  int shift = static_cast<int>(std::bit_width(lines - 1)) - 4;
  std::size_t step = (lines - 1) >> shift;  // 8 to 15
  return 16 + (shift - 1) * 8 + static_cast<int>(step) - 8;
}

std::size_t BlockPool::bytes_of(int size) {
  if (size < 16) return (static_cast<std::size_t>(size) + 1) * kLine;
  int shift = (size - 16) / 8 + 1;
  std::size_t step = static_cast<std::size_t>((size - 16) % 8) + 8;
  return ((step + 1) << shift) * kLine;
}

void* BlockPool::take(int size) {
  Free*& free = free_[static_cast<std::size_t>(size)];
  if (free != nullptr) {
    Free* block = free;
    free = block->next;
    return block;
  }
  std::size_t bytes = bytes_of(size);
  if (pieces_.empty() || used_ + bytes > kHugePage) {
    auto* piece = static_cast<char*>(allocate_pages(kHugePage, pieces_.size() >= kOrdinaryPieces));
    *reinterpret_cast<BlockPool**>(piece) = this;
    pieces_.push_back(piece);
    used_ = kPieceHeader;
  }
  void* block = pieces_.back() + used_;
  used_ += bytes;
  return block;
}

BlockPool& BlockPool::owner(void* block) {
  auto piece = reinterpret_cast<std::uintptr_t>(block) & ~(std::uintptr_t{kHugePage} - 1);
  return **reinterpret_cast<BlockPool**>(piece);
}

void BlockPool::give_back(void* block, int size) {
  Free*& free = owner(block).free_[static_cast<std::size_t>(size)];
  auto* given = static_cast<Free*>(block);
  given->next = free;
  free = given;
}

std::int64_t BlockPool::memory_bytes() const {
  if (pieces_.empty()) return 0;
  return static_cast<std::int64_t>((pieces_.size() - 1) * kHugePage + used_);
}

}  // namespace lode
