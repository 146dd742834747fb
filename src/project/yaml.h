// YAML text as a tree of our own in which every key and value knows its line and column, so that
// any later complaint can point at it. The only place that knows a YAML library.
//
// The language is YAML 1.2 less what a project file does not need: anchors, aliases, tags, keys
// that are not plain text, and more than one document are errors. Scalars stay text: `no`, `1e3`
// and `2001-01-29` mean what the key they stand under says.
// Threads: values. Cost: linear in the text, up to the limits below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "project/place.h"

namespace lode {

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  Place place;  // of the first character (a quote, a bracket); of the key, if there is no value
  std::string text;                // kScalar: unquoted, unescaped, folded
  bool quoted = false;             // kScalar: in quotes, or a block scalar
  int verbatim_from = -1;          // kScalar: characters between `place` and the text when the text
                                   // stands in the file as it is, on one line; else -1
  std::vector<YamlNode> items;     // kList
  std::vector<YamlEntry> entries;  // kMap, in file order, keys unique

  bool null() const { return kind == Kind::kNull; }
  bool scalar() const { return kind == Kind::kScalar; }
  bool list() const { return kind == Kind::kList; }
  bool map() const { return kind == Kind::kMap; }
  // The entry of a map, or nullptr; nullptr too for anything that is no map.
  const YamlEntry* find(std::string_view key) const;
  // The place of the byte `offset` of `text`; of the scalar's start where the file writes the text
  // in another way (escapes, several lines).
  Place place_of(std::size_t offset) const;
};

struct YamlEntry {
  std::string key;
  Place place;  // of the key
  YamlNode value;
};

struct YamlLimits {
  std::size_t bytes = 1 << 20;
  std::size_t nodes = 100'000;
  std::size_t depth = 32;
};

// The tree of one document; an empty text is a kNull node. Errors: kInvalid with `file` and the
// place, kLimit when a limit is passed. Of several mistakes the first is reported.
Result<YamlNode> parse_yaml(std::string_view text, std::string_view file,
                            const YamlLimits& limits = {});

// "a map", "a list", "text", "nothing": for messages.
std::string_view kind_name(YamlNode::Kind kind);

}  // namespace lode
