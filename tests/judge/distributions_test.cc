// Distributions against published tables (R 4.3's values to 12 digits) and their own laws.
#include "judge/distributions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lode {
namespace {

void expect_near(double value, double wanted, double relative = 1e-11) {
  EXPECT_NEAR(value, wanted, std::abs(wanted) * relative);
}

TEST(Distributions, LogGammaOfFactorialsAndHalves) {
  double log_factorial = 0;
  for (int n = 1; n < 60; ++n) {
    expect_near(log_gamma(n + 1), log_factorial += std::log(n), 1e-13 * 10);
  }
  expect_near(log_gamma(0.5), 0.5 * std::log(std::acos(-1.0)), 1e-13);
  EXPECT_NEAR(log_gamma(1), 0, 1e-14);
  EXPECT_NEAR(log_gamma(2), 0, 1e-14);
}

TEST(Distributions, NormalTails) {
  EXPECT_EQ(normal_cdf(0), 0.5);
  expect_near(normal_cdf(-1), 0.158655253931457);
  expect_near(normal_cdf(-1.959963984540054), 0.025);
  expect_near(normal_cdf(-6), 9.86587645037698e-10);
  expect_near(normal_cdf(-20), 2.75362411860623e-89, 1e-10);
  expect_near(normal_cdf(1.5), 0.933192798731142);
  expect_near(normal_quantile(0.975), 1.959963984540054);
  expect_near(normal_quantile(0.001), -3.090232306167814);
}

TEST(Distributions, StudentsT) {
  expect_near(student_quantile(0.975, 1), 12.706204736174707, 1e-10);
  expect_near(student_quantile(0.975, 6), 2.446911851144969, 1e-10);
  expect_near(student_quantile(0.95, 30), 1.697260886593957, 1e-10);
  expect_near(student_quantile(0.0125, 6), -2.968686684, 1e-8);
  expect_near(student_cdf(1, 1), 0.75);
  expect_near(student_cdf(-2, 10), 0.0366940174, 1e-8);
  // Many degrees of freedom are the normal distribution's.
  EXPECT_NEAR(student_quantile(0.975, 1e7), normal_quantile(0.975), 1e-6);
}

TEST(Distributions, QuantilesUndoTheirDistributions) {
  for (double freedom : {1.0, 2.0, 6.0, 27.0, 152.0})
    for (double p : {1e-6, 0.003, 0.05, 0.3, 0.5, 0.8, 0.999}) {
      EXPECT_NEAR(student_cdf(student_quantile(p, freedom), freedom), p, 1e-12);
      EXPECT_NEAR(normal_cdf(normal_quantile(p)), p, 1e-12);
      double t = student_quantile(p, freedom);
      EXPECT_NEAR(t, -student_quantile(1 - p, freedom), std::max(1e-12, std::abs(t) * 1e-9));
    }
}

TEST(Distributions, IncompleteBetaIsADistribution) {
  for (double a : {0.5, 1.0, 3.0, 40.0})
    for (double b : {0.5, 2.0, 17.0}) {
      double before = 0;
      for (double x = 0; x <= 1; x += 0.01) {
        double value = incomplete_beta(a, b, x);
        EXPECT_GE(value, before - 1e-15);
        EXPECT_NEAR(value, 1 - incomplete_beta(b, a, 1 - x), 1e-12);
        before = value;
      }
      EXPECT_EQ(incomplete_beta(a, b, 1), 1);
    }
  expect_near(incomplete_beta(2, 3, 0.4), 0.5248);
}

}  // namespace
}  // namespace lode
