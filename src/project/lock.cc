#include "project/lock.h"

#include <unistd.h>

#include <string>

namespace lode {
namespace {

// Beside the lock and not in it: replacing the locked file would leave the lock on the old one.
std::string owner_path(const std::string& folder) { return join_path(folder, "lock.pid"); }

// " (pid 123)", or nothing while the holder has not written it yet.
std::string owner(FileSystem& files, const std::string& folder) {
  Result<std::string> pid = files.read(owner_path(folder));
  if (!pid || pid->empty() || pid->find_first_not_of("0123456789") != std::string::npos) return {};
  return fmt::format(" (pid {})", *pid);
}

}  // namespace

std::string ProjectLock::path(const std::filesystem::path& root) {
  return join_path(join_path(root.string(), ".lode"), "lock");
}

Result<ProjectLock> ProjectLock::take(FileSystem& files, const std::filesystem::path& root) {
  std::string folder = join_path(root.string(), ".lode");
  TRY_VOID(files.make_directories(folder));
  Result<std::unique_ptr<FileLock>> lock = files.lock(path(root));
  if (!lock && lock.error().code() == Code::kConflict)
    return fail(Code::kConflict,
                "another lode run{} is writing the project in {}; wait until it ends, or stop it",
                owner(files, folder), root.string());
  if (!lock) return fail(lock.error());
  TRY_VOID(write_atomically(files, owner_path(folder), fmt::format("{}", ::getpid())));
  return ProjectLock(std::move(*lock));
}

}  // namespace lode
