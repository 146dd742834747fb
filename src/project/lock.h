// One writer a project, any number of readers: a run that writes under .lode/ holds this lock from
// its first write to its last.
//
// Threads: may be taken, moved and dropped from any thread; not shared.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace lode {

class ProjectLock {
 public:
  // Takes root/.lode/lock, making the folder; does not wait. kConflict with the holder's process id
  // when another run writes. The system drops the lock when its process dies.
  static Result<ProjectLock> take(FileSystem& files, const std::filesystem::path& root);
  // The file that is locked. One for all projects of a folder.
  static std::string path(const std::filesystem::path& root);

 private:
  explicit ProjectLock(std::unique_ptr<FileLock> lock) : lock_(std::move(lock)) {}

  std::unique_ptr<FileLock> lock_;
};

}  // namespace lode
