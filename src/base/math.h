// Exponential, logarithm and power that give the same bytes on every machine. The C library's own
// differ between versions and CPUs, so results of lode must never go through them; +, -, *, / and
// sqrt are exact by IEEE 754 and need no replacement.
//
// Accuracy: exp within 0.76 ulp, the others within 0.64, sigmoid within 2; measured against long
// double by tests/base/math_test.cc, which prints the largest error it sees.
// Threads: pure functions. Cost: about 10 ns, pow about 120; no tables, no FMA. The rounding mode
// must be the default one.
#pragma once

namespace lode {

// e^x. +inf above 709.78, subnormal then 0 below -708.4; NaN for NaN.
double portable_exp(double x);

// Natural logarithm. -inf for ±0, NaN below 0, +inf for +inf.
double portable_log(double x);

// log(1 + x) without losing the small x. -inf for -1, NaN below, ±0 for ±0.
double portable_log1p(double x);

// base^exponent, with the special cases of C Annex F (pow(x, 0) = 1, pow(1, y) = 1, a negative base
// with a fractional exponent is NaN). Squares are correctly rounded, and a power that is a double
// is that double: portable_pow(10, 22) is exact.
double portable_pow(double base, double exponent);

// 1 / (1 + e^-x), without overflow on either side; 0.5 at 0, 0 and 1 at the infinities.
double sigmoid(double x);

}  // namespace lode
