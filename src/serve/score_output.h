// Scores given to others: a Parquet or CSV file, or a table in a DuckDB file. The file is there
// whole or not at all: it is made under another name and renamed.
#pragma once

#include <string>

#include "base/error.h"
#include "base/file.h"
#include "project/score_format.h"
#include "table/column.h"

namespace lode {

struct ScoreTarget {
  std::string path;
  ScoreFormat format = ScoreFormat::kParquet;
  std::string table;       // of a DuckDB file
  bool overwrite = false;  // a file, or a table of one, that is there
};

// kConflict: the file is there (of a DuckDB file: the table), and `overwrite` is not set; to be
// asked before the work. kInvalid: its folder is not there.
Status check_target(FileSystem& files, const ScoreTarget& target);

// Whether the file is there; of a DuckDB file, whether it has the table.
bool has_target(FileSystem& files, const ScoreTarget& target);

// Writes the rows. `scratch` is an existing folder for what is unfinished. kLimit when the disk is
// full; what stood at the path stands then. One thread; about 2 M rows/s.
Status write_scores(FileSystem& files, const Table& scores, const ScoreTarget& target,
                    const std::string& scratch);

}  // namespace lode
