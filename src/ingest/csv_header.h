// The first row of a CSV file against the declared columns: which column of the file goes where,
// and what the user most likely got wrong when it does not fit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "ingest/csv_dialect.h"
#include "ingest/csv_row.h"
#include "table/type.h"

namespace lode {

// For each column of the file its place in `wanted`, or -1. `line` is the header's text, `row` the
// same split. kInvalid: a declared column is missing, a name occurs twice, or the dialect is wrong.
Result<std::vector<int>> match_csv_header(std::string_view line, const CsvRow& row,
                                          const CsvDialect& dialect, const Schema& wanted);

// Without a header: `wanted` are the file's columns, and the first row tells a wrong delimiter.
Status check_csv_first_row(std::string_view line, const CsvRow& row, const CsvDialect& dialect,
                           const Schema& wanted);

}  // namespace lode
