// Reads and writes the bytes of stored models and encoders: little-endian, lengths before contents.
// The reader trusts nothing: every length is checked against what is left before a byte is
// allocated.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lode {

static_assert(std::endian::native == std::endian::little, "what is stored is little-endian");

class ByteWriter {
 public:
  void u8(std::uint8_t value) { put(value); }
  void u32(std::uint32_t value) { put(value); }
  void u64(std::uint64_t value) { put(value); }
  void i64(std::int64_t value) { put(value); }
  void f64(double value) { put(value); }
  // Length as u32, then the bytes.
  void text(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
  }
  void texts(std::span<const std::string> values) {
    u32(static_cast<std::uint32_t>(values.size()));
    for (const std::string& value : values) text(value);
  }
  // Count as u32, then the numbers; NaN is kept bit by bit.
  void numbers(std::span<const double> values) {
    u32(static_cast<std::uint32_t>(values.size()));
    for (double value : values) f64(value);
  }
  void raw(std::string_view value) { bytes_ += value; }
  const std::string& bytes() const { return bytes_; }

 private:
  template <typename T>
  void put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  std::string bytes_;
};

// Every method is kCorrupt when the bytes end too early.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  Result<std::uint8_t> u8() { return take<std::uint8_t>(); }
  Result<std::uint32_t> u32() { return take<std::uint32_t>(); }
  Result<std::uint64_t> u64() { return take<std::uint64_t>(); }
  Result<std::int64_t> i64() { return take<std::int64_t>(); }
  Result<double> f64() { return take<double>(); }
  Result<std::string> text();
  Result<std::vector<std::string>> texts();
  Result<std::vector<double>> numbers();
  Result<std::string_view> raw(std::size_t size);
  std::size_t left() const { return bytes_.size(); }
  // kCorrupt if anything is left.
  Status finish() const;

 private:
  template <typename T>
  Result<T> take() {
    TRY(std::string_view part, raw(sizeof(T)));
    T value;
    std::memcpy(&value, part.data(), sizeof(T));
    return value;
  }
  std::string_view bytes_;
};

}  // namespace lode
