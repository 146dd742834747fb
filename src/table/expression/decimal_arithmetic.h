// Arithmetic of decimals with DuckDB's rules for the width of a result: exact, or an error where
// the result type cannot hold the value. Each of these answers a Request of which an argument is
// decimal and none is double; for any other it has no opinion (an empty Resolution).
#pragma once

#include "table/expression/function.h"

namespace lode {

Result<Resolution> add_decimals(const Request& request);
Result<Resolution> subtract_decimals(const Request& request);
Result<Resolution> multiply_decimals(const Request& request);
Result<Resolution> modulo_decimals(const Request& request);

// value / 10^digits, rounded half away from zero; digits in 0..38.
Int128 divide_rounded(Int128 value, int digits);

}  // namespace lode
