// Whether a stored model still gives the scores it gave: read back from disk with its encoders, it
// scores the kept rows of its data set again, and every score must be the kept one to the bit.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "lake/runs.h"
#include "project/project.h"

namespace lode {

struct ModelCheck {
  std::int64_t rows = 0;  // scored again, all equal
};

// kCorrupt names the first row (by seq) whose score differs. kConflict: rows and scores kept are
// those of another data set or version. Changes nothing; takes no lock.
Result<ModelCheck> check_model(const Project& project, FileSystem& files, const ModelRecord& record,
                               const Limits& limits, const CancelToken& cancel);

}  // namespace lode
