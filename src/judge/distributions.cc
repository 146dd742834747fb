#include "judge/distributions.h"

#include <array>
#include <cmath>
#include <numbers>

#include "base/math.h"

namespace lode {
namespace {

constexpr double kTiny = 1e-300;
constexpr int kMostSteps = 500;

// The continued fraction of the incomplete beta function; converges fast for x below
// (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  auto guarded = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / guarded(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int step = 1; step <= kMostSteps; ++step) {
    double m = step;
    double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    fraction *= c * d;
    double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    double change = c * d;
    fraction *= change;
    if (std::abs(change - 1) < 1e-16) break;
  }
  return fraction;
}

// The regularised upper incomplete gamma function Q(1/2, x): what a normal tail is made of. Series
// below 1.5, continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31).
double upper_gamma_of_half(double x) {
  if (x <= 0) return 1;
  double front = portable_exp(-x + 0.5 * portable_log(x) - log_gamma(0.5));
  if (x < 1.5) {
    double term = 2;
    double sum = term;
    for (int step = 1; step <= kMostSteps && term > sum * 1e-17; ++step) {
      term *= x / (0.5 + step);
      sum += term;
    }
    return 1 - front * sum;
  }
  double b = x + 0.5;
  double c = 1 / kTiny;
  double d = 1 / b;
  double fraction = d;
  for (int step = 1; step <= kMostSteps; ++step) {
    double a = -step * (step - 0.5);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    double change = c * d;
    fraction *= change;
    if (std::abs(change - 1) < 1e-16) break;
  }
  return front * fraction;
}

// The x at which a rising function is p, between bounds that are widened until they hold it; by
// halving, so that nothing depends on a starting value.
template <typename Function>
double solve(Function rising, double p) {
  double low = -1;
  double high = 1;
  while (rising(low) > p && low > -1e300) low *= 2;
  while (rising(high) < p && high < 1e300) high *= 2;
  while (true) {
    double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (rising(middle) < p ? low : high) = middle;
  }
}

}  // namespace

double log_gamma(double x) {
  static constexpr std::array<double, 9> kTerms = {
      0.99999999999980993,  676.5203681218851,     -1259.1392167224028,
      771.32342877765313,   -176.61502916214059,   12.507343278686905,
      -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
  double z = x - 1;
  double sum = kTerms[0];
  for (std::size_t i = 1; i < kTerms.size(); ++i) sum += kTerms[i] / (z + static_cast<double>(i));
  double t = z + 7.5;
  return 0.5 * portable_log(2 * std::numbers::pi) + (z + 0.5) * portable_log(t) - t +
         portable_log(sum);
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  double front = portable_exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * portable_log(x) +
                              b * portable_log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

// The tail away from 0 and the middle near it, each from the side that loses no digits.
double student_cdf(double t, double freedom) {
  double near = t * t / (freedom + t * t);
  if (near < 0.5) {
    double half = 0.5 * incomplete_beta(0.5, freedom / 2, near);
    return t > 0 ? 0.5 + half : 0.5 - half;
  }
  double tail = 0.5 * incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
  return t > 0 ? 1 - tail : tail;
}

double student_quantile(double p, double freedom) {
  if (p > 0.5) return -student_quantile(1 - p, freedom);
  return solve([freedom](double t) { return student_cdf(t, freedom); }, p);
}

double normal_cdf(double z) {
  double tail = 0.5 * upper_gamma_of_half(z * z / 2);
  return z > 0 ? 1 - tail : tail;
}

double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);
  return solve(normal_cdf, p);
}

}  // namespace lode
