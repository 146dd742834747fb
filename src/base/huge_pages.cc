#include "base/huge_pages.h"

#include <sys/mman.h>

#include <cstdlib>

namespace lode {

void* allocate_pages(std::size_t bytes, bool huge) {
  std::size_t size = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* pages = std::aligned_alloc(kHugePage, size);
  if (pages == nullptr) std::abort();             // as every allocation that fails
  if (huge) madvise(pages, size, MADV_HUGEPAGE);  // a refusal leaves ordinary pages
  return pages;
}

void free_pages(void* pages) { std::free(pages); }

}  // namespace lode
