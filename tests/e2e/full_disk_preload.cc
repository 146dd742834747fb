// Put before the C library of a lode process (LD_PRELOAD): the disk is full from the n-th write to
// a file on, n from the environment variable LODE_TEST_FULL_AFTER. Unlike base/full_disk.h it
// stands below everything, DuckDB and SQLite included.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace {

std::atomic<long> writes = 0;

long full_after() {
  static const long at = [] {
    const char* text = std::getenv("LODE_TEST_FULL_AFTER");
    return text == nullptr ? -1 : std::atol(text);
  }();
  return at;
}

// Whether this write finds the disk full. Pipes and the three standard files are no disk.
bool is_full(int descriptor) {
  struct stat status{};
  if (descriptor <= 2 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
    return false;
  long at = full_after();
  return at >= 0 && writes++ >= at;
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int refuse() {
  errno = ENOSPC;
  return -1;
}

// What was written goes to LODE_TEST_WRITES_TO, if that is set.
struct Report {
  ~Report() {
    const char* path = std::getenv("LODE_TEST_WRITES_TO");
    std::FILE* out = path == nullptr ? nullptr : std::fopen(path, "w");
    if (out == nullptr) return;
    std::fprintf(out, "%ld", writes.load());
    std::fclose(out);
  }
} report;

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static auto* real = next<ssize_t(int, const void*, size_t)>("write");
  return is_full(descriptor) ? refuse() : real(descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t at) {
  static auto* real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return is_full(descriptor) ? refuse() : real(descriptor, bytes, size, at);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t at) {
  static auto* real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return is_full(descriptor) ? refuse() : real(descriptor, bytes, size, at);
}

int fsync(int descriptor) {
  static auto* real = next<int(int)>("fsync");
  return is_full(descriptor) ? refuse() : real(descriptor);
}

int fdatasync(int descriptor) {
  static auto* real = next<int(int)>("fdatasync");
  return is_full(descriptor) ? refuse() : real(descriptor);
}

}  // extern "C"
