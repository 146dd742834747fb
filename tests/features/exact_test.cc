#include "features/exact.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"

namespace lode {
namespace {

TEST(Exact, QuantumIsTheDecimalAsWritten) {
  EXPECT_EQ(quantum_of(0.01).value(), (Quantum{1, 2}));
  EXPECT_EQ(quantum_of(0.25).value(), (Quantum{25, 2}));
  EXPECT_EQ(quantum_of(1).value(), (Quantum{1, 0}));
  EXPECT_EQ(quantum_of(1000).value(), (Quantum{1000, 0}));
  EXPECT_EQ(quantum_of(1e-18).value(), (Quantum{1, 18}));
  EXPECT_FALSE(quantum_of(0));
  EXPECT_FALSE(quantum_of(-1));
  EXPECT_FALSE(quantum_of(1e-19));
  EXPECT_FALSE(quantum_of(std::numeric_limits<double>::infinity()));
}

TEST(Exact, ValuesOffTheirQuantumAreRefused) {
  Quantum cent{1, 2};
  EXPECT_EQ(to_quanta(0.29, cent), 29);  // 0.29 / 0.01 is 28.999999999999996 in doubles
  EXPECT_EQ(to_quanta(-1234.56, cent), -123456);
  EXPECT_EQ(to_quanta(-0.0, cent), 0);
  EXPECT_EQ(to_quanta(0.295, cent), std::nullopt);
  EXPECT_EQ(to_quanta(0.29000000000000004, cent), std::nullopt);  // the next double
  EXPECT_EQ(to_quanta(NAN, cent), std::nullopt);
  EXPECT_EQ(to_quanta(INFINITY, cent), std::nullopt);
  EXPECT_EQ(to_quanta(1e300, cent), std::nullopt);
  for (std::int64_t n = -100000; n <= 100000; ++n)
    ASSERT_EQ(to_quanta(static_cast<double>(n) / 100.0, cent), n);
}

// The slow way against long double, which has 64 bits of mantissa: where numerator and denominator
// fit 64 bits, its quotient is right to 64 bits and a second rounding to 53 goes wrong only on
// ties, which are tested apart.
TEST(Exact, RatioOfLargeNumbersRoundsOnce) {
  Random random(7);
  for (int i = 0; i < 200000; ++i) {
    auto numerator = static_cast<std::int64_t>(random.next64() >> random.below(12));
    auto denominator = static_cast<std::int64_t>(1 + (random.next64() >> (1 + random.below(60))));
    if (numerator < 0) numerator = -(numerator + 1);
    auto wide = static_cast<long double>(numerator) / static_cast<long double>(denominator);
    auto expected = static_cast<double>(wide);
    double actual = round_ratio(numerator, Quantum{}, denominator);
    // A double rounding differs from one rounding only if the long double sits on a 53-bit tie.
    auto residue = std::fabs(wide - static_cast<long double>(expected));
    auto half_step = static_cast<long double>(std::nextafter(expected, INFINITY) - expected) / 2;
    if (residue == half_step) continue;
    ASSERT_EQ(actual, expected) << numerator << " / " << denominator;
    ASSERT_EQ(round_ratio(-static_cast<Int128>(numerator), Quantum{}, denominator), -expected);
  }
}

TEST(Exact, TiesGoToEven) {
  Int128 odd = (Int128{1} << 53) + 1;  // halfway between 2^53 and 2^53 + 2
  EXPECT_EQ(round_ratio(odd, Quantum{}, 1), 0x1p53);
  EXPECT_EQ(round_ratio(odd + 2, Quantum{}, 1), 0x1p53 + 4);
  // Just above the tie, decided by the remainder alone: (2^54 + 3) / 2 = 2^53 + 1.5.
  EXPECT_EQ(round_ratio((Int128{1} << 54) + 3, Quantum{}, 2), 0x1p53 + 2);
  Int128 top = (Int128{1} << 126) + ((Int128{1} << 126) - 1);  // 2^127 - 1
  EXPECT_EQ(round_ratio(top, Quantum{}, 1), 0x1p127);
}

TEST(Exact, SumsOfCentsAreTheDecimalsPeopleExpect) {
  Quantum cent{1, 2};
  EXPECT_EQ(round_ratio(30, cent, 1), 0.3);  // 0.1 + 0.2 = 0.30000000000000004 in doubles
  EXPECT_EQ(round_ratio(100, cent, 3), 1.0 / 3.0);
}

TEST(Exact, VarianceByHand) {
  // 2, 4, 4, 4, 5, 5, 7, 9: sum 40, squares 232; (8 * 232 - 1600) / 56 = 256 / 56.
  EXPECT_EQ(round_variance(8, 40, Int256::from(232), Quantum{}), 256.0 / 56.0);
  EXPECT_EQ(round_variance(8, 40, Int256::from(232), Quantum{1, 1}), 256.0 / 5600.0);
  EXPECT_EQ(round_variance(3, 30, Int256::from(300), Quantum{}), 0.0);
  // Two values 2^62 and -2^62: variance 2 * 2^124 exactly.
  Int128 big = Int128{1} << 62;
  Int256 squares = Int256::product(big, big);
  squares += squares;
  EXPECT_EQ(round_variance(2, 0, squares, Quantum{}), 0x1p125);
}

TEST(Exact, WideIntegersAddAndMultiply) {
  Int128 a = -(Int128{1} << 100) + 12345;
  Int128 b = (Int128{1} << 90) + 777;
  Int256 sum = Int256::product(a, b);
  sum += Int256::product(-a, b);
  EXPECT_TRUE(sum.zero());
  Int256 minus_one = Int256::from(-1);
  EXPECT_TRUE(minus_one.negative());
  minus_one += Int256::from(1);
  EXPECT_TRUE(minus_one.zero());
  EXPECT_EQ(Int256::product(-3, 7), Int256::from(-21));
}

}  // namespace
}  // namespace lode
