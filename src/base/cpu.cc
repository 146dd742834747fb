#include "base/cpu.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace lode {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"baseline", "avx2", "avx512"};

// The builtin asks CPUID, and XGETBV whether the operating system saves the wide registers.
Kernel machine_kernel() {
  if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512vbmi") != 0)
    return Kernel::kAvx512;
  if (__builtin_cpu_supports("avx2") != 0) return Kernel::kAvx2;
  return Kernel::kBaseline;
}

}  // namespace

std::string_view kernel_name(Kernel kernel) { return kNames[static_cast<std::size_t>(kernel)]; }

Kernel choose_kernel(Kernel machine, std::string_view wanted) {
  auto found = std::ranges::find(kNames, wanted);
  if (found == kNames.end()) return machine;
  return std::min(machine, static_cast<Kernel>(found - kNames.begin()));
}

Kernel best_kernel() {
  static const Kernel best = [] {
    const char* wanted = std::getenv("LODE_KERNEL");
    return choose_kernel(machine_kernel(), wanted == nullptr ? "" : wanted);
  }();
  return best;
}

std::vector<Kernel> available_kernels() {
  std::vector<Kernel> kernels;
  for (Kernel kernel : {Kernel::kBaseline, Kernel::kAvx2, Kernel::kAvx512})
    if (kernel <= machine_kernel()) kernels.push_back(kernel);
  return kernels;
}

}  // namespace lode
