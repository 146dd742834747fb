#include "base/process_usage.h"

#include <sys/resource.h>

namespace lode {
namespace {

std::int64_t ns_of(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_usec} * 1'000;
}

}  // namespace

ProcessUsage process_usage() {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return {};
  return {.cpu_ns = ns_of(used.ru_utime) + ns_of(used.ru_stime),
          .resident_peak = std::int64_t{used.ru_maxrss} * 1024};
}

}  // namespace lode
