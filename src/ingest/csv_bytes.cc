#include "ingest/csv_bytes.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <vector>

namespace lode {
namespace {

class FileBytes final : public ByteSource {
 public:
  FileBytes(std::unique_ptr<RandomReader> file, const ByteRange& range)
      : file_(std::move(file)),
        offset_(range.begin),
        end_(range.end != 0 ? range.end : std::numeric_limits<std::uint64_t>::max()) {}
  Result<std::size_t> read(std::span<char> into) override {
    std::size_t most = std::min<std::uint64_t>(into.size(), end_ - std::min(end_, offset_));
    if (most == 0) return 0;
    TRY(std::size_t size, file_->read(offset_, into.first(most)));
    offset_ += size;
    return size;
  }

 private:
  std::unique_ptr<RandomReader> file_;
  std::uint64_t offset_;
  std::uint64_t end_;
};

class GzipBytes final : public ByteSource {
 public:
  explicit GzipBytes(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)) {}
  ~GzipBytes() override {
    if (open_) inflateEnd(&stream_);
  }
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;

  bool packed() const override { return true; }
  std::optional<ContentHash> hash() const override { return ContentHasher(hasher_).finish(); }

  Status start() {
    constexpr int kGzipOnly = 16;
    if (inflateInit2(&stream_, kGzipOnly + MAX_WBITS) != Z_OK)
      return fail(Code::kLimit, "there is no memory to unpack gzip");
    open_ = true;
    return {};
  }

  Result<std::size_t> read(std::span<char> into) override {
    into = into.first(std::min(into.size(), kStep));
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(into.size());
    while (stream_.avail_out == into.size()) {
      if (stream_.avail_in == 0) TRY_VOID(refill());
      if (stream_.avail_in == 0) {
        if (between_members_) return 0;
        return fail(Code::kCorrupt, "the gzip file ends too early; get it again");
      }
      TRY_VOID(step());
    }
    std::size_t size = into.size() - stream_.avail_out;
    hasher_.add(std::string_view(into.data(), size));
    return size;
  }

 private:
  static constexpr std::size_t kStep = std::size_t{1} << 30;

  Status refill() {
    TRY(std::size_t size, packed_->read(buffer_));
    stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_in = static_cast<uInt>(size);
    return {};
  }

  Status step() {
    between_members_ = false;
    int state = inflate(&stream_, Z_NO_FLUSH);
    if (state == Z_OK || state == Z_BUF_ERROR) return {};
    if (state != Z_STREAM_END)
      return fail(Code::kCorrupt, "the gzip file is damaged ({}); get it again",
                  stream_.msg != nullptr ? stream_.msg : "no reason given");
    between_members_ = true;
    if (inflateReset(&stream_) != Z_OK) return fail(Code::kInternal, "zlib could not start again");
    return {};
  }

  std::unique_ptr<ByteSource> packed_;
  z_stream stream_{};
  bool open_ = false;
  bool between_members_ = false;
  ContentHasher hasher_;  // of what was unpacked
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
};

class FirstBytes final : public ByteSource {
 public:
  FirstBytes(std::unique_ptr<ByteSource> bytes, std::int64_t size)
      : bytes_(std::move(bytes)),
        left_(static_cast<std::size_t>(std::max<std::int64_t>(0, size))) {}
  bool packed() const override { return bytes_->packed(); }
  std::optional<ContentHash> hash() const override { return bytes_->hash(); }
  Result<std::size_t> read(std::span<char> into) override {
    if (left_ == 0) return 0;
    TRY(std::size_t size, bytes_->read(into.first(std::min(into.size(), left_))));
    left_ -= size;
    return size;
  }

 private:
  std::unique_ptr<ByteSource> bytes_;
  std::size_t left_;
};

class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(std::span<char> into) override {
    std::size_t size = std::min(into.size(), text_.size() - at_);
    std::memcpy(into.data(), text_.data() + at_, size);
    at_ += size;
    return size;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(FileSystem& files, const std::string& path,
                                               const ByteRange& range) {
  TRY(std::unique_ptr<RandomReader> file, files.open(path));
  std::array<char, 2> magic{};
  TRY(std::size_t size, file->read(0, magic));
  bool packed = size == 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
  std::unique_ptr<ByteSource> bytes = std::make_unique<FileBytes>(std::move(file), range);
  if (!packed) return bytes;
  if (range.begin > 0)
    return fail(Code::kUnsupported, "a packed file cannot be read from its middle");
  auto gzip = std::make_unique<GzipBytes>(std::move(bytes));
  TRY_VOID(gzip->start());
  return gzip;
}

std::unique_ptr<ByteSource> first_bytes(std::unique_ptr<ByteSource> bytes, std::int64_t size) {
  return std::make_unique<FirstBytes>(std::move(bytes), size);
}

Status skip_bytes(ByteSource& bytes, std::int64_t size, const std::optional<ContentHash>& hash) {
  std::vector<char> buffer(256 * 1024);
  auto left = static_cast<std::uint64_t>(size);
  while (left > 0) {
    TRY(std::size_t got,
        bytes.read(std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), left))));
    if (got == 0) return fail(Code::kConflict, "the file is shorter than when it was read");
    left -= got;
  }
  if (hash && bytes.hash() != hash)
    return fail(Code::kConflict, "the file changed since it was read");
  return {};
}

std::unique_ptr<ByteSource> bytes_of(std::string text) {
  return std::make_unique<MemoryBytes>(std::move(text));
}

}  // namespace lode
