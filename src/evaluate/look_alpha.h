// What one of several looks at rows they share may spend, where it is known beforehand how many
// looks a row will be in, as it is in a walk forward: each look goes back the same time, and there
// is one a period.
//
// Looks that share rows say nearly the same, so that all of them together are misled far less often
// than a union bound (alpha / looks each) allows for. The level is that at which the largest of the
// looks' statistics, as if they were means of independent periods, is above it by luck with a
// chance of `alpha`: Pocock (1977) for looks at growing rows, and the same for looks at as many
// rows that move on; the smaller of the two. Looks are all alike, so that no later one starves
// (docs/decisions/010-alpha-of-a-walk.md has what that is worth).
//
// Worked out from 200,000 draws of one seed, a tenth and two standard errors to the safe side;
// where so few can tell nothing (alpha below 0.001) it is the union bound; more than 64 looks are
// groups that share alpha. Threads: a pure function. Cost: 400,000 normal quantiles a look: a few
// tenths of a second.
#pragma once

#include <cstdint>

namespace lode {

// `alpha` in (0, 1), of all looks together; `looks` that share a row, 1 or more. Between alpha /
// looks and alpha.
double look_alpha(double alpha, std::int64_t looks);

}  // namespace lode
