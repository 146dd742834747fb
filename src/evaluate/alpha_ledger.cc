#include "evaluate/alpha_ledger.h"

#include <algorithm>

namespace lode {
namespace {

// After some fifty halvings a double cannot tell what is left from nothing. A million looks of this
// share add up to less than the last digit of alpha.
constexpr double kLeastShare = 0x1p-80;

}  // namespace

// What has been spent changes only where a look begins or ends, so the row of this period with the
// least left stands at its begin or at that of a look within it.
double AlphaLedger::allowed(const Period& rows) const {
  auto spent_at = [&](Timestamp t) {
    double spent = 0;
    for (const Look& look : looks_)
      if (look.rows.contains(t)) spent += look.alpha;
    return spent;
  };
  double spent = spent_at(rows.begin);
  for (const Look& look : looks_)
    if (rows.contains(look.rows.begin)) spent = std::max(spent, spent_at(look.rows.begin));
  return std::max((alpha_ - spent) / 2, alpha_ * kLeastShare);
}

}  // namespace lode
