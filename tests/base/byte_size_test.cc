#include "base/byte_size.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(ParseSize, Units) {
  EXPECT_EQ(parse_size("1000000").value(), 1'000'000);
  EXPECT_EQ(parse_size("512MiB").value(), 512 << 20);
  EXPECT_EQ(parse_size("1.5GB").value(), 1'500'000'000);
  EXPECT_EQ(parse_size("2G").value(), std::int64_t{2} << 30);
  EXPECT_EQ(parse_size("8192TiB").value(), std::int64_t{1} << 53);
  for (const char* bad :
       {"", "GiB", "4gib", "4 GiB", "-1", "0", "0.5B", "nan", "inf", "1e3", "8193TiB", "1GiBx"})
    EXPECT_FALSE(parse_size(bad).has_value()) << bad;
}

}  // namespace
}  // namespace lode
