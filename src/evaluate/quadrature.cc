#include "evaluate/quadrature.h"

namespace lode {
namespace {

struct Legendre {
  double value = 0;
  double before = 0;  // of the degree before
};

// Bonnet's recursion.
Legendre legendre(std::size_t degree, double x) {
  Legendre at{.value = 1, .before = 0};
  for (std::size_t k = 1; k <= degree; ++k) {
    auto n = static_cast<double>(k);
    double next = ((2 * n - 1) * x * at.value - (n - 1) * at.before) / n;
    at = {.value = next, .before = at.value};
  }
  return at;
}

// The only root between two places where the signs differ, to the last bit.
double root_between(std::size_t degree, double low, double high) {
  bool rises = legendre(degree, high).value > 0;
  for (;;) {
    double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    double value = legendre(degree, middle).value;
    if (value == 0) return middle;
    ((value > 0) == rises ? high : low) = middle;
  }
}

}  // namespace

std::vector<QuadraturePoint> gauss_legendre(std::size_t points) {
  std::vector<double> roots;
  for (std::size_t degree = 1; degree <= points; ++degree) {
    std::vector<double> between = {-1};
    between.insert(between.end(), roots.begin(), roots.end());
    between.push_back(1);
    roots.clear();
    for (std::size_t i = 0; i < degree; ++i)
      // An odd polynomial has 0 in its middle, which bisection would only come near to.
      roots.push_back(degree % 2 == 1 && i == degree / 2
                          ? 0.0
                          : root_between(degree, between[i], between[i + 1]));
  }
  std::vector<QuadraturePoint> rule;
  for (double x : roots) {
    Legendre at = legendre(points, x);
    auto n = static_cast<double>(points);
    double slope = n * (at.before - x * at.value) / (1 - x * x);
    // 2 / ((1 - x^2) slope^2) on [-1, 1], halved for [0, 1].
    rule.push_back({.at = (1 + x) / 2, .weight = 1 / ((1 - x * x) * slope * slope)});
  }
  return rule;
}

}  // namespace lode
