// Where to look next in a search space: first points spread evenly over it, then more of them where
// the better ones were.
//
// Method: the first few points are Halton's sequence (1960), shifted by the seed and wrapped around
// (Cranley and Patterson, 1976), which leaves fewer gaps than draws do. After them the
// tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kegl, 2011, "Algorithms for
// hyper-parameter optimization"), all axes together: the points tried are split into the better
// quarter and the others, each a density of Gaussian bumps and one flat part, and of 24 draws of
// the better ones' density the one is taken that is likeliest under it and least likely under the
// others'.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lode {

struct TriedPoint {
  std::vector<double> point;  // of the unit cube
  double loss = 0;            // less is better; +inf where it could not be fitted
};

// The point of trial `number` = 1, 2, ...; attempt 0, then others while it was tried already. By
// the arguments alone: the same bytes wherever and whenever it is asked. Cost: 24 densities over
// all points tried.
std::vector<double> next_point(std::size_t axes, std::uint64_t seed, std::uint64_t number,
                               std::uint64_t attempt, std::span<const TriedPoint> tried);

}  // namespace lode
