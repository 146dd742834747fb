// Monotone constraints of trees, as an option writes them and as XGBoost's trainer takes them: a
// column that is `up` never lowers a score when it grows and all others stand, one that is `down`
// never raises it. Scores are sums of leaves in one order, and rounding keeps order, so the
// constraint holds to the bit.
#pragma once

#include <string>
#include <string_view>

#include "base/component.h"
#include "base/error.h"
#include "mine/design.h"

namespace lode {

inline constexpr Option kMonotoneOption = {"monotone", OptionType::kText, "none",
                                           "columns of numbers that may only raise or only lower a "
                                           "score, such as \"amount up, age down\""};

// "(1,0,-1)", one for each column of the design; "" of "none". kInvalid, with what is allowed: a
// column that is not there or is no number, one named twice, a direction that is none.
Result<std::string> monotone_constraints(std::string_view option, const DesignSchema& schema);

}  // namespace lode
