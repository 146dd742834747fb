#include "features/exact.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace lode {
namespace {

constexpr std::int64_t kExactDouble = std::int64_t{1} << 53;

// Unsigned integers of up to 512 bits, for the slow way of the one rounding. Schoolbook: this runs
// only when a sum passes 2^53 quanta.
struct Big {
  std::array<std::uint64_t, 8> limb{};

  static Big from(const Int256& value) {
    Big big;
    std::memcpy(big.limb.data(), value.limb, sizeof value.limb);
    return big;
  }
  static Big from(UInt128 value) {
    Big big;
    big.limb[0] = static_cast<std::uint64_t>(value);
    big.limb[1] = static_cast<std::uint64_t>(value >> 64);
    return big;
  }
  void multiply(std::uint64_t factor) {
    UInt128 carry = 0;
    for (std::uint64_t& part : limb) {
      carry += static_cast<UInt128>(part) * factor;
      part = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
  int bits() const {
    for (int i = 7; i >= 0; --i)
      if (limb[static_cast<std::size_t>(i)] != 0)
        return 64 * i + 64 - std::countl_zero(limb[static_cast<std::size_t>(i)]);
    return 0;
  }
  void shift_left(int by) {
    for (; by >= 64; by -= 64) {
      for (std::size_t i = 7; i > 0; --i) limb[i] = limb[i - 1];
      limb[0] = 0;
    }
    if (by == 0) return;
    for (std::size_t i = 7; i > 0; --i) limb[i] = limb[i] << by | limb[i - 1] >> (64 - by);
    limb[0] <<= by;
  }
  bool operator>=(const Big& other) const {
    for (std::size_t i = 8; i-- > 0;)
      if (limb[i] != other.limb[i]) return limb[i] > other.limb[i];
    return true;
  }
  void subtract(const Big& other) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      UInt128 difference = static_cast<UInt128>(limb[i]) - other.limb[i] - borrow;
      limb[i] = static_cast<std::uint64_t>(difference);
      borrow = static_cast<std::uint64_t>(difference >> 64) != 0 ? 1 : 0;
    }
  }
  bool zero() const { return bits() == 0; }
};

// numerator / denominator to the nearest double, ties to even; denominator > 0. Values stay far
// from the subnormal range: numerator >= 1 and denominator < 2^200.
double divide(Big numerator, Big denominator) {
  if (numerator.zero()) return 0.0;
  // Scale so that the quotient has 54 or 55 bits: 53 of the result, at least one below, and a
  // sticky remainder.
  int shift = 54 - (numerator.bits() - denominator.bits());
  if (shift > 0) numerator.shift_left(shift);
  if (shift < 0) denominator.shift_left(-shift);
  std::uint64_t quotient = 0;
  int length = numerator.bits() - denominator.bits() + 1;
  for (int bit = length - 1; bit >= 0; --bit) {
    Big step = denominator;
    step.shift_left(bit);
    quotient <<= 1;
    if (numerator >= step) {
      numerator.subtract(step);
      quotient |= 1;
    }
  }
  int extra = 64 - std::countl_zero(quotient) - 53;
  // The quotient has 54 or 55 bits, so extra is 1 or 2.
  std::uint64_t half = std::uint64_t{1} << (extra - 1);  // NOLINT(clang-analyzer-core.BitwiseShift)
  std::uint64_t below = quotient & (2 * half - 1);
  std::uint64_t mantissa = quotient >> extra;
  bool sticky = !numerator.zero();
  if (below > half || (below == half && (sticky || (mantissa & 1) != 0))) ++mantissa;
  return std::ldexp(static_cast<double>(mantissa), extra - shift);
}

UInt128 magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

}  // namespace

Int256 Int256::from(Int128 value) {
  Int256 wide;
  wide.limb[0] = static_cast<std::uint64_t>(value);
  wide.limb[1] = static_cast<std::uint64_t>(static_cast<UInt128>(value) >> 64);
  wide.limb[2] = wide.limb[3] = value < 0 ? ~std::uint64_t{0} : 0;
  return wide;
}

