// Writes JSON (RFC 8259) into a string, value after value, without a tree in between. Every --json
// output and report goes through it, so numbers and escapes are the same everywhere.
//
// Threads: a writer belongs to one thread. A wrong order of calls (a value without a key in an
// object, an end without a begin) is a bug of the caller and asserted.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lode {

class JsonWriter {
 public:
  // indent 0: one line without blanks; otherwise that many blanks a level.
  explicit JsonWriter(int indent = 0) : indent_(indent) {}

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }
  JsonWriter& key(std::string_view name);

  // Control characters, quotes and backslashes are escaped, invalid UTF-8 becomes U+FFFD.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool flag);
  // The shortest digits that read back to the same double; NaN and infinities become null.
  JsonWriter& value(double number);
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  JsonWriter& value(T number) {
    if constexpr (std::signed_integral<T>) {
      return signed_value(number);
    } else {
      return unsigned_value(number);
    }
  }
  JsonWriter& null();
  // Text that already is one JSON value; it is not checked.
  JsonWriter& raw(std::string_view json);

  // key(name) and value(v).
  template <typename T>
  JsonWriter& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }

  // The document; every begin must have had its end.
  const std::string& text() const;
  std::string take();

 private:
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  JsonWriter& signed_value(std::int64_t number);
  JsonWriter& unsigned_value(std::uint64_t number);
  void before_value();
  void new_line();

  struct Level {
    char closing;
    bool empty = true;
  };
  int indent_;
  bool after_key_ = false;
  std::vector<Level> levels_;
  std::string out_;
};

// `text` as a JSON string with its quotes.
std::string json_quoted(std::string_view text);

}  // namespace lode
