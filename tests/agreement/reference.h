// The third implementation: tests/reference/*.sql, run by DuckDB over the arrival lists of many
// streams at once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "features/aggregate.h"
#include "table/duckdb.h"
#include "tests/agreement/stream.h"

namespace lode::agreement {

// Verdicts and answers of the reference: by stream, then by seq or by the read's position.
struct ReferenceAnswers {
  std::vector<std::vector<std::string>> verdicts;
  Table answers;                           // one row a read, sorted by stream and read
  std::vector<std::int64_t> first_answer;  // row of each stream's first read
};

Result<ReferenceAnswers> run_reference(const Project& project, const std::vector<Stream>& streams);

// The parts a row of the reference's answers gives for a column ("x", "n", "b", "v"), or for the
// record counts ("").
struct ReferenceParts {
  Parts parts;
  bool over_limit = false;
};
Result<ReferenceParts> parts_at(const Table& answers, std::int64_t row, const std::string& column,
                                const Kept& kept, std::int64_t t0);

}  // namespace lode::agreement
