// Training sets and scores that a run kept (orchestrate/kept_rows.h), read back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "features/training_set.h"
#include "project/project.h"

namespace lode {

// Columns of a zone below the project's state, all rows, in seq order. kNotFound: it has no such
// column. kCorrupt. Memory: the columns.
Result<Table> kept_table(const Project& project, FileSystem& files, const std::string& path,
                         const Limits& limits, const std::vector<std::string>& columns);

// The training set with these of its columns, by ascending seq. kNotFound where no run kept it;
// kInvalid where it has no such column.
Result<TrainingTable> kept_training(const Project& project, FileSystem& files,
                                    const TrainingSet& set, const Limits& limits,
                                    const std::vector<std::string>& columns);

// Where `wanted` are among `seqs`; both ascend. kCorrupt: one is not there.
Result<std::vector<std::int64_t>> rows_of_seqs(std::span<const std::int64_t> wanted,
                                               std::span<const std::int64_t> seqs);

// The values of a column of whole numbers.
std::span<const std::int64_t> whole_numbers_of(const Column& column);

}  // namespace lode
