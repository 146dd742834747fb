// Files, through an interface that tests can make fail. All durable bytes of lode are written by
// write_atomically or a FileWriter: after a crash a reader sees the old content or the new, never a
// part.
//
// Bytes are std::string and std::string_view. Paths are UTF-8 with '/'; errors carry the path.
// Threads: a FileSystem may be used from any thread; a file handle belongs to one unless said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace lode {

struct FileInfo {
  enum Kind : std::uint8_t { kFile, kDirectory, kOther };
  Kind kind = kFile;
  std::uint64_t size = 0;
  Timestamp modified = {};
};

// Reads at any offset. Safe from several threads.
class RandomReader {
 public:
  virtual ~RandomReader() = default;
  // Fills `into` from `offset`; returns how many bytes there were, less only at the end of the
  // file.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const = 0;
  virtual std::uint64_t size() const = 0;  // as it was when opened
};

// The whole of a file in the address space. Unmapped with the last copy. Safe from several threads.
// The file must not be shortened meanwhile: map only files that are written once.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(std::string_view bytes, std::shared_ptr<const void> owner)
      : bytes_(bytes), owner_(std::move(owner)) {}
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
  std::shared_ptr<const void> owner_;
};

// An open file that grows at its end. Nothing is durable before sync() has returned.
class AppendFile {
 public:
  virtual ~AppendFile() = default;  // closes, errors lost: call close() where they matter
  virtual Status append(std::string_view bytes) = 0;
  virtual Status sync() = 0;
  virtual Status close() = 0;  // later calls fail; does not sync
};

// Held until destroyed; released by the system when the process dies.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

// Errors: kNotFound for a missing file or directory, kLimit for a full disk, kIo otherwise.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::string> read(const std::string& path) = 0;
  virtual Result<std::unique_ptr<RandomReader>> open(const std::string& path) = 0;
  virtual Result<MappedFile> map(const std::string& path) = 0;
  virtual Result<FileInfo> info(const std::string& path) = 0;
  // Names (not paths) in a directory, sorted by bytes, without "." and "..".
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;

  // A new empty file; kConflict if there is one.
  virtual Result<std::unique_ptr<AppendFile>> create(const std::string& path) = 0;
  // An existing file, to grow from its present end.
  virtual Result<std::unique_ptr<AppendFile>> append(const std::string& path) = 0;
  // Cuts a file to `size` bytes (recovery of a torn tail) and syncs it.
  virtual Status truncate(const std::string& path, std::uint64_t size) = 0;
  virtual Status sync_file(const std::string& path) = 0;

  // With parents; no error if it is there. What it made is durable when it returns.
  virtual Status make_directories(const std::string& path) = 0;
  // Replaces `to` if it exists, atomically. Durable after sync_directory of both parents.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  // A file or an empty directory. Durable after sync_directory of its parent.
  virtual Status remove(const std::string& path) = 0;
  virtual Status sync_directory(const std::string& path) = 0;

  virtual Result<std::uint64_t> free_space(const std::string& path) = 0;
  // Exclusive, does not wait; makes the file if needed. kConflict if someone else holds it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

// The machine's files.
FileSystem& posix_files();

// The path's directory ("." if it names none) and last part.
std::string parent_directory(std::string_view path);
std::string base_name(std::string_view path);
std::string join_path(std::string_view directory, std::string_view name);

Result<bool> exists(FileSystem& files, const std::string& path);
// Replaces the content of `path`: temporary file beside it, sync, rename, sync of the directory. On
// an error the old content stands and the temporary file is removed; only if that last sync fails
// the new content is visible already, and after a crash it may be either.
Status write_atomically(FileSystem& files, const std::string& path, std::string_view bytes);
// Removes a directory and all below it, or a file; no error if it is not there. Not atomic.
Status remove_tree(FileSystem& files, const std::string& path);

// True for the name of a temporary file that a crash left behind: safe to remove while no writer is
// at work.
bool is_leftover(std::string_view name);

// write_atomically for content that comes in pieces. Without commit() nothing is left.
class FileWriter {
 public:
  static Result<FileWriter> open(FileSystem& files, std::string path);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;
  ~FileWriter();

  // Gathers small pieces into writes of 256 KiB.
  Status append(std::string_view bytes);
  std::uint64_t size() const { return size_; }  // bytes appended so far
  // Makes the content visible under the path and durable. Once; later calls fail.
  Status commit();
  const std::string& path() const { return path_; }

 private:
  FileWriter(FileSystem& files, std::string path, std::string temporary,
             std::unique_ptr<AppendFile> file);
  Status flush();
  void abandon();

  FileSystem* files_;
  std::string path_;
  std::string temporary_;
  std::unique_ptr<AppendFile> file_;  // null once committed or abandoned
  std::string buffer_;
  std::uint64_t size_ = 0;
};

}  // namespace lode
