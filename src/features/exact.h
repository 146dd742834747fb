// Exact arithmetic of features: values as integer quanta, sums that cannot depend on order, and the
// one rounding at the read (docs/semantics.md 7.2 and 7.3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "table/column.h"  // Int128

namespace lode {

using UInt128 = unsigned __int128;

// A signed 256-bit integer in two's complement, four limbs with the least first. Sums of squares of
// 63-bit quanta over 2^64 records fit with room to spare.
struct Int256 {
  std::uint64_t limb[4] = {0, 0, 0, 0};

  static Int256 from(Int128 value);
  static Int256 product(Int128 a, Int128 b);
  Int256& operator+=(const Int256& other);
  Int256& operator-=(const Int256& other);
  bool negative() const { return (limb[3] >> 63) != 0; }
  bool zero() const { return (limb[0] | limb[1] | limb[2] | limb[3]) == 0; }
  Int256 negated() const;
  bool operator==(const Int256&) const = default;
};

// A decimal quantum: digits * 10^-places, digits >= 1, 0 <= places <= 18.
struct Quantum {
  std::int64_t digits = 1;
  int places = 0;
  bool unit() const { return digits == 1 && places == 0; }
  bool operator==(const Quantum&) const = default;
};

// The decimal number that prints shortest as `value` (so 0.01 means one hundredth). Errors: not
// finite, not positive, more than 18 decimal places or 2^53 digits.
Result<Quantum> quantum_of(double value);

// n with x = the double nearest to n quanta, |n| <= 2^53; nothing if there is none. O(1).
std::optional<std::int64_t> to_quanta(double x, const Quantum& quantum);

// The general case of round_ratio.
double round_wide_ratio(Int128 numerator, const Quantum& quantum, std::int64_t denominator);

inline constexpr std::array<std::int64_t, 19> kPowersOfTen = [] {
  std::array<std::int64_t, 19> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// numerator * quantum / denominator, rounded once to the nearest double, ties to even.
// denominator >= 1. Fast when both fit 53 bits: one division. Exact in every case.
inline double round_ratio(Int128 numerator, const Quantum& quantum, std::int64_t denominator) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  auto narrow = static_cast<std::int64_t>(numerator);
  std::int64_t above = 0;
  std::int64_t below = 0;
  bool wide = numerator != narrow || __builtin_mul_overflow(narrow, quantum.digits, &above) ||
              __builtin_mul_overflow(kPowersOfTen[static_cast<std::size_t>(quantum.places)],
                                     denominator, &below);
  if (wide || above > kExact || above < -kExact || below > kExact)
    return round_wide_ratio(numerator, quantum, denominator);
  return static_cast<double>(above) / static_cast<double>(below);
}

// (n * squares - sum^2) / (n * (n - 1)) * quantum^2, rounded once; n >= 2.
double round_variance(std::int64_t n, Int128 sum, const Int256& squares, const Quantum& quantum);

}  // namespace lode
