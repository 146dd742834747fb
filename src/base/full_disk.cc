#include "base/full_disk.h"

namespace lode {

class FullDisk::Handle final : public AppendFile {
 public:
  Handle(FullDisk& disk, std::unique_ptr<AppendFile> below, std::string path)
      : disk_(disk), below_(std::move(below)), path_(std::move(path)) {}

  Status append(std::string_view bytes) override {
    Status room = disk_.count(path_);
    if (room) return below_->append(bytes);
    TRY_VOID(below_->append(bytes.substr(0, bytes.size() / 2)));
    return room;
  }
  Status sync() override {
    TRY_VOID(disk_.count(path_));
    return below_->sync();
  }
  Status close() override { return below_->close(); }

 private:
  FullDisk& disk_;
  std::unique_ptr<AppendFile> below_;
  std::string path_;
};

void FullDisk::full_after(std::int64_t writes, Code code) {
  code_ = code;
  full_at_ = writes_ + writes;
}
void FullDisk::make_room() { full_at_ = std::numeric_limits<std::int64_t>::max(); }

Status FullDisk::count(const std::string& path) {
  if (writes_++ < full_at_) return {};
  if (code_ == Code::kIo) return fail(Code::kIo, "writing {}: Input/output error", path);
  return fail(Code::kLimit, "writing {}: No space left on device; make room there, then repeat",
              path);
}

Result<std::string> FullDisk::read(const std::string& path) { return below_.read(path); }
Result<std::unique_ptr<RandomReader>> FullDisk::open(const std::string& path) {
  return below_.open(path);
}
Result<MappedFile> FullDisk::map(const std::string& path) { return below_.map(path); }
Result<FileInfo> FullDisk::info(const std::string& path) { return below_.info(path); }
Result<std::vector<std::string>> FullDisk::list(const std::string& directory) {
  return below_.list(directory);
}

Result<std::unique_ptr<AppendFile>> FullDisk::create(const std::string& path) {
  TRY_VOID(count(path));
  TRY(std::unique_ptr<AppendFile> file, below_.create(path));
  return std::make_unique<Handle>(*this, std::move(file), path);
}

Result<std::unique_ptr<AppendFile>> FullDisk::append(const std::string& path) {
  TRY(std::unique_ptr<AppendFile> file, below_.append(path));
  return std::make_unique<Handle>(*this, std::move(file), path);
}

Status FullDisk::truncate(const std::string& path, std::uint64_t size) {
  return below_.truncate(path, size);
}

Status FullDisk::sync_file(const std::string& path) {
  TRY_VOID(count(path));
  return below_.sync_file(path);
}

Status FullDisk::make_directories(const std::string& path) {
  // One that is there costs nothing.
  TRY(bool there, exists(below_, path));
  if (!there) TRY_VOID(count(path));
  return below_.make_directories(path);
}

Status FullDisk::rename(const std::string& from, const std::string& to) {
  TRY_VOID(count(to));
  return below_.rename(from, to);
}

Status FullDisk::remove(const std::string& path) { return below_.remove(path); }
Status FullDisk::sync_directory(const std::string& path) { return below_.sync_directory(path); }
Result<std::uint64_t> FullDisk::free_space(const std::string& path) {
  return below_.free_space(path);
}
Result<std::unique_ptr<FileLock>> FullDisk::lock(const std::string& path) {
  return below_.lock(path);
}

}  // namespace lode
