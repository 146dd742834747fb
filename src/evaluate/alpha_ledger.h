// Alpha spent on rows: every look of a gate at labelled rows can promote a challenger by luck, and
// challengers that look at the same rows add up. A look over a period is allowed half of what its
// rows have left, so that over all looks, however many, the chance that some row helped promote a
// challenger that is no better stays below alpha (a union bound over looks that share rows).
//
// Threads: a value. Cost: O(looks^2) a look.
#pragma once

#include <vector>

#include "judge/split.h"

namespace lode {

struct Look {
  Period rows;  // of event time
  double alpha = 0;
};

class AlphaLedger {
 public:
  // `alpha` in (0, 1): what all looks at the same rows may spend together.
  explicit AlphaLedger(double alpha) : alpha_(alpha) {}

  // What a look at these rows may spend; always above 0 and below alpha.
  double allowed(const Period& rows) const;
  // Records a look, whatever came of it.
  void spend(const Period& rows, double alpha) { looks_.push_back({rows, alpha}); }
  const std::vector<Look>& looks() const { return looks_; }

 private:
  double alpha_;
  std::vector<Look> looks_;
};

}  // namespace lode
