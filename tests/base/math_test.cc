#include "base/math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "base/random.h"

namespace lode {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kSubnormal = std::numeric_limits<double>::denorm_min();
constexpr int kArguments = 1'000'000;

// Distance from the true value in units of the last place of the double nearest to it. The long
// double of the platform (64 bits of mantissa) stands for the truth; its own error is 1/2000 ulp.
double ulps(double got, long double truth) {
  if (std::isinf(got)) return std::isinf(static_cast<double>(truth)) ? 0 : 1e9;
  double nearest = std::fabs(static_cast<double>(truth));
  double ulp = std::nextafter(nearest, kInfinity) - nearest;
  if (nearest == std::numeric_limits<double>::max()) ulp = 0x1p971;
  return static_cast<double>(std::fabs(static_cast<long double>(got) - truth) / ulp);
}

// The largest error over a million arguments, printed so that a change of accuracy shows in a log.
template <typename Draw, typename Error>
double largest_error(const char* what, Draw draw, Error error) {
  Random random(20010129);
  double largest = 0;
  double where = 0;
  for (int i = 0; i < kArguments; ++i) {
    double x = draw(random);
    double e = error(x);
    if (!(e <= largest)) {
      largest = e;
      where = x;
    }
  }
  std::printf("[ max ulp  ] %-24s %.4f at %a\n", what, largest, where);
  return largest;
}

double any_positive(Random& random) {  // uniform over the bit patterns of positive finite doubles
  return std::bit_cast<double>(random.below(0x7ff0000000000000U));
}

TEST(PortableExp, IsWithinOneUlp) {
  auto error = [](double x) { return ulps(portable_exp(x), expl(x)); };
  EXPECT_LT(largest_error(
                "exp, whole range", [](Random& r) { return r.unit() * 1460 - 748; }, error),
            1.0);
  EXPECT_LT(largest_error("exp, [-1, 1)", [](Random& r) { return r.unit() * 2 - 1; }, error), 1.0);
  EXPECT_LT(largest_error(
                "exp, tiny", [](Random& r) { return std::ldexp(r.unit() - 0.5, -20); }, error),
            1.0);
}

TEST(PortableExp, Edges) {
  EXPECT_EQ(portable_exp(0.0), 1.0);
  EXPECT_EQ(portable_exp(-0.0), 1.0);
  EXPECT_EQ(portable_exp(kSubnormal), 1.0);
  EXPECT_EQ(portable_exp(1.0), std::numbers::e);
  EXPECT_EQ(portable_exp(kInfinity), kInfinity);
  EXPECT_EQ(portable_exp(-kInfinity), 0.0);
  EXPECT_TRUE(std::isnan(portable_exp(kNaN)));
  // The last finite and the last non-zero result: 1024 ln 2 and -1075 ln 2, rounded towards zero.
  EXPECT_TRUE(std::isfinite(portable_exp(0x1.62e42fefa39efp+9)));
  EXPECT_EQ(portable_exp(0x1.62e42fefa39fp+9), kInfinity);
  EXPECT_EQ(portable_exp(-0x1.74910d52d3051p+9), kSubnormal);
  EXPECT_EQ(portable_exp(-0x1.74910d52d3052p+9), 0.0);
}

TEST(PortableLog, IsWithinOneUlp) {
  auto error = [](double x) { return ulps(portable_log(x), logl(x)); };
  EXPECT_LT(largest_error("log, whole range", any_positive, error), 1.0);
  EXPECT_LT(largest_error("log, (0, 2)", [](Random& r) { return (1 - r.unit()) * 2; }, error), 1.0);
  EXPECT_LT(largest_error(
                "log, near 1", [](Random& r) { return 1 + (r.unit() - 0.5) * 0x1p-12; }, error),
            1.0);
  EXPECT_LT(
      largest_error(
          "log, subnormal",
          [](Random& r) { return std::bit_cast<double>(1 + r.below(0x000fffffffffffffU)); }, error),
      1.0);
}

TEST(PortableLog, Edges) {
  EXPECT_EQ(portable_log(1.0), 0.0);
  EXPECT_FALSE(std::signbit(portable_log(1.0)));
  EXPECT_EQ(portable_log(2.0), std::numbers::ln2);
  EXPECT_EQ(portable_log(0.5), -std::numbers::ln2);
  EXPECT_EQ(portable_log(10.0), std::numbers::ln10);
  EXPECT_EQ(portable_log(0.0), -kInfinity);
  EXPECT_EQ(portable_log(-0.0), -kInfinity);
  EXPECT_EQ(portable_log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(portable_log(-1.0)));
  EXPECT_TRUE(std::isnan(portable_log(-kInfinity)));
  EXPECT_TRUE(std::isnan(portable_log(kNaN)));
  EXPECT_EQ(portable_log(kSubnormal), -0x1.74385446d71c3p+9);  // -1074 ln 2 = -744.4400719213812
}

TEST(PortableLog1p, IsWithinOneUlp) {
  auto error = [](double x) { return ulps(portable_log1p(x), log1pl(x)); };
  EXPECT_LT(largest_error(
                "log1p, (-1, 1)", [](Random& r) { return r.unit() * 2 - 0x1.fffp-1; }, error),
            1.0);
  EXPECT_LT(largest_error("log1p, positive", any_positive, error), 1.0);
  EXPECT_LT(largest_error(
                "log1p, tiny", [](Random& r) { return std::ldexp(r.unit() - 0.5, -30); }, error),
            1.0);
}

TEST(PortableLog1p, Edges) {
  EXPECT_EQ(portable_log1p(0.0), 0.0);
  EXPECT_TRUE(std::signbit(portable_log1p(-0.0)));
  EXPECT_EQ(portable_log1p(kSubnormal), kSubnormal);
  EXPECT_EQ(portable_log1p(1.0), std::numbers::ln2);
  EXPECT_EQ(portable_log1p(-1.0), -kInfinity);
  EXPECT_EQ(portable_log1p(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(portable_log1p(-1.5)));
  EXPECT_TRUE(std::isnan(portable_log1p(kNaN)));
}

// powl has 64 bits of mantissa but loses up to 10 of them to the size of y log x; it is compared
// where the result is moderate, and the extremes are checked below by exact cases.
TEST(PortablePow, IsWithinOneUlp) {
  Random exponents(7);
  auto error = [&](double base) {
    double exponent = exponents.unit() * 40 - 20;
    return ulps(portable_pow(base, exponent), powl(base, exponent));
  };
  EXPECT_LT(largest_error("pow, (0, 8)", [](Random& r) { return 8 * (1 - r.unit()); }, error), 1.0);
  auto whole = [&](double base) {
    double exponent = static_cast<double>(exponents.below(17));
    return ulps(portable_pow(base, exponent), powl(base, exponent));
  };
  EXPECT_LT(largest_error(
                "pow, whole exponents", [](Random& r) { return 200 * r.unit() - 100; }, whole),
            1.0);
  auto growth = [&](double base) {
    double exponent = std::ldexp(exponents.unit(), 30);
    return ulps(portable_pow(base, exponent), powl(base, exponent));
  };
  EXPECT_LT(largest_error(
                "pow, growth rates", [](Random& r) { return 1 + r.unit() * 1e-9; }, growth),
            1.0);
}

TEST(PortablePow, WholeResultsAreExact) {
  double power = 1;
  for (int n = 0; n <= 33; ++n, power *= 3) EXPECT_EQ(portable_pow(3, n), power) << n;  // < 2^53
  for (int n = -1074; n < 1024; ++n) EXPECT_EQ(portable_pow(2, n), std::ldexp(1.0, n)) << n;
  for (int n = 0; n <= 22; ++n) {
    double ten = 1;  // 10^22 is the last power of ten that is a double
    for (int i = 0; i < n; ++i) ten *= 10;
    EXPECT_EQ(portable_pow(10, n), ten) << n;
  }
  EXPECT_EQ(portable_pow(-3, 3), -27);
  EXPECT_EQ(portable_pow(-3, 4), 81);
  EXPECT_EQ(portable_pow(-2, -3), -0.125);
  EXPECT_EQ(portable_pow(1024, 0.5), 32);
  EXPECT_EQ(portable_pow(81, 0.75), 27);
}

TEST(PortablePow, SpecialCasesOfAnnexF) {
  const double values[] = {0.0,  -0.0, 1.0,  -1.0,      2.0,        -2.0,  0.5,
                           -0.5, 3.0,  -3.0, kInfinity, -kInfinity, 1e300, -1e-300};
  for (double base : values) {
    for (double exponent : values) {
      double want = std::pow(base, exponent);
      double got = portable_pow(base, exponent);
      if (std::isnan(want)) {
        EXPECT_TRUE(std::isnan(got)) << base << " ^ " << exponent;
      } else {
        EXPECT_EQ(got, want) << base << " ^ " << exponent;
        EXPECT_EQ(std::signbit(got), std::signbit(want)) << base << " ^ " << exponent;
      }
    }
    EXPECT_EQ(std::isnan(portable_pow(base, kNaN)), base != 1.0);
    EXPECT_EQ(std::isnan(portable_pow(kNaN, base)), base != 0.0);
  }
  EXPECT_EQ(portable_pow(10, 308.5), kInfinity);
  EXPECT_EQ(portable_pow(10, -330), 0.0);
  EXPECT_EQ(portable_pow(1 + 0x1p-52, 0x1p65), kInfinity);
  EXPECT_EQ(portable_pow(1 - 0x1p-53, 0x1p65), 0.0);
}

TEST(Sigmoid, KnownValues) {
  EXPECT_EQ(sigmoid(0.0), 0.5);
  EXPECT_EQ(sigmoid(kInfinity), 1.0);
  EXPECT_EQ(sigmoid(-kInfinity), 0.0);
  EXPECT_EQ(sigmoid(1000.0), 1.0);
  EXPECT_EQ(sigmoid(-1000.0), 0.0);
  EXPECT_TRUE(std::isnan(sigmoid(kNaN)));
  EXPECT_NEAR(sigmoid(std::numbers::ln10), 10.0 / 11, 1e-16);  // 1 / (1 + 1/10)
  EXPECT_NEAR(sigmoid(-std::numbers::ln10) * 11, 1.0, 1e-15);
  EXPECT_LT(largest_error(
                "sigmoid", [](Random& r) { return r.unit() * 1400 - 700; },
                [](double x) { return ulps(sigmoid(x), 1 / (1 + expl(-x))); }),
            2.5);
}

// The bits of some results, on every machine and in every build.
TEST(PortableMath, BitsStayTheSame) {
  Random random(1);
  std::uint64_t mixed = 0;
  for (int i = 0; i < 100'000; ++i) {
    double x = random.unit() * 1400 - 700;
    for (double y : {portable_exp(x), portable_log(std::fabs(x)), portable_log1p(std::fabs(x)),
                     portable_pow(std::fabs(x), 1.37), sigmoid(x)})
      mixed = mixed * 0x9e3779b97f4a7c15U + std::bit_cast<std::uint64_t>(y);
  }
  EXPECT_EQ(mixed, 2572740229468257722U);
}

}  // namespace
}  // namespace lode
