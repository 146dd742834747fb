// Reads back the JSON that lode itself has stored: the header of a model, the judgement in its
// record. A tree whose values keep their own text, so that a number printed again is the same to
// the digit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace lode {

struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  std::string_view raw{};          // as it stands in the document, which must outlive this
  std::string text{};              // kString: its characters
  double number = 0;               // kNumber, the nearest double; kBool: 0 or 1
  std::vector<JsonValue> items{};  // kArray
  std::vector<std::pair<std::string, JsonValue>> members{};  // kObject, in order

  // A member of an object, or nullptr.
  const JsonValue* find(std::string_view name) const;
  // The number of a member; NaN if it is null, another kind or not there.
  double at(std::string_view name) const;
  bool is_scalar() const { return kind != Kind::kArray && kind != Kind::kObject; }
};

// One document (RFC 8259), nested at most 64 deep. kCorrupt with the byte where it goes wrong.
Result<JsonValue> parse_json(std::string_view text);

}  // namespace lode
