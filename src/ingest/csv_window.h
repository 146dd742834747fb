// The part of a text that is in memory: a window that moves on row by row and grows only as far as
// a single row needs. Behind its end stand a line feed and zeros, so that scans may run past it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "ingest/csv_bytes.h"

namespace lode {

class CsvWindow {
 public:
  static constexpr std::size_t kPadding = 64;

  // `offset`: where in the text `bytes` begin.
  CsvWindow(std::unique_ptr<ByteSource> bytes, std::size_t size, std::int64_t offset = 0)
      : bytes_(std::move(bytes)), size_(size), buffer_(size + kPadding), offset_(offset) {}

  // What is left of the window. Valid until the next call of a member that is not const.
  const char* begin() const { return buffer_.data() + begin_; }
  const char* end() const { return buffer_.data() + end_; }
  std::string_view rest() const { return {begin(), end_ - begin_}; }
  // Where begin() is in the text.
  std::int64_t offset() const { return offset_; }
  const ByteSource& bytes() const { return *bytes_; }
  bool at_end() const { return at_end_; }  // no bytes will come behind end()

  void drop(std::size_t count) {
    begin_ += count;
    offset_ += static_cast<std::int64_t>(count);
  }
  // More bytes behind end(), or at_end().
  Status grow();

 private:
  std::unique_ptr<ByteSource> bytes_;
  std::size_t size_;  // bytes to have before it grows
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::int64_t offset_;
  bool at_end_ = false;
};

}  // namespace lode
