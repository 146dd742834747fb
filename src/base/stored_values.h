// Any value made of numbers, enums, texts, lists, maps, pairs, optionals and structs of them, as
// bytes and back: field after field, without names or a version. So only what wrote it may read it:
// bytes are kept together with what says that the same program made them.
//
// Reading is safe on hostile bytes: kCorrupt, and no more memory is asked for than there are bytes
// for. Doubles keep their bits. Threads: pure functions.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/stored_bytes.h"
#include "base/struct_fields.h"

namespace lode {
namespace stored {

template <typename T>
inline constexpr bool kIsArray = false;
template <typename T, std::size_t n>
inline constexpr bool kIsArray<std::array<T, n>> = true;
template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
inline constexpr bool kIsPair = false;
template <typename A, typename B>
inline constexpr bool kIsPair<std::pair<A, B>> = true;
template <typename T>
inline constexpr bool kIsMap = false;
template <typename K, typename V, typename C>
inline constexpr bool kIsMap<std::map<K, V, C>> = true;

}  // namespace stored

template <typename T>
void store_value(ByteWriter& writer, const T& value) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    writer.i64(static_cast<std::int64_t>(value));
  } else if constexpr (std::same_as<T, double>) {
    writer.f64(value);
  } else if constexpr (std::same_as<T, std::string>) {
    writer.text(value);
  } else if constexpr (stored::kIsOptional<T>) {
    writer.u8(value ? 1 : 0);
    if (value) store_value(writer, *value);
  } else if constexpr (stored::kIsPair<T>) {
    store_value(writer, value.first);
    store_value(writer, value.second);
  } else if constexpr (stored::kIsArray<T>) {
    for (const auto& one : value) store_value(writer, one);
  } else if constexpr (std::same_as<T, std::vector<double>>) {
    // Scores of all rows: copied at once.
    writer.u64(value.size());
    writer.raw({reinterpret_cast<const char*>(value.data()), value.size() * sizeof(double)});
  } else if constexpr (stored::kIsVector<T> || stored::kIsMap<T>) {
    writer.u64(value.size());
    for (const auto& one : value) store_value(writer, one);
  } else {
    static_assert(PlainStruct<T>, "a type that is not stored");
    with_fields(value, [&](const auto&... fields) { (store_value(writer, fields), ...); });
  }
}

template <typename T>
Status load_value(ByteReader& reader, T& value) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    TRY(std::int64_t number, reader.i64());
    value = static_cast<T>(number);
    if (static_cast<std::int64_t>(value) != number)
      return fail(Code::kCorrupt, "a stored number does not fit into its field");
  } else if constexpr (std::same_as<T, double>) {
    TRY(value, reader.f64());
  } else if constexpr (std::same_as<T, std::string>) {
    TRY(value, reader.text());
  } else if constexpr (stored::kIsOptional<T>) {
    TRY(std::uint8_t there, reader.u8());
    value.reset();
    if (there != 0) return load_value(reader, value.emplace());
  } else if constexpr (stored::kIsPair<T>) {
    TRY_VOID(load_value(reader, value.first));
    return load_value(reader, value.second);
  } else if constexpr (stored::kIsArray<T>) {
    for (auto& one : value) TRY_VOID(load_value(reader, one));
  } else if constexpr (std::same_as<T, std::vector<double>>) {
    TRY(std::uint64_t size, reader.u64());
    if (size > reader.left() / sizeof(double))
      return fail(Code::kCorrupt, "a stored list is longer than its bytes");
    TRY(std::string_view bytes, reader.raw(size * sizeof(double)));
    value.resize(size);
    if (size > 0) std::memcpy(value.data(), bytes.data(), bytes.size());
  } else if constexpr (stored::kIsVector<T> || stored::kIsMap<T>) {
    TRY(std::uint64_t size, reader.u64());
    // Every value takes a byte at least.
    if (size > reader.left()) return fail(Code::kCorrupt, "a stored list is longer than its bytes");
    value.clear();
    for (std::uint64_t i = 0; i < size; ++i) {
      if constexpr (stored::kIsVector<T>) {
        typename T::value_type one{};
        TRY_VOID(load_value(reader, one));
        value.push_back(std::move(one));
      } else {
        std::pair<typename T::key_type, typename T::mapped_type> one{};
        TRY_VOID(load_value(reader, one));
        value.insert(std::move(one));
      }
    }
  } else {
    static_assert(PlainStruct<T>, "a type that is not stored");
    Status status;
    with_fields(value, [&](auto&... fields) {
      (void)((status = load_value(reader, fields)).has_value() && ...);
    });
    return status;
  }
  return {};
}

// A value as bytes, and all of the bytes as a value.
template <typename T>
std::string stored_value(const T& value) {
  ByteWriter writer;
  store_value(writer, value);
  return writer.bytes();
}
template <typename T>
Result<T> loaded_value(std::string_view bytes) {
  ByteReader reader(bytes);
  T value{};
  TRY_VOID(load_value(reader, value));
  TRY_VOID(reader.finish());
  return value;
}

}  // namespace lode
