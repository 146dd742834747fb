// What the machine says this process has used so far: for figures shown to people, never for
// results.
#pragma once

#include <cstdint>

namespace lode {

struct ProcessUsage {
  std::int64_t cpu_ns = 0;         // of all its threads, in user and system mode
  std::int64_t resident_peak = 0;  // bytes of memory it had at the most
};

// Threads: any. Cost: a system call, about a microsecond. Zeros if the machine does not say.
ProcessUsage process_usage();

}  // namespace lode
