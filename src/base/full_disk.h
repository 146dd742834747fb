// The machine's files on a disk that fills up at a chosen write, for tests: what stores anything
// runs against it with the disk full at every write, and must then say so, lose nothing, and go on
// once there is room. (A disk in memory that loses power: base/power_cut_disk.h.)
//
// Threads: safe from several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"

namespace lode {

class FullDisk final : public FileSystem {
 public:
  // `below` must outlive it and every handle opened through it.
  explicit FullDisk(FileSystem& below) : below_(below) {}

  // The disk is full from the n-th write from now on (0 = the next one): it and all later ones fail
  // with kLimit, an append after half of its bytes. Removing and reading go on. With kIo it is not
  // full but away for a while.
  void full_after(std::int64_t writes, Code code = Code::kLimit);
  void make_room();
  // Writes so far: create, append, sync, make_directories, rename.
  std::int64_t writes() const { return writes_; }

  Result<std::string> read(const std::string& path) override;
  Result<std::unique_ptr<RandomReader>> open(const std::string& path) override;
  Result<MappedFile> map(const std::string& path) override;
  Result<FileInfo> info(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<std::unique_ptr<AppendFile>> create(const std::string& path) override;
  Result<std::unique_ptr<AppendFile>> append(const std::string& path) override;
  Status truncate(const std::string& path, std::uint64_t size) override;
  Status sync_file(const std::string& path) override;
  Status make_directories(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Result<std::uint64_t> free_space(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

 private:
  class Handle;
  Status count(const std::string& path);

  FileSystem& below_;
  std::atomic<std::int64_t> writes_ = 0;
  std::atomic<Code> code_ = Code::kLimit;
  std::atomic<std::int64_t> full_at_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace lode
