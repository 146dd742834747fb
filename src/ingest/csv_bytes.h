// The bytes of a text file from front to back, unpacked when they are gzip (RFC 1952, any number of
// members). What is unpacked is bounded by the reader's buffer, so a small file cannot exhaust
// memory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace lode {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // The next bytes into `into` (not empty); 0 at the end.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
};

// gzip is known by its first two bytes, whatever the name. kCorrupt: it ends too early or its check
// sum is wrong.
Result<std::unique_ptr<ByteSource>> open_bytes(FileSystem& files, const std::string& path);

// Bytes in memory, for tests and for small texts.
std::unique_ptr<ByteSource> bytes_of(std::string text);

}  // namespace lode
