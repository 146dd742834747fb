#include "base/math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

// Every operation here is one correctly rounded IEEE step in a written order: no FMA, no
// contraction
// (-ffp-contract=off), no libm beyond sqrt. Do not regroup a sum: its grouping is its accuracy.

namespace lode {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr double kInverseLn2 = 0x1.71547652b82fep+0;
// ln 2 = high + low; high has 32 bits, so that k * high is exact for every exponent k.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
// What is missing from high + low, for pow.
constexpr double kLn2Lower = 0x1.cc01f97b57a08p-87;
constexpr double kRoundToInteger = 0x1.8p52;  // adding it pushes the fraction out of the mantissa
constexpr double kSqrtHalf = 0x1.6a09e667f3bcdp-1;
constexpr double kSmallestNormal = 0x1p-1022;

// A value as an unevaluated sum, low below half an ulp of high: about 106 bits.
struct Pair {
  double high;
  double low;
};

// Exact sum of a and b for |a| >= |b| (Dekker 1971).
Pair fast_two_sum(double a, double b) {
  double sum = a + b;
  return {sum, b - (sum - a)};
}

// Exact sum for any order (Knuth).
Pair two_sum(double a, double b) {
  double sum = a + b;
  double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

// Exact product, by splitting each factor in two halves (Veltkamp and Dekker). Factors below 2^970.
Pair two_product(double a, double b) {
  constexpr double kSplit = 0x1p27 + 1;
  double a_scaled = kSplit * a;
  double a_high = a_scaled - (a_scaled - a);
  double a_low = a - a_high;
  double b_scaled = kSplit * b;
  double b_high = b_scaled - (b_scaled - b);
  double b_low = b - b_high;
  double product = a * b;
  double error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
  return {product, error};
}

Pair add(Pair a, Pair b) {
  Pair sum = two_sum(a.high, b.high);
  return fast_two_sum(sum.high, sum.low + (a.low + b.low));
}

Pair multiply(Pair a, Pair b) {
  Pair product = two_product(a.high, b.high);
  return fast_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

double with_exponent(std::int64_t k) {  // 2^k for normal results
  return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

// value * 2^k in two steps, so that neither factor over- or underflows before the result does.
double scale(double value, std::int64_t k) {
  std::int64_t half = k / 2;
  return value * with_exponent(half) * with_exponent(k - half);
}

// e^(high + low) for -746 < high < 710 and a tiny low.
//
// high + low = k ln 2 + r, |r| <= 0.3466; e^r by its Taylor series to r^14 (the rest is below
// 2^-63), with 1 + r kept exactly so that the only large rounding is the last.
double exp_kernel(double high, double low) {
  constexpr std::array<double, 13> kInverseFactorial = {
      // 1/2!, 1/3!, ..., 1/14!
      0x1p-1,
      0x1.5555555555555p-3,
      0x1.5555555555555p-5,
      0x1.1111111111111p-7,
      0x1.6c16c16c16c17p-10,
      0x1.a01a01a01a01ap-13,
      0x1.a01a01a01a01ap-16,
      0x1.71de3a556c734p-19,
      0x1.27e4fb7789f5cp-22,
      0x1.ae64567f544e4p-26,
      0x1.1eed8eff8d898p-29,
      0x1.6124613a86d09p-33,
      0x1.93974a8c07c9dp-37,
  };
  const auto& c = kInverseFactorial;
  double k = (high * kInverseLn2 + kRoundToInteger) - kRoundToInteger;
  double reduced = high - k * kLn2High;  // exact
  double below = low - k * kLn2Low;
  double r = reduced + below;
  double r_low = (reduced - r) + below;

  double r2 = r * r;
  double r4 = r2 * r2;
  double p01 = c[0] + c[1] * r;
  double p23 = c[2] + c[3] * r;
  double p45 = c[4] + c[5] * r;
  double p67 = c[6] + c[7] * r;
  double p89 = c[8] + c[9] * r;
  double p1011 = c[10] + c[11] * r;
  double p03 = p01 + p23 * r2;
  double p47 = p45 + p67 * r2;
  double p812 = (p89 + p1011 * r2) + c[12] * r4;
  double p = p03 + (p47 + p812 * r4) * r4;

  Pair one_plus_r = fast_two_sum(1.0, r);
  double rest = r2 * p + (r_low + r_low * r);
  return scale(one_plus_r.high + (one_plus_r.low + rest), static_cast<std::int64_t>(k));
}

struct Split {
  double k;  // whole
  double m;  // in [sqrt(1/2), sqrt(2))
};

// x = m * 2^k, for positive finite x.
Split split_exponent(double x) {
  double k = 0;
  if (x < kSmallestNormal) {
    x *= 0x1p54;
    k = -54;
  }
  auto bits = std::bit_cast<std::uint64_t>(x);
  k += static_cast<double>(static_cast<std::int64_t>(bits >> 52) - 1023);
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffU) | 0x3ff0000000000000U);
  if (m >= 2 * kSqrtHalf) {
    m *= 0.5;
    k += 1;
  }
  return {k, m};
}

// k ln 2 + log(1 + f) + low for f in [sqrt(1/2) - 1, sqrt(2) - 1].
//
// With s = f / (2 + f), log(1 + f) = 2 atanh(s) = 2s + s R(s^2), and since 2s = f - s f, this is
// f - (f^2/2 - s (f^2/2 + R)): the large part f is exact.
double log_kernel(double k, double f, double low) {
  constexpr std::array<double, 11> c = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
                                        2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23};
  double s = f / (2 + f);
  double z = s * s;
  double z2 = z * z;
  double z4 = z2 * z2;
  double p03 = (c[0] + c[1] * z) + (c[2] + c[3] * z) * z2;
  double p47 = (c[4] + c[5] * z) + (c[6] + c[7] * z) * z2;
  double p810 = (c[8] + c[9] * z) + c[10] * z2;
  double series = z * (p03 + (p47 + p810 * z4) * z4);
  Pair square = two_product(f, f);
  double half_square = 0.5 * square.high;
  double correction = s * (half_square + series) - 0.5 * square.low;
  Pair large = two_sum(k * kLn2High, f);
  Pair sum = two_sum(large.high, -half_square);
  return sum.high + (sum.low + (large.low + ((correction + k * kLn2Low) + low)));
}

// log(x) to about 70 bits for positive finite x: the same series, its first two terms in pairs.
Pair log_pair(double x) {
  constexpr Pair kThird = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
  constexpr Pair kFifth = {0x1.999999999999ap-3, -0x1.999999999999ap-57};
  constexpr std::array<double, 12> c = {1.0 / 7,  1.0 / 9,  1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17,
                                        1.0 / 19, 1.0 / 21, 1.0 / 23, 1.0 / 25, 1.0 / 27, 1.0 / 29};
  auto [k, m] = split_exponent(x);
  double f = m - 1;  // exact
  Pair denominator = two_sum(2.0, f);
  double s_high = f / denominator.high;
  Pair back = two_product(s_high, denominator.high);
  double remainder = ((f - back.high) - back.low) - s_high * denominator.low;
  Pair s = fast_two_sum(s_high, remainder / denominator.high);
  Pair z = multiply(s, s);

  double tail = 0;
  for (std::size_t i = c.size(); i-- > 0;) tail = tail * z.high + c[i];
  Pair series = add(kFifth, two_product(z.high, tail));
  series = add(kThird, multiply(z, series));
  series = add({1.0, 0.0}, multiply(z, series));
  Pair log_m = multiply({2 * s.high, 2 * s.low}, series);

  Pair whole = two_sum(k * kLn2High, k * kLn2Low);
  whole.low += k * kLn2Lower;
  return add(whole, log_m);
}

bool is_whole(double x) { return std::fabs(x) >= 0x1p53 || std::trunc(x) == x; }
bool is_odd(double x) { return std::fabs(x) < 0x1p53 && is_whole(x) && std::trunc(x / 2) * 2 != x; }

// base^n for 1 <= n <= 16 and a base far from overflow, by squaring in pairs.
double whole_power(double base, int n) {
  Pair power = {1.0, 0.0};
  Pair square = {base, 0.0};
  for (;;) {
    if ((n & 1) != 0) power = multiply(power, square);
    n >>= 1;
    if (n == 0) return power.high + power.low;
    square = multiply(square, square);
  }
}

// base^exponent for a positive finite base other than 1 and a finite exponent other than 0.
double positive_power(double base, double exponent) {
  // |log(base)| is at least 2^-53 and below 2^10.
  if (std::fabs(exponent) > 0x1p64) return (base > 1) == (exponent > 0) ? kInfinity : 0.0;
  if (std::fabs(exponent) < 0x1p-65) return 1.0;
  if (exponent == 1) return base;
  if (exponent == 2) return base * base;
  if (exponent == -1) return 1 / base;
  if (exponent == 0.5) return std::sqrt(base);
  if (exponent > 0 && exponent <= 16 && is_whole(exponent) && base > 0x1p-40 && base < 0x1p40)
    return whole_power(base, static_cast<int>(exponent));
  Pair log = log_pair(base);
  Pair product = two_product(exponent, log.high);
  product = fast_two_sum(product.high, product.low + exponent * log.low);
  if (product.high >= 710) return kInfinity;
  if (product.high <= -746) return 0.0;
  return exp_kernel(product.high, product.low);
}

// base^exponent where base is ±0 or ±inf.
double power_of_extreme(double base, double exponent) {
  bool large = std::isinf(base) == (exponent > 0);
  double magnitude = large ? kInfinity : 0.0;
  return std::signbit(base) && is_odd(exponent) ? -magnitude : magnitude;
}

}  // namespace

