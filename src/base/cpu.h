// Which variant of a vectorised kernel to run. All variants give equal bytes; this only decides
// speed, and tests run every variant the machine has.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace lode {

enum class Kernel : std::uint8_t {
  kBaseline,  // x86-64 as every machine has it (SSE2)
  kAvx2,      // AVX2
  kAvx512,    // AVX-512 F, BW, DQ, VL and VBMI (Ice Lake, Zen 4 and later)
};

std::string_view kernel_name(Kernel kernel);  // "baseline", "avx2", "avx512"

// The best the machine and its operating system can run, or less if
// LODE_KERNEL=baseline|avx2|avx512 asks for less (more is never granted, another word is ignored).
// Read once, at the first call.
Kernel best_kernel();
// Every kernel this machine can run, from kBaseline up, whatever LODE_KERNEL says.
std::vector<Kernel> available_kernels();
// best_kernel() for a given machine limit and value of LODE_KERNEL.
Kernel choose_kernel(Kernel machine, std::string_view wanted);

}  // namespace lode
