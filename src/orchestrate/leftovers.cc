#include "orchestrate/leftovers.h"

#include "orchestrate/source_run.h"

namespace lode {
namespace {

// `deep`: also in the directories below.
Result<std::int64_t> remove_below(FileSystem& files, const std::string& directory, bool deep) {
  auto names = files.list(directory);
  if (!names && names.error().code() == Code::kNotFound) return 0;
  if (!names) return fail(names.error());
  std::int64_t removed = 0;
  for (const std::string& name : *names) {
    std::string path = join_path(directory, name);
    auto looked = files.info(path);
    if (!looked && looked.error().code() == Code::kNotFound) continue;  // a link to nowhere
    TRY(FileInfo info, looked);
    if (info.kind == FileInfo::kDirectory && deep) {
      TRY(std::int64_t below, remove_below(files, path, deep));
      removed += below;
    } else if (info.kind == FileInfo::kFile && is_leftover(name)) {
      TRY_VOID(files.remove(path));
      ++removed;
    }
  }
  return removed;
}

// Readers may have the scratch folder in use: what they have open stays theirs though its name is
// gone.
Result<std::int64_t> empty_scratch(FileSystem& files, const std::string& directory) {
  auto names = files.list(directory);
  if (!names && names.error().code() == Code::kNotFound) return 0;
  if (!names) return fail(names.error());
  for (const std::string& name : *names) TRY_VOID(remove_tree(files, join_path(directory, name)));
  return static_cast<std::int64_t>(names->size());
}

}  // namespace

Result<std::int64_t> remove_leftovers(FileSystem& files, const Project& project) {
  std::string state = state_path(project, "");
  TRY(std::int64_t beside, remove_below(files, (project.root / ".lode").string(), false));
  TRY(std::int64_t scratch, empty_scratch(files, state_path(project, "tmp")));
  TRY(std::int64_t below, remove_below(files, state, true));
  return beside + scratch + below;
}

}  // namespace lode
