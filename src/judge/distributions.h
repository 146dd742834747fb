// The distributions that judging needs: normal, Student's t and the beta function behind them. They
// go through base/math.h, so a limit of a test is the same bytes on every machine.
//
// Accuracy: 1e-12 relative for distribution functions above 1e-300, 1e-10 for quantiles, measured
// against tables by tests/judge/distributions_test.cc. Threads: pure functions. Cost: below 2 us, a
// quantile below 50 us.
#pragma once

namespace lode {

// log of the gamma function, x > 0 (Lanczos, 1964, with g = 7 and nine terms).
double log_gamma(double x);

// The regularised incomplete beta function I_x(a, b), a and b > 0, x in [0, 1], by its continued
// fraction (Abramowitz and Stegun 26.5.8; Lentz, 1976).
double incomplete_beta(double a, double b, double x);

// P(T <= t) with `freedom` > 0 degrees of freedom, and the t at which it is p in (0, 1).
double student_cdf(double t, double freedom);
double student_quantile(double p, double freedom);

// P(Z <= z), and the z at which it is p in (0, 1).
double normal_cdf(double z);
double normal_quantile(double p);

}  // namespace lode
