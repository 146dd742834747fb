// Symmetric positive definite systems of up to a few thousand unknowns: packed storage, Cholesky
// factor with a check of every pivot, solve. Plain loops in a fixed order, so the same bytes
// everywhere; no BLAS.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lode {

// The lower triangle by rows: row i holds columns 0 .. i.
class PackedMatrix {
 public:
  explicit PackedMatrix(std::size_t size) : size_(size), cells_(size * (size + 1) / 2) {}

  std::size_t size() const { return size_; }
  double* row(std::size_t i) { return cells_.data() + i * (i + 1) / 2; }
  const double* row(std::size_t i) const { return cells_.data() + i * (i + 1) / 2; }
  std::span<double> cells() { return cells_; }
  std::span<const double> cells() const { return cells_; }

 private:
  std::size_t size_;
  std::vector<double> cells_;
};

// Replaces A by its factor L with A = L L'. A pivot that is not above `tolerance` times its
// diagonal element means that the row is a linear combination of those before it, to about the root
// of the tolerance: it is taken out of the system (its unknown becomes 0) and named in the result.
// `active` (one a row, changed in place) leaves out rows from the start. O(size^3 / 6).
// Golub and Van Loan, Matrix Computations, 4.2.
std::vector<std::size_t> factor_in_place(PackedMatrix& a, std::vector<bool>& active,
                                         double tolerance);

// Solves L L' x = b in place; entries of rows that are not active become 0. O(size^2).
void solve_in_place(const PackedMatrix& factor, const std::vector<bool>& active,
                    std::span<double> b);

}  // namespace lode
