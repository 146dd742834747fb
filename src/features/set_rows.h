// The rows a training set asks about: the instances of its source that stand at a cut, each in its
// last version, with what is known of its label (docs/semantics.md 8.2, 8.4).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "project/project.h"
#include "table/column.h"

namespace lode {

// In the order of their originals. All vectors are of one length.
struct SetRows {
  std::vector<std::int64_t> row;        // the last version's row in the table of records
  std::vector<std::int64_t> order;      // seq of its original, or of its first version
  std::vector<std::int64_t> label_row;  // the version whose label is visible at the end, or -1
  std::vector<std::int64_t> label_known;
  std::int64_t retracted = 0;  // instances that do not stand any more
  Column label;                // of all records
  std::int64_t size() const { return static_cast<std::int64_t>(row.size()); }
};

// `records` are those of the set's source, in seq order. Errors: kUnsupported for a label that is a
// decimal; an expression that fails on a record, with its place in the project. O(records).
Result<SetRows> rows_of_set(const Project& project, const TrainingSet& set, const Table& records,
                            std::int64_t cut);

// Those rows of a table of records, in that order; shares its columns where all are taken.
Table take_rows(const Table& records, const std::vector<std::int64_t>& rows);

// What `where` says of each row of such a table; nothing if the set has none. Errors as above.
Result<std::optional<Column>> where_of_set(const Project& project, const TrainingSet& set,
                                           const Table& rows);

// An error at the place of the expression it comes from.
Error at_expression(const Project& project, const Error& error,
                    const DeclaredExpression& expression);

}  // namespace lode
