// The machine's files, by POSIX calls.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/file.h"

namespace lode {
namespace {

std::unexpected<Error> refused(std::string_view doing, const std::string& path, int error) {
  Code code = Code::kIo;
  if (error == ENOENT || error == ENOTDIR) code = Code::kNotFound;
  if (error == EEXIST || error == ENOTEMPTY) code = Code::kConflict;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG || error == EMFILE || error == ENFILE)
    code = Code::kLimit;
  bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return fail(code, "{} {}: {}{}", doing, path, std::generic_category().message(error),
              full ? "; make room there, then repeat" : "");
}

// Repeats a call that a signal interrupted.
template <typename Call>
auto retry(Call call) {
  for (;;) {
    auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

// An open descriptor, closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { (void)close(); }

  int get() const { return fd_; }
  bool close() { return fd_ < 0 || ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

Result<Descriptor> open_descriptor(const std::string& path, int flags) {
  int fd = retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
  if (fd < 0) return refused("opening", path, errno);
  return Descriptor(fd);
}

Result<struct stat> status_of(const Descriptor& descriptor, const std::string& path) {
  struct stat status{};
  if (::fstat(descriptor.get(), &status) != 0) return refused("reading", path, errno);
  if (S_ISDIR(status.st_mode)) return refused("reading", path, EISDIR);
  return status;
}

// Reads until `into` is full or the file ends.
Result<std::size_t> read_at(const Descriptor& descriptor, const std::string& path,
                            std::uint64_t offset, std::span<char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    auto at = static_cast<off_t>(offset + done);
    ssize_t count = retry(
        [&] { return ::pread(descriptor.get(), into.data() + done, into.size() - done, at); });
    if (count < 0) return refused("reading", path, errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

class PosixReader final : public RandomReader {
 public:
  PosixReader(Descriptor descriptor, std::string path, std::uint64_t size)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), size_(size) {}
  Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const override {
    if (offset >= size_) return std::size_t{0};
    return read_at(descriptor_, path_, offset, into);
  }
  std::uint64_t size() const override { return size_; }

 private:
  Descriptor descriptor_;
  std::string path_;
  std::uint64_t size_;
};

class PosixAppendFile final : public AppendFile {
 public:
  PosixAppendFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Status append(std::string_view bytes) override {
    while (!bytes.empty()) {
      ssize_t count = retry([&] { return ::write(descriptor_.get(), bytes.data(), bytes.size()); });
      if (count < 0) return refused("writing", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }
  Status sync() override {
    if (::fsync(descriptor_.get()) != 0) return refused("syncing", path_, errno);
    return {};
  }
  Status close() override {
    if (!descriptor_.close()) return refused("closing", path_, errno);
    return {};
  }

 private:
  Descriptor descriptor_;
  std::string path_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

class PosixFiles final : public FileSystem {
 public:
  Result<std::string> read(const std::string& path) override {
    TRY(Descriptor descriptor, open_descriptor(path, O_RDONLY));
    TRY(struct stat status, status_of(descriptor, path));
    // One byte more than the size, so that the end is seen; files of /proc say 0 and grow here.
    std::string bytes(static_cast<std::size_t>(status.st_size) + 1, '\0');
    std::size_t done = 0;
    for (;;) {
      TRY(std::size_t count, read_next(descriptor, path, std::span(bytes).subspan(done)));
      done += count;
      if (count == 0) break;
      if (done == bytes.size()) bytes.resize(bytes.size() * 2);
    }
    bytes.resize(done);
    return bytes;
  }

  Result<std::unique_ptr<RandomReader>> open(const std::string& path) override {
    TRY(Descriptor descriptor, open_descriptor(path, O_RDONLY));
    TRY(struct stat status, status_of(descriptor, path));
    return std::make_unique<PosixReader>(std::move(descriptor), path,
                                         static_cast<std::uint64_t>(status.st_size));
  }

  Result<MappedFile> map(const std::string& path) override {
    TRY(Descriptor descriptor, open_descriptor(path, O_RDONLY));
    TRY(struct stat status, status_of(descriptor, path));
    auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return MappedFile();  // an empty mapping does not exist
    void* start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.get(), 0);
    if (start == MAP_FAILED) return refused("mapping", path, errno);
    std::shared_ptr<const void> owner(start, [size](void* mapped) { ::munmap(mapped, size); });
    return MappedFile(std::string_view(static_cast<const char*>(start), size), std::move(owner));
  }

  Result<FileInfo> info(const std::string& path) override {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
      // A name longer than the file system takes names nothing.
      return refused("looking at", path, errno == ENAMETOOLONG ? ENOENT : errno);
    }
    FileInfo info;
    info.kind = S_ISREG(status.st_mode)   ? FileInfo::kFile
                : S_ISDIR(status.st_mode) ? FileInfo::kDirectory
                                          : FileInfo::kOther;
    info.size = static_cast<std::uint64_t>(status.st_size);
    info.modified = {status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1'000};
    return info;
  }

  Result<std::vector<std::string>> list(const std::string& directory) override {
    std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(directory.c_str()), ::closedir);
    if (opened == nullptr) return refused("listing", directory, errno);
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(opened.get());
      if (entry == nullptr) break;
      std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return refused("listing", directory, errno);
    std::ranges::sort(names);
    return names;
  }

  Result<std::unique_ptr<AppendFile>> create(const std::string& path) override {
    return open_to_append(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
  }
  Result<std::unique_ptr<AppendFile>> append(const std::string& path) override {
    return open_to_append(path, O_WRONLY | O_APPEND);
  }

  Status truncate(const std::string& path, std::uint64_t size) override {
    TRY(Descriptor descriptor, open_descriptor(path, O_WRONLY));
    if (retry([&] { return ::ftruncate(descriptor.get(), static_cast<off_t>(size)); }) != 0)
      return refused("truncating", path, errno);
    if (::fsync(descriptor.get()) != 0) return refused("syncing", path, errno);
    return {};
  }

  Status sync_file(const std::string& path) override { return sync(path, O_RDONLY); }
  Status sync_directory(const std::string& path) override {
    return sync(path, O_RDONLY | O_DIRECTORY);
  }

  Status make_directories(const std::string& path) override {
    if (::mkdir(path.c_str(), 0777) == 0) return sync_directory(parent_directory(path));
    int error = errno;
    if (error == EEXIST) {
      TRY(FileInfo there, info(path));
      if (there.kind == FileInfo::kDirectory) return {};
      return fail(Code::kConflict, "making the directory {}: there is a file of that name", path);
    }
    std::string parent = parent_directory(path);
    if (error != ENOENT || parent == path) return refused("making the directory", path, error);
    TRY_VOID(make_directories(parent));
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
      return refused("making the directory", path, errno);
    return sync_directory(parent);
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0)
      return refused("renaming", fmt::format("{} to {}", from, to), errno);
    return {};
  }

  Status remove(const std::string& path) override {
    if (::remove(path.c_str()) != 0) return refused("removing", path, errno);
    return {};
  }

  Result<std::uint64_t> free_space(const std::string& path) override {
    struct statvfs status{};
    if (::statvfs(path.c_str(), &status) != 0) return refused("looking at", path, errno);
    return std::uint64_t{status.f_bavail} * status.f_frsize;
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    TRY(Descriptor descriptor, open_descriptor(path, O_RDWR | O_CREAT));
    if (retry([&] { return ::flock(descriptor.get(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno != EWOULDBLOCK) return refused("locking", path, errno);
      return fail(Code::kConflict, "{} is locked: another lode is at work there; wait or stop it",
                  path);
    }
    return std::make_unique<PosixLock>(std::move(descriptor));
  }

 private:
  static Result<std::size_t> read_next(const Descriptor& descriptor, const std::string& path,
                                       std::span<char> into) {
    ssize_t count = retry([&] { return ::read(descriptor.get(), into.data(), into.size()); });
    if (count < 0) return refused("reading", path, errno);
    return static_cast<std::size_t>(count);
  }

  static Result<std::unique_ptr<AppendFile>> open_to_append(const std::string& path, int flags) {
    TRY(Descriptor descriptor, open_descriptor(path, flags));
    return std::make_unique<PosixAppendFile>(std::move(descriptor), path);
  }

  static Status sync(const std::string& path, int flags) {
    TRY(Descriptor descriptor, open_descriptor(path, flags));
    if (::fsync(descriptor.get()) != 0) return refused("syncing", path, errno);
    return {};
  }
};

}  // namespace

FileSystem& posix_files() {
  static PosixFiles files;
  return files;
}

}  // namespace lode
