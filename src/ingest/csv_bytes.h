// The bytes of a text file from front to back, unpacked when they are gzip (RFC 1952, any number of
// members). What is unpacked is bounded by the reader's buffer, so a small file cannot exhaust
// memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

namespace lode {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // The next bytes into `into` (not empty); 0 at the end.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  // Whether the file holds the bytes packed: then a place in them is none in the file.
  virtual bool packed() const { return false; }
  // Of all bytes given so far, if they are packed; else nothing.
  virtual std::optional<ContentHash> hash() const { return std::nullopt; }
};

// What of a file is read.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  // exclusive; 0: all there is. A file may grow behind it meanwhile
};

// gzip is known by its first two bytes, whatever the name. kCorrupt: it ends too early or its check
// sum is wrong. kUnsupported: gzip, and a beginning other than 0.
Result<std::unique_ptr<ByteSource>> open_bytes(FileSystem& files, const std::string& path,
                                               const ByteRange& range = {});

// The first `size` bytes of another source.
std::unique_ptr<ByteSource> first_bytes(std::unique_ptr<ByteSource> bytes, std::int64_t size);
// Reads so many bytes and drops them. kConflict if there are fewer, or if their hash is another.
Status skip_bytes(ByteSource& bytes, std::int64_t size, const std::optional<ContentHash>& hash);

// Bytes in memory, for tests and for small texts.
std::unique_ptr<ByteSource> bytes_of(std::string text);

}  // namespace lode
