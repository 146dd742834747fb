// What processes that died left unfinished in a project's folder of state. It means nothing to any
// reader; the next run removes it, so that kills cannot fill the disk.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "base/file.h"
#include "project/project.h"

namespace lode {

// Removes every file under a temporary name (is_leftover) below the project's folder of state and
// beside the lock, and all of the scratch folder `tmp`. Returns how many. The caller holds the
// project's lock. A file that cannot be removed is an error. Cost: one listing a directory.
Result<std::int64_t> remove_leftovers(FileSystem& files, const Project& project);

}  // namespace lode
