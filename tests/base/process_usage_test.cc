#include "base/process_usage.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace lode {
namespace {

TEST(ProcessUsage, WorkAndMemoryShow) {
  ProcessUsage before = process_usage();
  EXPECT_GT(before.resident_peak, 0);
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  std::vector<char> memory(kBytes);
  ProcessUsage after = before;
  // Until the clock of the process, which moves in steps, has moved.
  for (int value = 1; after.cpu_ns == before.cpu_ns && value < 1000; ++value) {
    std::memset(memory.data(), value, memory.size());
    after = process_usage();
  }
  EXPECT_GT(after.cpu_ns, before.cpu_ns);
  EXPECT_GE(after.resident_peak, static_cast<std::int64_t>(kBytes));
}

}  // namespace
}  // namespace lode