double portable_exp(double x) {
  if (std::isnan(x)) return x;
  if (x >= 710) return kInfinity;
  if (x <= -746) return 0.0;
  return exp_kernel(x, 0.0);
}

double portable_log(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x == 0) return -kInfinity;
  if (x < 0) return kNaN;
  auto [k, m] = split_exponent(x);
  return log_kernel(k, m - 1, 0.0);
}

double portable_log1p(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x == -1) return -kInfinity;
  if (x < -1) return kNaN;
  if (std::fabs(x) < 0x1p-54) return x;
  if (x > kSqrtHalf - 1 && x < 2 * kSqrtHalf - 1) return log_kernel(0.0, x, 0.0);
  Pair sum = two_sum(1.0, x);
  auto [k, m] = split_exponent(sum.high);
  return log_kernel(k, m - 1, sum.low / sum.high);
}

double portable_pow(double base, double exponent) {
  if (exponent == 0 || base == 1) return 1.0;
  if (std::isnan(base) || std::isnan(exponent)) return kNaN;
  if (std::isinf(exponent)) {
    if (base == -1) return 1.0;
    return (std::fabs(base) > 1) == (exponent > 0) ? kInfinity : 0.0;
  }
  if (base == 0 || std::isinf(base)) return power_of_extreme(base, exponent);
  if (base > 0) return positive_power(base, exponent);
  if (!is_whole(exponent)) return kNaN;
  double magnitude = base == -1 ? 1.0 : positive_power(-base, exponent);
  return is_odd(exponent) ? -magnitude : magnitude;
}

double sigmoid(double x) {
  if (x >= 0) return 1 / (1 + portable_exp(-x));
  double e = portable_exp(x);
  return e / (1 + e);
}

}  // namespace lode
