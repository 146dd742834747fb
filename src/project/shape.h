// Whether a YAML tree has the shape the vocabulary gives it: known keys, the right kind of value
// under each, nothing required left out. Readers then ask a CheckedMap for values and need not
// check again.
//
// Threads: a Shape belongs to one load.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "project/problems.h"
#include "project/project.h"
#include "project/vocabulary.h"
#include "project/yaml.h"

namespace lode {

class Shape {
 public:
  explicit Shape(Problems& problems) : problems_(problems) {}

  // Reports everything about `node` that `section` does not allow, and remembers it.
  void check(const YamlNode& node, const Section& section);
  // True for a value that was reported: its reader stays silent about what follows from it.
  bool broken(const YamlNode& node) const { return broken_.contains(&node); }
  void mark_broken(const YamlNode& node) { broken_.insert(&node); }
  Problems& problems() { return problems_; }

 private:
  void check_keys(const YamlNode& node, const Section& section);
  void check_value(const YamlEntry& entry, const Key& key);
  void check_one(const YamlNode& node, const Key& key);
  void check_scalar(const YamlNode& node, const Key& key);
  void check_map(const YamlEntry& entry, const Key& key);
  void report(const YamlNode& node, Place place, std::string message);

  Problems& problems_;
  std::set<const YamlNode*> broken_;
};

// One map of the file with the section it was checked against. Every getter gives nothing (or the
// fallback) for a key that is absent or was reported.
class CheckedMap {
 public:
  CheckedMap(const Shape& shape, const YamlNode& node) : shape_(&shape), node_(&node) {}

  Place place() const { return node_->place; }
  // The key stands there, well-formed or not.
  bool has(std::string_view key) const { return node_->find(key) != nullptr; }
  // The key stands there and was reported.
  bool broken(std::string_view key) const;
  // Place of the key; of the map itself when the key is absent.
  Place key_place(std::string_view key) const;
  const YamlNode* find(std::string_view key) const;
  std::optional<CheckedMap> part(std::string_view key) const;
  std::string text(std::string_view key, std::string_view fallback = {}) const;
  bool flag(std::string_view key, bool fallback = false) const;
  std::optional<std::int64_t> whole(std::string_view key) const;
  std::optional<Duration> duration(std::string_view key) const;
  std::optional<std::int64_t> size(std::string_view key) const;  // bytes
  std::optional<TimeRange> range(std::string_view key) const;

 private:
  const Shape* shape_;
  const YamlNode* node_;
};

// "..2001-01-29", "2001-01-01..2001-01-29T12:00:00Z"; times without an offset are UTC.
Result<TimeRange> parse_range(std::string_view text);
Result<std::int64_t> parse_whole(std::string_view text);

}  // namespace lode
