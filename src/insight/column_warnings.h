// What is odd about a column, each with what was done about it.
#pragma once

#include <optional>
#include <vector>

#include "insight/column_summary.h"
#include "insight/personal_data.h"

namespace lode {

// `summary`: its role and nulls, worked out already. Spellings are looked for among at most
// kMostValues values.
std::vector<ColumnWarning> warnings_of(const ColumnProfile& column, const ColumnSummary& summary,
                                       const std::optional<PersonalData>& personal);

}  // namespace lode
