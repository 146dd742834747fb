// Gauss-Legendre quadrature on [0, 1]: the integral of a polynomial as a weighted sum of few
// values.
#pragma once

#include <cstddef>
#include <vector>

namespace lode {

struct QuadraturePoint {
  double at = 0;      // in (0, 1)
  double weight = 0;  // above 0; all together 1
};

// The rule of `points` >= 1 points, from low to high: exact, up to rounding, for polynomials of
// degree 2 points - 1 and less. Roots of the Legendre polynomials by bisection between those of the
// polynomial before (they interlace; Szegő 1939, 3.3), so no start values and no libm are needed.
// O(points^3). Thread-safe; the same bytes everywhere.
std::vector<QuadraturePoint> gauss_legendre(std::size_t points);

}  // namespace lode
