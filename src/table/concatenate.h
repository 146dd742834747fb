// Tables end to end as one: what a stream of batches becomes when something needs all of it at
// once. Copies every value; the parts may be let go.
#pragma once

#include <span>
#include <vector>

#include "base/error.h"
#include "table/column.h"

namespace lode {

// All rows of tables of equal schema, in order. kLimit when the characters of a string column would
// pass 2 GiB; dictionary columns come out plain unless they share one dictionary.
Result<Table> concatenate(std::span<const Table> tables);
// The same, letting go of the parts column by column: it never holds more than all rows once and
// one column of them twice. `tables` is empty afterwards.
Result<Table> concatenate_and_drop(std::vector<Table>& tables);

}  // namespace lode
