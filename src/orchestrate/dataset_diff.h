// Two data sets held against each other: by the figures that are kept of every data set, and by
// their rows as far as these are kept.
#pragma once

#include <string_view>

#include "base/error.h"
#include "orchestrate/diff.h"

namespace lode {

// By the first digits of its name, or by its training set: then the newest. kNotFound, and kInvalid
// where several begin so.
Result<DatasetRecord> find_dataset(const std::vector<DatasetRecord>& datasets,
                                   std::string_view reference);

// Adds sections, columns and notes to `out`.
Status diff_datasets(const Project& project, const DatasetRecord& a, const DatasetRecord& b,
                     const DiffMeans& means, Diff& out);

}  // namespace lode
