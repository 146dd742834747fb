#include "base/cpu.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lode {
namespace {

TEST(Kernel, Names) {
  EXPECT_EQ(kernel_name(Kernel::kBaseline), "baseline");
  EXPECT_EQ(kernel_name(Kernel::kAvx2), "avx2");
  EXPECT_EQ(kernel_name(Kernel::kAvx512), "avx512");
}

TEST(Kernel, LessMayBeAskedForAndNeverMore) {
  EXPECT_EQ(choose_kernel(Kernel::kAvx512, "baseline"), Kernel::kBaseline);
  EXPECT_EQ(choose_kernel(Kernel::kAvx512, "avx2"), Kernel::kAvx2);
  EXPECT_EQ(choose_kernel(Kernel::kAvx512, "avx512"), Kernel::kAvx512);
  EXPECT_EQ(choose_kernel(Kernel::kAvx2, "avx512"), Kernel::kAvx2);
  EXPECT_EQ(choose_kernel(Kernel::kBaseline, "avx512"), Kernel::kBaseline);
  EXPECT_EQ(choose_kernel(Kernel::kAvx2, ""), Kernel::kAvx2);
  EXPECT_EQ(choose_kernel(Kernel::kAvx2, "AVX2"), Kernel::kAvx2);  // unknown words are ignored
}

TEST(Kernel, TheBestIsAvailable) {
  auto kernels = available_kernels();
  ASSERT_FALSE(kernels.empty());
  EXPECT_EQ(kernels.front(), Kernel::kBaseline);
  EXPECT_TRUE(std::is_sorted(kernels.begin(), kernels.end()));
  EXPECT_NE(std::find(kernels.begin(), kernels.end(), best_kernel()), kernels.end());
}

}  // namespace
}  // namespace lode
