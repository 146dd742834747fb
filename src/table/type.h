// The types a value in lode can have, and schemas of named columns. They are Arrow's types with the
// choices already made: one integer, one float, one timestamp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lode {

enum class TypeId : std::uint8_t {
  kBool,  // bit-packed
  kInt64,
  kDouble,
  kDecimal,    // 128-bit two's complement, little-endian, precision 1..38, scale 0..precision
  kString,     // UTF-8, 32-bit offsets; also dictionary-encoded (see Column::dictionary)
  kBytes,      // 32-bit offsets
  kDate,       // int32 days since 1970-01-01
  kTimestamp,  // int64 microseconds since 1970-01-01 UTC
  kList,       // one child, 32-bit offsets
  kStruct,     // children side by side
};

struct Field;

// A type by value; cheap to copy. Two types are equal when id, precision, scale and children are.
struct Type {
  TypeId id = TypeId::kInt64;
  std::uint8_t precision = 0;                            // kDecimal
  std::uint8_t scale = 0;                                // kDecimal
  std::shared_ptr<const std::vector<Field>> children{};  // kList: one; kStruct: any

  static Type boolean() { return {TypeId::kBool}; }
  static Type int64() { return {TypeId::kInt64}; }
  static Type float64() { return {TypeId::kDouble}; }
  static Type decimal(std::uint8_t precision, std::uint8_t scale) {
    return {TypeId::kDecimal, precision, scale};
  }
  static Type string() { return {TypeId::kString}; }
  static Type bytes() { return {TypeId::kBytes}; }
  static Type date() { return {TypeId::kDate}; }
  static Type timestamp() { return {TypeId::kTimestamp}; }
  static Type list(Type element);
  static Type structure(std::vector<Field> fields);

  bool numeric() const {
    return id == TypeId::kInt64 || id == TypeId::kDouble || id == TypeId::kDecimal;
  }
  // "int64", "decimal(10,2)", "list<string>", "struct<a: int64, b: string>"
  std::string text() const;
  bool operator==(const Type& other) const;
};

struct Field {
  std::string name;
  Type type;
  bool operator==(const Field&) const = default;
};

// The inverse of Type::text(), for lode.yaml. Unknown names are kInvalid with the known ones
// listed.
Result<Type> parse_type(std::string_view text);

// Named columns in order. Names are unique and case-sensitive.
class Schema {
 public:
  Schema() = default;
  explicit Schema(std::vector<Field> fields) : fields_(std::move(fields)) {}

  const std::vector<Field>& fields() const { return fields_; }
  std::size_t size() const { return fields_.size(); }
  const Field& operator[](std::size_t i) const { return fields_[i]; }
  // Position of a column, or nothing.
  std::optional<std::size_t> find(std::string_view name) const;
  bool operator==(const Schema&) const = default;

 private:
  std::vector<Field> fields_;
};

}  // namespace lode
