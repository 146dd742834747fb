#include "cli/sample_file.h"

// Placed into the binary by cmake/sample_file.cmake.
extern "C" const char lode_sample_file_begin[];
extern "C" const char lode_sample_file_end[];

namespace lode {

std::string_view sample_bytes() { return {lode_sample_file_begin, lode_sample_file_end}; }

Result<std::string> write_sample(FileSystem& files, const std::string& folder) {
  std::string path = join_path(folder, kSampleName);
  TRY_VOID(files.make_directories(folder));
  TRY(bool there, exists(files, path));
  if (!there) {
    TRY_VOID(write_atomically(files, path, sample_bytes()));
    return path;
  }
  TRY(std::string bytes, files.read(path));
  if (bytes == sample_bytes()) return path;
  return fail(Error(Code::kConflict, "the sample would be written here, and another file is there",
                    {.file = path}));
}

}  // namespace lode
