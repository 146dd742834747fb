// The machine's files and, operation by operation, a disk in memory whose power fails: so that code
// whose files DuckDB reads from the machine is cut at every operation, and what had survived is
// laid out again for whoever comes after. What libraries write by themselves is on the machine
// alone.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/power_cut_disk.h"

namespace lode {

class MirroredDisk final : public FileSystem {
 public:
  explicit MirroredDisk(std::uint64_t seed) : disk_(seed) {}
  PowerCutDisk& disk() { return disk_; }

  // Everything below a folder of the machine onto the disk, as having been there for long.
  Status take_in(const std::string& path) {
    TRY(FileInfo info, posix_files().info(path));
    if (info.kind == FileInfo::kDirectory) {
      TRY_VOID(disk_.make_directories(path));
      TRY(std::vector<std::string> names, posix_files().list(path));
      for (const std::string& name : names) TRY_VOID(take_in(join_path(path, name)));
      return disk_.sync_directory(path);
    }
    TRY(std::string bytes, posix_files().read(path));
    return write_atomically(disk_, path, bytes);
  }
  // The other way round: what the disk has of a folder in place of what the machine has.
  Status lay_out(const std::string& path) {
    TRY_VOID(remove_tree(posix_files(), path));
    return lay_out_below(path);
  }

  Result<std::string> read(const std::string& path) override { return here().read(path); }
  Result<std::unique_ptr<RandomReader>> open(const std::string& path) override {
    return here().open(path);
  }
  Result<MappedFile> map(const std::string& path) override { return here().map(path); }
  Result<FileInfo> info(const std::string& path) override { return here().info(path); }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    return here().list(directory);
  }
  Result<std::unique_ptr<AppendFile>> create(const std::string& path) override {
    TRY(std::unique_ptr<AppendFile> there, disk_.create(path));
    TRY(std::unique_ptr<AppendFile> file, here().create(path));
    return std::make_unique<Both>(std::move(there), std::move(file));
  }
  Result<std::unique_ptr<AppendFile>> append(const std::string& path) override {
    TRY(std::unique_ptr<AppendFile> there, disk_.append(path));
    TRY(std::unique_ptr<AppendFile> file, here().append(path));
    return std::make_unique<Both>(std::move(there), std::move(file));
  }
  Status truncate(const std::string& path, std::uint64_t size) override {
    TRY_VOID(disk_.truncate(path, size));
    return here().truncate(path, size);
  }
  Status sync_file(const std::string& path) override { return disk_.sync_file(path); }
  Status make_directories(const std::string& path) override {
    TRY_VOID(disk_.make_directories(path));
    return here().make_directories(path);
  }
  Status rename(const std::string& from, const std::string& to) override {
    TRY_VOID(disk_.rename(from, to));
    return here().rename(from, to);
  }
  Status remove(const std::string& path) override {
    Status there = disk_.remove(path);
    if (!there && there.error().code() != Code::kNotFound) return there;  // DuckDB's own
    return here().remove(path);
  }
  Status sync_directory(const std::string& path) override { return disk_.sync_directory(path); }
  Result<std::uint64_t> free_space(const std::string& path) override {
    return here().free_space(path);
  }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    return here().lock(path);
  }

 private:
  class Both final : public AppendFile {
   public:
    Both(std::unique_ptr<AppendFile> there, std::unique_ptr<AppendFile> file)
        : there_(std::move(there)), file_(std::move(file)) {}
    Status append(std::string_view bytes) override {
      TRY_VOID(there_->append(bytes));
      return file_->append(bytes);
    }
    Status sync() override { return there_->sync(); }
    Status close() override {
      TRY_VOID(there_->close());
      return file_->close();
    }

   private:
    std::unique_ptr<AppendFile> there_;
    std::unique_ptr<AppendFile> file_;
  };

  static FileSystem& here() { return posix_files(); }

  Status lay_out_below(const std::string& path) {
    TRY(FileInfo info, disk_.info(path));
    if (info.kind == FileInfo::kDirectory) {
      TRY_VOID(here().make_directories(path));
      TRY(std::vector<std::string> names, disk_.list(path));
      for (const std::string& name : names) TRY_VOID(lay_out_below(join_path(path, name)));
      return {};
    }
    TRY(std::string bytes, disk_.read(path));
    return write_atomically(here(), path, bytes);
  }

  PowerCutDisk disk_;
};

}  // namespace lode
