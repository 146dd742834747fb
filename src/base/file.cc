#include "base/file.h"

#include <unistd.h>

#include <atomic>

namespace lode {
namespace {

constexpr std::size_t kWriteSize = 256 * 1024;
constexpr int kMostAttempts = 100;

// ".name.PID-COUNT.tmp" beside `path`: no other live process or thread makes the same one.
std::string temporary_name(const std::string& path) {
  static std::atomic<std::uint64_t> count = 0;
  std::string name = fmt::format(".{}.{}-{}.tmp", base_name(path), ::getpid(), count++);
  return join_path(parent_directory(path), name);
}

}  // namespace

std::string parent_directory(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  while (slash > 1 && path[slash - 1] == '/') --slash;
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || path == "/") return std::string(path);
  return std::string(path.substr(slash + 1));
}

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty() || directory == ".") return std::string(name);
  return fmt::format("{}{}{}", directory, directory.ends_with('/') ? "" : "/", name);
}

bool is_leftover(std::string_view name) { return name.starts_with('.') && name.ends_with(".tmp"); }

Result<bool> exists(FileSystem& files, const std::string& path) {
  auto info = files.info(path);
  if (info) return true;
  if (info.error().code() == Code::kNotFound) return false;
  return fail(info.error());
}

Status write_atomically(FileSystem& files, const std::string& path, std::string_view bytes) {
  TRY(FileWriter writer, FileWriter::open(files, path));
  TRY_VOID(writer.append(bytes));
  return writer.commit();
}

// remove() takes a symbolic link itself, so a link is never followed out of the tree.
Status remove_tree(FileSystem& files, const std::string& path) {
  Status removed = files.remove(path);
  if (removed || removed.error().code() == Code::kNotFound) return {};
  auto info = files.info(path);
  if (!info || info->kind != FileInfo::kDirectory) return removed;
  TRY(auto names, files.list(path));
  for (const std::string& name : names) TRY_VOID(remove_tree(files, join_path(path, name)));
  return files.remove(path);
}

Result<FileWriter> FileWriter::open(FileSystem& files, std::string path) {
  for (int attempt = 1;; ++attempt) {
    std::string temporary = temporary_name(path);
    auto file = files.create(temporary);
    if (file) return FileWriter(files, std::move(path), std::move(temporary), std::move(*file));
    // Left by a process of the same number that died: take the next name.
    bool taken = file.error().code() == Code::kConflict;
    if (!taken || attempt == kMostAttempts) return fail(file.error().context("writing " + path));
  }
}

FileWriter::FileWriter(FileSystem& files, std::string path, std::string temporary,
                       std::unique_ptr<AppendFile> file)
    : files_(&files),
      path_(std::move(path)),
      temporary_(std::move(temporary)),
      file_(std::move(file)) {}

FileWriter::FileWriter(FileWriter&& other) noexcept = default;

FileWriter::~FileWriter() { abandon(); }

Status FileWriter::append(std::string_view bytes) {
  if (file_ == nullptr) return fail(Code::kInternal, "{} is already written", path_);
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() < kWriteSize) {
    buffer_.append(bytes);
    return {};
  }
  TRY_VOID(flush());
  if (bytes.size() < kWriteSize) {
    buffer_.append(bytes);
    return {};
  }
  return file_->append(bytes);
}

Status FileWriter::flush() {
  if (buffer_.empty()) return {};
  TRY_VOID(file_->append(buffer_));
  buffer_.clear();
  return {};
}

Status FileWriter::commit() {
  if (file_ == nullptr) return fail(Code::kInternal, "{} is already written", path_);
  TRY_VOID(flush());
  TRY_VOID(file_->sync());
  TRY_VOID(file_->close());
  TRY_VOID(files_->rename(temporary_, path_));
  file_.reset();
  return files_->sync_directory(parent_directory(path_));
}

void FileWriter::abandon() {
  if (file_ == nullptr) return;
  file_.reset();
  // If this fails too, the name tells that it is a leftover.
  (void)files_->remove(temporary_);
}

}  // namespace lode
