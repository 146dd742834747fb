// What scores are written as for others: lode.yaml and the command line say it by a file's ending,
// and are read alike. Threads: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace lode {

enum class ScoreFormat : std::uint8_t { kParquet, kCsv, kDuckDb };

std::string_view score_format_name(ScoreFormat format);  // "parquet", "csv", "duckdb"

// By `format` ("parquet", "csv", "duckdb"), or if it is "auto" by the ending of the path. kInvalid
// with what there is.
Result<ScoreFormat> score_format(std::string_view path, std::string_view format);

}  // namespace lode
