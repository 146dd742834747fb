#include "telemetry/quantity.h"

#include <gtest/gtest.h>

#include <limits>

namespace lode {
namespace {

TEST(Quantity, Thousands) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(3'000'000), "3,000,000");
  EXPECT_EQ(with_thousands(-123'456), "-123,456");
  EXPECT_EQ(with_thousands(-123), "-123");
  EXPECT_EQ(with_thousands(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Quantity, ShortNumbers) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.5), "0.5");
  EXPECT_EQ(short_number(999), "999");
  EXPECT_EQ(short_number(999.6), "1 k");
  EXPECT_EQ(short_number(12'345), "12.3 k");
  EXPECT_EQ(short_number(2'134'567), "2.13 M");
  EXPECT_EQ(short_number(5e9), "5 G");
  EXPECT_EQ(short_number(1e16), "10000 T");
  EXPECT_EQ(short_number(std::numeric_limits<double>::infinity()), "?");
}

TEST(Quantity, ShortBytes) {
  EXPECT_EQ(short_bytes(0), "0 B");
  EXPECT_EQ(short_bytes(1023), "1023 B");
  EXPECT_EQ(short_bytes(1536), "1.5 KiB");
  EXPECT_EQ(short_bytes(std::int64_t{4} << 30), "4.0 GiB");
  EXPECT_EQ(short_bytes((1 << 20) - 1), "1.0 MiB");
}

TEST(Quantity, ShortDurations) {
  EXPECT_EQ(short_duration(microseconds(400)), "0 ms");
  EXPECT_EQ(short_duration(milliseconds(350)), "350 ms");
  EXPECT_EQ(short_duration(microseconds(999'500)), "1.0 s");
  EXPECT_EQ(short_duration(milliseconds(1440)), "1.4 s");
  EXPECT_EQ(short_duration(milliseconds(9950)), "10 s");
  EXPECT_EQ(short_duration(seconds(12)), "12 s");
  EXPECT_EQ(short_duration(milliseconds(59'600)), "1 min 00 s");
  EXPECT_EQ(short_duration(seconds(200)), "3 min 20 s");
  EXPECT_EQ(short_duration(minutes(65)), "1 h 05 min");
  EXPECT_EQ(short_duration(hours(98)), "4 d 02 h");
  EXPECT_EQ(short_duration(seconds(-5)), "0 ms");
}

}  // namespace
}  // namespace lode