Int256 Int256::product(Int128 a, Int128 b) {
  UInt128 x = magnitude(a);
  UInt128 y = magnitude(b);
  std::uint64_t xs[2] = {static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(x >> 64)};
  std::uint64_t ys[2] = {static_cast<std::uint64_t>(y), static_cast<std::uint64_t>(y >> 64)};
  Int256 out;
  for (int i = 0; i < 2; ++i) {
    UInt128 carry = 0;
    for (int j = 0; j < 2; ++j) {
      carry += static_cast<UInt128>(xs[i]) * ys[j] + out.limb[i + j];
      out.limb[i + j] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    out.limb[i + 2] += static_cast<std::uint64_t>(carry);
  }
  return (a < 0) != (b < 0) ? out.negated() : out;
}

Int256& Int256::operator+=(const Int256& other) {
  UInt128 carry = 0;
  for (int i = 0; i < 4; ++i) {
    carry += static_cast<UInt128>(limb[i]) + other.limb[i];
    limb[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  return *this;
}

Int256& Int256::operator-=(const Int256& other) { return *this += other.negated(); }

Int256 Int256::negated() const {
  Int256 out;
  UInt128 carry = 1;
  for (int i = 0; i < 4; ++i) {
    carry += ~limb[i];
    out.limb[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  return out;
}

Result<Quantum> quantum_of(double value) {
  if (!std::isfinite(value) || value <= 0)
    return fail(Code::kInvalid, "a quantum is a positive number such as 0.01, not {}", value);
  std::array<char, 64> digits_text{};
  auto [end, status] =
      std::to_chars(digits_text.begin(), digits_text.end(), value, std::chars_format::scientific);
  (void)status;
  std::string_view shortest(digits_text.data(), static_cast<std::size_t>(end - digits_text.data()));
  std::size_t e = shortest.find('e');
  std::int64_t digits = 0;
  int places = 0;
  bool after_point = false;
  for (char c : shortest.substr(0, e)) {
    if (c == '.') {
      after_point = true;
    } else {
      digits = digits * 10 + (c - '0');
      places += after_point ? 1 : 0;
    }
  }
  int exponent = 0;
  std::string_view exponent_text = shortest.substr(e + 1);
  if (exponent_text.front() == '+') exponent_text.remove_prefix(1);
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  places -= exponent;
  for (; places < 0 && digits <= kExactDouble; ++places) digits *= 10;
  if (places < 0 || places > 18 || digits > kExactDouble)
    return fail(Code::kInvalid,
                "quantum {} is out of range; use a decimal with at most 18 places and 15 digits",
                value);
  return Quantum{digits, places};
}

std::optional<std::int64_t> to_quanta(double x, const Quantum& quantum) {
  if (!std::isfinite(x)) return std::nullopt;
  double scaled = x / (static_cast<double>(quantum.digits)) *
                  static_cast<double>(kPowersOfTen[static_cast<std::size_t>(quantum.places)]);
  if (!(std::fabs(scaled) <= 0x1p53)) return std::nullopt;
  auto guess = static_cast<std::int64_t>(std::nearbyint(scaled));
  for (std::int64_t n : {guess, guess - 1, guess + 1, guess - 2, guess + 2}) {
    if (n < -kExactDouble || n > kExactDouble) continue;
    if (round_ratio(n, quantum, 1) == x) return n;
  }
  return std::nullopt;
}

double round_wide_ratio(Int128 numerator, const Quantum& quantum, std::int64_t denominator) {
  Int128 below = Int128{kPowersOfTen[static_cast<std::size_t>(quantum.places)]} * denominator;
  Big above = Big::from(magnitude(numerator));
  above.multiply(static_cast<std::uint64_t>(quantum.digits));
  double result = divide(above, Big::from(static_cast<UInt128>(below)));
  return numerator < 0 ? -result : result;
}

double round_variance(std::int64_t n, Int128 sum, const Int256& squares, const Quantum& quantum) {
  // n * squares <= 2^64 * 2^190 fits Int256: squares of m records are below m * 2^126.
  Int256 above;
  Big scaled = Big::from(squares);
  scaled.multiply(static_cast<std::uint64_t>(n));
  std::memcpy(above.limb, scaled.limb.data(), sizeof above.limb);
  above -= Int256::product(sum, sum);
  if (above.zero()) return 0.0;
  Big numerator = Big::from(above);
  numerator.multiply(static_cast<std::uint64_t>(quantum.digits));
  numerator.multiply(static_cast<std::uint64_t>(quantum.digits));
  Big denominator = Big::from(static_cast<UInt128>(n) * static_cast<UInt128>(n - 1));
  denominator.multiply(
      static_cast<std::uint64_t>(kPowersOfTen[static_cast<std::size_t>(quantum.places)]));
  denominator.multiply(
      static_cast<std::uint64_t>(kPowersOfTen[static_cast<std::size_t>(quantum.places)]));
  return divide(numerator, denominator);
}

}  // namespace lode
