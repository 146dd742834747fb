// A view of another FileSystem that counts the bytes written through it: what a run leaves on the
// disk, and what it wrote on the way there. Files that libraries write by themselves (DuckDB's
// scratch files, SQLite's journal) are not seen.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "telemetry/metrics.h"

namespace lode {

// `files` and `written` must outlive it and the files it opens. Threads and errors: as `files`.
// Cost: an atomic addition an append; FileWriter gathers small ones.
class CountedFiles final : public FileSystem {
 public:
  CountedFiles(FileSystem& files, Counter& written) : files_(files), written_(written) {}

  Result<std::string> read(const std::string& path) override { return files_.read(path); }
  Result<std::unique_ptr<RandomReader>> open(const std::string& path) override {
    return files_.open(path);
  }
  Result<MappedFile> map(const std::string& path) override { return files_.map(path); }
  Result<FileInfo> info(const std::string& path) override { return files_.info(path); }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    return files_.list(directory);
  }
  Result<std::unique_ptr<AppendFile>> create(const std::string& path) override;
  Result<std::unique_ptr<AppendFile>> append(const std::string& path) override;
  Status truncate(const std::string& path, std::uint64_t size) override {
    return files_.truncate(path, size);
  }
  Status sync_file(const std::string& path) override { return files_.sync_file(path); }
  Status make_directories(const std::string& path) override {
    return files_.make_directories(path);
  }
  Status rename(const std::string& from, const std::string& to) override {
    return files_.rename(from, to);
  }
  Status remove(const std::string& path) override { return files_.remove(path); }
  Status sync_directory(const std::string& path) override { return files_.sync_directory(path); }
  Result<std::uint64_t> free_space(const std::string& path) override {
    return files_.free_space(path);
  }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    return files_.lock(path);
  }

 private:
  FileSystem& files_;
  Counter& written_;
};

}  // namespace lode
