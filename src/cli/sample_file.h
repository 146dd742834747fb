// The table that `lode mine` has of its own (examples/sample), for a user without a file at hand.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace lode {

inline constexpr std::string_view kSampleName = "telco_churn.csv.gz";
inline constexpr std::string_view kSampleTarget = "churn";
inline constexpr std::string_view kSampleText =
    "no file was named: the sample is 7,043 customers of a telephone company, and whether they "
    "left (examples/sample; MIT licence)";

// The packed text.
std::string_view sample_bytes();

// Writes it into this folder, which is made if it is not there, and returns its path. A file of its
// name and bytes that is there already is taken for it; kConflict for another.
Result<std::string> write_sample(FileSystem& files, const std::string& folder);

}  // namespace lode
