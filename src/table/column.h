// Columns and tables in Arrow's memory layout. A Column is immutable once built, shares its buffers
// on copy, and can be handed to any Arrow consumer without moving a byte (table/arrow.h).
//
// Threads: const access from any thread; a builder belongs to one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "table/type.h"

namespace lode {

using Int128 = __int128;

// Shared, immutable bytes, 64-byte aligned, with at least 64 readable bytes of padding behind.
class Buffer {
 public:
  Buffer() = default;
  // Owned, zeroed memory of `size` bytes (writable through mutable_data until shared).
  static Buffer allocate(std::int64_t size);
  // The same without zeroes in the first `size` bytes, for one who writes all of them.
  static Buffer allocate_unset(std::int64_t size);
  // Foreign memory kept alive by `owner`.
  static Buffer wrap(const void* data, std::int64_t size, std::shared_ptr<const void> owner);

  const std::uint8_t* data() const { return data_; }
  std::uint8_t* mutable_data() { return const_cast<std::uint8_t*>(data_); }
  std::int64_t size() const { return size_; }
  explicit operator bool() const { return data_ != nullptr; }
  template <typename T>
  const T* as() const {
    return reinterpret_cast<const T*>(data_);
  }
  template <typename T>
  T* mutable_as() {
    return reinterpret_cast<T*>(mutable_data());
  }

 private:
  const std::uint8_t* data_ = nullptr;
  std::int64_t size_ = 0;
  std::shared_ptr<const void> owner_;
};

inline bool bit_at(const std::uint8_t* bits, std::int64_t i) {
  return (bits[i >> 3] >> (i & 7)) & 1;
}

// One column of `length` rows. Buffers hold exactly Arrow's layout with offset 0:
//   validity  bit-packed, LSB first; empty = no nulls
//   values    fixed-width values, bit-packed bools, or the characters of string and bytes
//   offsets   int32[length + 1] for string, bytes and list
//   children  list: the elements; struct: the fields
//   dictionary  when set (kString only): values are int32[length] codes into it; codes under a null
//               are 0 or anything in range
struct Column {
  Type type;
  std::int64_t length = 0;
  std::int64_t null_count = 0;
  Buffer validity;
  Buffer values;
  Buffer offsets;
  std::vector<Column> children;
  std::shared_ptr<const Column> dictionary;

  bool is_null(std::int64_t i) const { return validity && !bit_at(validity.data(), i); }
  bool boolean(std::int64_t i) const { return bit_at(values.data(), i); }
  std::int64_t int64(std::int64_t i) const {
    return values.as<std::int64_t>()[i];
  }  // also timestamp
  double float64(std::int64_t i) const { return values.as<double>()[i]; }
  std::int32_t date(std::int64_t i) const { return values.as<std::int32_t>()[i]; }
  Int128 decimal(std::int64_t i) const { return values.as<Int128>()[i]; }
  // string or bytes, dictionary-encoded or not; valid while the column lives
  std::string_view string(std::int64_t i) const;

  // Rows [begin, begin + count) as a column of its own. Copies; O(count).
  Column slice(std::int64_t begin, std::int64_t count) const;
  // The rows named by `rows`, in that order; a negative row gives null. Copies.
  Column take(std::span<const std::int64_t> rows) const;
};

// A batch: columns of equal length under a schema.
struct Table {
  Schema schema;
  std::vector<Column> columns;
  std::int64_t rows = 0;

  const Column* find(std::string_view name) const;
};

// Bytes of all buffers; one that several columns share counts for each.
std::int64_t bytes_of(const Column& column);
std::int64_t bytes_of(const Table& table);

// Appends values one at a time; finish() hands out the column and leaves the builder empty.
// Appending a value of another type than the builder's is a bug of the caller (asserted).
class ColumnBuilder {
 public:
  explicit ColumnBuilder(Type type);
  ~ColumnBuilder();
  ColumnBuilder(ColumnBuilder&&) noexcept;
  ColumnBuilder& operator=(ColumnBuilder&&) noexcept;

  void reserve(std::int64_t rows);
  void append_null();
  void append_bool(bool value);
  void append_int64(std::int64_t value);  // also kTimestamp
  void append_double(double value);
  void append_decimal(Int128 value);
  void append_date(std::int32_t days);
  void append_string(std::string_view value);  // also kBytes
  // Lists and structs: append to child(i) first, then close the row.
  ColumnBuilder& child(std::size_t i);
  void append_list();    // elements appended to child(0) since the last close
  void append_struct();  // one value appended to every child
  std::int64_t length() const;
  Column finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lode
