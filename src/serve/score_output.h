// Scores given to others: a Parquet or CSV file, or a table in a DuckDB file. The file is there
// whole or not at all: it is made under another name and renamed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "table/column.h"

namespace lode {

enum class ScoreFormat : std::uint8_t { kParquet, kCsv, kDuckDb };

struct ScoreTarget {
  std::string path;
  ScoreFormat format = ScoreFormat::kParquet;
  std::string table;       // of a DuckDB file
  bool overwrite = false;  // a file, or a table of one, that is there
};

// By `format` ("parquet", "csv", "duckdb"), or if it is "auto" by the ending of the path. kInvalid
// with what there is.
Result<ScoreFormat> score_format(std::string_view path, std::string_view format);

// kConflict: the file is there (of a DuckDB file: the table), and `overwrite` is not set; to be
// asked before the work. kInvalid: its folder is not there.
Status check_target(FileSystem& files, const ScoreTarget& target);

// Writes the rows. `scratch` is an existing folder for what is unfinished. kLimit when the disk is
// full; what stood at the path stands then. One thread; about 2 M rows/s.
Status write_scores(FileSystem& files, const Table& scores, const ScoreTarget& target,
                    const std::string& scratch);

}  // namespace lode
