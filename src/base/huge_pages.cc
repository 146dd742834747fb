#include "base/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

namespace lode {
namespace {

std::size_t whole_pages(std::size_t bytes) {
  return (bytes + kHugePage - 1) / kHugePage * kHugePage;
}

}  // namespace

void* allocate_pages(std::size_t bytes, bool huge) {
  std::size_t size = whole_pages(bytes);
  // One page more, so that some multiple of a page is in it; what stands over goes back.
  void* mapped =
      mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) std::abort();  // as every allocation that fails
  auto begin = reinterpret_cast<std::uintptr_t>(mapped);
  std::uintptr_t pages = (begin + kHugePage - 1) & ~(std::uintptr_t{kHugePage} - 1);
  std::size_t before = pages - begin;
  if (before > 0) munmap(mapped, before);
  if (before < kHugePage) munmap(reinterpret_cast<void*>(pages + size), kHugePage - before);
  auto* place = reinterpret_cast<void*>(pages);
  if (huge) madvise(place, size, MADV_HUGEPAGE);  // a refusal leaves ordinary pages
  return place;
}

void free_pages(void* pages, std::size_t bytes) { munmap(pages, whole_pages(bytes)); }

}  // namespace lode
