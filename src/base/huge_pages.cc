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

void* map_pages(std::size_t bytes, bool huge) {
  std::size_t size = whole_pages(bytes);
  // One page more, so that an aligned place is in it; what stands before and behind goes back.
  void* mapped = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) std::abort();  // as every allocation that fails
  auto begin = reinterpret_cast<std::uintptr_t>(mapped);
  std::uintptr_t place = whole_pages(begin);
  if (place > begin) munmap(mapped, place - begin);
  std::uintptr_t end = begin + size + kHugePage;
  if (end > place + size) munmap(reinterpret_cast<void*>(place + size), end - place - size);
  auto* pages = reinterpret_cast<void*>(place);
  if (huge) madvise(pages, size, MADV_HUGEPAGE);  // a refusal leaves ordinary pages
  return pages;
}

void unmap_pages(void* pages, std::size_t bytes) { munmap(pages, whole_pages(bytes)); }

}  // namespace lode
